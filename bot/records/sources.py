"""What is remembered of sources: how each fares, what it showed, and what of that waits for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.model import Name, SourceKind

# Why a new repository is waited for; any other reason is trouble with asking for it.
NO_WEIGHTS = "it has no weights yet"
NOTHING_YET = "it has no weights and no card yet"  # held, however long, until it has either
# How long what was held back, or a hint, waits for a person; nobody's word ignores it.
LASTS = timedelta(days=7)
# Begins the identity of what a source shows by a hint that a person announced: no item carried it.
FROM_HINT = "hint:"


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source as it stands; times are None where the thing has not happened."""

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
    fingerprint: str = ""  # of its last body
    whole_at: datetime | None = None  # when it is next read without its validators
    outdated: bool = False  # they are known to be of an older body, and sent to see what is answered
    distrusted_at: datetime | None = None  # when they were found to tell nothing: never sent since
    polls: int = 0  # that failed, or left more than validators of what was known

    @property
    def has_shown_nothing(self) -> bool:
        """Whether it answers, and showed nothing yet that could be its baseline."""
        return self.succeeded_at is not None and self.baseline_at is None

    @property
    def waiting(self) -> list[Mapping[str, str]]:
        """The new repositories that the source waits for: their "id", "since", "why" and more."""
        queue = (self.cursor or {}).get("waiting", {})
        return [note for note in queue.values() if "told" not in note]


@dataclass(frozen=True, slots=True)
class Push:
    """Who was asked to tell at once when a source changes, and until when that holds.

    `hub` is the address that was asked, `topic` what it was asked for: the feed's own address, or the name of
    an organisation. `token` ends the address that a WebSub hub calls; it is "" for the Hub's webhook, which
    has no lease.
    """

    source_id: str
    hub: str
    topic: str
    token: str
    asked_at: datetime
    lease_until: datetime | None = None  # None before the hub has confirmed it
    refused: str = ""  # why it would not, the last time

    def holds(self, now: datetime) -> bool:
        """Whether the source is pushed."""
        return not self.token or (self.lease_until is not None and now < self.lease_until)


@dataclass(frozen=True, slots=True)
class AddedLab:
    """A lab that somebody added beside feeds.yaml; `written` is what the file would say but for its id."""

    id: str
    written: Mapping[str, Any]
    added_by: str
    added_at: datetime

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.written.get("name") or self.id)


@dataclass(frozen=True, slots=True)
class Hint:
    """A name in the text of a source that no item carried, with the words around it and the nearest link.

    After `wait_until` a person is asked about it, unless a source has brought the release by then.
    """

    name: Name
    source_id: str
    source: SourceKind
    words: str
    url: str
    seen_at: datetime
    wait_until: datetime

    @property
    def key(self) -> str:
        """The release key of the name."""
        return self.name.release_key


@dataclass(frozen=True, slots=True)
class Flood:
    """What a source showed all at once, far more than usual, and what became of it.

    `leads` are the keys of the releases that were not announced and `names` what people call them, both in
    the order of publication. `state` is waiting, announced, ignored, expired or brought. `days` are those on
    which it was seen to wait, the last of them counted at `counted_at`. Where it is about a single `hint`,
    there are no leads, and `names` is its name.
    """

    id: int
    source_id: str
    held_at: datetime
    leads: tuple[str, ...]
    names: tuple[str, ...]
    state: str = "waiting"
    settled_at: datetime | None = None
    settled_by: str = ""
    hint: Hint | None = None
    days: int = 0
    counted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """One observation as `why` tells it."""

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
    name: Name | None = None
    release_key: str = ""
    wait_until: datetime | None = None
