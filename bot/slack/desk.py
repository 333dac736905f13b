"""What the listeners ask of the rest of the bot; bot/desk/desk.py does it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.desk.asker import Asker
from bot.records import Content, View


class Desk(Protocol):
    """Answer people. What cannot be done, or not be understood, is an answer as well."""

    def answer(self, asker: Asker, text: str) -> Content:
        """Return what comes of a command."""
        ...

    def home(self, asker: Asker, channels: Sequence[str] | None) -> View:
        """Return the Home tab; `channels` are those the asker is in, None when Slack does not say."""
        ...

    def subscribe_form(self, asker: Asker, destination: str) -> View:
        """Return the form that changes what a destination follows; "" is the asker's own messages."""
        ...

    def details(self, release_id: int) -> View | None:
        """Return the window with all that is known of a release, None for one that is not there."""
        ...

    def report_form(self, release_id: int) -> View | None:
        """Return the form in which a wrong detail is reported, None for a release that is not there."""
        ...

    def correct_form(self, report_id: int, asker: Asker) -> View | None:
        """Return the form that corrects what was reported, None where there is no such report or right."""
        ...

    def report(self, asker: Asker, release_id: int, text: str) -> Content:
        """Keep a report for those who can correct."""
        ...

    def correct(self, asker: Asker, report_id: int, fields: Mapping[str, str]) -> Content:
        """Make a correction."""
        ...

    def welcome(self, asker: Asker) -> Content | None:
        """Learn that the bot was invited to the asker's channel; return what to say there, if anything."""
        ...

    def uninstalled(self, team: str) -> None:
        """Learn that a workspace removed the bot; "" is the only one that it serves."""
        ...
