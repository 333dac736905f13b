"""What feeds and pages have in common: an answer becomes entries, and new entries become sightings."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import Failure, SourceError
from bot.fetch import Response
from bot.fetch.address import shown
from bot.model import Facts, Published, Sighting, SourceKind
from bot.releases.facts.cards import summary
from bot.releases.facts.text import mentions
from bot.sources.base import Memory, Poll
from bot.sources.entries import Entry, new_entries
from bot.sources.passages import post_passages
from bot.sources.text import TITLE_LIMIT, beginning, clean, links_in, plain_text, refuse_many

_MOST_TAGS = 30_000  # in the bodies that one poll looks into: BeautifulSoup takes a second for them
_SUMMARY_LIMIT = 300
_BUILD_DATE = re.compile(rb"<lastBuildDate>[^<]{0,100}</lastBuildDate>")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: what the sightings of a feed or page carry, and which titles it keeps."""

    source_id: str
    kind: SourceKind
    lab: str
    include: tuple[str, ...] = ()


def unchanged(answer: Response, memory: Memory) -> Poll | None:
    """Return the poll of an answer that says nothing new, or None when it must be read.

    Most sites ignore validators, and parsing is what a poll costs: a body read before is not read again,
    even when it was built anew (OpenAI's feed differs from poll to poll by its lastBuildDate alone).
    """
    if not answer.not_modified and memory.fingerprint != _fingerprint(answer.body):
        return None
    valid = memory if answer.not_modified else answer
    return Poll(
        etag=valid.etag,
        last_modified=valid.last_modified,
        cursor=memory.cursor,
        count=memory.usual_count,
        fingerprint=memory.fingerprint,
    )


def poll_of(
    answer: Response,
    entries: Sequence[Entry],
    homes: Iterable[str],
    reader: Reader,
    memory: Memory,
    now: datetime,
) -> Poll:
    """Return the sightings of the entries never seen before, and all that is to be remembered.

    What `include` leaves out is remembered as well: to ask for more later announces nothing old. Raises
    SourceError for more entries than a blog can have.
    """
    refuse_many(len(entries), answer.url)
    news = new_entries(entries, memory.known, (answer.url, *homes))
    over = _month_over(entries, now) if memory.baselined else None
    return Poll(
        sightings=tuple(
            _sighting(post, entry, answer.url, reader, dated=not over or entry.published != over)
            for post, entry in _within_reach(news.posts)
            if mentions(reader.include, entry.title)
        ),
        identities=news.identities,
        etag=answer.etag,
        last_modified=answer.last_modified,
        count=len(news.shown),
        fingerprint=_fingerprint(answer.body),
        passages=tuple(post_passages(news.shown, answer.url, reader.lab, reader.include)),
    )


def _month_over(entries: Iterable[Entry], now: datetime) -> Published | None:
    """Return the date of the newest posts where that is a month, and one that is over.

    What comes up under it today is of today, whatever month the lab still writes above it.
    """
    dates = (entry.published for entry in entries if entry.published)
    newest = max(dates, key=lambda date: date.at, default=None)
    is_month = newest and newest.precision == "month"
    return newest if is_month and newest and f"{newest.at:%Y-%m}" < f"{now:%Y-%m}" else None


def _within_reach(posts: Iterable[tuple[str, Entry]]) -> Iterator[tuple[str, Entry]]:
    """Yield the posts, the newest first as sites list them, without their bodies once they are too much.

    That is for the baseline of an archive with full texts; a post that is new later is read whole.
    """
    left = _MOST_TAGS
    for post, entry in posts:
        left -= entry.body.count("<")
        told = entry if left >= 0 else replace(entry, title=entry.title or plain_text(entry.body), body="")
        yield post, told


def _sighting(post: str, entry: Entry, base: str, reader: Reader, *, dated: bool) -> Sighting:
    # A description that the site gives as plain text is a summary already, however short.
    plain = "" if "<" in entry.body else clean(beginning(entry.body), _SUMMARY_LIMIT)
    return Sighting(
        source_id=reader.source_id,
        source=reader.kind,
        lab=reader.lab,
        external_id=post,
        title=clean(entry.title) or clean(beginning(entry.body), TITLE_LIMIT // 2) or entry.link,
        url=entry.link or base,
        published=entry.published if dated else None,
        links=links_in(entry.body, base),
        include=reader.include,
        facts=Facts(summary=summary(entry.body) or plain),
    )


def _fingerprint(body: bytes) -> str:
    return hashlib.sha256(_BUILD_DATE.sub(b"", body)).hexdigest()[:32]


def body_text(answer: Response) -> str:
    """Return the body of a page as text.

    Raises SourceError where there is none, as NVIDIA's blog answered for weeks.
    """
    if not answer.body.strip():
        raise SourceError(Failure.EMPTY, f"{shown(answer.url)} answered with an empty body")
    return answer.body.decode("utf-8-sig", "replace")
