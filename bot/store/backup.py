"""Copies of the database that are whole and proven, and the way back from one."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors import StoreError
from bot.store.database import Database, in_words

_LEFTOVERS = ("-wal", "-shm")


def back_up(database: Path, target: Path) -> int:
    """Write a whole copy of a database in use to `target` and prove it; return its bytes.

    VACUUM INTO reads one moment's state, whatever is written meanwhile (https://sqlite.org/lang_vacuum.html).
    Raises StoreError, leaving nothing behind, and where `target` is there already.
    """
    if target.exists():
        raise StoreError(f"{target}: is there already; name a new file")
    draft = target.with_name(target.name + ".part")
    draft.unlink(missing_ok=True)
    try:
        with in_words(database), closing(_open(database)) as connection:
            connection.execute("VACUUM INTO ?", (str(draft),))
        prove(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    _to_disk(target.parent)
    return target.stat().st_size


def restore(backup: Path, database: Path, kept: Path) -> None:
    """Put a proven copy of `backup` in the place of `database`, which is kept as `kept`.

    The caller holds the state directory's lock. Raises StoreError before anything was touched.
    """
    prove(backup)
    draft = database.with_name(database.name + ".part")
    draft.unlink(missing_ok=True)
    with in_words(backup), closing(_open(backup)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))
    if database.exists():
        _fold_in(database)
        database.replace(kept)
    draft.replace(database)
    _to_disk(database.parent)
    Database(database).close()  # migrates an old one, refuses a newer one


def prove(path: Path) -> None:
    """Raise StoreError for what is no whole database of ours."""
    if not path.is_file():
        raise StoreError(f"{path}: is not there")
    with in_words(path), closing(_open(path)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreError(f"{path}: is damaged ({found}); take another backup")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'delivery'").fetchone():
            raise StoreError(f"{path}: is not a cadencebot database")


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _fold_in(database: Path) -> None:
    """Fold the write-ahead log into the file, so that the file alone is the database."""
    with in_words(database), closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for ending in _LEFTOVERS:
        database.with_name(database.name + ending).unlink(missing_ok=True)


def _to_disk(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
