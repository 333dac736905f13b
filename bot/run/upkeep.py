"""The upkeep of the database: a copy a day, proven whole; and once a week what nobody needs is forgotten."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.errors import StoreError
from bot.run.wiring import App
from bot.store.backup import back_up
from bot.store.store import FILE_NAME, Store

log = structlog.get_logger()

_BACKUP = "backup"
_DAILY = timedelta(days=1)
_SOON = timedelta(hours=1)  # after one that failed: the disk was full, perhaps
_NAMED = "cadencebot-*Z.db"

_TIDY = "tidy"
_WEEKLY = timedelta(days=7)
KEPT = timedelta(days=400)  # a year, and who looks back at it
_LATELY = timedelta(days=8)
# In one transaction: others that write wait for it.
_DESTINATIONS = 200
_MESSAGES = 5_000


def stamp(moment: datetime) -> str:
    """Return a moment for the name of a file, which then sorts by it."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def copy_of(state: Path, now: datetime, *, keep: int | None = None) -> tuple[Path, int]:
    """Write a copy of the state's database into `backups` beside it; return where it is, and its bytes.

    With `keep` the newest so many of the copies in there stay. Raises StoreError; the older copies then stay.
    """
    copy = state / "backups" / f"cadencebot-{stamp(now)}.db"
    size = back_up(state / FILE_NAME, copy)
    if keep is not None:
        _keep_newest(copy.parent, keep)
    return copy, size


def _keep_newest(directory: Path, keep: int) -> None:
    for old in sorted(directory.glob(_NAMED))[:-keep]:
        try:
            old.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{old}: cannot be removed ({error.strerror}); remove it by hand") from error


def copy_daily(app: App) -> None:
    """Write the copy of the day, where the environment says how many are kept. Raises StoreError."""
    store, now, keep = app.store, app.clock.now(), app.environment.cadencebot_backups
    if not keep or not store.chores.is_due(_BACKUP, now):
        return
    due_again(store, _BACKUP, now + _SOON)
    copy_of(app.state, now, keep=keep)
    due_again(store, _BACKUP, now + _DAILY)


def due_again(store: Store, chore: str, moment: datetime) -> None:
    """Store when a chore is due again. Raises StoreError."""
    with store.transaction():
        store.chores.done(chore, moment)


# --- what is old


def tidy(store: Store, now: datetime) -> None:
    """Forget what is old, once a week. Raises StoreError; the rest is then forgotten next time.

    Nothing is forgotten by a clock that has just leapt ahead: only where this became due lately.
    """
    if not store.chores.is_due(_TIDY, now):
        return
    if not store.chores.is_due(_TIDY, now - _LATELY):
        _forget_messages(store, now - KEPT)
    if hosts := store.hosts():
        hosts.forget_idle(now)
    due_again(store, _TIDY, now + _WEEKLY)


def _forget_messages(store: Store, before: datetime) -> None:
    forgotten, last = 0, ""
    while destinations := store.archive.destinations_after(last, _DESTINATIONS):
        found = _MESSAGES
        while found == _MESSAGES:
            with store.transaction():
                found = store.archive.forget(destinations, before, _MESSAGES)
            forgotten += found
        last = destinations[-1]
    if forgotten:
        log.info("messages_forgotten", count=forgotten, before=before.isoformat())
