"""`list`, `subscribe`, `unsubscribe`: who hears of which lab."""

import getpass
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import click

from bot.app.changes import Changes
from bot.app.questions import Questions
from bot.app.root import CONSOLE, App, open_app
from bot.chat.answers import digest_answer, settings_answer
from bot.chat.asker import Asker
from bot.chat.commands import Verb
from bot.chat.grammar import parse_command
from bot.chat.phrases import ago
from bot.cli.output import as_json_option, print_json, print_table, say
from bot.delivery.card import rich_text
from bot.errors import UsageError
from bot.records import ALL, CADENCE, FROM_COMMAND_LINE, Mute, Pause, Subscription

_SLACK_ID = re.compile(r"[CDGUW][A-Z0-9]{2,20}")

destination_option = click.option(
    "--to",
    "destination",
    metavar="CHANNEL",
    default="",
    help="Channel or user id; the console without Slack.",
)


@click.command(name="list")
@destination_option
@as_json_option
def list_command(destination: str, as_json: bool) -> None:
    """List who follows what, where that comes from, and when it last delivered."""
    with open_app() as app:
        app.sync_standing_subscriptions()
        now, known = app.clock.now(), app.store.subscriptions.all()
        subscriptions = [one for one in known if destination in ("", one.destination)]
        silence = _Silence(app.store.subscriptions.pauses(), app.store.preferences.mutes(now=now))
        last = _LastDeliveries(app.store.subscriptions.last_deliveries())
        if as_json:
            print_json(
                [_as_object(subscription, last.of(subscription), silence) for subscription in subscriptions]
            )
            return
        if not subscriptions:
            say("Nobody follows anything yet: `cadencebot subscribe --to C0123456789 all` changes that.")
            return
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
                    silence.state(subscription),
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


class _Silence:
    """Know which subscriptions bring nothing for now, and why."""

    def __init__(self, pauses: Mapping[str, Pause], mutes: Sequence[Mute]) -> None:
        self._pauses = pauses
        self._mutes = mutes

    def is_paused(self, subscription: Subscription) -> bool:
        return subscription.destination in self._pauses

    def mute(self, subscription: Subscription) -> Mute | None:
        labs = (ALL, subscription.lab.removeprefix(CADENCE))
        mutes = (one for one in self._mutes if one.destination == subscription.destination)
        return next((one for one in mutes if one.lab in labs), None)

    def state(self, subscription: Subscription) -> str:
        """Return "active", or why nothing comes."""
        if self.is_paused(subscription):
            return f"paused: {self._pauses[subscription.destination].reason}"
        mute = self.mute(subscription)
        if mute is None:
            return "active"
        return f"muted until {mute.until:%Y-%m-%d %H:%M} UTC" if mute.until else "muted until unmuted"


def _as_object(subscription: Subscription, last: datetime | None, silence: _Silence) -> dict[str, object]:
    mute = silence.mute(subscription)
    return {
        "destination": subscription.destination,
        "lab": subscription.lab,
        "filters": str(subscription.filters),
        "from": subscription.origin,
        "by": subscription.created_by or None,
        "since": subscription.created_at.isoformat(),
        "last_delivery": last.isoformat() if last else None,
        "paused": silence.is_paused(subscription),
        "muted": mute is not None,
        "muted_until": mute.until.isoformat() if mute and mute.until else None,
    }


_FILTERS = "[license:...] [min:7b] [max:70b] [fits:80gb] [type:...] [weights:open] [kinds:...] [match:...]"


@click.command()
@click.argument("words", nargs=-1, required=True, metavar=f"LAB...|all {_FILTERS}")
@destination_option
def subscribe(words: tuple[str, ...], destination: str) -> None:
    """Make a destination follow labs; nothing of the past is sent."""
    _change(Verb.SUBSCRIBE, words, destination)


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="LAB...|all")
@destination_option
def unsubscribe(words: tuple[str, ...], destination: str) -> None:
    """Make a destination follow labs no longer."""
    _change(Verb.UNSUBSCRIBE, words, destination)


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="LAB...|all [7d]")
@destination_option
def mute(words: tuple[str, ...], destination: str) -> None:
    """Keep labs silent in a destination, for a while or until unmuted."""
    _change(Verb.MUTE, words, destination)


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="LAB...|all")
@destination_option
def unmute(words: tuple[str, ...], destination: str) -> None:
    """Let a destination hear of muted labs again."""
    _change(Verb.UNMUTE, words, destination)


@click.command()
@click.argument("words", nargs=-1, metavar="daily|weekly|monthly [mon] [09:00] [Europe/Berlin] | off")
@destination_option
def digest(words: tuple[str, ...], destination: str) -> None:
    """Set or show the digest of a destination."""
    _change(Verb.DIGEST, words, destination)


@click.command()
@click.argument("words", nargs=-1, metavar="[variants:thread|post|off] [updates:edit|thread|off]")
@destination_option
def settings(words: tuple[str, ...], destination: str) -> None:
    """Set or show how a destination is told of variants and of facts that arrive later."""
    _change(Verb.SETTINGS, words, destination)


def _change(verb: Verb, words: Sequence[str], destination: str) -> None:
    with open_app() as app:
        command = parse_command(" ".join((verb, *words)), app.labs)
        questions = Questions(app.store, app.labs, app.clock)
        destination = _destination(app, destination)
        if command.changes:
            changes = Changes(app.store, questions, FROM_COMMAND_LINE)
            who = Asker(user=getpass.getuser(), channel="")
            # a terminal asks nobody twice
            said = changes.make(who, destination, replace(command, confirmed=True))
        else:
            answer = digest_answer if verb is Verb.DIGEST else settings_answer
            said = answer(questions.following(destination).preferences)
        say(rich_text(said.text).plain)


def _destination(app: App, destination: str) -> str:
    if destination and destination != CONSOLE and not _SLACK_ID.fullmatch(destination):
        raise UsageError(f"“{destination}” is no channel's or person's id: those look like C0123456789")
    if destination:
        return destination
    if app.slack_token:
        raise UsageError("name the channel: --to C0123456789")
    return CONSOLE


COMMANDS = (list_command, subscribe, unsubscribe, mute, unmute, digest, settings)
