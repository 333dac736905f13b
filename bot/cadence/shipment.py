"""A release with who says so, and with what may leave the house: LLM Stats is attributed, not exported. Pure.

Its terms ask for both (https://llm-stats.com, "attribution-only reuse", no extracts of the data set).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.cadence.shipped import Shipped
from bot.model import DateOrigin, Mention, SourceKind


@dataclass(frozen=True, slots=True)
class Shipment:
    """One release.

    `news_at` is when its wave was last news, where it leads one: announced, or weights opened. `own` is what
    is known of it without LLM Stats, None where that is nothing; but it keeps a date that LLM Stats lists.
    `lead_key` is the key of the release that leads its wave: its own, for most.
    """

    key: str
    lead_key: str
    shipped: Shipped
    own: Shipped | None
    mentions: tuple[Mention, ...] = ()  # in the order in which they were seen
    news_at: datetime | None = None

    @property
    def news_day(self) -> date:
        """The day in UTC on which its wave was last news."""
        return self.news_at.astimezone(UTC).date() if self.news_at else self.shipped.day

    @property
    def listed_facts(self) -> frozenset[str]:
        """Return what is known from LLM Stats alone, of "date", "license", "parameters" and "task"."""
        if self.own is None:
            return frozenset({"date", "license", "parameters", "task"})
        dated = {"date"} if is_listed(self.shipped) else set()
        facts = ("license", "parameters", "task")
        return frozenset(dated | {it for it in facts if getattr(self.shipped, it) != getattr(self.own, it)})


def is_listed(it: Shipped) -> bool:
    """Whether only LLM Stats knows its date."""
    return it.published.origin is DateOrigin.LISTED


def own_words(shipments: Iterable[Shipment]) -> list[Shipment]:
    """Return what may be exported: all that is known without LLM Stats, and nothing else."""
    return [
        replace(it, shipped=it.own, mentions=tuple(one for one in it.mentions if not _listing(one)))
        for it in shipments
        if it.own
    ]


def _listing(mention: Mention) -> bool:
    return mention.source is SourceKind.LLM_STATS
