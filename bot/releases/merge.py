"""Merge what several sources state of one release, the strongest evidence first: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import DateOrigin, Facts, Name, Published, SourceKind
from bot.releases.sizes import stated_in


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold what one observation contributes.

    A live one was seen when it happened, not in a baseline; of repositories only the head's states facts.
    """

    source: SourceKind
    seen_at: datetime
    facts: Facts
    published: Published | None = None
    live: bool = True
    head: bool = True


def merge_facts(name: Name, evidence: Sequence[Evidence]) -> Facts:
    """Return one set of facts: Hub over post over listing, the newest word first within each.

    The figures that the name itself states fill what nobody else says.
    """
    stating = [item for item in evidence if item.head]
    newest_first = sorted(stating, key=lambda item: item.seen_at, reverse=True)
    facts = Facts()
    for item in sorted(newest_first, key=lambda item: item.source.traits.rank):
        facts = facts.filled_from(item.facts)
    stated = stated_in(name.display)
    return facts.filled_from(Facts(parameters=stated.total, active_parameters=stated.active))


def first_published(evidence: Sequence[Evidence]) -> Published:
    """Return when the release came out: the earliest first-party date, with its origin.

    First-party are the lab's posts and our own live sight of its repository; no import moves those. Without
    them a day that a person imported stands in, then the repository's creation, which is often weeks early,
    then what a listing says, and at last a month that was imported.
    """
    posted = [item.published for item in evidence if item.published and _is_post(item)]
    seen = [
        Published(item.seen_at, DateOrigin.SEEN)
        for item in evidence
        if item.live and item.source is not SourceKind.LLM_STATS and not (_is_post(item) and item.published)
    ]
    stated = [item.published for item in evidence if item.published and not _is_post(item)]
    imported = [date for date in stated if date.origin is DateOrigin.IMPORTED]
    days = [date for date in imported if date.precision != "month"]
    created = [date for date in stated if date.origin is DateOrigin.CREATED]
    listed = [date for date in stated if date not in (*imported, *created)]
    fallback = [Published(item.seen_at, DateOrigin.SEEN) for item in evidence]
    candidates = next(dates for dates in (posted + seen, days, created, listed, imported, fallback) if dates)
    return min(candidates, key=lambda date: date.at)


def _is_post(item: Evidence) -> bool:
    return item.source.voice is SourceKind.FEED
