"""`list`, `subscribe`, `unsubscribe`: who hears of which lab."""

import getpass
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import click

from bot.cli.output import as_json_option, print_content, print_json, say
from bot.desk.asker import Asker
from bot.desk.changes import Changes
from bot.desk.grammar import parse_command
from bot.desk.questions import Questions
from bot.errors import UsageError
from bot.records import ALL, CADENCE, FROM_COMMAND_LINE
from bot.run.wiring import CONSOLE, App, open_app
from bot.views.answers import Following, digest_answer, list_answer, settings_answer
from bot.views.card import rich_text
from bot.views.commands import Verb

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
    """List who follows what, and how each wants to be told."""
    with open_app(readonly=True) as app:
        questions, now = Questions(app.store, app.labs, app.clock), app.clock.now()
        subscriptions = app.subscriptions()
        destinations = sorted({one.destination for one in subscriptions})
        if destination:
            destinations = [destination]
        followings = [
            replace(
                questions.following(each),
                subscriptions=[one for one in subscriptions if one.destination == each],
            )
            for each in destinations
        ]
    if as_json:
        print_json([it for following in followings for it in _objects(following)])
        return
    if not followings:
        say("Nobody follows anything yet: `cadencebot subscribe --to C0123456789 all` changes that.")
    for following in followings:
        print_content(list_answer(following, now))


def _objects(following: Following) -> Iterator[dict[str, object]]:
    """Yield what a program gets of each subscription."""
    for one in following.subscriptions:
        labs = (ALL, one.lab.removeprefix(CADENCE))
        mute = next((mute for mute in following.mutes if mute.lab in labs), None)
        heard = [at for lab, at in following.last_deliveries.items() if one.lab in (lab, ALL)]
        yield {
            "destination": one.destination,
            "lab": one.lab,
            "filters": str(one.filters),
            "from": one.origin,
            "by": one.created_by or None,
            "since": one.created_at.isoformat(),
            "last_delivery": max(heard).isoformat() if heard else None,
            "paused": following.pause is not None,
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
