"""What the store keeps beside releases: how sources fare, who subscribed, what is owed, what was seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Literal

from bot.model import Destination, Follow, Name, Note, SourceKind
from bot.releases.facts.filters import Filters

Block = Mapping[str, Any]
View = Mapping[str, Any]  # a modal or an App Home as Slack takes it

# Where a subscription comes from.
FROM_FILE = "feeds.yaml"
FROM_SLACK = "Slack"
FROM_COMMAND_LINE = "command line"
EMBEDDED = "embedded default"
# Why a new repository is waited for; any other reason is trouble with asking for it.
NO_WEIGHTS = "it has no weights yet"
NOTHING_YET = "it has no weights and no card yet"  # held, however long, until it has either
# A filter on a fact that is not known yet is tried again as facts arrive, for this long.
UNDECIDED = timedelta(hours=6)
# How long what was held back, or a hint, waits for a person; nobody's word ignores it.
LASTS = timedelta(days=7)
# Begins the identity of what a source shows by a hint that a person announced: no item carried it.
FROM_HINT = "hint:"
OPEN_TRIAGE = "open"  # the state of a release of which nobody in a destination made anything
_NOWHERE = Destination("")
# States of a delivery that is not settled, and of one that ended badly.
OPEN = ("owed", "claimed", "doubtful")
FAILED = ("unclear", "impossible")
# Why a reply or an edit was skipped; `retry` of the alert owes those again.
ALERT_MISSING = "its alert is not there to answer to"
# Why a message was skipped that a correction left out; taking the correction back soon owes it again.
MERGED = "it was said to be the same release as another"
WITHDRAWN = "a person withdrew it"


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
    polls: int = 0

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
class Subscription:
    """What a destination follows, with its filters and where that comes from."""

    destination: Destination
    follow: Follow
    filters: Filters
    origin: str
    created_at: datetime
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """When a destination wants its digest, in its own time zone."""

    every: Literal["daily", "weekly", "monthly"]  # a monthly one comes on the first
    weekday: int = 0  # of a weekly one; Monday is 0
    hour: int = 9
    minute: int = 0
    zone: str = "UTC"  # an IANA name: Europe/Berlin
    always: bool = False  # also when there is nothing to tell


@dataclass(frozen=True, slots=True)
class MentionRule:
    """Whom an alert mentions when one of its models is as the filters say: Slack's id of people or of one."""

    who: str
    filters: Filters

    def __str__(self) -> str:
        """Return it as people type it, behind `notify:`."""
        return f"{self.who} {self.filters}".strip()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when to when a destination wants no alerts, by the clock of its own time zone."""

    begin: time
    end: time
    zone: str  # an IANA name

    def __str__(self) -> str:
        """Return them as people type them, behind `quiet:`."""
        return f"{self.begin:%H:%M}-{self.end:%H:%M} {self.zone}"


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a destination wants to be told; `digest`, `notify` and `quiet` are None where it wants none."""

    variants: Literal["thread", "post", "off"] = "thread"
    updates: Literal["edit", "thread", "off"] = "edit"
    digest: DigestPlan | None = None
    notify: MentionRule | None = None
    quiet: QuietHours | None = None
    every: Literal["15m", "1h", "0m"] = "15m"  # a thread gets at most one reply in so long


@dataclass(frozen=True, slots=True)
class Mute:
    """A lab (or ALL) of which a destination wants to hear nothing for now; `until` None is for ever."""

    destination: Destination
    lab: str
    until: datetime | None
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """What somebody waits for: a release of a lab that is as the filters say.

    `name` is as it was typed, lower-case, "" for any of the lab's releases. `packaging` is "gguf", "fp8" or
    the like, "" for any; `request` is Slack's id of the question.
    """

    destination: Destination
    lab: str
    name: str
    filters: Filters
    packaging: str
    request: str
    created_by: str
    created_at: datetime

    def __str__(self) -> str:
        """Return it as people type it."""
        return " ".join(filter(None, (self.name or self.lab, self.packaging, str(self.filters))))


@dataclass(frozen=True, slots=True)
class Triage:
    """What a destination made of a release: "looking", "adopted" or "no".

    `person` is Slack's id, `name` what Slack calls them, or "".
    """

    destination: Destination
    release_id: int
    state: str
    person: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TriagedAs:
    """Of a destination's releases those in one state, or OPEN_TRIAGE: told there, and nobody looked at it."""

    destination: Destination
    state: str


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """What somebody found wrong in an alert; `closed_at` is None while nobody has dealt with it."""

    id: int
    release_id: int
    release: str  # the name that people read
    destination: Destination
    reporter: Destination
    text: str
    created_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person knows better than the sources, which sticks against later polls.

    `field` is license, parameters, active, lab or kind of the release whose key is `subject`; or merge (the
    release `subject` is `value`, both keys); or split (the repository `subject` is a release of its own,
    named `value`).
    """

    subject: str
    field: str
    value: str
    created_by: str
    created_at: datetime


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
class Installation:
    """The installation of the bot by a workspace, or of a whole organisation, where `team` is ""."""

    team: str
    enterprise: str
    bot_user: str
    installed_at: datetime


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
class Pause:
    """Why a destination gets nothing for now, and when it is tried again."""

    destination: Destination
    since: datetime
    reason: str
    retry_at: datetime
    notified_at: datetime | None = None  # when its subscribers were told
    notices: int = 0  # how often they were told of pauses, this one included once told


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
