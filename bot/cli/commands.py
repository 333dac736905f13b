"""The group of commands: where each lives, and the help that lists them without importing any."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from bot import __version__

# Each command's module in bot.cli, and the first sentence of its help. A module is imported when its command
# is called: --help would otherwise load feed parsers and the Slack client to print a page of text.
_GROUPS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Begin": {
        "demo": (
            "demo",
            "Replay April 2026 offline, through real HTTP on loopback, into a stand-in for Slack.",
        ),
        "check": ("check", "Prove feeds.yaml, and with --online everything that it names."),
        "try": (
            "adding",
            "Show what an address would bring as a source, and the lines for feeds.yaml; nothing is stored.",
        ),
        "add": (
            "adding",
            "Show what an organisation or address would bring, and have it watched beside feeds.yaml.",
        ),
        "remove": (
            "adding",
            "Watch a lab no more that was added beside feeds.yaml; what is known of it stays.",
        ),
        "run": ("service", "Poll, deliver, answer in Slack, and go on until stopped."),
        "poll": ("service", "Poll what is due, then deliver everything that is owed."),
        "push": ("pushing", "List which sources could push, and which do; or subscribe to all that can."),
    },
    "Ask": {
        "recent": ("questions", "Show what came out lately, newest first."),
        "show": ("questions", "Show one release with everything that is known of it."),
        "why": ("questions", "Tell why something was announced, or was not."),
        "cadence": ("questions", "Show how often labs ship, and when the next release is usual."),
        "adoption": (
            "adoption",
            "Show how much the labs' models are downloaded and built upon, as measured week by week.",
        ),
        "labs": ("questions", "List the labs, or those whose name contains WORD."),
        "report": ("files", "Write what came out as one page, a feed (Atom and JSON), a calendar and a CSV."),
    },
    "Follow": {
        "list": ("subscriptions", "List who follows what, and how each wants to be told."),
        "subscribe": ("subscriptions", "Make a destination follow labs; nothing of the past is sent."),
        "unsubscribe": ("subscriptions", "Make a destination follow labs no longer."),
        "mute": ("subscriptions", "Keep labs silent in a destination, for a while or until unmuted."),
        "unmute": ("subscriptions", "Let a destination hear of muted labs again."),
        "digest": ("subscriptions", "Set or show the digest of a destination."),
        "settings": (
            "subscriptions",
            "Set or show how a destination is told: variants, later facts, quiet hours, whom alerts mention.",
        ),
    },
    "Look after it": {
        "status": ("maintenance", "Show how every source fares, and what is owed, unclear or paused."),
        "deliveries": ("maintenance", "List the messages, newest first: sent, owed, unclear."),
        "retry": (
            "maintenance",
            "Send a message again that is unclear, impossible or skipped, or at once one that was put off.",
        ),
        "unclear": (
            "maintenance",
            "List messages that may have arrived or not; say that one is there, or send it again.",
        ),
        "held": (
            "corrections",
            "List what was held back as a flood, and names that no item carried; announce or ignore one.",
        ),
        "correct": (
            "corrections",
            "Correct a release: it holds against later polls, and messages that stand are edited.",
        ),
        "import": (
            "files",
            "Bring releases of before the bot, from a CSV, TSV or JSON file with lab, name and date.",
        ),
        "move-lab": (
            "corrections",
            "Move everything known of a lab from its OLD id to the NEW one, which stands in feeds.yaml.",
        ),
        "backup": ("maintenance", "Write a proven copy of the database, also while `run` works with it."),
        "restore": ("maintenance", "Put a backup in the place of the database, which is kept beside it."),
        "restored": (
            "moving",
            "Say that an older copy of the database was put back: what it owes may have been sent since.",
        ),
        "migrate": (
            "moving",
            "Make the tables of the PostgreSQL database in DATABASE_URL, or bring them up to date.",
        ),
        "reseal": (
            "maintenance",
            "Seal the tokens of workspaces anew, with the first key of CADENCEBOT_SEAL_KEY.",
        ),
        "migrate-to": (
            "moving",
            "Move all that the bot remembers from the state directory to the PostgreSQL database at URL.",
        ),
        "migrate-from": (
            "moving",
            "Move all that the bot remembers from the PostgreSQL database at URL to the state directory.",
        ),
    },
    "See how it is understood": {
        "identify": (
            "understanding",
            "Tell how each raw name or title is understood: JSON lines in, JSON lines out.",
        ),
        "license": (
            "understanding",
            "Tell what each licence statement means: JSON lines in, JSON lines out.",
        ),
    },
}
LISTED = {name: home for group in _GROUPS.values() for name, home in group.items()}
_EXAMPLES = """\b
  cadencebot demo                       see it work, offline
  cadencebot check --online             is everything set up?
  cadencebot recent since:7d max:70b    what is new, and small enough?
"""


class Commands(click.Group):
    """Load a command when it is called, and end it on an expected failure with a line on standard error."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands, in the order of a day with the bot."""
        return list(LISTED)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return the command of this name, or None."""
        if cmd_name not in LISTED:
            return None
        commands: tuple[click.Command, ...] = import_module(f"bot.cli.{LISTED[cmd_name][0]}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named first. Raises click.UsageError naming the one most like it.

        `help`, and `help recent`, are asked for as in Slack.
        """
        if args[0] == "help":
            if len(args) == 1:
                click.echo(ctx.get_help())
                ctx.exit()
            args = [args[1], "--help"]
        if args[0] not in LISTED:
            near = get_close_matches(args[0], LISTED, n=1)
            ctx.fail(f"there is no command {args[0]!r}{f' (did you mean {near[0]}?)' if near else ''}")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options before the command; what is wrong with them is told in a line as well."""
        try:
            return super().parse_args(ctx, args)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            from bot.cli.ending import in_a_line  # noqa: PLC0415 - as below

            click.echo(f"cadencebot: {in_a_line(error)}", err=True)
            ctx.exit(2)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Carry the command line out; output that cannot be written, as to a full disk, is told in a line."""
        try:
            return super().main(*args, **extra)
        except OSError as error:
            if error.filename is not None:
                raise
            click.echo(f"cadencebot: the output cannot be written ({error.strerror})", err=True)
            sys.exit(1)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Write the list of commands, by what they are for."""
        for title, group in _GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name, line) for name, (_, line) in group.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what that takes is loaded now, for --version and --help do without."""
        from bot.cli.ending import carry_out  # noqa: PLC0415

        return carry_out(ctx, lambda: super(Commands, self).invoke(ctx), LISTED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
@click.version_option(__version__, prog_name="cadencebot")
@click.option(
    "--state",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Work with this state instead of CADENCEBOT_STATE; with the feeds.yaml in it, if there is one and "
    "CADENCEBOT_CONFIG names no other.",
)
@click.pass_context
def main(context: click.Context, state: Path | None) -> None:
    """Tell Slack channels which AI lab released which model, once, with licence and size."""
    if state:
        context.with_resource(_working_with(state))


@contextmanager
def _working_with(state: Path) -> Iterator[None]:
    """Let the environment name a state while the block runs."""
    before = dict(os.environ)
    named = before.get("CADENCEBOT_CONFIG") or before.get("CADENCEBOT_CONFIG_FILE")
    os.environ.pop("CADENCEBOT_STATE_FILE", None)
    os.environ["CADENCEBOT_STATE"] = str(state)
    if not named and (state / "feeds.yaml").exists():
        os.environ["CADENCEBOT_CONFIG"] = str(state / "feeds.yaml")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
