"""What commands print: tables for people, one JSON object for programs."""

import json
from collections.abc import Iterable, Sequence

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

# Where nobody watches, lines are not wrapped to a terminal's width.
_WIDE = 200


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


def say(text: str) -> None:
    """Print a line for people."""
    click.echo(text)
