"""`list`, `subscribe`, `unsubscribe`: who hears of which lab."""

import getpass
import re
from collections.abc import Mapping
from datetime import datetime

import click

from bot.app.root import CONSOLE, App, open_app
from bot.chat.grammar import Words, parse_words
from bot.chat.phrases import ago
from bot.cli.output import as_json_option, print_json, print_table, say
from bot.errors import UsageError
from bot.records import ALL, Subscription

ORIGIN = "command line"
_SLACK_ID = re.compile(r"[CDGUW][A-Z0-9]{2,20}")

destination_option = click.option(
    "--to",
    "destination",
    metavar="CHANNEL",
    default="",
    help="Channel or user id; the console without Slack.",
)


@click.command(name="list")
@as_json_option
def list_command(as_json: bool) -> None:
    """List who follows what, where that comes from, and when it last delivered."""
    with open_app() as app:
        app.sync_standing_subscriptions()
        subscriptions, pauses = app.store.subscriptions.all(), app.store.subscriptions.pauses()
        last = _LastDeliveries(app.store.subscriptions.last_deliveries())
        if as_json:
            print_json(
                [
                    _as_object(subscription, last.of(subscription), subscription.destination in pauses)
                    for subscription in subscriptions
                ]
            )
            return
        if not subscriptions:
            say("Nobody follows anything yet: `cadencebot subscribe --to C0123456789 all` changes that.")
            return
        now = app.clock.now()
        print_table(
            ("Destination", "Follows", "Filters", "From", "By", "Last delivery", "State"),
            [
                (
                    subscription.destination,
                    subscription.lab,
                    str(subscription.filters),
                    subscription.origin,
                    subscription.created_by,
                    ago(last.of(subscription), now),
                    _state(
                        pauses[subscription.destination].reason if subscription.destination in pauses else ""
                    ),
                )
                for subscription in subscriptions
            ],
        )


class _LastDeliveries:
    """Know when each subscription last delivered; one to all labs does with every lab."""

    def __init__(self, by_lab: Mapping[tuple[str, str], datetime]) -> None:
        self._by_lab = by_lab

    def of(self, subscription: Subscription) -> datetime | None:
        times = (
            at
            for (destination, lab), at in self._by_lab.items()
            if destination == subscription.destination and subscription.lab in (lab, ALL)
        )
        return max(times, default=None)


def _state(reason: str) -> str:
    return f"paused: {reason}" if reason else "active"


def _as_object(subscription: Subscription, last: datetime | None, paused: bool) -> dict[str, object]:
    return {
        "destination": subscription.destination,
        "lab": subscription.lab,
        "filters": str(subscription.filters),
        "from": subscription.origin,
        "by": subscription.created_by or None,
        "since": subscription.created_at.isoformat(),
        "last_delivery": last.isoformat() if last else None,
        "paused": paused,
    }


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="LAB...|all [license:...] [min:7b] [max:70b]")
@destination_option
def subscribe(words: tuple[str, ...], destination: str) -> None:
    """Make a destination follow labs; nothing of the past is sent."""
    with open_app() as app:
        typed = parse_words(words, app.labs, ("license", "min", "max"))
        destination = _destination(app, destination)
        with app.store.transaction():
            for lab in _wanted(typed):
                app.store.subscriptions.add(
                    Subscription(destination, lab, typed.filters, ORIGIN, app.clock.now(), getpass.getuser())
                )
        _, newest = app.store.history.recent([lab.id for lab in typed.labs], limit=1)
        say(f"{destination} now follows {_named(typed)}{_with(typed)}.")
        if newest:
            say(f"The newest release so far: {newest[0].lead.name.display} by {newest[0].lab.name}.")


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="LAB...|all")
@destination_option
def unsubscribe(words: tuple[str, ...], destination: str) -> None:
    """Make a destination follow labs no longer."""
    with open_app() as app:
        typed = parse_words(words, app.labs, ())
        destination = _destination(app, destination)
        with app.store.transaction():
            gone = app.store.subscriptions.remove(destination, _wanted(typed), ORIGIN)
        if not gone:
            raise UsageError(
                f"{destination} does not follow {_named(typed)} by the command line; `cadencebot list` shows "
                "what it follows, and what comes from feeds.yaml is changed there"
            )
        say(f"{destination} no longer follows {_named(typed)}.")


def _wanted(typed: Words) -> list[str]:
    if typed.everything:
        return [ALL]
    if not typed.labs:
        raise UsageError("name a lab, or all")
    return [lab.id for lab in typed.labs]


def _named(typed: Words) -> str:
    return "all labs" if typed.everything else ", ".join(lab.name for lab in typed.labs)


def _with(typed: Words) -> str:
    return f" ({typed.filters})" if str(typed.filters) else ""


def _destination(app: App, destination: str) -> str:
    if destination and destination != CONSOLE and not _SLACK_ID.fullmatch(destination):
        raise UsageError(f"“{destination}” is no channel's or person's id: those look like C0123456789")
    if destination:
        return destination
    if app.slack_token:
        raise UsageError("name the channel: --to C0123456789")
    return CONSOLE


COMMANDS = (list_command, subscribe, unsubscribe)
