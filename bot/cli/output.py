"""What commands print: tables for people, one JSON object for programs."""

import io
import json
import sys
from collections.abc import Iterable, Sequence

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.model import Wave
from bot.records import Content
from bot.views.card import page
from bot.views.phrases import came_out, download, licence, sizes

# Where nobody watches, lines are not wrapped to a terminal's width.
_WIDE = 200


# Set in click's meta when a command was asked for JSON, so that its failure is told in JSON as well.
WANTS_JSON = "bot.cli.wants_json"


def _note_json(context: click.Context, _: click.Parameter, value: bool) -> bool:
    context.meta[WANTS_JSON] = value
    return value


as_json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    callback=_note_json,
    help="Print one JSON document and nothing else.",
)


def speak_any_charset() -> None:
    """Let a terminal that has no emoji show a question mark instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def screen() -> Console:
    """Return where people read: standard output."""
    return _console(stderr=False)


def margin() -> Console:
    """Return where progress and remarks go: standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = _WIDE
    return console


def print_json(value: object) -> None:
    """Print one JSON document and nothing else."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """Print rows under their headings; text from outside is shown as it is, never as markup."""
    table = Table(
        title=escape(title) or None, title_justify="left", box=None, header_style="bold", pad_edge=False
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    screen().print(table)


def print_content(content: Content) -> None:
    """Print a message as Slack shows it, without what can only be pressed there."""
    screen().print(page(content))


def say(text: str) -> None:
    """Print a line for people."""
    click.echo(text)


def counted(number: int, thing: str) -> str:
    """Return "1 source", "3 sources"."""
    return f"{number} {thing}" + ("" if number == 1 else "s")


def print_waves(waves: Sequence[Wave], title: str) -> None:
    """Print waves as a table, one line each."""
    print_table(
        ("Released", "Lab", "Model", "Licence", "Parameters", "Download"),
        [
            (
                came_out(wave),
                wave.lab.name,
                wave.lead.name.display
                if len(wave.sizes) == 1
                else f"{wave.lead.name.display} +{len(wave.sizes) - 1}",
                licence(wave.sizes[0].license),
                sizes(wave),
                download(wave.sizes[0]),
            )
            for wave in waves
        ],
        title,
    )
