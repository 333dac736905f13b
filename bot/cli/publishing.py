"""`report`: a page and exports for a web server."""

from pathlib import Path

import click

from bot.cli.output import as_json_option, print_json, say
from bot.run.publishing import publish
from bot.run.wiring import open_app


@click.command()
@click.option(
    "--out",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("cadencebot-report"),
    show_default=True,
    help="The directory to write into.",
)
@as_json_option
def report(directory: Path, as_json: bool) -> None:
    """Write what came out as one page, a feed (Atom and JSON), a calendar and a CSV."""
    with open_app(readonly=True) as app:
        sizes = publish(app, directory)
    if as_json:
        print_json({"directory": str(directory), "files": sizes})
        return
    for name, size in sizes.items():
        say(f"{directory / name}  {size / 1000:.0f} kB")


COMMANDS = (report,)
