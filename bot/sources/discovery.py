"""What an address turns out to be, and how it would be read: pure over its answer."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bot.errors import SourceError
from bot.fetch import Response
from bot.releases.naming.addresses import owner_in
from bot.sources.extract import extractor, page_tree
from bot.sources.flight import flight_objects
from bot.sources.guess_data import propose_json, propose_next
from bot.sources.guess_selectors import propose_html
from bot.sources.posts import body_text
from bot.sources.specs import FeedSpec, HubSpec, PageSpec
from bot.sources.text import absolute

Spec = HubSpec | FeedSpec | PageSpec
FORMATS = ("html", "next", "json", "markdown")
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_MOST_FEEDS = 5
_START = 4_000  # bytes in which a document says what it is
_HARDLY_ANY_TEXT = 800  # characters; the shortest real page of posts has some thousand
_FIRST_TAG = re.compile(rb"<([A-Za-z][\w:.-]{0,40})")
_SITEMAPS = frozenset({b"urlset", b"sitemapindex"})
_FEED_ROOTS = frozenset({b"rss", b"feed", b"rdf:rdf"}) | _SITEMAPS
_SCRIPTED = (
    "its posts are not in the page: scripts bring them in a browser. Look in the browser's network panel for "
    "the request whose answer has the titles and try that, or a Markdown twin of the page (….md, /llms.txt)"
)
_NO_LIST = {
    "html": "nothing in it repeats that has a title and a link: try another page of the site, its /rss.xml, "
    "/feed/ or /index.xml, or name the elements yourself with --item and --title",
    "next": "it carries no data with titles and dates (self.__next_f.push): try --format html",
    "json": "it has no list of objects with a title: name the list yourself with --item and --title",
    "feed": "it is a sitemap, which has addresses and no titles: try the page that lists the posts",
    "markdown": "it has no dated heading, no card and no list of links",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a document turned out to be."""

    kind: str  # "feed" or a page's format
    specs: tuple[FeedSpec | PageSpec, ...] = ()  # how it is read, the best first
    feeds: tuple[str, ...] = ()  # that it names
    why: str = ""  # there is nothing to propose, and what to try


def organisation_of(url: str, endpoint: str) -> str:
    """Return the organisation that an address on the Hub is of, or ""."""
    own, asked = urlsplit(endpoint), urlsplit(url)
    on_hub = asked.netloc.removeprefix("www.") in (own.netloc, "huggingface.co")
    return owner_in(asked.path) if on_hub else ""


def discover(answer: Response, now: datetime, wanted: str = "") -> Found:
    """Return what an answer is and how it would be read; `wanted` is a page's format to try alone.

    Raises SourceError for a body that no parser may look at.
    """
    kind = wanted or kind_of(answer)
    specs = _specs(answer, kind, now, alone=bool(wanted))
    feeds = _feeds(answer) if kind == "html" and not wanted else ()
    return Found(kind, specs, feeds, "" if specs or feeds else _why(answer, kind))


def kind_of(answer: Response) -> str:
    """Return "feed" or the format of a page, by what the body begins with; a content type often lies."""
    start = answer.body[:_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"["):
        return "feed" if start[:1] == b"{" and b"jsonfeed.org" in start else "json"
    if start[:1] != b"<":
        return "markdown"
    first = _FIRST_TAG.search(start)
    if first and first[1].lower() in _FEED_ROOTS:
        return "feed"
    return "markdown" if urlsplit(answer.url).path.endswith((".md", ".mdx")) else "html"


def _specs(answer: Response, kind: str, now: datetime, *, alone: bool) -> tuple[FeedSpec | PageSpec, ...]:
    """Return what reads anything: the proposal first that reads the most different posts with a date."""
    if kind == "feed":
        first = _FIRST_TAG.search(answer.body[:_START])
        return () if first and first[1].lower() in _SITEMAPS else (FeedSpec(feed=answer.url),)
    read = []
    for spec in _proposals(answer, kind, now, alone=alone):
        with suppress(SourceError):
            entries = extractor(spec)(answer, now)
            dated = {(entry.title, entry.link) for entry in entries if entry.published}
            read.append((len(dated), len(entries), spec))
    useful = [one for one in read if one[1]]
    return tuple(spec for *_, spec in sorted(useful, key=lambda one: one[:2], reverse=True))


def _proposals(answer: Response, kind: str, now: datetime, *, alone: bool) -> list[PageSpec]:
    if kind == "markdown":
        return [PageSpec(page=answer.url, format="markdown")]
    if kind == "json":
        return propose_json(answer.json(), answer.url, now)
    marked = propose_html(page_tree(answer), answer.url, now) if kind == "html" else []
    if kind == "html" and alone:
        return marked
    page = body_text(answer)
    return [*propose_next(flight_objects(page, answer.url), page, answer.url, now), *marked]


def _feeds(answer: Response) -> tuple[str, ...]:
    """Return the feeds of posts that a page names in its head (`<link rel=alternate>`)."""
    links = page_tree(answer).select("link[rel~=alternate][href][type]")
    named = [
        absolute(str(link["href"]), answer.url)
        for link in links
        if str(link["type"]).split(";")[0].strip().lower() in _FEEDS
        and "comment" not in f"{link.get('title', '')}{link['href']}".lower()
    ]
    return tuple(dict.fromkeys(filter(None, named)))[:_MOST_FEEDS]


def _why(answer: Response, kind: str) -> str:
    if kind != "html":
        return _NO_LIST[kind]
    tree = page_tree(answer)
    scripts = tree.select("script")
    words = sum(len(text) for text in tree.stripped_strings) - sum(len(one.get_text()) for one in scripts)
    return _SCRIPTED if scripts and words < _HARDLY_ANY_TEXT else _NO_LIST["html"]
