"""`backup`, `restore`: a copy of everything that the bot remembers, and the way back from one."""

from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.output import say
from bot.clock import SystemClock
from bot.errors import UsageError
from bot.ops.lock import sole_user
from bot.settings.environment import read_environment
from bot.store.backup import back_up
from bot.store.restoring import restore as put_back
from bot.store.store import FILE_NAME

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", required=False, type=_FILE)
def backup(file: Path | None) -> None:
    """Write a proven copy of the database, also while `run` works with it."""
    state = read_environment().cadencebot_state
    if file and not file.absolute().parent.is_dir():
        raise UsageError(f"{file.parent}: there is no such directory; make it first, or mount it")
    target = file or state / "backups" / f"cadencebot-{_stamp(SystemClock().now())}.db"
    size = back_up(state / FILE_NAME, target)
    say(f"Written and proven: {target} ({size / 1_000_000:,.1f} MB).")
    say(f"`cadencebot restore {target}` puts it back.")


@click.command()
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """Put a backup in the place of the database, which is kept beside it."""
    state, now = read_environment().cadencebot_state, SystemClock().now()
    database = state / FILE_NAME
    kept = database.with_name(f"{FILE_NAME}.replaced-{_stamp(now)}")
    with sole_user(state):
        known_until = put_back(file, database, kept, now)
    say(f"{database} is {file} again: it knows what was sent until {known_until:%Y-%m-%d %H:%M} UTC.")
    if kept.exists():
        say(f"The one that was there is kept as {kept}.")
    say("Next: `cadencebot poll`, or start `cadencebot run`. What may have been sent since then is looked up")
    say("in its channel first and not sent twice; where the bot may not read the channel it is not sent,")
    say("and `cadencebot deliveries --open` lists it as unclear.")


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


COMMANDS = (backup, restore)
