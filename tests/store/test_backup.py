"""Backups are whole and proven, migrations make one first, and what is put back is one file that works."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database as Connection

from bot.errors import StoreError, UsageError
from bot.records import Content
from bot.store.backup import back_up, prove
from bot.store.restore import restore
from bot.store.sqlite import migrations
from bot.store.store import FILE_NAME, Store
from tests.support.clock import START
from tests.support.places import C1

HOUR = timedelta(hours=1)


def remember(store: Store, *identities: str) -> None:
    with store.transaction():
        store.sources.remember("feed:x", dict.fromkeys(identities, "1"), START)


def known(path: Path) -> set[str]:
    store = Store(path.parent) if path.name == FILE_NAME else None
    if store:
        found = store.sources.known("feed:x", ["a", "b", "c"])
        store.close()
        return set(found)
    raw = sqlite3.connect(path)
    rows = raw.execute("SELECT identity FROM seen").fetchall()
    raw.close()
    return {row[0] for row in rows}


class TestBackingUp:
    def test_it_holds_what_is_stored_and_nothing_of_what_is_only_begun(
        self, store: Store, tmp_path: Path
    ) -> None:
        remember(store, "a")
        with store.transaction():
            store.sources.remember("feed:x", {"b": "1"}, START)
            size = back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
        assert known(tmp_path / "backup.db") == {"a"}
        assert size == (tmp_path / "backup.db").stat().st_size
        assert list(tmp_path.glob("*.part*")) == []

    def test_its_directory_is_made(self, store: Store, tmp_path: Path) -> None:
        back_up(tmp_path / FILE_NAME, tmp_path / "backups" / "today" / "backup.db")
        prove(tmp_path / "backups" / "today" / "backup.db")

    def test_no_backup_is_overwritten(self, store: Store, tmp_path: Path) -> None:
        (tmp_path / "backup.db").write_text("of yesterday")
        with pytest.raises(StoreError, match="is there already; name a new file"):
            back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
        assert (tmp_path / "backup.db").read_text() == "of yesterday"

    def test_without_a_database_nothing_is_made(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="is not there yet"):
            back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
        assert list(tmp_path.iterdir()) == []

    def test_a_damaged_database_is_not_copied(self, store: Store, tmp_path: Path) -> None:
        remember(store, *(f"{n:06}" for n in range(5_000)))
        store.close()
        path = tmp_path / FILE_NAME
        data = bytearray(path.read_bytes())
        data[8192:] = b"\xff" * (len(data) - 8192)
        path.write_bytes(data)
        with pytest.raises(StoreError, match="damaged"):
            back_up(path, tmp_path / "backup.db")
        assert not (tmp_path / "backup.db").exists()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(None, "is not there", id="no file"),
        pytest.param(b"", "no database; name a file", id="an empty file"),
        pytest.param(b"not a database " * 999, "no database; name a file", id="something else"),
    ],
)
def test_what_is_no_backup_is_refused_before_anything_is_touched(
    store: Store, tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    remember(store, "a")
    store.close()
    if content is not None:
        (tmp_path / "backup.db").write_bytes(content)
    with pytest.raises(UsageError, match=complaint):
        restore(tmp_path / "backup.db", tmp_path / FILE_NAME, tmp_path / "kept.db", START)
    assert known(tmp_path / FILE_NAME) == {"a"}
    assert not (tmp_path / "kept.db").exists()


class TestRestoring:
    def test_the_backup_stands_in_the_place_of_the_database_which_is_kept(
        self, store: Store, tmp_path: Path
    ) -> None:
        remember(store, "a")
        back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
        remember(store, "b")
        store.close()
        restore(tmp_path / "backup.db", tmp_path / FILE_NAME, tmp_path / "kept.db", START)
        assert known(tmp_path / FILE_NAME) == {"a"}
        assert known(tmp_path / "kept.db") == {"a", "b"}
        assert known(tmp_path / "backup.db") == {"a"}
        assert list(tmp_path.glob("*.part*")) == []

    def test_what_a_killed_process_left_in_the_log_is_kept_too(self, store: Store, tmp_path: Path) -> None:
        back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
        remember(store, "a")
        assert (tmp_path / f"{FILE_NAME}-wal").stat().st_size > 0
        restore(tmp_path / "backup.db", tmp_path / FILE_NAME, tmp_path / "kept.db", START)
        assert known(tmp_path / "kept.db") == {"a"}
        assert known(tmp_path / FILE_NAME) == set()

    def test_a_lost_database_is_put_back_from_nothing_but_the_backup(
        self, store: Store, tmp_path: Path
    ) -> None:
        remember(store, "a")
        back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
        fresh = tmp_path / "other" / "state" / FILE_NAME
        restore(tmp_path / "backup.db", fresh, tmp_path / "kept.db", START)
        assert known(fresh) == {"a"}
        assert not (tmp_path / "kept.db").exists()

    def test_it_knows_what_it_may_have_forgotten(self, store: Store, tmp_path: Path) -> None:
        with store.transaction():
            store.deliveries.owe_line("r1", C1, Content("hello"), START, known_until=None)
            store.deliveries.owe_line("r2", C1, Content("again"), START + HOUR, known_until=None)
        back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
        store.close()
        now = START + 5 * HOUR
        until = restore(tmp_path / "backup.db", tmp_path / FILE_NAME, tmp_path / "kept.db", now)
        assert until == START + HOUR
        restored = Store(tmp_path)
        assert {one.state for one in restored.deliveries.recent(9)} == {"doubtful"}
        with restored.transaction():
            for identity, known_until in (("r3", START), ("r4", now)):
                restored.deliveries.owe_line(identity, C1, Content("new"), now, known_until=known_until)
        after, before = restored.deliveries.recent(2)
        assert (before.state, before.claimed_at) == ("doubtful", START + HOUR)
        assert (after.state, after.claimed_at) == ("owed", None)
        restored.close()

    def test_a_clock_that_was_ahead_is_not_believed(self, store: Store, tmp_path: Path) -> None:
        with store.transaction():
            store.deliveries.owe_line("r1", C1, Content("hello"), START + 900 * HOUR, known_until=None)
        back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
        store.close()
        assert restore(tmp_path / "backup.db", tmp_path / FILE_NAME, tmp_path / "kept.db", START) == START

    def test_a_newer_one_is_refused_before_anything_is_touched(self, store: Store, tmp_path: Path) -> None:
        remember(store, "a")
        back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
        store.close()
        raw = sqlite3.connect(tmp_path / "backup.db")
        raw.execute("INSERT INTO _sqlite_migrations VALUES (99, 'cadencebot', '9999 to come', '')")
        raw.commit()
        raw.close()
        with pytest.raises(StoreError, match="newer cadencebot"):
            restore(tmp_path / "backup.db", tmp_path / FILE_NAME, tmp_path / "kept.db", START)
        assert known(tmp_path / FILE_NAME) == {"a"}
        assert not (tmp_path / "kept.db").exists()
        assert list(tmp_path.glob("*.part*")) == []

    def test_an_older_one_is_brought_up_to_date(self, tmp_path: Path) -> None:
        _old(tmp_path / "backup.db", "0002 slack")
        restore(tmp_path / "backup.db", tmp_path / FILE_NAME, tmp_path / "kept.db", START)
        assert known(tmp_path / FILE_NAME) == {"a"}


def _old(path: Path, stop_before: str) -> None:
    """Write a database of an older version, with one thing in it."""
    raw = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Connection(raw), stop_before=stop_before)
    raw.execute("INSERT INTO seen VALUES ('feed:x', 'a', '1', '')")
    raw.close()


class TestMigrating:
    @pytest.mark.parametrize("next_one", ["0002 slack", "0003 promises"])
    def test_what_was_there_is_kept_beside_it(self, tmp_path: Path, next_one: str) -> None:
        _old(tmp_path / FILE_NAME, next_one)
        Store(tmp_path).close()
        kept = tmp_path / f"{FILE_NAME}.before-{next_one.replace(' ', '-')}"
        prove(kept)
        raw = sqlite3.connect(kept)
        assert raw.execute("SELECT max(name) < ? FROM _sqlite_migrations", (next_one,)).fetchone() == (1,)
        raw.close()
        assert known(tmp_path / FILE_NAME) == known(kept) == {"a"}

    def test_what_an_attempt_that_failed_left_is_replaced(self, tmp_path: Path) -> None:
        _old(tmp_path / FILE_NAME, "0003 promises")
        kept = tmp_path / f"{FILE_NAME}.before-0003-promises"
        kept.write_text("half of an earlier one")
        Store(tmp_path).close()
        prove(kept)

    def test_without_a_backup_nothing_is_migrated(self, tmp_path: Path) -> None:
        _old(tmp_path / FILE_NAME, "0003 promises")
        (tmp_path / f"{FILE_NAME}.before-0003-promises.part").mkdir()
        with pytest.raises(StoreError, match="irectory; make room"):
            Store(tmp_path)
        raw = sqlite3.connect(tmp_path / FILE_NAME)
        assert raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'held'").fetchone() == (0,)
        raw.close()

    def test_a_new_database_has_nothing_to_keep(self, tmp_path: Path) -> None:
        Store(tmp_path).close()
        assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
