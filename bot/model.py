"""The central types, in the words of the design. All are immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class SourceKind(StrEnum):
    """The kinds of source; what each is like stands in one row of _TRAITS."""

    HUB = "hub"
    FEED = "feed"
    PAGE = "page"
    LLM_STATS = "llm_stats"
    IMPORT = "import"  # a history that a person brought

    @property
    def traits(self) -> "SourceTraits":
        """What distinguishes this kind of source from the others."""
        return _TRAITS[self]

    @property
    def voice(self) -> "SourceKind":
        """Who speaks through it: a lab's page and its feed are one voice."""
        return _TRAITS[self].voice or self


@dataclass(frozen=True, slots=True)
class SourceTraits:
    """What a kind of source is called where, and what its word is worth.

    `rank` orders evidence, the strongest first; `second_hand` sources spell names as they like.
    """

    rank: int
    name: str  # "the lab's feed"
    place: str  # seen ... "on Hugging Face"
    link: str  # on a link to it
    confirms: str  # what its word adds to an alert that was sent already
    voice: SourceKind | None = None  # None is its own
    second_hand: bool = False


_TRAITS = {
    SourceKind.HUB: SourceTraits(
        0, "Hugging Face", "on Hugging Face", "Hugging Face", "The weights are on Hugging Face"
    ),
    SourceKind.FEED: SourceTraits(
        1, "the lab's feed", "on the lab's blog", "Announcement", "The lab announced it"
    ),
    SourceKind.PAGE: SourceTraits(
        1,
        "the lab's site",
        "on the lab's blog",
        "Announcement",
        "The lab announced it",
        voice=SourceKind.FEED,
    ),
    SourceKind.LLM_STATS: SourceTraits(
        2, "LLM Stats", "LLM Stats", "LLM Stats", "LLM Stats lists it too", second_hand=True
    ),
    SourceKind.IMPORT: SourceTraits(
        3,
        "an imported history",
        "in an imported history",
        "Imported history",
        "An imported history has it too",
        second_hand=True,
    ),
}


class Kind(StrEnum):
    """Say what a sighting is: see docs/reference/identity.md for the rules."""

    RELEASE = "release"
    VARIANT = "variant"
    PRODUCT = "product"
    OTHER = "other"


class DateOrigin(StrEnum):
    """Say where a date comes from, because sources disagree by days."""

    POSTED = "posted"  # the lab's own post
    SEEN = "first seen"  # our first sight of it
    CREATED = "created on the Hub"  # the repository's creation, often weeks before it was public
    LISTED = "listed by LLM Stats"
    IMPORTED = "imported"  # as a file says that a person brought


@dataclass(frozen=True, slots=True)
class Published:
    """A moment, how exact it is ("second", "day" or "month") and where it comes from."""

    at: datetime
    origin: DateOrigin
    precision: str = "second"


@dataclass(frozen=True, slots=True)
class Lab:
    """Describe an organisation that releases models."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    country: str = ""
    owners: tuple[str, ...] = ()  # its organisations on the Hub
    learned: tuple[tuple[str, str], ...] = ()  # what a title says -> the model that it means


@dataclass(frozen=True, slots=True)
class LicenseStatement:
    """What a card or listing says of the licence, as written there."""

    license: str = ""  # the key; several are joined with ", "
    name: str = ""  # license_name, meaningful when the key is "other"
    link: str = ""  # license_link


@dataclass(frozen=True, slots=True)
class License:
    """What a licence statement means.

    `verdict` is one of "permissive", "conditions", "non-commercial", "not stated" and "unknown";
    `condition` is the one sentence that matters, `duty` what a user must do.
    """

    id: str
    title: str
    verdict: str
    commercial: str = (
        "unknown"  # yes, yes-with-duty, threshold, territory, conditional, no, unknown, conflict
    )
    spdx: str = ""
    condition: str = ""
    duty: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one source states of a model; empty or None means "not stated"."""

    license: LicenseStatement | None = None
    parameters: int | None = None  # total
    parameters_approximate: bool = False  # counted from packed dtypes
    parameters_counted: int | None = None  # by the Hub, refused or not
    active_parameters: int | None = None
    precision: str = ""  # as released: "BF16", "FP8", "INT4" ...
    download_bytes: int | None = None  # one complete set of weights
    weight_files: int | None = None
    weights: str = ""  # "there" or "none": whether a repository holds any
    context_tokens: int | None = None
    task: str = ""  # the Hub's pipeline tag
    gated: str = ""  # "no", "auto" or "manual"
    summary: str = ""

    def filled_from(self, other: "Facts") -> "Facts":
        """Return these facts with every gap filled from `other`, which is weaker evidence."""
        gaps = {name: getattr(other, name) for name in self.__slots__ if not getattr(self, name)}
        if "parameters" not in gaps:
            gaps.pop("parameters_approximate", None)
        return replace(self, **gaps)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One thing that a source shows, before anybody has judged it."""

    source_id: str
    source: SourceKind
    lab: str  # lab id
    external_id: str  # the Hub's _id, a post's first identity, an llm-stats id
    title: str  # "owner/repository", a post's title, a listed name
    url: str
    published: Published | None = None
    tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()  # addresses in the body, such as the repository that a post is about
    include: tuple[str, ...] = ()  # words one of which a model's name must have, for this source to open it
    facts: Facts = field(default_factory=Facts)
    amends: bool = False  # seen before; only its name or its facts are new


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a model's name, as its lab spells them."""

    lab: str
    family: str
    version: str = ""
    line: str = ""
    size: str = ""
    stamp: str = ""
    stage: str = ""
    packaging: str = ""
    display: str = ""  # the name that people read: "Kimi K2.6", "Qwen3.6-35B-A3B"
    release_key: str = ""
    family_key: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one sighting; `reason` is one short sentence for `why`.

    `also` are the other models that the same title announces: "Claude Fable 5 and Claude Mythos 5". `waits`
    marks a release whose title only brings its name: it is news if nothing known equals or covers it, once
    `confirm` is over or somebody confirms it.
    """

    kind: Kind
    reason: str
    name: Name | None = None
    also: tuple[Name, ...] = ()
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Artifact:
    """One Hub repository of a release; `head` tells the release's own weights from a variant."""

    hub_id: str  # the Hub's _id
    repository: str  # "owner/name" as of the last poll
    head: bool
    packaging: str  # "FP8", "GGUF" ... or the stage, "Base"
    seen_at: datetime
    facts: Facts = field(default_factory=Facts)


