"""Reports of wrong details."""

import pytest

from bot.errors import StoreError
from bot.model import Destination
from bot.store.store import Store
from tests.support.clock import START
from tests.support.places import C1
from tests.support.releases import open_release


def add(store: Store, release_id: int, text: str = "it is MIT", reporter: str = "U1") -> int:
    with store.transaction():
        return store.reports.add(release_id, C1, Destination(reporter), text, START)


def test_a_report_is_open_until_it_is_closed(store: Store) -> None:
    release_id, _ = open_release(store, "moonshotai/Kimi-K2.6", "moonshot", START)
    number = add(store, release_id)
    assert [(one.id, one.release, one.text) for one in store.reports.open()] == [
        (number, "Kimi-K2.6", "it is MIT")
    ]
    with store.transaction():
        assert store.reports.close(number, START)
        assert not store.reports.close(number, START)
    assert store.reports.open() == []
    closed = store.reports.by_id(number)
    assert closed
    assert closed.closed_at == START


def test_the_same_words_twice_are_one_report(store: Store) -> None:
    release_id, _ = open_release(store, "moonshotai/Kimi-K2.6", "moonshot", START)
    numbers = [add(store, release_id), add(store, release_id), add(store, release_id, reporter="U2")]
    assert numbers == [1, 1, 2]
    with store.transaction():
        store.reports.close(1, START)
    assert add(store, release_id) == 3


def test_hostile_words_are_kept_as_they_are(store: Store) -> None:
    release_id, _ = open_release(store, "moonshotai/Kimi-K2.6", "moonshot", START)
    words = "\u202e'; DROP TABLE report; --\x00" + "x" * 10_000
    report = store.reports.by_id(add(store, release_id, words))
    assert report
    assert report.text == words.replace("\x00", "")


def test_half_an_emoji_is_no_reason_to_lose_a_report(store: Store) -> None:
    release_id, _ = open_release(store, "moonshotai/Kimi-K2.6", "moonshot", START)
    add(store, release_id, "half \ud83d")
    assert [one.text for one in store.reports.open()] == ["half ?"]


def test_there_is_no_report_on_what_is_not_there(store: Store) -> None:
    with pytest.raises(StoreError):
        add(store, 99)
    assert store.reports.by_id(1) is None
