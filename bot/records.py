"""What the store keeps beside releases: how sources fare, who subscribed, what is owed, what was seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.model import Name, Note
from bot.releases.filters import Filters

ALL = "all"
# Why a new repository is waited for; any other reason is trouble with asking for it.
NO_WEIGHTS = "it has no weights yet"
# States of a delivery that is not settled, and of one that ended badly.
OPEN = ("owed", "claimed", "doubtful")
FAILED = ("unclear", "impossible")
# Why a reply or an edit was skipped; `retry` of the alert owes those again.
ALERT_MISSING = "its alert is not there to answer to"


@dataclass(frozen=True, slots=True)
class SourceState:
    """Hold one source as it stands; times are None where the thing has not happened."""

    id: str
    etag: str = ""
    last_modified: str = ""
    cursor: Mapping[str, Any] | None = None
    usual_count: int = 0
    baseline_at: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    next_poll_at: datetime | None = None
    rested_until: datetime | None = None  # an unexpired Retry-After
    failing_since: datetime | None = None
    failures: int = 0
    failure: str = ""
    complaint: str = ""
    held: int = 0
    held_at: datetime | None = None

    @property
    def waiting(self) -> list[Mapping[str, str]]:
        """Return the new repositories that the source waits for: their "id", "since" and "why"."""
        queue = (self.cursor or {}).get("waiting", {})
        return [note for note in queue.values() if "told" not in note]


@dataclass(frozen=True, slots=True)
class Subscription:
    """Hold that a destination follows a lab (or ALL), with its filters and where that comes from."""

    destination: str
    lab: str
    filters: Filters
    origin: str
    created_at: datetime
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold why a destination gets nothing for now, and when it is tried again."""

    destination: str
    since: datetime
    reason: str
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hold one message owed to one destination.

    `kind` is alert, note or edit; `state` is owed, claimed, sent, doubtful (to be looked up), unclear
    (cannot be looked up), impossible or skipped.
    """

    sequence: int
    id: str
    release_id: int
    release: str  # the name that people read
    destination: str
    kind: str
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    note: Note | None = None
    claimed_at: datetime | None = None
    settled_at: datetime | None = None
    channel: str = ""
    ts: str = ""
    digest: str = ""  # of the content that stands there now
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """Hold one observation as `why` tells it."""

    source_id: str
    source: str
    lab: str
    external_id: str
    title: str
    url: str
    seen_at: datetime
    live: bool
    amends: bool
    kind: str
    reason: str
    name: Name | None
    release_key: str
    wait_until: datetime | None
