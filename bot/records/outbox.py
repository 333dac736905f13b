"""What is owed and said: deliveries, what they bring, and the pauses of who takes none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.model import Destination, Note

Block = Mapping[str, Any]
View = Mapping[str, Any]  # a modal or an App Home as Slack takes it

# States of a delivery that is not settled, and of one that ended badly.
OPEN = ("owed", "claimed", "doubtful")
FAILED = ("unclear", "impossible")
# Why a reply or an edit was skipped; `retry` of the alert owes those again.
ALERT_MISSING = "its alert is not there to answer to"
# Why a message was skipped that a correction left out; taking the correction back soon owes it again.
MERGED = "it was said to be the same release as another"
WITHDRAWN = "a person withdrew it"
_NOWHERE = Destination("")


@dataclass(frozen=True, slots=True)
class Content:
    """A rendered message: a sentence that stands alone, and Slack blocks that say the same."""

    text: str
    blocks: Sequence[Block] = ()


@dataclass(frozen=True, slots=True)
class Begun(Content):
    """What is said at once where the answer takes seconds; `rest` takes them, and returns that answer."""

    rest: Callable[[], Content] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """A note on a release; with the key of its lead, what it is `about` names it for ever."""

    release_id: int
    lead_key: str
    note: Note
    about: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message owed to one destination.

    `kind` is alert, note, edit, digest, watch, line or change; the last four bring their `content` along and
    have no release (id 0). `carrier` is the sequence of the alert that carries this one as well: four or
    more at once are one message. `state` is owed, claimed, sent, doubtful (to be looked up), unclear
    (cannot be looked up), impossible or skipped.
    """

    sequence: int
    id: str
    release_id: int
    release: str  # the name that people read
    destination: Destination
    kind: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    note: Note | None = None
    claimed_at: datetime | None = None
    settled_at: datetime | None = None
    channel: Destination = _NOWHERE  # where it stands: direct messages have one of their own
    ts: str = ""
    digest: str = ""  # of the content that stands there now
    reason: str = ""
    content: Content | None = None
    carrier: int | None = None
    asked: bool = False  # the server named the time at which it is due
    suspected: bool = False  # only a gap in time speaks for its having been sent
    strange_since: datetime | None = None  # no answer since then was one that we know
    told_at: datetime | None = None  # when the admins heard that only a person can tell what became of it
    # between which moments by the server's clock it was posted, if it was, and how far a look-up has come
    posted_after: datetime | None = None
    posted_before: datetime | None = None
    reached: str = ""
    yields: bool = False  # it is in doubt, and what is behind it goes ahead of it
    called: str = ""  # Slack's id of whom this alert mentions
    hushed: bool = False  # it waits for the end of quiet hours, and what is behind it goes ahead of it
    wait_until: datetime | None = None  # until then a reply waits for what else comes to its thread

    @property
    def what(self) -> str:
        """What people call it: "alert of Kimi K2.6", and without a release "digest"."""
        return f"{self.kind} of {self.release}" if self.release else self.kind

    @property
    def stands(self) -> bool:
        """Whether it was sent, and where it stands is known: a person may only know that it is there."""
        return self.state == "sent" and bool(self.ts)

    @property
    def touched_at(self) -> datetime:
        """When it was owed or last claimed, whichever is later."""
        return max(self.created_at, self.claimed_at or self.created_at)

    @property
    def is_of_forgotten_time(self) -> bool:
        """Whether it may have been sent before it was owed, in the time that a backup forgot."""
        return self.claimed_at is not None and self.claimed_at < self.created_at


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a destination gets nothing for now, and when it is tried again."""

    destination: Destination
    since: datetime
    reason: str
    retry_at: datetime
    notified_at: datetime | None = None  # when its subscribers were told
    notices: int = 0  # how often they were told of pauses, this one included once told
