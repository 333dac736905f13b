"""What a database may have forgotten, being an older copy that was put back, and what is doubted for that.

`restore` says so itself. For copies that are put back in other ways there is a file beside the database that
tells how many messages were ever claimed: where it has more than the database, it comes from a later time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from bot.errors import StoreError
from bot.store.backup import disk_in_words
from bot.store.database import Database
from bot.store.rows import maybe_moment, moment, time_text

PUT_BACK = "an older copy was put back: it may have been sent before"
GAP = "after a gap in time: it may have been sent before"
_FILE_NAME = "claims"
_KEPT = timedelta(days=30)
_INSTANT = timedelta(microseconds=1)

_Query = Callable[[str], list[dict[str, str]]]
_Run = Callable[[str, Mapping[str, object]], object]


def newest(query: _Query) -> datetime | None:
    """Return the newest time at which anything was read, owed, claimed or settled, or the bot was alive."""
    rows = query(
        """
        SELECT max(at) AS at FROM (
            SELECT max(polled_at) AS at FROM source
            UNION ALL SELECT max(created_at) FROM delivery
            UNION ALL SELECT max(claimed_at) FROM delivery
            UNION ALL SELECT max(settled_at) FROM delivery
            UNION ALL SELECT max(at) FROM heartbeat) AS every
        """
    )
    return maybe_moment(rows[0]["at"])


def doubt(run: _Run, since: datetime, until: datetime, reason: str, *, suspected: bool = False) -> None:
    """Note that messages may have been sent between two moments which this database knows nothing of.

    What is owed is looked up before it is sent; its attempts, and for how long its answers were strange, are
    counted anew. An edit may be made twice. Where that is only `suspected`, what cannot be looked up is sent.
    """
    values = {"since": since, "until": until, "reason": reason, "suspected": suspected}
    run(
        """
        INSERT INTO restoration (restored_at, backed_up_at, suspected) VALUES (:until, :since, :suspected)
        """,
        values,
    )
    run(
        """
        UPDATE delivery SET claimed_at = :since, reason = :reason, suspected = :suspected,
            posted_after = NULL, posted_before = NULL, reached = '', attempts = 0, strange_since = NULL,
            state = CASE kind WHEN 'edit' THEN 'owed' ELSE 'doubtful' END WHERE state = 'owed'
        """,
        values,
    )


def put_back(query: _Query, run: _Run, since: datetime, now: datetime) -> None:
    """Doubt for an older copy that was put back by now, and knows what was sent until `since`.

    What is in doubt already for a copy that knew more is looked for from then on.
    """
    last = newest(query) or now
    run(
        """
        UPDATE delivery SET claimed_at = :since
        WHERE state = 'doubtful' AND reason = :reason AND claimed_at > :since
        """,
        {"since": since, "reason": PUT_BACK},
    )
    # After all that the copy knows, even where the clock was set back meanwhile.
    doubt(run, since, max(now, last + _INSTANT), PUT_BACK)


def suspect(database: Database, since: datetime, now: datetime) -> None:
    """Doubt for a gap in time alone: the whole machine may have been set back, this file with it."""
    database.run(
        "DELETE FROM restoration WHERE suspected = TRUE AND restored_at < :then", {"then": now - _KEPT}
    )
    doubt(database.run, since, now, GAP, suspected=True)


# --- the file beside it


def note_claims(database: Database, path: Path, now: datetime) -> None:
    """Write down beside the database at `path` how many messages were claimed by now; one thread does.

    Raises StoreError.
    """
    file = path.with_name(_FILE_NAME)
    with disk_in_words(file):
        draft = file.with_name(f".{_FILE_NAME}")
        draft.touch(mode=0o600)
        draft.write_text(f"{_made(database)} {time_text(now)}\n", encoding="ascii")
        draft.replace(file)


def doubt_a_copy(database: Database, path: Path) -> None:
    """Doubt what is owed where the file beside the database knows of more claims than it does."""
    noted = _noted(path)
    if noted is None or noted[0] <= _made(database):
        return
    made, at = noted
    last = newest(database.query) or at
    with database.transaction():
        database.run("UPDATE claims SET made = :made", {"made": made})
        doubt(database.run, min(last, at), max(last, at) + _INSTANT, PUT_BACK)


def refuse_lost(path: Path) -> None:
    """Raise StoreError where a database is gone that messages were sent from."""
    noted = None if path.exists() else _noted(path)
    if noted:
        raise StoreError(
            f"{path}: is gone, and messages were sent from it until {noted[1]:%Y-%m-%d %H:%M} UTC: put it "
            "back, or a backup with `cadencebot restore FILE`; to begin with nothing, remove "
            f"{path.with_name(_FILE_NAME)} as well"
        )


def _made(database: Database) -> int:
    return int(database.column("SELECT made FROM claims")[0])


def _noted(path: Path) -> tuple[int, datetime] | None:
    """Return what the file says: how many claims, and when the last one was made; None without the file."""
    file = path.with_name(_FILE_NAME)
    with disk_in_words(file):
        if not file.exists():
            return None
        made, _, at = file.read_text(encoding="ascii", errors="replace").strip().partition(" ")
    try:
        return int(made), moment(at)
    except ValueError as error:
        raise StoreError(
            f"{file}: is damaged; remove it, and take care that no older copy is in use"
        ) from error
