"""A channel of many moods: it posts, or not, or later, and says so, or not."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.outbox.message import Absent, Closed, Impossible, Later, Message, Outcome, Refused, Sent, Unclear

LATE = timedelta(seconds=3)  # after the answer was lost
_SKEW = timedelta(seconds=300)  # as in bot/slack/notifier.py: how far our clock may be ahead


class Killed(BaseException):
    """Be the end of the process: no `except Exception` on the way survives it."""


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
FINDING = ("well", "asked to look later", "blind", "killed while looking")


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
    _met: list[str] = field(default_factory=list)
    _landing: list[tuple[datetime, Message]] = field(default_factory=list)

    def send(self, message: Message) -> Outcome:
        self._land()
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
        """Be well from now on; return the moods that were met since the last time."""
        met, self._met = self._met, []
        self.sends.clear()
        self.finds.clear()
        return met

    def _lost(self, message: Message) -> Outcome:
        """Return what the real notifier says of a lost answer: an edit may be made again."""
        return Later(5, "no answer") if message.edit_ts else Unclear("no answer")

    def find(self, message: Message, since: float) -> Outcome | Absent:
        self._land()
        match self._next(self.finds):
            case "asked to look later":
                return Later(30, "ratelimited", asked=True)
            case "blind":
                return Unclear("missing_scope")
            case "killed while looking":
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
