"""Where the bot's memory is: `migrate migrate-to migrate-from restored`."""

from datetime import UTC, datetime
from typing import Any

import click
from rich.progress import Progress

from bot.cli.output import as_json_option, print_json, progress_bar, say
from bot.clock import SystemClock
from bot.errors import UsageError
from bot.ops.lock import sole_user
from bot.run.upkeep import stamp
from bot.run.wiring import holds_database, no_state
from bot.settings.environment import Environment, read_environment
from bot.store.moving import Moved, to_file, to_postgres
from bot.store.opening import migrate as migrate_tables
from bot.store.restore import restored as note_restored
from bot.store.store import FILE_NAME


@click.command()
def migrate() -> None:
    """Make the tables of the PostgreSQL database in DATABASE_URL, or bring them up to date.

    A file in the state directory needs no such thing: whatever opens it brings it up to date.
    """
    url = read_environment().database_url.get_secret_value()
    if not url:
        raise UsageError("DATABASE_URL is not set, and a file is brought up to date by whatever opens it")
    place, behind = migrate_tables(url)
    say(f"{place}: {'the tables are made or brought up to date.' if behind else 'is up to date.'}")


@click.command(name="migrate-to")
@click.argument("url", required=False)
@as_json_option
def migrate_to(url: str | None, as_json: bool) -> None:
    """Move all that the bot remembers from the state directory to the PostgreSQL database at URL.

    Without URL it is that in DATABASE_URL. The file is kept, and starts no bot any more.
    """
    environment = read_environment()
    state = environment.cadencebot_state
    if not holds_database(state):
        raise no_state(state)
    with sole_user(state), progress_bar() as bar:
        moved = to_postgres(state / FILE_NAME, _address(url, environment), SystemClock().now(), _shown(bar))
    _tell(moved, "Next: set DATABASE_URL wherever the bot starts, and start it.", as_json=as_json)


@click.command(name="migrate-from")
@click.argument("url", required=False)
@as_json_option
def migrate_from(url: str | None, as_json: bool) -> None:
    """Move all that the bot remembers from the PostgreSQL database at URL to the state directory.

    Without URL it is that in DATABASE_URL. The tables are kept, and start no bot any more.
    """
    environment, now = read_environment(), SystemClock().now()
    path = environment.cadencebot_state / FILE_NAME
    kept = path.with_name(f"{FILE_NAME}.replaced-{stamp(now)}")
    with sole_user(path.parent), progress_bar() as bar:
        moved = to_file(path, _address(url, environment), kept, now, _shown(bar))
    _tell(moved, "Next: unset DATABASE_URL wherever the bot starts, and start it.", as_json=as_json)


def _address(url: str | None, environment: Environment) -> str:
    found = url or environment.database_url.get_secret_value()
    if not found.startswith(("postgresql://", "postgres://")):
        raise UsageError("say which database: postgresql://user:password@host/name, or set DATABASE_URL")
    return found


def _shown(bar: Progress) -> Any:
    """Return what tells the bar how far a move has come."""
    task = bar.add_task("Moving, then proving")
    return lambda done, total: bar.update(task, completed=done, total=total)


def _tell(moved: Moved, following: str, *, as_json: bool) -> None:
    rows = sum(tally.rows for tally in moved.tables.values())
    if as_json:
        tables = {name: {"rows": tally.rows, "hash": tally.hash} for name, tally in moved.tables.items()}
        print_json({"from": moved.source, "to": moved.target, "rows": rows, "tables": tables})
        return
    if moved.tables:
        say(f"Moved: {rows:,} rows of {len(moved.tables)} tables, counted and hashed on both sides.")
    else:
        say("All rows had been moved and proven before: what was lacking is done.")
    say(f"{moved.target} is where the bot's memory is; {moved.source} is kept, and starts no bot any more.")
    say(following)


@click.command()
@click.option(
    "--until", metavar="TIME", help="Until when the copy knows what was sent, as 2026-11-30T12:00 (UTC)."
)
def restored(until: str | None) -> None:
    """Say that an older copy of the database was put back: what it owes may have been sent since.

    Without --until it knows what was sent until the newest time that is stored.
    """
    environment, now = read_environment(), SystemClock().now()
    state, url = environment.cadencebot_state, environment.database_url.get_secret_value()
    if not url and not holds_database(state):
        raise no_state(state)
    with sole_user(state):
        place, known_until = note_restored(
            state / FILE_NAME, url, _moment(until, now) if until else None, now
        )
    say(f"{place} goes on as a copy that knows what was sent until {known_until:%Y-%m-%d %H:%M} UTC.")
    say("What may have been sent since then is looked up in its channel first and not sent twice; where the")
    say(
        "bot may not read the channel it is not sent, and `cadencebot deliveries --open` lists it as unclear."
    )


def _moment(text: str, now: datetime) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--until: {text[:40]!r} is no time; write it as 2026-11-30T12:00 (UTC)") from error
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if found > now:
        raise UsageError(f"--until: {text[:40]} is still to come")
    return found


COMMANDS = (migrate, migrate_to, migrate_from, restored)
