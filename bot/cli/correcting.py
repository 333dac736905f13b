"""`correct`: say what the bot got wrong, once and for all."""

import getpass

import click

from bot.cli.output import counted, say
from bot.desk.correcting import FIELDS, Corrector
from bot.errors import UsageError
from bot.model import Release
from bot.run.wiring import App, open_app
from bot.views.phrases import licence, size

_SPELLINGS = {"licence": "license", "size": "parameters"}
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
        say(f"{release.name.display} by {release.name.lab}: {licence(release.license)}, {size(release)}")
    for correction in app.store.corrections.of(release.name.release_key):
        say(f"  {correction.field}:{correction.value}  by {correction.created_by}")
    lead = app.store.history.wave(release.id).lead
    edits = [one for one in app.store.deliveries.of_release(lead.id) if one.state == "owed"]
    if edits:
        say(f"{counted(len(edits), 'message')} will be edited.")


COMMANDS = (correct,)
