"""The group of commands, and how an expected failure ends one: one line, one exit code."""

from typing import Any

import click

from bot import __version__
from bot.cli import asking, following, lines, operating, showing, working
from bot.errors import CadenceError, ConfigError, UsageError


class Commands(click.Group):
    """End on an expected failure with a line on standard error: 2 for wrong usage or configuration."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except CadenceError as error:
            for line in str(error).splitlines():
                click.echo(f"cadencebot: {line}", err=True)
            ctx.exit(2 if isinstance(error, ConfigError | UsageError) else 1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cadencebot")
def main() -> None:
    """Tell Slack channels which AI lab released which model, once, with licence and size."""


for module in (showing, working, asking, following, operating, lines):
    for command in module.COMMANDS:
        main.add_command(command)
