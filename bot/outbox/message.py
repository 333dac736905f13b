"""What is sent, to whom, and what may come of it."""

from dataclasses import dataclass
from typing import Protocol

from bot.records import Content


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one destination.

    A reply has `thread_ts`; an edit has `edit_ts`, and then `destination` is the channel id of the post.
    `marks` are further names that it is found by, beside its delivery's id.
    """

    delivery_id: str
    destination: str
    content: Content
    thread_ts: str = ""
    edit_ts: str = ""
    marks: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Return all that it is found by."""
        return frozenset((self.delivery_id, *self.marks))


@dataclass(frozen=True, slots=True)
class Sent:
    """Report that the message stands in `channel` at `ts`."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Later:
    """Report that the message was surely not posted; try again after so many seconds.

    `asked`: the server named the time, and nobody shall try sooner. `strange`: nobody knows what it means,
    so that it may never pass.
    """

    seconds: float
    reason: str
    asked: bool = False
    strange: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """Report that nobody knows whether the message was posted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Report that this destination takes no messages now; it is paused, never unsubscribed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Impossible:
    """Report that this one message can never be sent, such as an edit of a deleted post."""

    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Report that nothing can be sent at all, such as with a revoked token."""

    reason: str


Outcome = Sent | Later | Unclear | Refused | Impossible | Closed


@dataclass(frozen=True, slots=True)
class Absent:
    """Report that the message was looked for and is not there."""


class Notifier(Protocol):
    """Carry messages to people, and look up whether one arrived; `interactive`: what they press is heard."""

    name: str
    interactive: bool

    def send(self, message: Message) -> Outcome:
        """Post, reply or edit once; never retry by itself what may have been posted."""
        ...

    def find(self, message: Message, since: float) -> Sent | Absent | Unclear | Later | Refused | Closed:
        """Look for a message that has a name in common, among those posted after `since` (Unix time)."""
        ...

    def permalink(self, channel: str, ts: str) -> str:
        """Return a link to a posted message, or "" where there is none."""
        ...
