"""The group of commands, and how an expected failure ends one: one line, one exit code."""

from importlib import import_module
from typing import Any

import click

from bot import __version__
from bot.cli.output import WANTS_JSON, print_json, speak_any_charset
from bot.errors import CadenceError, ConfigError, UsageError
from bot.ops import logs

# Where each command lives. A module is imported when its command is called: a question to the store starts
# in half the time that it takes to load feed parsers and the Slack client.
_HOMES = {
    "demo": "showing",
    "run": "serving",
    "poll": "working",
    "check": "working",
    "try": "trying",
    "recent": "asking",
    "show": "asking",
    "why": "asking",
    "cadence": "cadence",
    "report": "publishing",
    "labs": "asking",
    "list": "following",
    "subscribe": "following",
    "unsubscribe": "following",
    "mute": "following",
    "unmute": "following",
    "digest": "following",
    "settings": "following",
    "status": "operating",
    "deliveries": "operating",
    "retry": "operating",
    "held": "holding",
    "backup": "keeping",
    "restore": "keeping",
    "correct": "correcting",
    "move-lab": "moving",
    "import": "importing",
    "adoption": "adoption",
    "identify": "lines",
    "license": "lines",
}


class Commands(click.Group):
    """Load a command when it is called, and end it on an expected failure with a line on standard error."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands, in the order of a day with the bot."""
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return the command of this name, or None."""
        if cmd_name not in _HOMES:
            return None
        commands: tuple[click.Command, ...] = import_module(f"bot.cli.{_HOMES[cmd_name]}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with 2 for wrong usage or configuration, with 1 for the rest."""
        speak_any_charset()
        logs.configure("error")
        try:
            return super().invoke(ctx)
        except CadenceError as error:
            for line in str(error).splitlines():
                click.echo(f"cadencebot: {line}", err=True)
            if ctx.meta.get(WANTS_JSON):
                print_json({"error": str(error)})
            ctx.exit(2 if isinstance(error, ConfigError | UsageError) else 1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cadencebot")
def main() -> None:
    """Tell Slack channels which AI lab released which model, once, with licence and size."""
