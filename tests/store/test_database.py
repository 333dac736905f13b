"""The file: whole transactions, refusals in words, forwards-only migrations."""

import re
import sqlite3
from importlib.resources import files
from pathlib import Path

import pytest

from bot.errors import ConfigError, StoreError
from bot.store import sqlite
from bot.store.backup import in_words
from bot.store.sqlite import refuse_old
from bot.store.store import FILE_NAME, Store
from tests.support.clock import START
from tests.support.sqlite import sqlite_of


def rows(store: Store) -> dict[str, str]:
    return store.sources.known("feed:x", ["a", "b"])


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def failing() -> None:
        with store.transaction():
            store.sources.remember("feed:x", {"a": "1"}, START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert rows(store) == {}


def test_what_is_stored_is_there_for_the_next_process(store: Store, tmp_path: Path) -> None:
    with store.transaction():
        store.sources.remember("feed:x", {"a": "1"}, START)
    store.close()
    assert rows(Store(tmp_path)) == {"a": "1"}


def test_a_digest_is_brought_up_to_date_and_nothing_is_forgotten(store: Store) -> None:
    with store.transaction():
        store.sources.remember("feed:x", {"a": "1", "b": "1"}, START)
        store.sources.remember("feed:x", {"a": "2"}, START)
    assert rows(store) == {"a": "2", "b": "1"}


def test_a_locked_database_is_one_clear_line(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    impatient = Store(tmp_path)
    with pytest.raises(StoreError, match="locked by another program"), impatient.transaction():
        pass
    other.close()
    with impatient.transaction():
        impatient.sources.remember("feed:x", {"a": "1"}, START)
    assert rows(store) == {"a": "1"}


def test_a_full_disk_is_one_clear_line_and_nothing_is_half_written(store: Store) -> None:
    def fill() -> None:
        with store.transaction():
            store.sources.remember("feed:x", {"a": "1"}, START)
            store.sources.remember("feed:x", {f"b{n}": "x" * 1000 for n in range(5000)}, START)

    sqlite_of(store).connection.conn.execute("PRAGMA max_page_count = 60")
    with pytest.raises(StoreError, match="disk is full"):
        fill()
    assert rows(store) == {}
    sqlite_of(store).connection.conn.execute("PRAGMA max_page_count = 100000")
    fill()
    assert rows(store) == {"a": "1"}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(
            b"this is no database at all, however long it may be" * 20, "not a cadencebot", id="text"
        ),
        pytest.param(
            b"SQLite format 3\x00" + b"\xff" * 2000, "damaged|not a cadencebot", id="a torn database"
        ),
    ],
)
def test_a_file_that_is_no_database_is_refused_in_words(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StoreError, match=complaint):
        Store(tmp_path)


def test_a_newer_schema_is_refused(store: Store, tmp_path: Path) -> None:
    sqlite_of(store).connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('cadencebot', '9999', '')"
    )
    store.close()
    with pytest.raises(StoreError, match="newer cadencebot"):
        Store(tmp_path)


def test_a_state_directory_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="CADENCEBOT_STATE"):
        Store(tmp_path / "file" / "state")


def test_no_table_exists_that_the_schema_does_not_name(store: Store) -> None:
    """sqlite-utils makes unknown tables silently: a typing error in a name would pass unseen."""
    with store.transaction():
        store.sources.remember("feed:x", {"a": "1"}, START)
    tables = set(sqlite_of(store).connection.table_names())
    scripts = [file.read_text() for file in files("bot.store").iterdir() if file.name.endswith(".sql")]
    made, dropped = (
        {name for script in scripts for name in re.findall(rf"{verb} (?:VIRTUAL )?TABLE (\w+)", script)}
        for verb in ("CREATE", "DROP")
    )
    renamed = {"delivery", "delivery_made_again"}  # SQLite changes a table's rules by a copy of that name
    own = {"_sqlite_migrations", "sqlite_sequence"}
    own |= {"title_index", *(f"title_index_{part}" for part in ("config", "data", "docsize", "idx"))}
    assert tables == {*own, *(made - dropped - renamed), "delivery"}


def test_an_old_sqlite_is_refused_in_words() -> None:
    refuse_old((3, 38, 0))
    with pytest.raises(StoreError, match=r"SQLite 3\.38\.0 or newer is needed, this Python has 3\.37\.2"):
        refuse_old((3, 37, 2))


def test_what_nobody_may_write_is_a_matter_of_configuration(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    Store(tmp_path).close()
    reading = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with pytest.raises(ConfigError, match="cannot be written; let the bot's user"), in_words(path):
        reading.execute("CREATE TABLE another (one TEXT)")
    reading.close()
