"""How a command is carried out, and how an expected failure ends it: one line, one exit code."""

import re
from collections.abc import Callable, Iterable
from typing import NoReturn, TypeVar

import click

from bot.cli.output import WANTS_JSON, print_json, speak_any_charset
from bot.cli.stopping import stopping
from bot.errors import OF_HOSTS, CadenceError, ConfigError, SourceError, UsageError
from bot.ops import logs

Result = TypeVar("Result")


def carry_out(context: click.Context, command: Callable[[], Result], names: Iterable[str]) -> Result:
    """Return what the command returns; exit with 2 for wrong usage or configuration, with 1 for the rest.

    `names` are those of all commands.
    """
    speak_any_charset()
    logs.configure("error")
    try:
        with stopping():
            return command()
    except KeyboardInterrupt:
        _fail(context, "stopped before it was done", 1)
    except click.UsageError as error:
        _fail(context, in_a_line(error), 2)
    except CadenceError as error:
        cause = error.__cause__
        is_hosts = isinstance(cause, SourceError) and cause.failure in OF_HOSTS  # whoever tells of it
        is_wrong = isinstance(error, ConfigError | UsageError) and not is_hosts
        _fail(context, _as_typed(str(error), names), 2 if is_wrong else 1)


def in_a_line(error: click.UsageError) -> str:
    """Return what click has against a command line, and where its help is."""
    called = error.ctx.command_path if error.ctx else "cadencebot"
    if isinstance(error, click.NoSuchOption):
        near = f" (did you mean {error.possibilities[0]}?)" if error.possibilities else ""
        return f"there is no option {error.option_name!r}{near}; `{called} --help` tells what it takes"
    said = error.format_message().rstrip(".").replace("a valid integer range", "a whole number")
    return f"{said}; `{called} --help` tells what it takes"


def _as_typed(why: str, names: Iterable[str]) -> str:
    """Return what failed, with each command in it as it is typed on a command line.

    The desk answers Slack and the terminal alike: `labs` in a sentence of its is what both understand.
    """
    return re.sub(rf"`(?=(?:{'|'.join(names)})[ `])", "`cadencebot ", why)


def _fail(context: click.Context, why: str, code: int) -> NoReturn:
    for line in why.splitlines():
        click.echo(f"cadencebot: {line}", err=True)
    if context.meta.get(WANTS_JSON):
        print_json({"error": why})
    context.exit(code)
