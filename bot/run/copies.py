"""Copies of the database beside it: each proven whole, the newest kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import StoreError
from bot.run.wiring import App
from bot.store.backup import back_up
from bot.store.store import FILE_NAME

_CHORE = "backup"
_EVERY = timedelta(days=1)
_SOON = timedelta(hours=1)  # after one that failed: the disk was full, perhaps
_NAMED = "cadencebot-*Z.db"


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
    if not keep or not store.chores.is_due(_CHORE, now):
        return
    _due_again(app, now + _SOON)
    copy_of(app.state, now, keep=keep)
    _due_again(app, now + _EVERY)


def _due_again(app: App, moment: datetime) -> None:
    with app.store.transaction():
        app.store.chores.done(_CHORE, moment)
