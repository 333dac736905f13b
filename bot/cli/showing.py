"""`demo`: April 2026 once more, offline."""

import os
from pathlib import Path

import click

from bot.cli.output import screen
from bot.demo.run import replay
from bot.errors import UsageError
from bot.ops import logs


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("cadencebot-demo.html"),
    show_default=True,
    help="Where to write the channels as one HTML page.",
)
def demo(out: Path) -> None:
    """Replay April 2026 offline, through real HTTP on loopback, into a stand-in for Slack."""
    logs.configure("critical")
    if not os.access(out.parent, os.W_OK):
        raise UsageError(f"{out}: cannot be written; choose another place with --out")
    told = replay(out, screen())
    if not all(step.as_expected for step in told):
        raise click.exceptions.Exit(1)


COMMANDS = (demo,)
