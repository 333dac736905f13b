"""How the bot fares, and its memory: `status deliveries retry unclear backup restore reseal`."""

import getpass
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.cli.output import as_json_option, margin, print_content, print_json, say
from bot.clock import SystemClock
from bot.desk.questions import Questions, watched
from bot.errors import UsageError
from bot.ops.health import PATIENCE
from bot.ops.lock import sole_user
from bot.ops.sealing import seal_of
from bot.outbox.doubts import Doubts
from bot.records import FAILED, OPEN
from bot.releases.news.coverage import Record
from bot.run.upkeep import copy_of, stamp
from bot.run.wiring import holds_database, no_state, open_app
from bot.settings.environment import read_environment
from bot.slack.workspaces import ManyWorkspaces
from bot.store.backup import back_up
from bot.store.opening import dump
from bot.store.restore import restore as put_back
from bot.store.store import FILE_NAME
from bot.views.answers import (
    BotStatus,
    deliveries_answer,
    settled_answer,
    status_answer,
    unclear_answer,
)
from bot.views.answers.status import silence
from bot.views.objects import delivery_object, push_object
from bot.views.phrases import counted

_REASONS = 5  # deliveries that status explains; `deliveries --open` lists all
_RETRIABLE = ("owed", "unclear", "impossible", "skipped")


@click.command()
@click.option("--check", "checks", is_flag=True, help="Exit with 1 when something needs a person.")
@as_json_option
def status(checks: bool, as_json: bool) -> None:
    """Show how every source fares, and what is owed, unclear or paused."""
    with open_app(readonly=True) as app:
        sources, watches = app.config.source_ids, watched(app.config)
        questions = Questions(app.store, app.labs, app.clock, sources, watches, app.remarks)
        known, now = questions.status(), app.clock.now()
        if as_json:
            print_json({"state": str(app.state.absolute()), **_status_object(known, now)})
        else:
            open_or_failed = app.store.deliveries.recent(_REASONS, (*OPEN, *FAILED))
            unsettled = [delivery for delivery in open_or_failed if delivery.reason]
            print_content(status_answer(replace(known, unsettled=unsettled), now, whole=True))
            margin().print(f"State: {app.state.absolute()}", markup=False, highlight=False, soft_wrap=True)
        needs = _needs_a_person(known, now)
    if checks and needs:
        margin().print(f"Needs a person: {', '.join(needs)}.", markup=False)
        raise click.exceptions.Exit(1)


def _needs_a_person(status: BotStatus, now: datetime) -> list[str]:
    """Return what does not pass by itself, in words; a source's failure may, for half an hour."""
    failing = [state for state in status.sources if now - (state.failing_since or now) >= PATIENCE]
    needs = {
        "source failing": len(failing),
        "hour or more without a poll": int(bool(silence(status.sources, now))),
        "message unclear or impossible": sum(status.counts.get(state, 0) for state in FAILED),
        "question about what was held": len(status.held),
        "destination paused": len(status.pauses),
        "report of something wrong": len(status.reports),
    }
    return [f"{number} {what}" for what, number in needs.items() if number]


def _status_object(status: BotStatus, now: datetime) -> dict[str, Any]:
    return {
        "version": status.version,
        "sources": [
            {
                "id": state.id,
                "last_success": state.succeeded_at,
                "next_poll": state.next_poll_at,
                "items": state.usual_count,
                "failing_since": state.failing_since,
                "failures": state.failures,
                "failure": state.failure or None,
                "complaint": state.complaint or None,
                "shown_nothing": state.has_shown_nothing,
                "validators_distrusted_since": state.distrusted_at,
                "waiting": [dict(note) for note in state.waiting],
                **_coverage_object(status.coverage.get(state.id, Record(state.id))),
                "pushed": push_object(status.pushes.get(state.id), now),
            }
            for state in status.sources
        ],
        "held": [
            {"id": flood.id, "source": flood.source_id, "releases": len(flood.names)} for flood in status.held
        ],
        "hints": [
            {
                "name": hint.name.display,
                "source": hint.source_id,
                "words": hint.words,
                "url": hint.url,
                "wait_until": hint.wait_until,
            }
            for hint in status.hints
        ],
        "deliveries": status.counts,
        "remarks": status.remarks,
        "cannot_look_up": dict(status.lacking),
        "paused": [
            {"destination": pause.destination, "since": pause.since, "reason": pause.reason}
            for pause in status.pauses
        ],
    }


def _coverage_object(record: Record) -> dict[str, Any]:
    return {
        "showed": record.showed,
        "expected": record.expected,
        "perhaps_blind": record.is_perhaps_blind,
    }


