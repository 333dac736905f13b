"""The way back from a backup."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile

from sqlite_utils import Database as Connection

from bot.store.backup import LEFTOVERS, copy, in_place_of, in_words, make_room, name_of, prove, to_disk
from bot.store.forgotten import doubt, newest, put_back
from bot.store.moved import FILLING, GO_ON, mark_of, refuse_moved
from bot.store.opening import reached
from bot.store.rows import bound_by_name
from bot.store.sqlite import migrations, refuse_newer

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_DOUBTED = "a backup was put back: it may have been sent before"


def restore(backup: Path, database: Path, kept: Path, now: datetime) -> datetime:
    """Put a proven copy of `backup` in the place of `database`, which is kept as `kept`.

    Return until when the backup knows what was sent. The caller holds the state directory's lock. Raises
    StoreError before anything was touched.
    """
    prove(backup)
    make_room(database)
    with in_place_of(database) as draft:
        copy(backup, draft)
        known_until = _prepare(draft, now)
        if database.exists():
            keep(database, kept)
    return known_until


def _prepare(draft: Path, now: datetime) -> datetime:
    """Bring a copy up to date and let it know that it was put back; return its newest time.

    What is open in it may have been sent since: it is looked up before it is sent. An edit may be made twice.
    """
    with in_words(draft), closing(sqlite3.connect(draft, isolation_level=None)) as raw:
        refuse_newer(draft, Connection(raw))
        raw.execute("BEGIN IMMEDIATE")
        migrations.apply(Connection(raw))
        last = newest(lambda sql: list(Connection(raw).query(sql))) or now
        known_until = min(last, now)

        def run(sql: str, values: Mapping[str, object]) -> None:
            raw.execute(sql, bound_by_name(values))

        # After all that the backup knows, even where the clock was set back meanwhile.
        doubt(run, known_until, max(now, last + timedelta(microseconds=1)), _DOUBTED)
        run(
            "UPDATE delivery SET due_at = :now, asked = FALSE WHERE reason = :why",
            {"now": now, "why": _DOUBTED},
        )
        run(GO_ON, {})
        raw.execute("COMMIT")
    return known_until


def restored(path: Path, url: str, until: datetime | None, now: datetime) -> tuple[str, datetime]:
    """Note that an older copy was put back by other means, and goes on from here, wherever it was moved.

    Return the database's place, and until when the copy knows what was sent: `until`, or else the newest time
    that is stored. The caller holds the state directory's lock. Raises StoreError.
    """
    with closing(reached(path, url)) as database, database.alone():
        mark = mark_of(database)
        if mark and mark.state == FILLING:
            refuse_moved(database)
        with database.transaction():
            known_until = min(until or newest(database.query) or now, now)
            put_back(database.query, database.run, known_until, now)
            database.run(GO_ON)
        database.note_claims(now)
        return database.place, known_until


def keep(database: Path, kept: Path) -> None:
    """Copy a database that is about to be replaced: a moment without any would look like a first start."""
    _fold_in(database)
    for ending in ("", "-wal"):
        old, new = database.with_name(database.name + ending), kept.with_name(kept.name + ending)
        if old.exists():
            draft = new.with_name(f"{new.name}.part")
            copyfile(old, draft)
            draft.chmod(0o600)
            to_disk(draft)
            draft.replace(new)
    to_disk(kept.parent)
    for ending in LEFTOVERS:
        database.with_name(database.name + ending).unlink(missing_ok=True)


def _fold_in(database: Path) -> None:
    """Fold the write-ahead log into the file, so that the file alone is the database; a damaged one stays."""
    with in_words(database):
        try:
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.DatabaseError as error:
            if not name_of(error).startswith(_DAMAGED):
                raise
