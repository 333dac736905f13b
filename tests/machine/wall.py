"""A channel of many moods: it posts, or not, or later, and says so, or not."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.delivery.message import (
    Absent,
    Closed,
    Impossible,
    Later,
    Message,
    Outcome,
    Refused,
    Sent,
    Unclear,
)

LATE = timedelta(seconds=3)  # after the answer was lost
_SKEW = timedelta(seconds=300)  # as in delivery/slack.py: how far our clock may be ahead


class Killed(BaseException):
    """Be the end of the process: no `except Exception` on the way survives it."""


SENDING = (
    "well",
    "later",
    "later, asked",
    "refused",
    "impossible",
    "closed",
    "lost, posted",
    "lost, not posted",
    "lost, lands late",
    "crashed, posted",
    "killed before",
    "killed after",
)
FINDING = ("well", "later", "blind", "killed")


@dataclass(frozen=True)
class Posted:
    """Hold a message where it stands; `epoch` counts the databases that there were before."""

    message: Message
    ts: str
    at: datetime
    epoch: int


@dataclass
class Wall:
    """Be a notifier whose sends and look-ups go as `sends` and `finds` say, and well after that.

    `clock` is the channel's own: it never steps.
    """

    clock: Clock
    name: str = "wall"
    interactive: bool = False
    epoch: int = 0
    posts: list[Posted] = field(default_factory=list)
    sends: deque[str] = field(default_factory=deque)
    finds: deque[str] = field(default_factory=deque)
    _landing: list[tuple[datetime, Message]] = field(default_factory=list)

    def send(self, message: Message) -> Outcome:
        self._land()
        match self.sends.popleft() if self.sends else "well":
            case "well":
                return self._post(message)
            case "later":
                return Later(30, "the network is down")
            case "later, asked":
                return Later(90, "ratelimited", asked=True)
            case "refused":
                return Refused("is_archived")
            case "impossible":
                return Impossible("invalid_blocks")
            case "closed":
                return Closed("token_revoked")
            case "lost, posted":
                self._post(message)
                return self._lost(message)
            case "lost, not posted":
                return self._lost(message)
            case "lost, lands late":
                self._landing.append((self.clock.now() + LATE, message))
                return self._lost(message)
            case "crashed, posted":
                self._post(message)
                raise ZeroDivisionError
            case "killed before":
                raise Killed
            case "killed after":
                self._post(message)
                raise Killed
            case mood:
                raise AssertionError(mood)

    def _lost(self, message: Message) -> Outcome:
        """Return what the real notifier says of a lost answer: an edit may be made again."""
        return Later(5, "no answer") if message.edit_ts else Unclear("no answer")

    def find(self, message: Message, since: float) -> Outcome | Absent:
        self._land()
        match self.finds.popleft() if self.finds else "well":
            case "later":
                return Later(30, "ratelimited", asked=True)
            case "blind":
                return Unclear("missing_scope")
            case "killed":
                raise Killed
        oldest = datetime.fromtimestamp(since, self.clock.now().tzinfo) - _SKEW
        for posted in reversed(self.posts):
            theirs = posted.message
            same_place = (theirs.destination, theirs.thread_ts) == (message.destination, message.thread_ts)
            if same_place and posted.at >= oldest and theirs.names & message.names:
                return Sent(theirs.destination, posted.ts)
        return Absent()

    def permalink(self, channel: str, ts: str) -> str:
        return f"https://chat.example/{channel}/{ts}"

    def _post(self, message: Message) -> Sent:
        if message.edit_ts:
            self._edit(message)
            return Sent(message.destination, message.edit_ts)
        now = self.clock.now()
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
            self._post(landing[1])