@click.command()
@click.option("--open", "only_open", is_flag=True, help="Only what is not settled, or not well.")
@click.option("-n", "number", default=30, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@as_json_option
def deliveries(only_open: bool, number: int, as_json: bool) -> None:
    """List the messages, newest first: sent, owed, unclear."""
    with open_app(readonly=True) as app:
        states = (*OPEN, *FAILED) if only_open else ()
        found = app.store.deliveries.recent(number, states)
        if as_json:
            print_json([delivery_object(delivery) for delivery in found])
        else:
            counts = app.store.deliveries.counts()
            known = sum(counts.get(state, 0) for state in states or counts)
            print_content(deliveries_answer(found, app.clock.now(), known, whole=True))


@click.command()
@click.argument("identity", metavar="ID")
def retry(identity: str) -> None:
    """Send a message again that is unclear, impossible or skipped, or at once one that was put off."""
    with open_app() as app, app.store.transaction():
        delivery = app.store.deliveries.by_id(identity)
        if delivery is None:
            raise UsageError(f"no delivery has the id “{identity}”; `cadencebot deliveries` lists them")
        if delivery.state not in _RETRIABLE:
            raise UsageError(
                f"that message is {delivery.state}: only one of {', '.join(_RETRIABLE)} can be retried"
            )
        app.store.deliveries.retry(delivery, app.clock.now())
    say(f"The {delivery.what} for {delivery.destination} will be sent again.")
    if delivery.state == "unclear":
        say("It may have been posted before: look there first if a double would hurt.")


@click.command()
@click.argument("deed", required=False, type=click.Choice(["there", "again"]))
@click.argument("identity", required=False, metavar="[ID]")
@as_json_option
def unclear(deed: str | None, identity: str | None, as_json: bool) -> None:
    """List messages that may have arrived or not; say that one is there, or send it again."""
    if deed and identity is None:
        raise UsageError(f"say which one: cadencebot unclear {deed} ID; `cadencebot unclear` lists them")
    with open_app(readonly=deed is None) as app:
        if deed and identity:
            doubts = Doubts(app.store, app.clock)
            settled = doubts.again(identity) if deed == "again" else doubts.there(identity, getpass.getuser())
            print_content(settled_answer(settled, deed))
            return
        found = Questions(app.store, app.labs, app.clock).unclear()
        if as_json:
            print_json([delivery_object(delivery) for delivery in found])
        else:
            print_content(unclear_answer(found, app.clock.now(), whole=True))


_PUT_BACK = "pg_restore --clean --if-exists --dbname=..."
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", required=False, type=_FILE)
@click.option(
    "--keep", type=click.IntRange(1, 1000), metavar="N", help="Keep the newest N of those in the state."
)
def backup(file: Path | None, keep: int | None) -> None:
    """Write a proven copy of the database, also while `run` works with it.

    Without FILE it goes into the folder `backups` of the state.
    """
    environment = read_environment()
    state, url = environment.cadencebot_state, environment.database_url.get_secret_value()
    if url and (file is None or keep):
        raise UsageError("the database is on PostgreSQL: name a FILE, into which pg_dump writes a copy of it")
    if not url and not holds_database(state):
        raise no_state(state)
    if file and keep:
        raise UsageError("--keep is for the copies in the state's own folder: name no FILE with it")
    if file and not file.absolute().parent.is_dir():
        raise UsageError(f"{file.parent}: there is no such directory; make it first, or mount it")
    if file:
        size = dump(url, file) if url else back_up(state / FILE_NAME, file)
    else:
        file, size = copy_of(state, SystemClock().now(), keep=keep)
    say(f"Written and proven: {file} ({size / 1_000_000:,.1f} MB).")
    if url:
        say(f"With the bot stopped, `{_PUT_BACK} {file}` puts it back; then `cadencebot restored`.")
    else:
        say(f"`cadencebot restore {file}` puts it back.")


@click.command()
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """Put a backup in the place of the database, which is kept beside it."""
    environment, now = read_environment(), SystemClock().now()
    if environment.database_url.get_secret_value():
        raise UsageError(
            "DATABASE_URL is set, and this puts back the file in the state directory: with the bot stopped, "
            f"`{_PUT_BACK} {file}` puts a copy back; then `cadencebot restored` says so"
        )
    state = environment.cadencebot_state
    database = state / FILE_NAME
    kept = database.with_name(f"{FILE_NAME}.replaced-{stamp(now)}")
    with sole_user(state):
        known_until = put_back(file, database, kept, now)
    say(f"{database} is {file} again: it knows what was sent until {known_until:%Y-%m-%d %H:%M} UTC.")
    if kept.exists():
        say(f"The one that was there is kept as {kept}.")
    say("Next: `cadencebot poll`, or start `cadencebot run`. What may have been sent since then is looked up")
    say("in its channel first and not sent twice; where the bot may not read the channel it is not sent,")
    say("and `cadencebot deliveries --open` lists it as unclear.")


@click.command()
def reseal() -> None:
    """Seal the tokens of workspaces anew, with the first key of CADENCEBOT_SEAL_KEY.

    Before, give everything that runs the new key and, after a comma, the old one, which can go afterwards.
    """
    with open_app() as app:
        workspaces = ManyWorkspaces(app.store, seal_of(app.environment), app.clock.now)
        done, closed = workspaces.reseal()
    say(f"{counted(done, 'token')} sealed anew with the first key of CADENCEBOT_SEAL_KEY.")
    if closed:
        say(f"No key opens that of {', '.join(closed)}.")
        say("Add the key that sealed it, after a comma; or install the bot there anew.")
        raise click.exceptions.Exit(1)
    say("The other keys can go, but for backups made before: what is in those, only they open.")


COMMANDS = (status, deliveries, retry, unclear, backup, restore, reseal)
