"""Carry messages to several workspaces: a destination such as "T0123/C0456" names its workspace first."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.errors import ConfigError
from bot.outbox.message import Absent, Closed, Later, Message, Notifier, Outcome, Refused, Sent, Unclear

_REST = 300.0  # seconds; a workspace that lets nobody in must not stop the others

_Result = TypeVar("_Result")


@dataclass
class Workspaces:
    """Give each message to its workspace's notifier, which `open_team` makes of a team's installation.

    A destination without a team belongs to `default`, the workspace of the token in the environment.
    """

    default: Notifier
    open_team: Callable[[str], Notifier | None]
    name: str = "slack"
    interactive: bool = True
    _open: dict[str, Notifier] = field(default_factory=dict)

    def send(self, message: Message) -> Outcome:
        """Post, reply or edit once in the message's own workspace."""
        team, place = _parted(message.destination)
        try:
            notifier = self._notifier(team)
        except ConfigError as error:  # a token that no key opens was surely not used
            return Later(_REST, str(error))
        if notifier is None:
            return _not_installed(team)
        return self._of_team(team, notifier.send(replace(message, destination=place)))

    def find(self, message: Message, since: float) -> Sent | Absent | Unclear | Later | Refused | Closed:
        """Look for the message in its own workspace."""
        team, place = _parted(message.destination)
        try:
            notifier = self._notifier(team)
        except ConfigError as error:
            return Later(_REST, str(error))
        if notifier is None:
            return _not_installed(team)
        return self._of_team(team, notifier.find(replace(message, destination=place), since))

    def permalink(self, channel: str, ts: str) -> str:
        """Return a link to a posted message, or "" where there is none."""
        team, place = _parted(channel)
        try:
            notifier = self._notifier(team)
        except ConfigError:
            return ""
        return notifier.permalink(place, ts) if notifier else ""

    def _notifier(self, team: str) -> Notifier | None:
        if not team:
            return self.default
        notifier = self._open.get(team) or self.open_team(team)
        if notifier is not None:
            self._open[team] = notifier
        return notifier

    def _of_team(self, team: str, outcome: _Result) -> _Result | Sent | Later:
        """Return an outcome in terms of all workspaces: a reply to the message must find its way back."""
        if not team:
            return outcome
        if isinstance(outcome, Sent):
            return Sent(f"{team}/{outcome.channel}", outcome.ts)
        if isinstance(outcome, Closed):
            self._open.pop(team, None)  # installed again, it has another token
            return Later(_REST, outcome.reason)
        return outcome


def _parted(destination: str) -> tuple[str, str]:
    """Return the workspace, "" for the default one, and the place in it."""
    team, _, place = destination.rpartition("/")
    return team, place


def _not_installed(team: str) -> Later:
    return Later(_REST, f"the app is not installed in the workspace {team}; /slack/install installs it")
