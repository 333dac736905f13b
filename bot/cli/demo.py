"""`demo`: April 2026 offline, into a page or on one where everything can be pressed."""

import os
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from bot.cli.output import say, screen
from bot.cli.stopping import stopping
from bot.demo.home import HOME
from bot.demo.run import Stage, telling
from bot.demo.serve import served
from bot.errors import UsageError
from bot.ops import logs
from bot.ops.web import LOOPBACK, Address, parse_address, refuse_taken


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("cadencebot-demo.html"),
    show_default=True,
    help="Where to write the channels as one HTML page.",
)
@click.option(
    "--serve",
    "listen",
    is_flag=False,
    flag_value=":0",
    metavar="[:PORT]",
    help="Keep the world up and serve a page on which everything can be pressed.",
)
def demo(out: Path, listen: str | None) -> None:
    """Replay April 2026 offline, through real HTTP on loopback, into a stand-in for Slack."""
    logs.configure("critical")
    if not os.access(out if out.exists() else out.parent, os.W_OK):
        raise UsageError(f"{out}: cannot be written; choose another place with --out")
    address = _address_of(listen) if listen else None
    if address:
        refuse_taken(address)  # before a month is replayed for nothing
    with telling(out, screen(), interactive=bool(address)) as stage:
        _tell_what_to_try(out)
        if address:
            _serve(stage, address)
        else:
            say(f"Press its buttons yourself:\n  {_own_name()} demo --serve")
    if not stage.as_expected:
        raise click.exceptions.Exit(1)


def _address_of(listen: str) -> Address:
    host, port = parse_address(listen)
    if host != LOOPBACK:
        raise UsageError("the demo is for this machine alone: write --serve, or --serve :8080")
    return host, port


def _tell_what_to_try(out: Path) -> None:
    """Name three commands that ask what the demo's bot knows, as they can be typed here."""
    asking = f"{_own_name()} --state {out.parent / HOME}"
    say(
        f"Ask what it knows:\n  {asking} recent since:5y\n  {asking} why GLM-5.1\n  {asking} cadence since:5y"
    )


def _own_name() -> str:
    """Return how this program was called."""
    name = Path(sys.argv[0])
    if name.name != "cadencebot":
        return "python -m bot"
    return "cadencebot" if shutil.which("cadencebot") == str(name) else str(name)


def _serve(stage: Stage, address: Address) -> None:
    with ExitStack() as stack:
        live = stack.enter_context(served(stage, address))
        stack.enter_context(stopping(live.stop, interrupts=False))
        say(f"Press everything yourself, Ctrl+C ends it:\n  {live.url}")
        live.run()


COMMANDS = (demo,)
