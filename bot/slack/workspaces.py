"""The workspaces that the bot serves, each with a token of its own, and the way of a message to its own."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from bot.errors import ConfigError
from bot.model import Destination
from bot.ops.sealing import Seal
from bot.outbox.message import Closed, Found, Later, Message, Notifier, Outcome, Search, Sent
from bot.store.store import Store

KEPT_OPEN = 2_000  # workspaces: a kilobyte each, while to open one takes a question to the store and 0.1 ms
_PORTION = 500  # tokens that are sealed anew in one transaction
_REST = 300.0  # seconds; a workspace that lets nobody in must not stop the others
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace: its id, "" where the bot serves only this one, and the bot's token for it."""

    team: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class OneWorkspace:
    """The workspace of the one token that there is: nobody else's requests reach the app."""

    token: str

    def find(self, *_: str) -> Workspace:
        """Return the workspace, whatever a request says of it."""
        return Workspace("", self.token)

    def forget(self, *_: object) -> str:
        """Return its id; the token is in the hands of whoever runs the bot."""
        return ""


@dataclass(frozen=True, slots=True)
class ManyWorkspaces:
    """The workspaces that installed the bot, their tokens sealed."""

    store: Store
    seal: Seal
    now: Callable[[], datetime]

    def find(self, team: str, enterprise: str = "") -> Workspace | None:
        """Return a workspace, None where the bot is not installed. Raises ConfigError without the key."""
        sealed = self.store.installations.find(team, enterprise)
        return Workspace(team, self.seal.open(sealed)) if sealed else None

    def all(self) -> Iterator[Workspace | ConfigError]:
        """Yield those where the bot is installed now, in place of one why its token cannot be read."""
        for one in self.store.installations.workspaces():
            try:
                workspace = self.find(one.team, one.enterprise)
            except ConfigError as error:
                yield error
            else:
                yield from [workspace] if workspace else []

    def reseal(self) -> tuple[int, list[str]]:
        """Seal all tokens with the first key; return how many were, and whose no key opens.

        Raises StoreError; what was done by then stays, and all may be done again.
        """
        installations, done, closed, last = self.store.installations, 0, list[str](), ("", "")
        while portion := installations.sealed_after(*last, _PORTION):
            with self.store.transaction():
                for team, enterprise, sealed in portion:
                    renewed = self.seal.renew(sealed)
                    if renewed is None:
                        closed.append(team or enterprise)
                    else:
                        done += installations.reseal(team, enterprise, sealed, renewed)
            last = portion[-1][:2]
        return done, closed

    def forget(
        self, team: str, enterprise: str, until: datetime | None = None, bot_users: Collection[str] = ()
    ) -> str | None:
        """Let go of the token of a workspace that removed the bot; return its id, None for none.

        Slack may tell of it late: a token that came after `until`, or of another user than these, stays.
        """
        installations = self.store.installations
        with self.store.transaction():
            installations.uninstall(team, self.now(), enterprise, until=until, bot_users=bot_users)
            gone = installations.find(team, enterprise) is None
        return team if team and gone else None  # "" would be the only workspace of a bot that serves one


Workspaces = OneWorkspace | ManyWorkspaces


@dataclass
class WorkspacesNotifier:
    """Carries each message through its workspace's own notifier, which `open_workspace` makes of the id.

    A destination without a workspace belongs to `default`, that of the token in the environment. Those that
    were written to lately stay open.
    """

    default: Notifier
    open_workspace: Callable[[str], Notifier | None]
    name: str = "slack"
    interactive: bool = True
    _open: OrderedDict[str, Notifier] = field(init=False, default_factory=OrderedDict)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def send(self, message: Message) -> Outcome:
        """Post, reply or edit once."""
        return self._carry(message, lambda notifier, there: notifier.send(there))

    def find(self, message: Message, search: Search) -> Found:
        """Look for the message."""
        return self._carry(message, lambda notifier, there: notifier.find(there, search))

    def time_at(self, destination: Destination) -> datetime | None:
        """Return the time by the server's clock, as far as it tells."""
        try:
            notifier = self._notifier(destination.team)
        except ConfigError:
            return None
        return notifier.time_at(Destination(destination.place)) if notifier else None

    def permalink(self, channel: Destination, ts: str) -> str:
        """Return a link to a posted message, or "" where there is none."""
        try:
            notifier = self._notifier(channel.team)
        except ConfigError:
            return ""
        return notifier.permalink(Destination(channel.place), ts) if notifier else ""

    def _carry(self, message: Message, do: Callable[[Notifier, Message], _Result]) -> _Result | Sent | Later:
        """Return the outcome in terms of all workspaces: a reply to the message must find its way back."""
        team, place = message.destination.team, Destination(message.destination.place)
        try:
            notifier = self._notifier(team)
        except ConfigError as error:  # a token that no key opens was surely not used
            return Later(_REST, str(error))
        if notifier is None:
            reason = f"the app is not installed in the workspace {team}; /slack/install installs it"
            return Later(_REST, reason)
        outcome = do(notifier, replace(message, destination=place))
        if team and isinstance(outcome, Sent):
            return replace(outcome, channel=Destination.at(team, outcome.channel))
        if team and isinstance(outcome, Closed):
            with self._lock:
                self._open.pop(team, None)  # installed again, it has another token
            return Later(_REST, outcome.reason)
        return outcome

    def _notifier(self, team: str) -> Notifier | None:
        if not team:
            return self.default
        with self._lock:
            if team in self._open:
                self._open.move_to_end(team)
                return self._open[team]
        notifier = self.open_workspace(team)
        if notifier is not None:
            with self._lock:
                self._open[team] = notifier
                if len(self._open) > KEPT_OPEN:
                    self._open.popitem(last=False)
        return notifier
