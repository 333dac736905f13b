"""`status`, `deliveries`, `retry`: how the bot itself fares."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import click

from bot import __version__
from bot.cli.output import as_json_option, counted, margin, print_json, print_table, say
from bot.desk.covering import coverage, watched
from bot.errors import UsageError
from bot.ops.health import PATIENCE
from bot.records import FAILED, NOTHING_YET, OPEN, Flood, SourceState
from bot.releases.news.coverage import Record
from bot.run.wiring import App, open_app
from bot.views.phrases import ago, length, remarks
from bot.views.story import delivery_object

_REASONS = 5  # deliveries that status explains; `deliveries --open` lists all
_PLACEHOLDERS = 20  # repositories that status names one by one
_RETRIABLE = ("owed", "unclear", "impossible", "skipped")


@click.command()
@click.option("--check", "checks", is_flag=True, help="Exit with 1 when something needs a person.")
@as_json_option
def status(checks: bool, as_json: bool) -> None:
    """Show how every source fares, and what is owed, unclear or paused."""
    with open_app(readonly=True) as app:
        states = app.store.sources.states()
        sources = [states.get(source, SourceState(source)) for source in app.config.source_ids]
        if as_json:
            print_json(_status_object(app, sources))
        else:
            _tell(app, sources)
        needs = _needs_a_person(app, sources)
    if checks and needs:
        margin().print(f"Needs a person: {', '.join(needs)}.", markup=False)
        raise click.exceptions.Exit(1)


def _needs_a_person(app: App, sources: Iterable[SourceState]) -> list[str]:
    """Return what does not pass by itself, in words; a source's failure may, for half an hour."""
    now, counts = app.clock.now(), app.store.deliveries.counts()
    failing = [state for state in sources if now - (state.failing_since or now) >= PATIENCE]
    needs = {
        "source failing": len(failing),
        "message unclear or impossible": sum(counts.get(state, 0) for state in FAILED),
        "question about what was held": len(app.store.held.waiting()),
        "destination paused": len(app.store.subscriptions.pauses()),
        "report of something wrong": len(app.store.reports.open()),
    }
    return [f"{number} {what}" for what, number in needs.items() if number]


def _tell(app: App, sources: Sequence[SourceState]) -> None:
    now = app.clock.now()
    records = coverage(app.store, watched(app.config), now)
    say(_summary(sources))
    print_table(
        ("Source", "Last success", "Next poll", "Items", "Releases", "State"),
        [
            (
                state.id,
                ago(state.succeeded_at, now),
                _due(state.next_poll_at, now),
                str(state.usual_count or ""),
                _shown(records.get(state.id)),
                _health(state, records.get(state.id), now),
            )
            for state in sorted(sources, key=lambda state: (not state.failure, state.id))
        ],
    )
    counts = app.store.deliveries.counts()
    say("Messages: " + (", ".join(f"{n} {state}" for state, n in sorted(counts.items())) or "none so far"))
    for delivery in app.store.deliveries.recent(_REASONS, (*OPEN, *FAILED)):
        if delivery.reason:
            say(
                f"{delivery.kind} of {delivery.release} for {delivery.destination} is {delivery.state}: "
                f"{delivery.reason}"
            )
    for line in _placeholders(sources, now):
        say(line)
    for flood in app.store.held.waiting():
        say(
            f"{_held(flood)} {ago(flood.held_at, now)}: held; `cadencebot held` tells more, "
            f"`held announce {flood.id}` or `held ignore {flood.id}` settles it."
        )
    for hint in app.store.hints.waiting():
        say(
            f"{hint.source_id} names {hint.name.display}, which no item carries, and waits until "
            f"{hint.wait_until:%Y-%m-%d %H:%M} UTC for a source that shows it: “{hint.words}”"
        )
    for pause in app.store.subscriptions.pauses().values():
        say(f"{pause.destination} was paused {ago(pause.since, now)}: {pause.reason}")


def _held(flood: Flood) -> str:
    if flood.hint:
        return f"{flood.source_id} names {flood.hint.name.display}, which no source shows; asked about"
    return f"{flood.source_id} showed {len(flood.leads)} releases at once"


