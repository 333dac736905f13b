"""What sources show of models, and the releases that this is about."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.model.kinds import DateOrigin, Kind, SourceKind


@dataclass(frozen=True, slots=True)
class Published:
    """A moment, how exact it is ("second", "day" or "month") and where it comes from."""

    at: datetime
    origin: DateOrigin
    precision: str = "second"


@dataclass(frozen=True, slots=True)
class Lab:
    """An organisation that releases models."""

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
    """What a licence statement means."""

    id: str
    title: str
    verdict: str  # permissive, conditions, non-commercial, not stated or unknown
    commercial: str = "unknown"  # or yes, yes-with-duty, threshold, territory, conditional, no, conflict
    spdx: str = ""
    condition: str = ""  # the one sentence that matters
    duty: str = ""  # what a user must do
    url: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one source states of a model; empty or None means "not stated"."""

    license: LicenseStatement | None = None
    parameters: int | None = None  # total
    parameters_approximate: bool = False  # counted from packed dtypes
    parameters_counted: int | None = None  # by the Hub, believed or not
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
        """These facts with every gap filled from `other`, which is weaker evidence."""
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
    """The judgement of one sighting."""

    kind: Kind
    reason: str  # one short sentence for `why`
    name: Name | None = None
    also: tuple[Name, ...] = ()  # that the same title announces: "Claude Fable 5 and Claude Mythos 5"
    waits: bool = False  # as a listing does: the title only brings a name, and does not say that it is out


@dataclass(frozen=True, slots=True)
class Artifact:
    """One Hub repository of a release."""

    hub_id: str  # the Hub's _id
    repository: str  # "owner/name" as of the last poll
    head: bool  # the release's own weights, not a variant
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
class Evidence:
    """What one observation contributes to its release; of repositories only the head's states facts."""

    source: SourceKind
    seen_at: datetime
    facts: Facts
    published: Published | None = None
    live: bool = True  # seen when it happened, not in a baseline
    amends: bool = False  # seen again, renamed or edited: it did not come out that day
    head: bool = True
    mended: bool = False  # an imported line that was brought again since, changed
    repository: str = ""  # "owner/name" as of the last poll

    @property
    def is_first_sight(self) -> bool:
        """Whether it was seen just when it came out."""
        return self.live and not self.amends

    @property
    def is_post(self) -> bool:
        """Whether the lab said it in a post."""
        return self.source.counts_as is SourceKind.FEED


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
    artifacts: tuple[Artifact, ...] = ()
    mentions: tuple[Mention, ...] = ()
    withdrawn: bool = False  # a person said that it is no release
    came_at: datetime | None = None  # when it was last news: announced, or its weights opened
    news_at: datetime | None = None  # the same of all that share its alert, where it leads one

    @property
    def variants(self) -> tuple[Artifact, ...]:
        return tuple(artifact for artifact in self.artifacts if not artifact.head)

    @property
    def card_url(self) -> str:
        return self._url_of(SourceKind.HUB)

    @property
    def post_url(self) -> str:
        """The address of the lab's announcement, or ""."""
        posts = (one.url for one in self.mentions if one.source.counts_as is SourceKind.FEED)
        return self._url_of(SourceKind.FEED) or next(posts, "")

    def _url_of(self, source: SourceKind) -> str:
        return next((mention.url for mention in self.mentions if mention.source is source), "")


@dataclass(frozen=True, slots=True)
class Wave:
    """The models of one family key that share an alert: the lead and those that joined it."""

    lab: Lab
    lead: Release
    members: tuple[Release, ...]  # the lead first
    previous: Release | None = None  # the lab's release before it in the same family
    first_alert_url: str = ""  # of an earlier wave of the same family key

    @property
    def also(self) -> tuple[Release, ...]:
        """The models that a post announces beside the lead, by names of their own: Fable 5 and Mythos 5."""
        shared = self.lead.name.family_key
        posted = (model for model in self.members[1:] if model.post_url)
        return tuple(model for model in posted if not model.name.family_key.startswith(shared))

    @property
    def sizes(self) -> tuple[Release, ...]:
        """The models to list: all but a lead that only names the family ("Gemma 4")."""
        if len(self.members) == 1:
            return self.members
        also = self.also
        named = (self.lead, *also) if also else ()
        return tuple(it for it in self.members if it.artifacts or it in named) or self.members


class NoteKind(StrEnum):
    """What a thread reply is about."""

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
