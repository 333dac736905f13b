"""A database that an older version wrote is brought up to date with everything in it."""

import hashlib
import sqlite3
from importlib.resources import files
from pathlib import Path

import pytest
from sqlite_utils import Database as Connection

from bot.errors import StoreError
from bot.records import Content
from bot.store.sqlite import migrations
from bot.store.store import FILE_NAME, Store
from tests.support.clock import START
from tests.support.places import C1

RELEASED = {
    "schema.sql": "168ff388a25e5903accf5af577364435874a77b2b0bd89ef001ae9a5da2ed033",
    "0002_slack.sql": "99f55e8343ea9d85c3ade7fb66534709abed048d9bfe8d387929896c340ec2d0",
}
_RELEASE = """
INSERT INTO release VALUES (1, 'moonshot/kimi-k2.6', 'moonshot', 'kimi', 'moonshot/kimi-k2.6', 1,
    '{"lab": "moonshot", "family": "Kimi", "version": "K2.6", "display": "Kimi K2.6",
      "release_key": "moonshot/kimi-k2.6", "family_key": "moonshot/kimi-k2.6"}',
    'Kimi K2.6', :now, :now, 'posted', 'second', 0, '{}',
    '{"id": "mit", "title": "MIT", "verdict": "permissive"}', 'mit', 'permissive', NULL, '')
"""
_DELIVERY = """
INSERT INTO delivery (sequence, id, release_id, destination, kind, state, created_at, due_at, channel, ts)
VALUES (:sequence, :id, 1, 'C1', :kind, :state, :now, :now, 'C1', :ts)
"""


@pytest.fixture(params=["0002 slack", "0003 promises"], ids=["the first schema", "the second schema"])
def old(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Write a database as an older schema has it: a release, its alert and a note, and a gap after them."""
    raw = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    raw.execute("PRAGMA foreign_keys = ON")
    migrations.apply(Connection(raw), stop_before="0002 slack")
    now = {"now": "2026-04-20T15:46:00.000000Z"}
    raw.execute(_RELEASE, now)
    rows = [(7, "alert", "sent", "1.1"), (8, "note", "owed", None), (40, "note", "owed", None)]
    for sequence, kind, state, ts in rows:
        raw.execute(
            _DELIVERY,
            now | {"sequence": sequence, "id": f"d{sequence}", "kind": kind, "state": state, "ts": ts},
        )
    raw.execute("DELETE FROM delivery WHERE sequence = 40")
    raw.execute("INSERT INTO destination (id) VALUES ('C1')")
    raw.execute("INSERT INTO subscription VALUES (1, 'C1', 'all', '{\"max\": 7}', 'test', 'ana', :now)", now)
    migrations.apply(Connection(raw), stop_before=request.param)
    raw.close()
    return tmp_path


def test_everything_is_still_there(old: Path) -> None:
    store = Store(old)
    assert [(one.sequence, one.kind, one.state, one.ts) for one in store.deliveries.of_release(1)] == [
        (7, "alert", "sent", "1.1"),
        (8, "note", "owed", ""),
    ]
    assert store.history.wave(1).lead.name.display == "Kimi K2.6"
    assert [one.filters.max for one in store.subscriptions.all()] == [7]
    assert store.preferences.of(C1).variants == "thread"
    store.close()


def test_what_had_shown_nothing_is_without_a_baseline_and_nothing_else_is(old: Path) -> None:
    raw = sqlite3.connect(old / FILE_NAME, isolation_level=None)
    for source, count in (("hub:empty", 0), ("hub:google", 3)):
        raw.execute(
            "INSERT INTO source (id, usual_count, baseline_at, succeeded_at) VALUES (?, ?, ?, ?)",
            (source, count, *["2026-04-20T15:46:00.000000Z"] * 2),
        )
    raw.close()
    store = Store(old)
    states = store.sources.states()
    assert [source for source in states if states[source].has_shown_nothing] == ["hub:empty"]
    store.close()


def test_sequences_go_on_where_they_were(old: Path) -> None:
    """A number that a row had once is not given again: the order of messages hangs on it."""
    store = Store(old)
    with store.transaction():
        assert store.deliveries.owe_line("r1", C1, Content("hello"), START, known_until=None)
    assert max(one.sequence for one in store.deliveries.recent(9)) == 41
    store.close()


def test_references_and_indexes_are_whole(old: Path) -> None:
    Store(old).close()
    raw = sqlite3.connect(old / FILE_NAME)
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    tables = dict(raw.execute("SELECT name, sql FROM sqlite_master"))
    assert "delivery_open" in tables
    assert "delivery_made_again" not in tables
    raw.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("UPDATE delivery SET release_id = 99")
    raw.close()


def test_a_new_database_and_a_migrated_one_are_alike(old: Path, tmp_path: Path) -> None:
    Store(old).close()
    Store(tmp_path / "new").close()
    assert _schema(old / FILE_NAME) == _schema(tmp_path / "new" / FILE_NAME)


def _schema(path: Path) -> list[tuple[str, str]]:
    raw = sqlite3.connect(path)
    schema = raw.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    raw.close()
    return schema


@pytest.mark.parametrize(("script", "digest"), RELEASED.items())
def test_a_released_schema_is_never_edited(script: str, digest: str) -> None:
    """Its databases are out there: what changes is a migration of its own."""
    text = files("bot.store").joinpath(script).read_bytes()
    assert hashlib.sha256(text).hexdigest() == digest


class TestReadonly:
    """A store that is only asked."""

    def test_it_reads_what_another_writes(self, store: Store, tmp_path: Path) -> None:
        reader = Store(tmp_path, readonly=True)
        with store.transaction():
            store.sources.remember("feed:x", {"a": "1"}, START)
        assert reader.sources.known("feed:x", ["a"]) == {"a": "1"}
        reader.close()

    def test_it_reads_when_nobody_else_has_the_file_open(self, tmp_path: Path) -> None:
        Store(tmp_path).close()
        reader = Store(tmp_path, readonly=True)
        assert reader.subscriptions.all() == []
        reader.close()

    def test_it_refuses_to_write(self, store: Store, tmp_path: Path) -> None:
        reader = Store(tmp_path, readonly=True)
        with pytest.raises(StoreError, match="cannot be written"), reader.transaction():
            reader.sources.remember("feed:x", {"a": "1"}, START)
        reader.close()

    def test_it_makes_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="is not there yet"):
            Store(tmp_path / "state", readonly=True)
        assert not (tmp_path / "state").exists()

    def test_it_migrates_nothing(self, old: Path) -> None:
        with pytest.raises(StoreError, match="older cadencebot"):
            Store(old, readonly=True)
