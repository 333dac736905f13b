"""Copies of the database that are whole and proven, and what SQLite and the disk refuse, in words."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.errors import ConfigError, StoreError, UnusableError, UsageError

LEFTOVERS = ("-wal", "-shm")  # what SQLite has beside a database in use
_HEADER = b"SQLite format 3\0"  # https://sqlite.org/fileformat.html#the_database_header


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn SQLite's refusals into a StoreError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        kind = UnusableError if name_of(error).startswith(_UNUSABLE) else StoreError
        raise kind(f"{path}: {_explained(error)}") from error


@contextmanager
def disk_in_words(path: Path) -> Iterator[None]:
    """Turn the disk's refusals of a file into a StoreError."""
    try:
        yield
    except OSError as error:
        said = error.strerror or error
        kind = UnusableError if isinstance(error, PermissionError) else StoreError
        raise kind(f"{path}: {said}; make room, or let the bot's user write there") from error


def make_room(path: Path) -> None:
    """Make the directory of a file, for its owner alone. Raises ConfigError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{path.parent}: cannot be made ({error.strerror}); set CADENCEBOT_STATE"
        ) from error


def make_private(path: Path) -> None:
    """Make an empty file for its owner alone, which SQLite then fills. One that is there stays as it is."""
    if not path.exists():
        with disk_in_words(path):
            path.touch(mode=0o600)


_EXPLANATIONS = {
    "SQLITE_BUSY": "is locked by another program; stop it, or try again. Nothing was lost",
    "SQLITE_LOCKED": "is locked by another program; stop it, or try again. Nothing was lost",
    "SQLITE_FULL": "the disk is full; make room. Nothing was half-written",
    "SQLITE_READONLY": "cannot be written; let the bot's user write the file and its directory",
    "SQLITE_CANTOPEN": "cannot be opened; check that the directory exists and may be written",
    "SQLITE_CORRUPT": "is damaged; restore a backup",
    "SQLITE_NOTADB": "is not a cadencebot database; move it away, or set CADENCEBOT_STATE",
    "SQLITE_IOERR": "the disk is full, or it failed; make room, or check it. Nothing was half-written",
}
_UNUSABLE = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_NOTADB")


def name_of(error: sqlite3.Error) -> str:
    """Return what SQLite calls an error, "" for what is Python's own."""
    return str(getattr(error, "sqlite_errorname", ""))


def _explained(error: sqlite3.Error) -> str:
    code = name_of(error)
    found = (explanation for name, explanation in _EXPLANATIONS.items() if code.startswith(name))
    return next(found, str(error))


def back_up(database: Path, target: Path, *, replacing: bool = False) -> int:
    """Write a whole copy of a database in use to `target` and prove it; return its bytes.

    VACUUM INTO reads one moment's state, whatever is written meanwhile (https://sqlite.org/lang_vacuum.html).
    Raises StoreError, leaving nothing half-written, and where `target` is there already unless `replacing`.
    """
    if not database.exists():
        raise StoreError(f"{database}: is not there yet; `cadencebot poll` makes it")
    if target.exists() and not replacing:
        raise StoreError(f"{target}: is there already; name a new file")
    make_room(target)
    with in_place_of(target) as draft:
        copy(database, draft)
        prove(draft)
    return target.stat().st_size


@contextmanager
def in_place_of(target: Path) -> Iterator[Path]:
    """Lend the name of a file that comes into the place of another once it is on the disk.

    Of one that fails nothing stays behind. Raises StoreError for what the disk refuses.
    """
    draft = target.with_name(f"{target.name}.part")
    with disk_in_words(target):
        remove(draft)
        try:
            yield draft
            to_disk(draft)
            draft.replace(target)
            to_disk(target.parent)
        finally:
            remove(draft)


def remove(database: Path) -> None:
    """Remove a file that was to be a database, with what SQLite has beside it."""
    for ending in ("", "-journal", *LEFTOVERS):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def copy(database: Path, target: Path) -> None:
    """Write what a database holds this moment to a new file."""
    with in_words(database), closing(_open(database)) as connection:
        # Proves that it can be read: what is refused below is refused by where the copy goes.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        make_private(target)
        with in_words(target):
            connection.execute("VACUUM INTO ?", (str(target),))


def prove(path: Path) -> None:
    """Raise StoreError for what is no whole database of ours, UsageError for what is none at all."""
    if not path.is_file():
        raise UsageError(f"{path}: is not there; `cadencebot backup` writes one")
    with disk_in_words(path), path.open("rb") as file:
        if file.read(len(_HEADER)) != _HEADER:
            raise UsageError(f"{path}: is no database; name a file that `cadencebot backup` wrote")
    with in_words(path), closing(_open(path)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{path}: is damaged ({found}); take another backup")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'delivery'").fetchone():
            raise UsageError(
                f"{path}: is no database of cadencebot; name a file that `cadencebot backup` wrote"
            )


def to_disk(path: Path) -> None:
    """Wait until a file, or the names in a directory, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
