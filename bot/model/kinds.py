"""The kinds of source, of sighting and of date."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True)
class SourceTraits:
    """What a kind of source is called where, what its word is worth, and where the rest of it stands."""

    rank: int  # of its evidence: 0 is the strongest
    name: str  # "the lab's feed"
    place: str  # seen ... "on Hugging Face"
    link: str  # on a link to it
    confirms: str  # what its word adds to an alert that was sent already
    is_of_lab: bool = False
    # Names as module:object, for these lie above, and "" for a kind that is not polled.
    spec: str = ""  # the class of what feeds.yaml says of one
    source: str = ""  # what returns what polls one, asked with (its spec, the lab's id, config, environment)


class SourceKind(StrEnum):
    """The kinds of source, by their keys in feeds.yaml: a row for each (docs/sources.md tells how)."""

    _value_: str
    traits: SourceTraits

    def __new__(cls, key: str, *row: SourceTraits) -> Self:
        kind = str.__new__(cls, key)
        kind._value_, (kind.traits,) = key, row
        return kind

    HUB = (
        "hub",
        SourceTraits(
            rank=0,
            name="Hugging Face",
            place="on Hugging Face",
            link="Hugging Face",
            confirms="The weights are on Hugging Face",
            spec="bot.sources.specs:HubSpec",
            source="bot.sources.hub:HubSource.of",
        ),
    )
    FEED = (
        "feed",
        SourceTraits(
            rank=1,
            name="the lab's feed",
            place="on the lab's blog",
            link="Announcement",
            confirms="The lab announced it",
            is_of_lab=True,
            spec="bot.sources.specs:FeedSpec",
            source="bot.sources.feed:FeedSource.of",
        ),
    )
    PAGE = (
        "page",
        SourceTraits(
            rank=1,
            name="the lab's site",
            place="on the lab's blog",
            link="Announcement",
            confirms="The lab announced it",
            is_of_lab=True,
            spec="bot.sources.specs:PageSpec",
            source="bot.sources.page:PageSource.of",
        ),
    )
    LLM_STATS = (
        "llm_stats",
        SourceTraits(
            rank=2,
            name="LLM Stats",
            place="LLM Stats",
            link="LLM Stats",
            confirms="LLM Stats lists it too",
            spec="bot.sources.specs:LlmStatsSpec",
            source="bot.sources.llmstats:LlmStatsSource.of",
        ),
    )
    IMPORT = (  # a history that a person brought
        "import",
        SourceTraits(
            rank=3,
            name="an imported history",
            place="in an imported history",
            link="Imported history",
            confirms="An imported history has it too",
        ),
    )

    @property
    def counts_as(self) -> "SourceKind":
        """Whose word its word is: what a lab's page says counts as what its feed says."""
        return SourceKind.FEED if self.traits.is_of_lab else self


class Kind(StrEnum):
    """What a sighting is (docs/reference/identity.md)."""

    RELEASE = "release"
    VARIANT = "variant"
    PRODUCT = "product"
    OTHER = "other"


class DateOrigin(StrEnum):
    """Where a date comes from: sources disagree by days."""

    POSTED = "posted"  # the lab's own post
    SEEN = "first seen"  # our first sight of it
    CREATED = "created on the Hub"  # the repository's creation, often weeks before it was public
    LISTED = "listed by LLM Stats"
    IMPORTED = "imported"  # as a file says that a person brought
