"""What feeds.yaml says of a source of each kind.

It stands apart from what polls them: a question or a single name needs feeds.yaml, and no parser of feeds.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.settings.feeds import Address, Duration, Identifier, OwnSpec, SourceSpec


class HubSpec(OwnSpec):
    """An organisation on the Hub, as feeds.yaml describes it."""

    hub: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,96}$")]  # \w would take 30 ms to compile
    hold: Duration | None = None  # how long a repository without weights is waited for

    @property
    def id(self) -> str:
        """The name of this source in `status` and `poll --source`."""
        return f"hub:{self.hub}"

    @property
    def address(self) -> str:
        """The Hub does not tell capitals from small letters."""
        return self.id.casefold()

    @property
    def owner(self) -> str:
        """The organisation."""
        return self.hub


class FeedSpec(OwnSpec):
    """An RSS, Atom, RDF or JSON feed, as feeds.yaml describes it."""

    feed: Address

    @property
    def id(self) -> str:
        """The name of this source in `status` and `poll --source`."""
        return "feed:" + self.feed.split("://", 1)[1]


class Selectors(OwnSpec):
    """Where the posts of a page are.

    `format: html` takes CSS selectors; `next` and `json` take jmespath expressions, `next` over the list of
    all objects in the page's flight data; `markdown` takes none and reads headings, cards and links.
    """

    format: Literal["html", "next", "json", "markdown"] = "html"
    item: str = ""
    title: str = ""
    link: str = ""
    link_prefix: str = ""  # what to put before a link that is only a slug
    date: str = ""
    summary: str = ""

    @model_validator(mode="after")
    def _selects(self) -> Self:
        if self.format != "markdown" and not self.item:
            raise ValueError(f"a page of format {self.format} needs `item`: what selects one post")
        return self


class PageSpec(Selectors):
    """A page that lists posts, as feeds.yaml describes it."""

    page: Address
    headers: Mapping[str, str] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name of this source in `status` and `poll --source`."""
        return "page:" + self.page.split("://", 1)[1]


class LlmStatsSpec(SourceSpec):
    """A lab's organisation in the listing, as feeds.yaml names it."""

    llm_stats: Identifier

    @property
    def id(self) -> str:
        """The name of the one listing that all labs share."""
        return "llm_stats"

    @property
    def address(self) -> str:
        """All labs share the listing, but not an organisation in it."""
        return f"llm_stats:{self.llm_stats}"
