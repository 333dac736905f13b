"""What is sent or looked for, what may come of it, and who carries it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import Destination
from bot.records import Content

# A message may land up to a minute after the connection broke: only this long after we lost sight of it is
# "not there" believed to mean "never posted".
LANDING = timedelta(seconds=75)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one destination.

    A reply has `thread_ts`; an edit has `edit_ts`, and then `destination` is the channel id of the post.
    `marks` are further names that it is found by, beside its delivery's id.
    """

    delivery_id: str
    destination: Destination
    content: Content
    thread_ts: str = ""
    edit_ts: str = ""
    marks: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All that it is found by."""
        return frozenset((self.delivery_id, *self.marks))


# --- what comes of sending it


@dataclass(frozen=True, slots=True)
class Sent:
    """The message stands in `channel` at `ts`; unless it was `named`, no look-up would find it there."""

    channel: Destination
    ts: str
    named: bool = True


@dataclass(frozen=True, slots=True)
class Later:
    """The message was surely not posted; it is tried again after so many seconds.

    `asked`: the server named the time, and nobody shall try sooner. `strange`: nobody knows what it means,
    so that it may never pass. `reached` is how far a look-up came, and where the next one goes on.
    """

    seconds: float
    reason: str
    asked: bool = False
    strange: bool = False
    reached: str = ""


@dataclass(frozen=True, slots=True)
class _NotSent:
    reason: str


@dataclass(frozen=True, slots=True)
class Unclear(_NotSent):
    """Nobody knows whether the message was posted.

    `unreadable`: nothing can be looked up in its destination, this message no more than any other.
    """

    unreadable: bool = False


class Refused(_NotSent):
    """This destination takes no messages now; it is paused, never unsubscribed."""


class Impossible(_NotSent):
    """This one message can never be sent, such as an edit of a deleted post."""


class Closed(_NotSent):
    """Nothing can be sent at all, such as with a revoked token."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The message was looked for and is not there."""


Outcome = Sent | Later | Unclear | Refused | Impossible | Closed
Found = Sent | Absent | Unclear | Later | Refused | Closed


@dataclass(frozen=True, slots=True)
class Search:
    """Where a message may stand: between two moments, None for now, of which `reached` tells what was read.

    The moments are by the server's clock, which dates the messages.
    """

    since: datetime
    until: datetime | None = None
    reached: str = ""  # "THREAD/TS", less the thread in the channel itself, which is read after threads

    def begun(self, place: Message) -> str:
        """Return the ts that reading came to in the place of a message, "" where it has not begun."""
        thread, _, ts = self.reached.partition("/")
        return ts if thread == place.thread_ts else ""

    def is_past(self, place: Message) -> bool:
        """Whether the place of a message was read to its end."""
        return bool(place.thread_ts) and self.reached.startswith("/")


class Notifier(Protocol):
    """What carries messages to people, and looks up whether one arrived; `interactive`: it hears buttons."""

    name: str
    interactive: bool

    def send(self, message: Message) -> Outcome:
        """Post, reply or edit once; what may have been posted is never retried here."""
        ...

    def find(self, message: Message, search: Search) -> Found:
        """Look for a message that has a name in common, among those that stand where it may stand."""
        ...

    def time_at(self, destination: Destination) -> datetime | None:
        """Return the time by the clock of the server of a destination, None where it does not tell."""
        ...

    def permalink(self, channel: Destination, ts: str) -> str:
        """Return a link to a posted message, or "" where none is known; asks nobody: transactions call it."""
        ...
