"""A channel of many moods: it posts, or not, or later, and says so, or not."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.clock import Clock
from bot.model import Destination
from bot.outbox.message import (
    Absent,
    Closed,
    Impossible,
    Later,
    Message,
    Outcome,
    Refused,
    Search,
    Sent,
    Unclear,
)
from tests.support.house import Found

LATE = timedelta(seconds=60)  # after the answer was lost, at most


_Found = TypeVar("_Found")


class Killed(BaseException):
    """The end of the process: no `except Exception` on the way survives it."""


_UNSENT: Mapping[str, Outcome] = {
    "later": Later(30, "the network is down"),
    "later, asked": Later(90, "ratelimited", asked=True),
    "refused": Refused("is_archived"),
    "impossible": Impossible("invalid_blocks"),
    "closed": Closed("token_revoked"),
}
SENDING = (
    *_UNSENT,
    "well",
    "lost, posted",
    "lost, not posted",
    "lost, lands late",
    "crashed, posted",
    "killed before",
    "killed after",
)
FINDING = ("well", "asked to look later", "read in part", "blind", "killed while looking")


@dataclass(frozen=True)
class Posted:
    """A message where it stands; `epoch` counts the databases that there were before."""

    message: Message
    ts: str
    at: datetime
    epoch: int


@dataclass
class Wall:
    """A notifier whose sends and look-ups go as `sends` and `finds` say, and well after that.

    `clock` is the channel's own: it never steps.
    """

    clock: Clock
    name: str = "wall"
    interactive: bool = False
    epoch: int = 0
    posts: list[Posted] = field(default_factory=list)
    sends: deque[str] = field(default_factory=deque)
    finds: deque[str] = field(default_factory=deque)
    meanwhile: Callable[[], object] = lambda: None  # happens while a message is on its way
    _met: list[str] = field(default_factory=list)
    _landing: list[tuple[datetime, Message]] = field(default_factory=list)

    def send(self, message: Message) -> Outcome:
        self._land()
        self.meanwhile()
        mood = self._next(self.sends)
        if mood in _UNSENT:
            return _UNSENT[mood]
        if mood == "killed before":
            raise Killed
        if mood == "lost, lands late":
            self._landing.append((self.clock.now() + LATE, message))
        elif mood != "lost, not posted":
            sent = self._post(message)
        if mood == "crashed, posted":
            raise ZeroDivisionError
        if mood == "killed after":
            raise Killed
        return sent if mood == "well" else self._lost(message)

    def _next(self, moods: deque[str]) -> str:
        mood = moods.popleft() if moods else "well"
        self._met += [mood] if mood != "well" else []
        return mood

    def forget_moods(self) -> list[str]:
        """Let all go well from now on; return the moods that were met since the last time."""
        met, self._met = self._met, []
        self.sends.clear()
        self.finds.clear()
        return met

    def _lost(self, message: Message) -> Outcome:
        """Return what the real notifier says of a lost answer: an edit may be made again."""
        return Later(5, "no answer") if message.edit_ts else Unclear("no answer")

    def find(self, message: Message, search: Search) -> Found:
        self._land()
        match self._next(self.finds):
            case "asked to look later":
                return Later(30, "ratelimited", asked=True)
            case "read in part":  # one look a minute, of a few messages
                return Later(60, "ratelimited", asked=True, reached=f"{message.thread_ts}/{len(self._met)}")
            case "blind":
                return Unclear("missing_scope")
            case "killed while looking":
                raise Killed
        latest = search.until or datetime.max.replace(tzinfo=UTC)
        for posted in reversed(self.posts):
            theirs = posted.message
            same_place = (theirs.destination, theirs.thread_ts) == (message.destination, message.thread_ts)
            if same_place and search.since <= posted.at <= latest and theirs.names & message.names:
                return Sent(theirs.destination, posted.ts)
        return Absent()

    def time_at(self, destination: Destination) -> datetime | None:
        return self.clock.now()

    def permalink(self, channel: str, ts: str) -> str:
        return f"https://chat.example/{channel}/{ts}"

    def _post(self, message: Message, at: datetime | None = None) -> Sent:
        if message.edit_ts:
            self._edit(message)
            return Sent(message.destination, message.edit_ts)
        now = at or self.clock.now()
        posted = Posted(message, f"{int(now.timestamp())}.{len(self.posts):06d}", now, self.epoch)
        self.posts.append(posted)
        return Sent(message.destination, posted.ts)

    def _edit(self, message: Message) -> None:
        [at] = [number for number, posted in enumerate(self.posts) if posted.ts == message.edit_ts]
        new = replace(self.posts[at].message, content=message.content)
        self.posts[at] = replace(self.posts[at], message=new)

    def _land(self) -> None:
        for landing in [one for one in self._landing if one[0] <= self.clock.now()]:
            self._landing.remove(landing)
            self._post(landing[1], landing[0])


@dataclass
class Elsewhere:
    """The notifier of another workspace: what it posts stands on the same wall, under its team."""

    wall: Wall
    team: str = "T2"
    name: str = "wall"
    interactive: bool = False

    def send(self, message: Message) -> Outcome:
        return self._as_there(self.wall.send(self._here(message)))

    def find(self, message: Message, search: Search) -> Found:
        return self._as_there(self.wall.find(self._here(message), search))

    def time_at(self, destination: Destination) -> datetime | None:
        return self.wall.time_at(destination)

    def permalink(self, channel: Destination, ts: str) -> str:
        return self.wall.permalink(channel, ts)

    def _here(self, message: Message) -> Message:
        return replace(message, destination=Destination.at(self.team, message.destination))

    def _as_there(self, outcome: _Found) -> _Found:
        return (
            replace(outcome, channel=Destination(outcome.channel.place))
            if isinstance(outcome, Sent)
            else outcome
        )
