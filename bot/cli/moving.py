"""`move-lab`: a lab's id was changed in feeds.yaml, and everything that is known of it follows."""

import getpass

import click

from bot.cli.output import as_json_option, counted, print_json, say
from bot.ops.lock import sole_user
from bot.run.moving import Moved, move_lab
from bot.run.wiring import App, open_app

_ONE = {
    "releases": "release",
    "observations": "observation",
    "subscriptions": "subscription",
    "mutes": "mute",
}


@click.command(name="move-lab")
@click.argument("old")
@click.argument("new")
@as_json_option
def move(old: str, new: str, as_json: bool) -> None:
    """Move everything known of a lab from its OLD id to the NEW one, which stands in feeds.yaml."""
    with open_app() as app, sole_user(app.state):
        moved = move_lab(app, old, new, getpass.getuser())
        if as_json:
            print_json({"old": old, "new": new, "moved": dict(moved.counts), "merged": list(moved.merged)})
        else:
            _tell(app, old, new, moved)


def _tell(app: App, old: str, new: str, moved: Moved) -> None:
    told = ", ".join(counted(moved.counts[what], one) for what, one in _ONE.items())
    say(f"Moved from {old} to {new}: {told}.")
    if moved.merged:
        say(f"Known under both ids, and one release each now: {', '.join(moved.merged)}.")
    if app.labs.find(old) is None:
        say(f"Buttons of messages that stand say {old}: they go on working once it is an alias of {new}.")


COMMANDS = (move,)
