"""What commands print: messages for people, one JSON document for programs."""

import io
import json
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click
from rich.console import Console

from bot.records import Content
from bot.views.terminal import page

if TYPE_CHECKING:
    from rich.progress import Progress

# Where nobody watches, lines are not wrapped to a terminal's width, unless COLUMNS says so.
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
    console = Console(stderr=stderr, highlight=False, emoji=False)
    said = os.environ.get("COLUMNS", "")
    if not said.strip("0") and (said or not console.is_terminal):  # a terminal may say 0 before it knows
        console.width = 80 if console.is_terminal else _WIDE
    return console


def progress_bar() -> "Progress":
    """Return a bar on a terminal, and nothing elsewhere; it moves twice a second, which a log can bear."""
    from rich.progress import Progress  # noqa: PLC0415 - few commands show one

    console = margin()
    return Progress(console=console, transient=True, refresh_per_second=2, disable=not console.is_terminal)


def print_json(value: object) -> None:
    """Print one JSON document and nothing else; moments are written as in ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=datetime.isoformat))


def print_content(content: Content, *, addresses: bool = False) -> None:
    """Print a message as Slack shows it, without what can only be pressed there (see views.terminal)."""
    screen().print(page(content, addresses=addresses))


def say(text: str) -> None:
    """Print a line for people."""
    click.echo(text)
