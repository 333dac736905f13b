"""`correct`, `held`, `move-lab`: what a person knows better than the sources."""

import getpass
from typing import Any

import click

from bot.cli.output import as_json_option, print_content, print_json, say
from bot.desk.corrections import FIELDS, Corrector
from bot.errors import UsageError
from bot.model import Release
from bot.outbox.floods import HeldFloods, left
from bot.records import Flood
from bot.releases.facts.words import NOT_STATED, license_words, size_words
from bot.run.renames import Moved, move_lab
from bot.run.wiring import App, open_app
from bot.views.answers import held_answer, ignored_answer
from bot.views.phrases import counted

_SPELLINGS = {"licence": "license", "size": "parameters"}
_MOVED = ("release", "observation", "subscription", "mute")
_KEYS = "license:mit, size:35b, active:3b, lab:zai, kind:other, merge:NAME, split:owner/repo, named:NAME"


@click.command()
@click.argument(
    "words",
    nargs=-1,
    required=True,
    metavar="NAME [license:mit] [size:35b] [active:3b] [lab:zai] [kind:variant|product|other|release] "
    "[merge:OTHER] [split:owner/repo [named:NAME]]",
)
@click.option("--undo", is_flag=True, help="Take back what was corrected, or only the fields that are named.")
def correct(words: tuple[str, ...], undo: bool) -> None:
    """Correct a release: it holds against later polls, and messages that stand are edited."""
    name, wanted = _understood(words, undo=undo)
    with open_app() as app:
        corrector = Corrector(app.store, app.labs, app.clock)
        release = corrector.find(name)
        if undo:
            for gone in corrector.undo(release, wanted):
                say(f"Taken back: {gone.field}:{gone.value}, which {gone.created_by} had said.")
            release = corrector.find(release.name.release_key)
        else:
            release = corrector.correct(release, wanted, getpass.getuser())
        _show(app, release)


def _understood(words: tuple[str, ...], *, undo: bool) -> tuple[str, dict[str, str]]:
    """Return the name and the fields; a word without a colon belongs to what is before it.

    What is taken back needs no value: `correct GLM-5.1 license --undo`.
    """
    name: list[str] = []
    wanted: dict[str, str] = {}
    key = ""
    for word in words:
        field, colon, value = word.partition(":")
        field = _SPELLINGS.get(field.lower(), field.lower())
        if undo and name and field in FIELDS:
            wanted[field] = ""
        elif colon and field in FIELDS:
            key, wanted[field] = field, value
        elif colon and not value.startswith("//"):
            raise UsageError(f"“{word[:60]}” cannot be corrected: write {_KEYS}")
        elif key:
            wanted[key] = f"{wanted[key]} {word}"
        else:
            name.append(word)
    if not name:
        raise UsageError("name the release first, as `recent` shows it")
    return " ".join(name), wanted


def _show(app: App, release: Release) -> None:
    if release.withdrawn:
        say(f"{release.name.display} is withdrawn: it is shown and announced no more.")
    else:
        name, size = release.name, size_words(release.facts, release.name.display) or NOT_STATED
        say(f"{name.display} by {name.lab}: {license_words(release.license)}, {size}")
    for correction in app.store.corrections.of(release.name.release_key):
        say(f"  {correction.field}:{correction.value}  by {correction.created_by}")
    lead = app.store.history.wave(release.id).lead
    edits = [one for one in app.store.deliveries.of_release(lead.id) if one.state == "owed"]
    if edits:
        say(f"{counted(len(edits), 'message')} will be edited.")


@click.command()
@click.argument("deed", required=False, type=click.Choice(["announce", "ignore"]))
@click.argument("number", required=False, type=click.IntRange(min=1), metavar="[ID]")
@as_json_option
def held(deed: str | None, number: int | None, as_json: bool) -> None:
    """List what was held back as a flood, and names that no item carried; announce or ignore one."""
    if deed and number is None:
        raise UsageError(f"say which one: cadencebot held {deed} ID; `cadencebot held` lists them")
    with open_app(readonly=deed is None) as app:
        if deed and number:
            _settle(HeldFloods(app.store, app.clock, app.settings), deed, number)
            return
        waiting, now = app.store.held.waiting(), app.clock.now()
        if as_json:
            print_json([_as_object(flood) for flood in waiting])
            return
        print_content(held_answer(waiting, now, left, whole=True), addresses=True)


def _settle(holding: HeldFloods, deed: str, number: int) -> None:
    by = getpass.getuser()
    if deed == "ignore":
        print_content(ignored_answer(holding.ignore(number, by)))
        return
    leads = holding.announce(number, by)
    say(f"Announced: {counted(len(leads), 'release')}, in the order of publication.")


def _as_object(flood: Flood) -> dict[str, Any]:
    return {
        "id": flood.id,
        "source": flood.source_id,
        "held_at": flood.held_at,
        "releases": flood.names,
        "words": flood.hint.words if flood.hint else None,
        "url": flood.hint.url if flood.hint else None,
    }


@click.command(name="move-lab")
@click.argument("old")
@click.argument("new")
@as_json_option
def move(old: str, new: str, as_json: bool) -> None:
    """Move everything known of a lab from its OLD id to the NEW one, which stands in feeds.yaml."""
    with open_app() as app, app.alone():
        moved = move_lab(app, old, new, getpass.getuser())
        if as_json:
            print_json({"old": old, "new": new, "moved": dict(moved.counts), "merged": list(moved.merged)})
        else:
            _tell(app, old, new, moved)


def _tell(app: App, old: str, new: str, moved: Moved) -> None:
    told = ", ".join(counted(moved.counts[f"{thing}s"], thing) for thing in _MOVED)
    say(f"Moved from {old} to {new}: {told}.")
    if moved.merged:
        say(f"Known under both ids, and one release each now: {', '.join(moved.merged)}.")
    if app.labs.find(old) is None:
        say(f"Buttons of messages that stand say {old}: they go on working once it is an alias of {new}.")


COMMANDS = (correct, held, move)