@dataclass(frozen=True, slots=True)
class Mention:
    """One source's word on a release: who says so, where and when."""

    source: SourceKind
    title: str
    url: str
    seen_at: datetime
    published: Published | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """What is known of a release, merged from all its sightings, the strongest evidence first."""

    id: int
    name: Name
    opened_at: datetime  # when the bot first knew of it
    published: Published
    license: License
    facts: Facts
    silent: bool  # known from a baseline: never announced
    lead_id: int  # the release whose alert carries this one; its own id for most
    artifacts: tuple[Artifact, ...] = ()
    mentions: tuple[Mention, ...] = ()
    withdrawn: bool = False  # a person said that it is no release
    came_at: datetime | None = None  # when it was last news: announced, or its weights opened
    news_at: datetime | None = None  # the same of all that share its alert, where it leads one

    @property
    def variants(self) -> tuple[Artifact, ...]:
        """Return the repositories that hold the same release, packaged otherwise."""
        return tuple(artifact for artifact in self.artifacts if not artifact.head)

    @property
    def card_url(self) -> str:
        """Return the model card's address, or ""."""
        return self.url_of(SourceKind.HUB)

    @property
    def post_url(self) -> str:
        """Return the lab's announcement, or ""."""
        return self.url_of(SourceKind.FEED) or self.url_of(SourceKind.PAGE)

    def url_of(self, source: SourceKind) -> str:
        """Return the first address that this kind of source gave, or ""."""
        return next((mention.url for mention in self.mentions if mention.source is source), "")


@dataclass(frozen=True, slots=True)
class Wave:
    """The models of one family key that share an alert: the lead and those that joined it.

    `previous` is the lab's release before it in the same family; `first_alert_url` links the alert of an
    earlier wave of the same family key.
    """

    lab: Lab
    lead: Release
    members: tuple[Release, ...]  # the lead first
    previous: Release | None = None
    first_alert_url: str = ""

    @property
    def also(self) -> tuple[Release, ...]:
        """The models that a post announces beside the lead, by names of their own: Fable 5 and Mythos 5."""
        shared = self.lead.name.family_key
        return tuple(
            member
            for member in self.members[1:]
            if member.post_url and not member.name.family_key.startswith(shared)
        )

    @property
    def sizes(self) -> tuple[Release, ...]:
        """The models to list: all but a lead that only names the family ("Gemma 4")."""
        named = (self.lead, *self.also) if self.also else ()
        listed = tuple(member for member in self.members if member.artifacts or member in named)
        return listed or self.members


class NoteKind(StrEnum):
    """Say what a thread reply is about."""

    VARIANT = "variant"  # the same release packaged otherwise
    SIZE = "size"  # another model of the wave
    CONFIRMATION = "confirmation"  # another source says so too
    HEAD = "head"  # the tuned model, where only its base or a packaging was out
    LICENSE = "license"  # the licence changed after the alert
    UPDATE = "update"  # what is known by now, where the alert itself is not edited


@dataclass(frozen=True, slots=True)
class Note:
    """What a thread reply tells."""

    kind: NoteKind
    title: str
    url: str
    source: SourceKind
    packaging: str = ""
    facts: Facts = field(default_factory=Facts)
    license: License | None = None
    published: Published | None = None
    former_license: License | None = None  # before it changed


JsonObject = Mapping[str, object]
