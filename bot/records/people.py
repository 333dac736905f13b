"""What people want and say: subscriptions and how they are told, watches, triage, reports and corrections."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from bot.model import Destination, Follow
from bot.releases.facts.filters import Filters

# Where a subscription comes from.
FROM_FILE = "feeds.yaml"
FROM_SLACK = "Slack"
FROM_COMMAND_LINE = "command line"
EMBEDDED = "embedded default"
# A filter on a fact that is not known yet is tried again as facts arrive, for this long.
UNDECIDED = timedelta(hours=6)
OPEN_TRIAGE = "open"  # the state of a release of which nobody in a destination made anything


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
        """Return it as people type it: a name may not tell its lab, as "k3" does not."""
        lab = "" if self.name.startswith(f"{self.lab} ") else self.lab
        return " ".join(filter(None, (lab, self.name, self.packaging, str(self.filters))))


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
class Installation:
    """The installation of the bot by a workspace, or of a whole organisation, where `team` is ""."""

    team: str
    enterprise: str
    bot_user: str
    installed_at: datetime
