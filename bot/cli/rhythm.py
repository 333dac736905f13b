"""`cadence`: how often labs ship, on the terminal, for programs and in pictures."""

import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from bot.app.questions import RHYTHM
from bot.app.root import App, open_app
from bot.cadence.period import Window, window_back
from bot.cadence.shipped import Shipped, Unit
from bot.chat.commands import Verb
from bot.chat.grammar import parse_command
from bot.chat.phrases import length
from bot.cli import rhythm_rows as rows
from bot.cli.output import as_json_option, print_json, print_table, say
from bot.errors import UsageError

_BY = ("lab", "month")
_COUNTED = {
    Unit.WAVE: "sizes of one family that came together count once",
    Unit.RELEASE: "every size counts",
    Unit.LAUNCH: "what a lab ships within a week counts once",
}
_EXPECTING = "Expected: where the middle half of the gaps so far would end. A habit, no forecast."
_PICTURE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Hold what is asked for: the history of which labs, in which window, by lab or by month."""

    history: Sequence[Shipped]
    window: Window
    by: str
    unit: Unit
    named: bool  # labs were named: each is shown, however little it ships
    title: str


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
    with open_app() as app:
        asked = _understood(app, words)
    if png or svg:
        _draw(asked, {"png": png, "svg": svg})
    elif as_json or as_csv:
        _print_objects(_objects(asked), as_csv=as_csv)
    elif not asked.history:
        say("Nothing is known to have come out: `cadencebot poll` reads the sources.")
    else:
        _print(asked)


def _understood(app: App, words: Sequence[str]) -> _Asked:
    """Return what the words ask for; `by` and `unit` are the terminal's own, all else is as in Slack."""
    by, words = _taken("by", words, _BY)
    unit, words = _taken("unit", words, tuple(Unit))
    command = parse_command(" ".join((Verb.CADENCE, *words)), app.labs)
    since = command.since or RHYTHM
    ids = {lab.id for lab in command.labs}
    return _Asked(
        history=[it for it in app.store.shipments.history() if not ids or it.lab in ids],
        window=window_back(app.clock.now().date(), max(since.days, 1)),
        by=by or "lab",
        unit=Unit(unit or Unit.WAVE),
        named=bool(ids),
        title=f"Releases in the last {length(since)}; {_COUNTED[Unit(unit or Unit.WAVE)]}",
    )


def _taken(key: str, words: Sequence[str], values: Sequence[str]) -> tuple[str, list[str]]:
    """Return the value of `key:value` among the words, "" without one, and the words that are left."""
    rest = [word for word in words if not word.lower().startswith(f"{key}:")]
    value = next((word.partition(":")[2].lower() for word in words if word not in rest), "")
    if len(rest) < len(words) and value not in values:
        raise UsageError(
            f"“{key}:{value[:40]}” is nothing to go by: write {key}:{f' or {key}:'.join(values)}"
        )
    return value, rest


def _lab_rows(asked: _Asked) -> list[rows.LabRow]:
    found = rows.lab_rows(asked.history, asked.window, asked.unit)
    return [row for row in found if asked.named or row.figures.releases]


def _objects(asked: _Asked) -> list[rows.Object]:
    if asked.by == "month":
        return [rows.month_object(row) for row in rows.month_rows(asked.history, asked.window, asked.unit)]
    return [rows.lab_object(row) for row in _lab_rows(asked)]


def _print_objects(objects: Sequence[rows.Object], *, as_csv: bool) -> None:
    if not as_csv:
        print_json(objects)
        return
    flat = [{key: value for key, value in it.items() if not isinstance(value, Mapping)} for it in objects]
    if flat:
        table = csv.DictWriter(sys.stdout, list(flat[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(flat)


def _print(asked: _Asked) -> None:
    if asked.by == "month":
        found = rows.month_rows(asked.history, asked.window, asked.unit)
        print_table(rows.MONTH_COLUMNS, rows.month_cells(found), asked.title)
        return
    print_table(rows.LAB_COLUMNS, rows.lab_cells(_lab_rows(asked)), asked.title)
    say(_EXPECTING)


def _draw(asked: _Asked, wanted: Mapping[str, Path | None]) -> None:
    """Draw the pictures and print what each says. Raises UsageError without matplotlib."""
    if find_spec("matplotlib") is None:
        raise UsageError("pictures need matplotlib: pip install cadencebot[charts]")
    draw = import_module("bot.charts.pictures").pictures
    for suffix, path in wanted.items():
        if path is None:
            continue
        for picture in draw(asked.history, asked.window, suffix):
            file = path if picture.name == "timeline" else path.with_stem(f"{path.stem}-{picture.name}")
            _write(file, picture.data)
            say(f"{file}: {picture.text}")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


COMMANDS = (cadence_command,)
