"""A part of a title is found by its letters, with SQLite's index of them or without it."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database as Connection

from bot.model import Kind, Sighting, SourceKind, Verdict
from bot.releases.news.decision import Decision, Judged, Observe
from bot.releases.news.merge import merged
from bot.store import titles
from bot.store.sqlite import migrations
from bot.store.store import FILE_NAME, Store
from tests.support.clock import START

SIGHTING = Sighting("feed:x", SourceKind.FEED, "lab", "", "", "https://blog.example/1")
LETTERS = "Kk2. -\"'*%_\\()\u00e9\u4e2d\U0001f917"


def observe(store: Store, *shown: str) -> None:
    """Store sightings with these titles, inside a transaction."""
    verdict = Verdict(Kind.OTHER, "a test says so")
    seen = [
        Observe(Judged(replace(SIGHTING, external_id=f"{number}", title=title), verdict), "")
        for number, title in enumerate(shown)
    ]
    store.releases.apply(Decision(tuple(seen)), START, merged, live=False)


def show(store: Store, *shown: str) -> None:
    with store.transaction():
        observe(store, *shown)


def found(store: Store, text: str) -> list[str]:
    return [one.title for one in store.history.observations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("kimi k2", ["Introducing Kimi K2.6"], id="two words of it, whatever the case"),
        pytest.param("imi K2.", ["Introducing Kimi K2.6"], id="from the middle of a word, with its signs"),
        pytest.param("K2", ["Introducing Kimi K2.6"], id="two letters, which no index of three has"),
        pytest.param('"Fast"', ['It is "fast" AND small'], id="quotes, which the index takes for its own"),
        pytest.param('fast" AND sm', ['It is "fast" AND small'], id="words that the index takes for its own"),
        pytest.param("100 %", ["100 % open"], id="a sign that stands for anything elsewhere"),
        pytest.param("\u6708\u4e4b\u6697\u9762", ["\u6708\u4e4b\u6697\u9762 K3"], id="Chinese"),
        pytest.param("Kimi*", [], id="a star, which is a star"),
        pytest.param("Kimi\0K2", [], id="a letter that ends texts elsewhere"),
    ],
)
def test_a_part_of_a_title_is_found(store: Store, text: str, expected: list[str]) -> None:
    show(
        store, "Introducing Kimi K2.6", 'It is "fast" AND small', "100 % open", "\u6708\u4e4b\u6697\u9762 K3"
    )
    assert found(store, text) == expected


def test_the_newest_come_first_and_no_more_than_fit(store: Store) -> None:
    show(store, *(f"Post {number} on Kimi" for number in range(30)))
    assert found(store, "on kimi") == [f"Post {number} on Kimi" for number in range(29, 9, -1)]


@given(
    shown=st.lists(st.text(LETTERS, max_size=8), max_size=5), text=st.text(LETTERS, min_size=1, max_size=5)
)
def test_the_index_finds_what_reading_all_titles_finds(
    tmp_path_factory: pytest.TempPathFactory, shown: list[str], text: str
) -> None:
    store = Store(tmp_path_factory.mktemp("store"))
    show(store, *shown)
    quick = found(store, text)
    with store.transaction(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(titles, "is_possible", lambda query: False)
        assert found(store, text) == quick
    store.close()


def test_what_was_not_stored_is_not_found(store: Store) -> None:
    def break_off() -> None:
        with store.transaction():
            observe(store, "Kimi K2.6")
            assert found(store, "kimi") == ["Kimi K2.6"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert store._database.query("SELECT rowid FROM title_index WHERE title_index MATCH 'kimi'") == []


def test_a_database_moves_to_a_machine_without_the_index_and_back(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(store, "Kimi K2.6")
    store.close()
    with monkeypatch.context() as patch:
        patch.setattr(titles, "is_possible", lambda connection: False)
        without = Store(tmp_path)
        show(without, "Kimi K3")
        assert found(without, "kimi") == ["Kimi K3", "Kimi K2.6"]
        without.close()
    reader = Store(tmp_path, readonly=True)
    assert found(reader, "kimi") == ["Kimi K3", "Kimi K2.6"]
    reader.close()
    back = Store(tmp_path)
    show(back, "Kimi K4")
    assert titles.is_whole(back._database.query)
    assert found(back, "kimi") == ["Kimi K4", "Kimi K3", "Kimi K2.6"]
    back.close()


def test_what_an_older_version_stored_is_found(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    migrations.apply(Connection(raw), stop_before="0005 eyes")
    raw.execute(
        "INSERT INTO observation (source_id, source, lab, external_id, title, url, seen_at, live, amends,"
        " facts, links, kind, reason) VALUES ('feed:x', 'feed', 'lab', '1', 'Kimi K2.6', 'https://x.example',"
        " '2026-04-20T15:46:00.000000Z', 0, 0, '{}', '', 'other', '')"
    )
    raw.close()
    store = Store(tmp_path)
    assert found(store, "imi k2") == ["Kimi K2.6"]
    store.close()
