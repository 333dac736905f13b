"""Every method of the store, against a file that is locked, full or read-only, or a disk that fills up."""

import hashlib
import inspect
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store import sqlite
from bot.store.store import FILE_NAME, Store
from tests.support.every_method import EVERY_READ, EVERY_WRITE, NOW, READS, WRITES, Call
from tests.support.furnished import furnish
from tests.support.house import LABS
from tests.support.sqlite import sqlite_of


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("furnished")
    furnish(directory)
    return directory / FILE_NAME


@pytest.fixture
def place(furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory with a furnished database, in which nobody is patient."""
    monkeypatch.setattr(sqlite, "PATIENCE", 0.02)
    shutil.copy(furnished, tmp_path / FILE_NAME)
    return tmp_path


@pytest.fixture
def full_of_things(place: Path) -> Iterator[Store]:
    store = Store(place, LABS)
    yield store
    store.close()


def digest(place: Path) -> str:
    """Return what all tables hold, in short."""
    raw = sqlite3.connect(place / FILE_NAME)
    text = "\n".join(raw.iterdump())
    raw.close()
    return hashlib.sha256(text.encode()).hexdigest()


def written(store: Store, *calls: Call) -> None:
    with store.transaction():
        for call in calls:
            call(store)


def refused(store: Store, call: Call) -> str:
    """Return what a write was refused with, "" when it was not."""
    try:
        written(store, call)
    except StoreError as error:
        return str(error)
    return ""


def test_every_method_is_in_one_of_the_tables(full_of_things: Store) -> None:
    parts = {name: part for name, part in vars(full_of_things).items() if not name.startswith("_")}
    del parts["shards"]  # PostgreSQL alone has them
    methods = {
        f"{name}.{method}"
        for name, part in parts.items()
        for method, _ in inspect.getmembers(type(part), inspect.isfunction)
        if not method.startswith("_")
    }
    assert methods == {*WRITES, *READS}
    assert not {*WRITES} & {*READS}


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_a_write_changes_something(full_of_things: Store, place: Path, call: Call) -> None:
    """Otherwise the tests below prove nothing of it."""
    before = digest(place)
    written(full_of_things, call)
    assert digest(place) != before


@pytest.mark.parametrize("call", EVERY_READ)
def test_a_read_finds_something_and_changes_nothing(full_of_things: Store, place: Path, call: Call) -> None:
    """If it found nothing, the tests below would prove nothing of it."""
    before = digest(place)
    assert call(full_of_things)
    assert digest(place) == before


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_locked_by_somebody_else(full_of_things: Store, place: Path, call: Call) -> None:
    other = sqlite3.connect(place / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = digest(place)
    with pytest.raises(StoreError, match="is locked by another program; stop it, or try again"):
        written(full_of_things, call)
    assert digest(place) == before
    other.close()
    written(full_of_things, call)
    assert digest(place) != before


@pytest.mark.parametrize("call", EVERY_READ)
def test_questions_are_answered_while_somebody_writes(full_of_things: Store, place: Path, call: Call) -> None:
    answer = call(full_of_things)
    other = sqlite3.connect(place / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM delivery")
    assert call(full_of_things) == answer, "what is not yet committed is not there"
    other.close()


def test_a_file_that_somebody_keeps_for_himself(place: Path) -> None:
    owner = sqlite3.connect(place / FILE_NAME, isolation_level=None)
    owner.execute("PRAGMA locking_mode = EXCLUSIVE")
    owner.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="is locked by another program"):
        Store(place, LABS, readonly=True)
    owner.close()
    Store(place, LABS, readonly=True).close()


def pages(store: Store, limit: int | None = None) -> None:
    """Let the file grow no further than it is, or as far as it likes."""
    connection = sqlite_of(store).connection.conn
    size = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {limit or size}")


def fill(store: Store) -> None:
    store.sources.remember("feed:filler", {f"{n}": "x" * 500 for n in range(2_000)}, NOW)


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_a_disk_that_fills_up_behind_it(full_of_things: Store, place: Path, call: Call) -> None:
    """What was written in the same transaction is not half there."""
    pages(full_of_things)
    before = digest(place)
    with pytest.raises(StoreError, match="the disk is full; make room"):
        written(full_of_things, call, fill)
    assert digest(place) == before
    pages(full_of_things, 1_000_000)
    written(full_of_things, call)
    assert digest(place) != before


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_a_disk_that_is_full(full_of_things: Store, place: Path, call: Call) -> None:
    """There may be room for it in what the file has; otherwise it says so and leaves nothing."""
    pages(full_of_things)
    before = digest(place)
    complaint = refused(full_of_things, call)
    assert "the disk is full" in complaint or not complaint
    assert (digest(place) == before) == bool(complaint)


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_a_file_that_cannot_be_written(place: Path, call: Call) -> None:
    before = digest(place)
    reader = Store(place, LABS, readonly=True)
    with pytest.raises(StoreError, match="cannot be written; let the bot's user write"):
        written(reader, call)
    assert digest(place) == before
    reader.close()
    writer = Store(place, LABS)
    written(writer, call)
    assert digest(place) != before
    writer.close()


@pytest.mark.parametrize("call", EVERY_READ)
def test_questions_to_a_file_that_cannot_be_written(full_of_things: Store, place: Path, call: Call) -> None:
    reader = Store(place, LABS, readonly=True)
    assert call(reader) == call(full_of_things)
    reader.close()
