"""`recent`, `show`, `why`, `labs`, `cadence`: questions to what the bot remembers."""

import csv
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from bot.cadence.period import Cadence, Period
from bot.cli.output import as_json_option, margin, print_content, print_json, say
from bot.desk.grammar import parse_command
from bot.desk.questions import Questions
from bot.errors import UsageError
from bot.report.cells import plain_cell
from bot.run.wiring import App, open_app
from bot.settings.file import labs_as_yaml
from bot.views.answers import (
    CadenceTable,
    cadence_answer,
    labs_answer,
    page_size,
    recent_answer,
    show_answer,
    why_answer,
)
from bot.views.answers.help import FILTERS
from bot.views.commands import Command, Verb
from bot.views.objects import story_object, wave_object, wave_objects

_Object = Mapping[str, object]

_OTHERS = 5
_PICTURE = click.Path(dir_okay=False, path_type=Path)
_FILTERS = "[license:...] [min:7b] [max:70b] [fits:80gb] [type:...] [weights:open] [match:...]"


def _asked(app: App, verb: Verb, words: Sequence[str]) -> tuple[Questions, Command]:
    """Return what is asked, and whom: the same words mean the same in Slack."""
    questions = Questions(app.store, app.labs, app.clock, app.config.source_ids)
    return questions, parse_command(" ".join((verb, *words)), app.labs)


@click.command(epilog="\n\n".join(FILTERS))
@click.argument("words", nargs=-1, metavar=f"[LAB...] [since:30d] [n:20] [page:2] {_FILTERS}")
@as_json_option
def recent(words: tuple[str, ...], as_json: bool) -> None:
    """Show what came out lately, newest first."""
    with open_app(readonly=True) as app:
        questions, asked = _asked(app, Verb.RECENT, words)
        count, shown = questions.recent(asked, page_size(asked, whole=True))
        checked_at = questions.checked_at()
        if as_json:
            print_json(list(wave_objects(shown)))
        elif not count and checked_at is None:
            say("No source was read yet: `cadencebot poll` reads them.")
        else:
            print_content(recent_answer(asked, count, shown, app.clock.now(), checked_at, whole=True))


@click.command()
@click.argument("name", nargs=-1, required=True)
@as_json_option
def show(name: tuple[str, ...], as_json: bool) -> None:
    """Show one release with everything that is known of it."""
    with open_app(readonly=True) as app:
        questions, asked = _asked(app, Verb.SHOW, name)
        wave, others = questions.one(asked.subject)
        if not as_json:
            print_content(show_answer(wave, others, whole=True), addresses=True)
            return
        if others:
            margin().print(f"Also: {', '.join(others[:_OTHERS])}", markup=False)
        print_json(wave_object(wave))


@click.command()
@click.argument("text", metavar="NAME|URL|ID", nargs=-1, required=True)
@as_json_option
def why(text: tuple[str, ...], as_json: bool) -> None:
    """Tell why something was announced, or was not."""
    with open_app(readonly=True) as app:
        questions, asked = _asked(app, Verb.WHY, text)
        stories, waiting = questions.stories(asked.subject), questions.waiting(asked.subject)
        if not stories and not waiting:
            raise UsageError(
                f"no source ever showed “{asked.subject[:80]}”; `cadencebot status` tells how they fare"
            )
        if as_json:
            print_json([story_object(story) for story in stories])
        else:
            print_content(why_answer(stories, waiting, whole=True), addresses=True)


@click.command()
@click.argument("word", default="")
@as_json_option
def labs(word: str, as_json: bool) -> None:
    """List the labs, or those whose name contains WORD.

    `labs export` prints those that were added beside feeds.yaml, as lines for it.
    """
    with open_app(readonly=True, needs_state=False) as app:
        if word == "export" and not as_json:
            _export(app)
            return
        added = {one.id for one in app.store.added.all()}
        found = Questions(app.store, app.labs, app.clock).named("" if word == "export" else word)
        found = [lab for lab in found if word != "export" or lab.id in added]
    if as_json:
        print_json([{"id": lab.id, "name": lab.name, "aliases": lab.aliases} for lab in found])
    elif not found:
        raise UsageError(f"no lab's name contains “{word[:60]}”; `cadencebot labs` lists them all")
    else:
        print_content(labs_answer(found, word, whole=True))


def _export(app: App) -> None:
    """Print the labs that were added beside feeds.yaml, as they would stand in it."""
    added = {one.id for one in app.store.added.all()} - app.aside.keys()
    if not added and not app.aside:
        say("  # No lab was added beside feeds.yaml: `cadencebot add` adds one.")
        return
    say("  # Added beside feeds.yaml. These lines stand under its `labs`, as `cadencebot check` proves.")
    for lab, why in app.aside.items():
        say(f"  # Left out: {lab}, as {why}.")
    say(labs_as_yaml(lab for lab in app.config.labs if lab.id in added))


