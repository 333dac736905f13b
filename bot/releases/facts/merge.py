"""Merge what several sources state of one release, the strongest evidence first: pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import DateOrigin, Facts, Name, Published, SourceKind
from bot.releases.facts.sizes import stated_in
from bot.releases.facts.stated_counts import said_of_itself

# A lab writes its models' names in its posts, in its repositories as an address allows it.
_SPELLING = {SourceKind.FEED: 0, SourceKind.HUB: 1}
_OTHERS = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one observation contributes.

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

    The figures that the name itself states fill what nobody else says, and then those of the summary: a post
    may be all there is.
    """
    stating = [item for item in evidence if item.head]
    newest_first = sorted(stating, key=lambda item: item.seen_at, reverse=True)
    facts = Facts()
    for item in sorted(newest_first, key=lambda item: item.source.traits.rank):
        facts = facts.filled_from(item.facts)
    stated, said = stated_in(name.display), said_of_itself(facts.summary)
    facts = facts.filled_from(Facts(parameters=stated.total, active_parameters=stated.active))
    if facts.parameters:  # a summary that speaks of actives may speak of another model's
        return facts
    return facts.filled_from(Facts(parameters=said.total, active_parameters=said.active))


def better_name(known: Name, told_by: Collection[SourceKind], heard: Name, source: SourceKind) -> Name:
    """Return the better of two spellings of one release key: the known one, unless the one heard beats it.

    `told_by` are the kinds of source that have spoken of the release so far. The lab's post spells best, then
    its repository, then a listing; but a title in capitals ("GEMMA 4") or small letters where another source
    has capitals ("granite-4.2") is nobody's spelling. What a person imports renames nothing.
    """
    if heard.release_key != known.release_key or source is SourceKind.IMPORT:
        return known
    told = min((_SPELLING.get(kind.voice, _OTHERS) for kind in told_by), default=_OTHERS)
    better = (*_misspelt(heard), _SPELLING.get(source.voice, _OTHERS)) < (*_misspelt(known), told)
    return heard if better else known


def _misspelt(name: Name) -> tuple[bool, bool, int]:
    """Return how far a name is from a proper one, as the order of best first has it.

    Its family is in another case than in the table of families; it is all capitals; it has fewer of them.
    """
    words = re.findall(r"[^\W\d_]+", name.display)
    family = "".join(re.findall(r"[^\W_]+", name.family))
    spelled = family in "".join(re.findall(r"[^\W_]+", name.display))
    shouts = name.display.isupper() and any(len(word) > 4 for word in words)
    return not spelled, shouts, -sum(word[0].isupper() for word in words)


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


def last_news(published: Published, evidence: Sequence[Evidence]) -> datetime:
    """Return when the release was last news: when it came out, or when its weights opened after that."""
    opened = [it.seen_at for it in evidence if it.source is SourceKind.HUB and it.live and it.head]
    return max(published.at, min(opened, default=published.at))


def _is_post(item: Evidence) -> bool:
    return item.source.voice is SourceKind.FEED
