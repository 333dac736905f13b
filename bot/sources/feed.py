"""RSS, Atom and RDF through feedparser, and JSON Feed."""

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from html import escape
from io import BytesIO
from typing import Any, Self

import feedparser
from feedparser.datetimes import _parse_date  # feedparser has no other door to its reader of dates
from feedparser.encodings import convert_to_utf8

from bot.errors import Failure, SourceError
from bot.fetch import Fetcher, Response
from bot.fetch.address import shown
from bot.model import Published, SourceKind
from bot.settings.environment import Environment
from bot.settings.feeds import Config
from bot.sources.base import Memory, Poll
from bot.sources.dated import with_names
from bot.sources.dates import is_only_date, plausible, read_date
from bot.sources.entries import Entry
from bot.sources.posts import Reader, body_text, poll_of, unchanged
from bot.sources.specs import FeedSpec
from bot.sources.text import (
    absolute,
    as_text,
    clean,
    plain_text,
    refuse_costly_markup,
    refuse_many,
    refuse_odd_encoding,
)
from bot.sources.well_formed import Feed, read_well_formed

_MAX_BYTES = 5_000_000  # feedparser takes 9 s for 5.9 MB
_ADDRESS = re.compile(r"\s*https?://", re.IGNORECASE)
# References to halves of a character (U+D800 to U+DFFF), which feedparser cannot encode.
_SURROGATE = re.compile(
    rb"&#(?:x0*d[89a-f][0-9a-f]{2}|0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));?",
    re.IGNORECASE,
)


class FeedSource:
    """Watches a feed."""

    kind = SourceKind.FEED

    def __init__(self, spec: FeedSpec, lab: str, every: timedelta) -> None:
        self.id = spec.id
        self.url = spec.feed
        self.every = every
        self._reader = Reader(spec.id, self.kind, lab, spec.include)

    @classmethod
    def of(cls, spec: FeedSpec, lab: str, config: Config, _environment: Environment) -> Self:
        """Return what polls it for the lab of this id."""
        return cls(spec, lab, spec.every or config.defaults.every)

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        """Return the posts never seen before.

        Raises SourceError when the feed is empty, is a web page, or is no feed at all.
        """
        answer = fetch.get(
            self.url, etag=memory.etag, last_modified=memory.last_modified, max_bytes=_MAX_BYTES
        )
        nothing_new = unchanged(answer, memory)
        if nothing_new:
            return nothing_new
        entries, home = parse_feed(answer, now)
        if not entries and memory.usual_count:
            raise SourceError(
                Failure.EMPTY, f"{shown(self.url)} has no entries where there were {memory.usual_count}"
            )
        return poll_of(answer, entries, (self.url, home), self._reader, memory, now)


def parse_feed(answer: Response, now: datetime) -> tuple[tuple[Entry, ...], str]:
    """Return the entries of a feed and the address of its site.

    Raises SourceError when the body is no feed.
    """
    if body_text(answer).lstrip().startswith("{"):
        return _parse_json_feed(answer, now)
    feed = _read_xml(answer)
    refuse_many(len(feed.entries), answer.url)
    entries = with_names((_xml_entry(raw, answer.url, now) for raw in feed.entries), answer.url, now)
    if not entries and not feed.version:
        start = answer.body[:2000].lower()
        root = re.search(rb"<([a-z][\w:.-]{0,40})", start)
        name = f"<{root[1].decode()}>" if root else repr(answer.body[:40].decode("utf-8", "replace"))
        what = f"no feed: it starts with {name}"
        if b"<html" in start or b"<!doctype html" in start:
            what = "a web page instead of a feed: it has moved, or a wall asks for a browser"
        raise SourceError(Failure.BAD_ANSWER, f"{shown(answer.url)} is {what}")
    return entries, clean(feed.link, 2000)


def _read_xml(answer: Response) -> Feed:
    refuse_odd_encoding(answer.headers, answer.body, answer.url)
    stated = {"content-location": answer.url}
    if "content-type" in answer.headers:
        stated["content-type"] = answer.headers["content-type"]
    try:
        # In the encoding that feedparser would have chosen: markup may hide from counting in UTF-16.
        body = convert_to_utf8(stated, _SURROGATE.sub(b"", answer.body), feedparser.FeedParserDict())
        refuse_costly_markup(body, answer.url)
        return read_well_formed(body, answer.url) or read_by_feedparser(body, answer.url)
    except (ValueError, LookupError) as error:  # what it was seen to raise over damaged encodings and values
        raise SourceError(
            Failure.BAD_ANSWER, f"{shown(answer.url)} is too damaged to be read as a feed ({error})"
        ) from error


