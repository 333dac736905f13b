"""What deciding reads and writes: what is known of the labs, and the steps to store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Facts, LicenseStatement, Name, Note, Sighting, SourceKind, Verdict
from bot.releases.news.corrections import Errata


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
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What deciding needs of a release."""

    name: Name
    lead_key: str
    opened_at: datetime
    published_at: datetime
    silent: bool
    told_by: frozenset[SourceKind] = frozenset()  # the kinds of source that have spoken of it
    named_by: frozenset[SourceKind] = frozenset()  # those that did so by its exact name
    promised: frozenset[str] = frozenset()  # lower-case "owner/name" that its posts link and that is not open
    repositories: Mapping[str, str] = field(default_factory=dict)  # lower-case "owner/name" -> the Hub's _id
    head: str = ""  # the Hub's _id of its own weights
    weights_at: datetime | None = None  # when the first of its repositories was seen
    provisional: bool = False  # its head gives way to a better one, as a base does to the tuned model
    license: LicenseStatement | None = None
    empty: bool = False  # its own repository held no weights when last looked at
    held: bool = False  # a flood guard kept it back: whether it is ever told, a person says

    @property
    def key(self) -> str:
        """The release key."""
        return self.name.release_key


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of some labs but for their releases, of which it has the families by key."""

    labs: Sequence[str]
    families: Mapping[str, str]
    waiting: Sequence[Waiting]
    errata: Errata
    facts: Mapping[str, Facts]  # of repositories just seen, by the Hub's _id


@dataclass(frozen=True, slots=True)
class Meant:
    """The releases that a decision may be about: by key, and by repository ("owner/name" in lower case)."""

    keys: Sequence[str]
    repositories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known of the labs that a decision is about, before it is corrected."""

    releases: Sequence[Known] = ()
    waiting: Sequence[Waiting] = ()
    errata: Errata = field(default_factory=Errata)
    facts: Mapping[str, Facts] = field(default_factory=dict)  # of repositories just seen, by the Hub's _id


@dataclass(frozen=True, slots=True)
class Settings:
    """The two windows: in which a family shares an alert, and in which a listing waits."""

    group: timedelta = timedelta(hours=24)
    confirm: timedelta = timedelta(hours=24)


# --- the steps


@dataclass(frozen=True, slots=True)
class Observe:
    """A sighting is remembered, with the release that it belongs to ("" for none)."""

    judged: Judged
    key: str = ""
    wait_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A release begins, under the lead whose alert carries it."""

    name: Name
    lead_key: str
    silent: bool


@dataclass(frozen=True, slots=True)
class Attach:
    """A repository becomes part of a release, or what is known of it is brought up to date."""

    key: str
    sighting: Sighting
    head: bool
    provisional: bool
    packaging: str


@dataclass(frozen=True, slots=True)
class Rename:
    """A release gets the name that stronger evidence spells."""

    key: str
    name: Name


@dataclass(frozen=True, slots=True)
class Promise:
    """A release's post links repositories ("owner/name", lower case) that are not open yet."""

    key: str
    repositories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confirm:
    """A listing that waited belongs to this release."""

    waiting: Waiting
    key: str


@dataclass(frozen=True, slots=True)
class Announce:
    """Every subscriber is owed the alert of this lead."""

    lead_key: str


@dataclass(frozen=True, slots=True)
class Tell:
    """All who got the lead's alert are owed a thread reply; `about` names it the same for ever."""

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