@click.command(name="cadence")
@click.argument("words", nargs=-1, metavar="[LAB...] [since:1y] [by:month] [unit:release]")
@as_json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values and nothing else.")
@click.option("--png", type=_PICTURE, metavar="FILE", help="Draw the timeline into FILE, and two more.")
@click.option("--svg", type=_PICTURE, metavar="FILE", help="The same as drawings of lines.")
def cadence_command(
    words: tuple[str, ...], as_json: bool, as_csv: bool, png: Path | None, svg: Path | None
) -> None:
    """Show how often labs ship, and when the next release is usual.

    by:lab or by:month; unit:wave (the sizes of one family that came together count once), unit:release or
    unit:launch. --png and --svg need matplotlib, the extra "charts": beside FILE they draw FILE-gaps and
    FILE-months, and print what each picture says.
    """
    with open_app(readonly=True) as app:
        questions, asked = _asked(app, Verb.CADENCE, words)
        if png or svg:
            _draw(questions, asked, {"png": png, "svg": svg})
            return
        table = questions.cadence(asked, classed=as_json or as_csv)
    if as_json or as_csv:
        _print_objects(_objects(table), as_csv=as_csv)
    else:
        print_content(cadence_answer(asked, table, whole=True))


def _objects(table: CadenceTable) -> list[_Object]:
    return [*map(_lab_object, table.labs), *map(_month_object, table.months)]


def _print_objects(objects: Sequence[_Object], *, as_csv: bool) -> None:
    if not as_csv:
        print_json(objects)
        return
    flat = [{key: value for key, value in it.items() if not isinstance(value, Mapping)} for it in objects]
    if flat:
        table = csv.DictWriter(sys.stdout, list(flat[0]), lineterminator="\n")
        table.writeheader()
        for row in flat:
            table.writerow({key: plain_cell(it) if isinstance(it, str) else it for key, it in row.items()})


def _lab_object(row: Cadence) -> _Object:
    """Return a lab as JSON has it; what is not known is null."""
    expected = row.expected
    lower, _, upper = row.quartiles or (None, None, None)
    return {
        "lab": row.last.lab,
        "name": row.last.who,
        "releases": row.releases,
        "last_30": row.recent(30),
        "last_90": row.recent(90),
        "last_365": row.recent(365),
        "median_gap_days": row.median_gap,
        "lower_quartile_days": lower,
        "upper_quartile_days": upper,
        "since_last_days": row.since_last,
        "last_release": row.last.name,
        "streak_months": row.streak,
        "expected_first": expected.first.isoformat() if expected else None,
        "expected_last": expected.last.isoformat() if expected else None,
        "expected_right": expected.hits.hits if expected else None,
        "expected_tried": expected.hits.tried if expected else None,
        "months": {f"{month:%Y-%m}": count for month, count in row.months},
        **_counts(row, "licenses", "weights", "sizes", "tasks", "dates"),
    }


def _month_object(row: Period) -> _Object:
    """Return a month as JSON has it."""
    return {
        "month": f"{row.window.first:%Y-%m}",
        "releases": row.releases,
        "labs": row.labs,
        **_counts(row, "licenses", "weights", "countries", "sizes", "tasks", "dates"),
    }


def _counts(row: Cadence, *names: str) -> _Object:
    return {name: getattr(row, name) for name in names}


def _draw(questions: Questions, asked: Command, wanted: Mapping[str, Path | None]) -> None:
    """Draw the pictures and print what each says. Raises UsageError without matplotlib."""
    if find_spec("matplotlib") is None:
        raise UsageError("pictures need matplotlib: pip install matplotlib")
    draw = import_module("bot.charts.pictures").pictures
    for suffix, path in wanted.items():
        if path is None:
            continue
        for picture in draw(questions.history(asked.labs), questions.window(asked), suffix):
            file = _picture_file(path, suffix, picture.name)
            _write(file, picture.data)
            say(f"{file}: {picture.text}")


def _picture_file(path: Path, suffix: str, picture: str) -> Path:
    """Return where a picture goes: its name ends as what it is, as whatever reads it goes by that."""
    stem = path.stem if path.suffix.lower() == f".{suffix}" else path.name
    return path.with_name(f"{stem}.{suffix}" if picture == "timeline" else f"{stem}-{picture}.{suffix}")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


COMMANDS = (recent, show, why, labs, cadence_command)
