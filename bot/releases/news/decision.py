"""What deciding reads and writes: the catalogue of what is known, and the steps to store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import LicenseStatement, Name, Note, Sighting, SourceKind, Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """A sighting with its verdict."""

    sighting: Sighting
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Waiting:
    """A listing's word that nobody has confirmed yet; `id` is its observation's."""

    id: int
    judged: Judged


@dataclass(frozen=True, slots=True)
class Known:
    """What deciding needs of a release.

    `told_by` are the kinds of source that have spoken of it, `named_by` those that did so by its exact name;
    `promised` are the repositories ("owner/name", lower case) that its posts link and that are not open yet.
    `head` is the Hub's _id of its own weights, or ""; a provisional head gives way to a better one, as a
    base does when the tuned model appears.
    """

    name: Name
    lead_key: str
    opened_at: datetime
    published_at: datetime
    silent: bool
    told_by: frozenset[SourceKind] = frozenset()
    named_by: frozenset[SourceKind] = frozenset()
    promised: frozenset[str] = frozenset()
    repositories: Mapping[str, str] = field(default_factory=dict)  # lower-case "owner/name" -> the Hub's _id
    head: str = ""
    weights_at: datetime | None = None  # when the first of its repositories was seen
    provisional: bool = False
    license: LicenseStatement | None = None
    empty: bool = False  # its own repository held no weights when last looked at
    held: bool = False  # a flood guard kept it back: whether it is ever told, a person says

    @property
    def key(self) -> str:
        """Return the release key."""
        return self.name.release_key


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The releases and the waiting listings of the labs that a decision is about."""

    releases: Sequence[Known] = ()
    waiting: Sequence[Waiting] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The two windows: in which a family shares an alert, and in which a listing waits."""

    group: timedelta = timedelta(hours=24)
    confirm: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Observe:
    """Remember a sighting, with the release that it belongs to ("" for none)."""

    judged: Judged
    key: str = ""
    wait_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """Begin a release, under the lead whose alert carries it."""

    name: Name
    lead_key: str
    silent: bool


@dataclass(frozen=True, slots=True)
class Attach:
    """Make a repository part of a release, or bring what is known of it up to date."""

    key: str
    sighting: Sighting
    head: bool
    provisional: bool
    packaging: str


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a release the name that stronger evidence spells."""

    key: str
    name: Name


@dataclass(frozen=True, slots=True)
class Promise:
    """That a release's post links repositories ("owner/name", lower case) that are not open yet."""

    key: str
    repositories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confirm:
    """Give a listing that waited to the release that it meant."""

    waiting: Waiting
    key: str


@dataclass(frozen=True, slots=True)
class Announce:
    """Owe every subscriber the alert of this lead."""

    lead_key: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Owe a thread reply to all who got the lead's alert; `about` names it the same for ever."""

    lead_key: str
    note: Note
    about: str


Step = Observe | Open | Attach | Rename | Promise | Confirm | Announce | Tell


@dataclass(frozen=True, slots=True)
class Decision:
    """The steps to store, in order; `held` are the keys of the leads that a flood guard kept back."""

    steps: tuple[Step, ...] = ()
    held: tuple[str, ...] = ()

    def announced(self) -> tuple[str, ...]:
        """Return the keys of the leads to announce, each once."""
        return tuple(dict.fromkeys(step.lead_key for step in self.steps if isinstance(step, Announce)))

    def opened(self) -> tuple[Name, ...]:
        """Return the names of the releases that begin."""
        return tuple(step.name for step in self.steps if isinstance(step, Open))
