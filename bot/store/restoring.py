"""The way back from a backup, and what the bot then knows that it has forgotten."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database as Connection

from bot.store.backup import copy, prove, to_disk
from bot.store.database import Database, migrations, refuse_newer
from bot.store.refusals import disk_in_words, in_words, make_room
from bot.store.rows import moment, time_text

_LEFTOVERS = ("-wal", "-shm")
_DOUBTED = "a backup was put back: it may have been sent before"


def restore(backup: Path, database: Path, kept: Path, now: datetime) -> datetime:
    """Put a proven copy of `backup` in the place of `database`, which is kept as `kept`.

    Return until when the backup knows what was sent. The caller holds the state directory's lock. Raises
    StoreError before anything was touched.
    """
    prove(backup)
    make_room(database)
    draft = database.with_name(database.name + ".part")
    with disk_in_words(database):
        _forget(draft)
        try:
            copy(backup, draft)
            known_until = _prepare(draft, now)
            if database.exists():
                _fold_in(database)
                database.replace(kept)
            draft.replace(database)
        finally:
            _forget(draft)
        to_disk(database.parent)
    return known_until


def _prepare(draft: Path, now: datetime) -> datetime:
    """Bring a copy up to date and let it know that it was put back; return its newest time.

    What is open in it may have been sent since: it is looked up before it is sent. An edit may be made twice.
    """
    with in_words(draft), closing(sqlite3.connect(draft, isolation_level=None)) as raw:
        refuse_newer(draft, Connection(raw))
        raw.execute("BEGIN IMMEDIATE")
        migrations.apply(Connection(raw))
        newest = _newest(raw) or now
        known_until = min(newest, now)
        # After all that the backup knows, even where the clock was set back meanwhile.
        restored_at = max(now, newest + timedelta(microseconds=1))
        times = {
            "now": time_text(now),
            "restored_at": time_text(restored_at),
            "until": time_text(known_until),
            "reason": _DOUBTED,
        }
        raw.execute(
            "INSERT INTO restoration (restored_at, backed_up_at) VALUES (:restored_at, :until)", times
        )
        raw.execute(
            """
            UPDATE delivery SET claimed_at = :until, due_at = :now, asked = 0, reason = :reason,
                state = CASE kind WHEN 'edit' THEN 'owed' ELSE 'doubtful' END WHERE state = 'owed'
            """,
            times,
        )
        raw.execute("COMMIT")
    return known_until


def _newest(raw: sqlite3.Connection) -> datetime | None:
    """Return the newest time at which anything was read, owed, claimed or settled, or the bot was alive."""
    newest = raw.execute(
        """
        SELECT max(at) FROM (
            SELECT max(polled_at) AS at FROM source
            UNION ALL SELECT max(created_at) FROM delivery
            UNION ALL SELECT max(claimed_at) FROM delivery
            UNION ALL SELECT max(settled_at) FROM delivery
            UNION ALL SELECT max(at) FROM heartbeat)
        """
    ).fetchone()[0]
    return moment(newest) if newest else None


def _fold_in(database: Path) -> None:
    """Fold the write-ahead log into the file, so that the file alone is the database."""
    with in_words(database), closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for ending in _LEFTOVERS:
        database.with_name(database.name + ending).unlink(missing_ok=True)


def _forget(draft: Path) -> None:
    for ending in ("", "-journal", *_LEFTOVERS):
        draft.with_name(draft.name + ending).unlink(missing_ok=True)


def forgotten_since(database: Database, known_until: datetime) -> datetime | None:
    """Return from when on messages may stand in channels that this database knows nothing of.

    That is so for what comes of something known until `known_until` and looked at again only after a
    backup was put back; None is for "nothing was forgotten".
    """
    rows = database.query(
        "SELECT min(backed_up_at) AS since FROM restoration WHERE restored_at > :known_until",
        {"known_until": time_text(known_until)},
    )
    return moment(rows[0]["since"]) if rows[0]["since"] else None