def read_by_feedparser(body: bytes, url: str) -> Feed:
    """Return what feedparser makes of a feed in UTF-8, or of what is none.

    Of bytes, for a text could name a local file; without its sanitiser, which takes quadratic time.
    """
    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    parsed = feedparser.parse(
        BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    return Feed(parsed.entries, parsed.feed.get("link"), parsed.get("version") or "")


def _xml_entry(raw: Any, base: str, now: datetime) -> Entry:
    contents = [part.get("value") or "" for part in raw.get("content", ())]
    title = plain_text(raw.get("title") or "")
    return Entry(
        guid=clean(raw.get("id"), 2000),
        link=_first_address(_xml_links(raw), base),
        title=title,
        published=_xml_date(raw, now),
        body=_body(title, max(contents, key=len, default=""), raw.get("summary") or ""),
    )


def _body(title: str, content: str, summary: str) -> str:
    """Return the longer of two texts, and under a mere date both: either may be all that names the post."""
    longer, shorter = sorted((content, summary), key=len, reverse=True)
    if shorter in longer or "<" in shorter or not is_only_date(title):
        return longer
    return f"<p>{escape(shorter)}</p>\n{longer}"


def _xml_links(raw: Any) -> Iterator[object]:
    """Yield what may be a post's own address, the likeliest first; never that of a file that it encloses."""
    links = [link for link in raw.get("links", ()) if link.get("href")]
    own = [link for link in links if link.get("rel", "alternate") == "alternate"]
    pages = [link["href"] for link in own if "html" in (link.get("type") or "html")]
    yield from (link for link in pages if link == raw.get("link"))
    yield from pages
    yield from (link["href"] for link in own)
    yield from (raw.get("id") if _ADDRESS.match(raw.get("id") or "") else "", raw.get("comments"))


def _first_address(candidates: Iterable[object], base: str) -> str:
    texts = (clean(candidate, 2000) for candidate in candidates)
    return next(filter(None, (absolute(text, base) for text in texts if text)), "")


def _xml_date(raw: Any, now: datetime) -> Published | None:
    """Return the first date that our reader finds, else feedparser's, which takes 2016/6/29 for 1 June."""
    names = ("published", "updated", "created")
    # Asked for by `in` first: feedparser warns when it answers one date with the other.
    for name in names:
        if name in raw and (found := read_date(raw[name], now)):
            return found
    for name in names:
        with suppress(OverflowError, ValueError, OSError):  # a year that no calendar has
            if name in raw and (parsed := _parse_date(raw[name])):
                found = plausible(datetime.fromtimestamp(calendar.timegm(parsed), UTC), now)
                if found:
                    return found
    return None


def _parse_json_feed(answer: Response, now: datetime) -> tuple[tuple[Entry, ...], str]:
    """Read JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""
    feed = answer.json()
    items = feed.get("items")
    if not isinstance(items, list) or "jsonfeed.org" not in as_text(feed.get("version")):
        raise SourceError(Failure.BAD_ANSWER, f"{shown(answer.url)} is JSON and no JSON Feed: it needs items")
    refuse_many(len(items), answer.url)
    entries = (_json_entry(item, answer.url, now) for item in items if isinstance(item, dict))
    return with_names(entries, answer.url, now), clean(feed.get("home_page_url"), 2000)


def _json_entry(item: Mapping[str, Any], base: str, now: datetime) -> Entry:
    content = as_text(item.get("content_html") or item.get("content_text"))
    title, guid = clean(item.get("title")), as_text(item.get("id"))
    links = (item.get("url"), item.get("external_url"), guid if _ADDRESS.match(guid) else "")
    return Entry(
        guid=clean(guid, 2000),
        link=_first_address(links, base),
        title=title,
        published=read_date(item.get("date_published"), now) or read_date(item.get("date_modified"), now),
        body=_body(title, content, as_text(item.get("summary"))),
    )
