"""`list`, `subscribe`, `mute`, `digest`, `settings` and the like: who hears of which lab, and how."""

import getpass
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import click

from bot.cli.commands import LISTED
from bot.cli.output import as_json_option, print_content, print_json, say
from bot.desk.changes import Changes
from bot.desk.grammar import parse_command
from bot.desk.questions import Asker, Questions
from bot.errors import UsageError
from bot.model import ALL, CONSOLE, Destination
from bot.outbox.digests import preview
from bot.records import FROM_COMMAND_LINE
from bot.run.wiring import App, open_app
from bot.views.answers import Following, digest_answer, list_answer, preview_answer, settings_answer
from bot.views.answers.help import FILTERS, KINDS
from bot.views.commands import Verb


def _a_place(text: str) -> Destination:
    """Return the destination that was written, "" for none. Raises UsageError."""
    try:
        return Destination.read(text) if text else Destination()
    except ValueError as error:
        raise UsageError(str(error)) from error


destination_option = click.option(
    "--to",
    "destination",
    callback=lambda _context, _option, text: _a_place(text),
    metavar="CHANNEL",
    default="",
    help="Channel or user id; the console without Slack.",
)


@click.command(name="list")
@destination_option
@as_json_option
def list_command(destination: Destination, as_json: bool) -> None:
    """List who follows what, and how each wants to be told."""
    with open_app(readonly=True) as app:
        questions, now = Questions(app.store, app.labs, app.clock), app.clock.now()
        subscriptions = app.subscriptions()
        everywhere = sorted({one.destination for one in subscriptions})
        followings = [
            replace(
                questions.following(each),
                subscriptions=[one for one in subscriptions if one.destination == each],
            )
            for each in ([destination] if destination else everywhere)
        ]
    if as_json:
        print_json([it for following in followings for it in _objects(following)])
        return
    if not followings:
        say("Nobody follows anything yet: `cadencebot subscribe --to C0123456789 all` changes that.")
    for number, following in enumerate(followings):
        if number:
            say("")
        print_content(list_answer(following, now, _whoever().spot(following.destination), whole=True))


def _objects(following: Following) -> Iterator[dict[str, object]]:
    """Yield what a program gets of each subscription."""
    for one in following.subscriptions:
        labs = (ALL, one.follow.lab)
        mute = next((mute for mute in following.mutes if mute.lab in labs), None)
        heard = [at for lab, at in following.last_deliveries.items() if str(one.follow) in (lab, ALL)]
        yield {
            "destination": one.destination,
            "lab": str(one.follow),
            "filters": str(one.filters),
            "from": one.origin,
            "by": one.created_by or None,
            "since": one.created_at,
            "last_delivery": max(heard, default=None),
            "paused": following.pause is not None,
            "muted": mute is not None,
            "muted_until": mute.until if mute else None,
        }


def _change(verb: Verb, words: Sequence[str], destination: Destination) -> None:
    with open_app() as app:
        command = parse_command(" ".join((verb, *words)), app.labs)
        if command.privately:
            raise UsageError("to:dm is a word of Slack: name whom it is for, as in --to U0123456789")
        destination = _destination(app, destination)
        who = _whoever()
        spot, preferences = who.spot(destination), app.store.preferences.of(destination)
        if command.changes:
            changes = Changes(app.store, app.clock, FROM_COMMAND_LINE)
            # a terminal asks nobody twice
            said = changes.make(who, destination, replace(command, confirmed=True))
        elif command.subject:
            plan = preferences.digest
            said = preview_answer(preview(app.store, destination, plan, app.clock.now()), plan, spot)
        elif verb is Verb.DIGEST:
            said = digest_answer(preferences, None, spot)
        else:
            said = settings_answer(preferences)
        print_content(said)


def _whoever() -> Asker:
    """Return who types, which is in no channel."""
    return Asker(user=getpass.getuser(), channel="")


def _destination(app: App, destination: Destination) -> Destination:
    if destination:
        app.refuse_unreachable(destination)
        return destination
    if app.slack_token:
        raise UsageError("name the channel: --to C0123456789")
    return CONSOLE


_FILTERS = "[license:...] [min:7b] [max:70b] [fits:80gb] [type:...] [weights:open] [kinds:...] [match:...]"
_DIGEST = "daily|weekly|monthly [mon] [09:00] [Europe/Berlin] | off | now"
_SETTINGS = (
    "[variants:thread|post|off] [updates:edit|thread|off] [every:15m|1h|0m] "
    "[quiet:22:00-07:00 Europe/Berlin|off] [notify:S0123456789|off [license:...] [max:70b] ...]"
)
_CHANGES = {  # with what they take
    Verb.SUBSCRIBE: f"LAB...|all {_FILTERS}",
    Verb.UNSUBSCRIBE: "LAB...|all",
    Verb.MUTE: "LAB...|all [7d]",
    Verb.UNMUTE: "LAB...|all",
    Verb.DIGEST: _DIGEST,
    Verb.SETTINGS: _SETTINGS,
}


def _command(verb: Verb, takes: str) -> click.Command:
    required = verb not in (Verb.DIGEST, Verb.SETTINGS)  # which without words show what is set
    words = click.Argument(["words"], nargs=-1, required=required, metavar=takes)
    epilog = "\n\n".join((*FILTERS, KINDS)) if verb is Verb.SUBSCRIBE else None
    deed, (_, does) = partial(_change, verb), LISTED[verb]
    return destination_option(click.Command(verb, params=[words], callback=deed, help=does, epilog=epilog))


COMMANDS = (list_command, *(_command(*change) for change in _CHANGES.items()))
