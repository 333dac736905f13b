"""`import`: bring the years before the bot; `report`: a page and exports for a web server."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from bot.cli.output import as_json_option, margin, print_json, say
from bot.importing.history import HistoryFile, Imported, import_lines, read_history
from bot.run.chores import publish
from bot.run.renames import refuse_renamed_labs
from bot.run.wiring import open_app
from bot.views.phrases import counted

_COMPLAINTS = 20


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json_option
def import_command(file: Path, as_json: bool) -> None:
    """Bring releases of before the bot, from a CSV, TSV or JSON file with lab, name and date.

    Nothing of it is announced, and bringing the same file again changes nothing.
    """
    with open_app() as app:
        refuse_renamed_labs(app)
        now = app.clock.now()
        history = read_history(file, app.labs, now)
        imported = import_lines(app.store, app.labs, now, file, history.lines)
        if as_json:
            print_json(_as_object(history, imported))
        else:
            _tell(imported, history.strangers)
            _complain(file, history.complaints)
    if history.complaints:
        raise click.exceptions.Exit(1)


def _tell(imported: Imported, strangers: Mapping[str, int]) -> None:
    say(
        f"{counted(imported.lines, 'line')}: {counted(imported.opened, 'release')} new, "
        f"{imported.joined} on releases that were known, {len(imported.passed_over)} on no release, "
        f"{imported.known} imported before."
    )
    for passed_over in imported.passed_over[:_COMPLAINTS]:
        say(f"On no release: {passed_over}")
    if len(imported.passed_over) > _COMPLAINTS:
        say(f"and {len(imported.passed_over) - _COMPLAINTS} more on no release; --json lists them all")
    if strangers:
        most_first = sorted(strangers.items(), key=lambda item: (-item[1], item[0]))
        named = ", ".join(f"{lab} ({number})" for lab, number in most_first)
        lines = counted(sum(strangers.values()), "line")
        say(f"Left out: {lines} of labs that feeds.yaml does not name: {named}")


def _complain(file: Path, complaints: Sequence[str]) -> None:
    for complaint in complaints[:_COMPLAINTS]:
        margin().print(f"{file}: {complaint}", markup=False)
    if len(complaints) > _COMPLAINTS:
        margin().print(f"and {len(complaints) - _COMPLAINTS} more; --json lists them all")


def _as_object(history: HistoryFile, imported: Imported) -> dict[str, object]:
    return {
        "lines": imported.lines,
        "opened": imported.opened,
        "joined": imported.joined,
        "passed_over": len(imported.passed_over),
        "on_no_release": imported.passed_over,
        "known": imported.known,
        "left_out": dict(history.strangers),
        "complaints": list(history.complaints),
    }


@click.command()
@click.option(
    "--out",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("cadencebot-report"),
    show_default=True,
    help="The directory to write into.",
)
@as_json_option
def report(directory: Path, as_json: bool) -> None:
    """Write what came out as one page, a feed (Atom and JSON), a calendar and a CSV."""
    with open_app(readonly=True) as app:
        sizes = publish(app, directory)
    if as_json:
        print_json({"directory": str(directory), "files": sizes})
        return
    for name, size in sizes.items():
        say(f"{directory / name}  {size / 1000:.0f} kB")


COMMANDS = (import_command, report)
