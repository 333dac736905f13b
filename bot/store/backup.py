"""Copies of the database that are whole and proven."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors import StoreError
from bot.store.refusals import disk_in_words, in_words, make_room


def back_up(database: Path, target: Path, *, replacing: bool = False) -> int:
    """Write a whole copy of a database in use to `target` and prove it; return its bytes.

    VACUUM INTO reads one moment's state, whatever is written meanwhile (https://sqlite.org/lang_vacuum.html).
    Raises StoreError, leaving nothing half-written, and where `target` is there already unless `replacing`.
    """
    if not database.exists():
        raise StoreError(f"{database}: is not there yet; `cadencebot poll` makes it")
    if target.exists() and not replacing:
        raise StoreError(f"{target}: is there already; name a new file")
    draft = target.with_name(target.name + ".part")
    make_room(target)
    with disk_in_words(target):
        draft.unlink(missing_ok=True)
        try:
            copy(database, draft)
            prove(draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        to_disk(target.parent)
        return target.stat().st_size


def copy(database: Path, target: Path) -> None:
    """Write what a database holds this moment to a new file, and wait until it is on the disk."""
    with in_words(database), closing(_open(database)) as connection:
        # Proves that it can be read: what is refused below is refused by where the copy goes.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with in_words(target):
            connection.execute("VACUUM INTO ?", (str(target),))
    to_disk(target)


def prove(path: Path) -> None:
    """Raise StoreError for what is no whole database of ours."""
    if not path.is_file():
        raise StoreError(f"{path}: is not there; `cadencebot backup` writes one")
    with in_words(path), closing(_open(path)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{path}: is damaged ({found}); take another backup")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'delivery'").fetchone():
            raise StoreError(f"{path}: is not a cadencebot database")


def to_disk(path: Path) -> None:
    """Wait until a file, or the names in a directory, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
