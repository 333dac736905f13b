"""What came already, here or to another process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.slack.once import Once
from bot.store.store import Store
from tests.support import postgres


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres.migrated_schema() as url:
        yield url


@contextmanager
def two_processes(url: str, directory: Path) -> Iterator[tuple[Once, Once, Store]]:
    one, other = Store(directory, url=url), Store(directory, url=url)
    yield Once(one.is_new_request), Once(other.is_new_request), one
    one.close()
    other.close()


def test_a_repeat_that_reaches_another_process_is_known(url: str, tmp_path: Path) -> None:
    with two_processes(url, tmp_path) as (one, other, _):
        assert [one.is_new("Ev1"), other.is_new("Ev1"), one.is_new("Ev1"), other.is_new("Ev2")] == [
            True,
            False,
            False,
            True,
        ]


def test_it_is_heard_while_another_holds_the_pen(url: str, tmp_path: Path) -> None:
    with two_processes(url, tmp_path) as (one, other, store), store.transaction():
        assert other.is_new("Ev3")
        assert not one.is_new("Ev3")


def test_what_came_more_than_two_hours_ago_is_forgotten(url: str, tmp_path: Path) -> None:
    with two_processes(url, tmp_path) as (one, other, store):
        for key in ("Ev4", "Ev5"):
            one.is_new(key)
        with store.transaction():
            store._database.run("UPDATE request SET at = at - INTERVAL '121 minutes'")
        other.is_new("Ev6")
        assert store._database.column("SELECT count(*) FROM request") == [1]


def test_a_key_of_any_length_is_kept(url: str, tmp_path: Path) -> None:
    with two_processes(url, tmp_path) as (one, other, _):
        assert [one.is_new("x" * 20_000), other.is_new("x" * 20_000)] == [True, False]


@pytest.mark.logs("repeats_not_known")
def test_where_the_database_refuses_a_request_counts_as_new_and_memory_still_reaches(
    url: str, tmp_path: Path
) -> None:
    with two_processes(url, tmp_path) as (one, _, store):
        store.close()
        assert [one.is_new("Ev7"), one.is_new("Ev7")] == [True, False]


def test_what_this_process_remembers_costs_the_others_nothing() -> None:
    asked: list[str] = []

    def ask(key: str) -> bool:
        asked.append(key)
        return True

    once = Once(ask)
    assert [once.is_new("Ev1") for _ in range(3)] == [True, False, False]
    assert asked == ["Ev1"]


def test_one_bot_with_a_file_asks_nobody(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.is_new_request("Ev1")
    store.close()
    with pytest.raises(StoreError):
        store.watch.last_beat()