def _placeholders(sources: Iterable[SourceState], now: datetime) -> Iterator[str]:
    """Yield a line on each new repository that is held because the lab has put nothing into it."""
    held = [note for state in sources for note in state.waiting if note.get("why") == NOTHING_YET]
    for note in held[:_PLACEHOLDERS]:
        since = ago(datetime.fromisoformat(note["since"]), now)
        yield f"{note['id']} was first seen {since} and is held: {NOTHING_YET}."
    if len(held) > _PLACEHOLDERS:
        yield f"So are {len(held) - _PLACEHOLDERS} more; `cadencebot status --json` lists all."


def _summary(sources: Sequence[SourceState]) -> str:
    failing = sum(1 for state in sources if state.failure)
    unpolled = sum(1 for state in sources if not state.polled_at)
    bare = sum(1 for state in sources if state.has_shown_nothing and not state.failure)
    return (
        f"cadencebot {__version__}: {counted(len(sources), 'source')}, "
        f"{len(sources) - failing - unpolled - bare} fine, "
        f"{failing} failing, {unpolled} not polled yet{f', {bare} with nothing yet' if bare else ''}."
    )


def _due(moment: datetime | None, now: datetime) -> str:
    if moment is None or moment <= now:
        return "now"
    return f"in {length(moment - now)}"


def _shown(record: Record | None) -> str:
    return f"showed {record.showed} of {record.expected}" if record and record.expected else ""


def _health(state: SourceState, record: Record | None, now: datetime) -> str:
    if state.failure:
        return (
            f"failing for {length(now - (state.failing_since or now))} ({state.failure}): {state.complaint}"
        )
    if not state.polled_at:
        return "not polled yet"
    waiting = [f"{len(state.waiting)} new, waited for (`why` tells which)"] if state.waiting else []
    missed = len(record.missed_last) if record and record.is_perhaps_blind else 0
    blind = [f"perhaps blind: missed the last {missed} (`check` tells which)"] if missed else []
    fine = [] if state.has_shown_nothing or missed else ["fine"]
    return "; ".join([*fine, *blind, *remarks(state, now), *waiting])


def _status_object(app: App, sources: list[SourceState]) -> dict[str, Any]:
    records = coverage(app.store, watched(app.config), app.clock.now())
    return {
        "version": __version__,
        "sources": [
            {
                "id": state.id,
                "last_success": _text(state.succeeded_at),
                "next_poll": _text(state.next_poll_at),
                "items": state.usual_count,
                "failing_since": _text(state.failing_since),
                "failures": state.failures,
                "failure": state.failure or None,
                "complaint": state.complaint or None,
                "shown_nothing": state.has_shown_nothing,
                "validators_distrusted_since": _text(state.distrusted_at),
                "waiting": [dict(note) for note in state.waiting],
                **_coverage_object(records.get(state.id, Record(state.id))),
            }
            for state in sources
        ],
        "held": [
            {"id": flood.id, "source": flood.source_id, "releases": len(flood.names)}
            for flood in app.store.held.waiting()
        ],
        "hints": [
            {
                "name": hint.name.display,
                "source": hint.source_id,
                "words": hint.words,
                "url": hint.url,
                "wait_until": _text(hint.wait_until),
            }
            for hint in app.store.hints.waiting()
        ],
        "deliveries": app.store.deliveries.counts(),
        "paused": [
            {"destination": pause.destination, "since": _text(pause.since), "reason": pause.reason}
            for pause in app.store.subscriptions.pauses().values()
        ],
    }


def _coverage_object(record: Record) -> dict[str, Any]:
    return {
        "showed": record.showed,
        "expected": record.expected,
        "perhaps_blind": record.is_perhaps_blind,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


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
            return
        if not found:
            say("No messages.")
            return
        now = app.clock.now()
        print_table(
            ("Id", "Kind", "Release", "Destination", "State", "When", "Why"),
            [
                (
                    delivery.id[:8],
                    delivery.kind,
                    delivery.release,
                    delivery.destination,
                    delivery.state,
                    ago(delivery.settled_at or delivery.created_at, now),
                    delivery.reason,
                )
                for delivery in found
            ],
        )


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
    say(f"The {delivery.kind} of {delivery.release} for {delivery.destination} will be sent again.")
    if delivery.state == "unclear":
        say("It may have been posted before: look there first if a double would hurt.")


COMMANDS = (status, deliveries, retry)
