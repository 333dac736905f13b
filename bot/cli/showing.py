"""`demo`: April 2026 once more, offline."""

from pathlib import Path

import click

from bot.demo.run import replay


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("cadencebot-demo.html"),
    show_default=True,
    help="Where to write the channel as one HTML page.",
)
@click.option("--slow", is_flag=True, help="Pause after each step, to watch.")
def demo(out: Path, slow: bool) -> None:
    """Replay April 2026 offline, through real HTTP on loopback, into a stand-in for Slack."""
    replay(out, slow=slow)


COMMANDS = (demo,)
