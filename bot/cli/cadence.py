"""`cadence`: how often labs ship, on the terminal, for programs and in pictures."""

import csv
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from bot.cadence.table import LabRow, MonthRow
from bot.cli.output import as_json_option, print_content, print_json, say
from bot.desk.grammar import parse_command
from bot.desk.questions import Questions
from bot.errors import UsageError
from bot.run.wiring import open_app
from bot.views.answers import CadenceTable, cadence_answer, without_charts
from bot.views.commands import Command, Verb

_PICTURE = click.Path(dir_okay=False, path_type=Path)
_Object = Mapping[str, object]


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
        questions = Questions(app.store, app.labs, app.clock)
        asked = parse_command(" ".join((Verb.CADENCE, *words)), app.labs)
        if png or svg:
            _draw(questions, asked, {"png": png, "svg": svg})
            return
        table = questions.cadence(asked)
    if as_json or as_csv:
        _print_objects(_objects(table), as_csv=as_csv)
    else:
        print_content(without_charts(cadence_answer(asked, table)))


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
        table.writerows(flat)


def _lab_object(row: LabRow) -> _Object:
    """Return a lab as JSON has it; what is not known is null."""
    figures, expected = row.figures, row.figures.expected
    lower, _, upper = figures.quartiles or (None, None, None)
    return {
        "lab": row.last.lab,
        "name": row.last.who,
        "releases": figures.releases,
        "last_30": row.counts.last_30,
        "last_90": row.counts.last_90,
        "last_365": row.counts.last_365,
        "median_gap_days": figures.median_gap,
        "lower_quartile_days": lower,
        "upper_quartile_days": upper,
        "since_last_days": figures.since_last,
        "last_release": row.last.name,
        "streak_months": figures.streak,
        "expected_first": expected.first.isoformat() if expected else None,
        "expected_last": expected.last.isoformat() if expected else None,
        "expected_right": expected.hits.hits if expected else None,
        "expected_tried": expected.hits.tried if expected else None,
        "months": {f"{month:%Y-%m}": count for month, count in figures.months},
        "licenses": figures.licenses,
        "weights": figures.weights,
        "sizes": figures.sizes,
        "tasks": figures.tasks,
        "dates": figures.dates,
    }


def _month_object(row: MonthRow) -> _Object:
    """Return a month as JSON has it."""
    figures = row.figures
    return {
        "month": f"{row.month:%Y-%m}",
        "releases": figures.releases,
        "labs": row.labs,
        "licenses": figures.licenses,
        "weights": figures.weights,
        "countries": figures.countries,
        "sizes": figures.sizes,
        "tasks": figures.tasks,
        "dates": figures.dates,
    }


def _draw(questions: Questions, asked: Command, wanted: Mapping[str, Path | None]) -> None:
    """Draw the pictures and print what each says. Raises UsageError without matplotlib."""
    if find_spec("matplotlib") is None:
        raise UsageError("pictures need matplotlib: pip install cadencebot[charts]")
    draw = import_module("bot.charts.pictures").pictures
    for suffix, path in wanted.items():
        if path is None:
            continue
        for picture in draw(questions.history(asked.labs), questions.window(asked), suffix):
            file = path if picture.name == "timeline" else path.with_stem(f"{path.stem}-{picture.name}")
            _write(file, picture.data)
            say(f"{file}: {picture.text}")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


COMMANDS = (cadence_command,)
