"""What a body says as plain text, with its lines and its links: for names that no item carries.

By regular expressions, of which none looks at a character more than twice: a page changes as often as its
counters do, and is then read whole.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bot.errors import SourceError
from bot.fetch import Response
from bot.releases.facts.text import mentions
from bot.releases.news.names_in_text import Link, Passage
from bot.sources.entries import Entry
from bot.sources.flight import flight_objects
from bot.sources.markdown import with_anchors
from bot.sources.text import absolute

_MOST_MARKUP = 1_000_000  # characters, of all passages of one body together
_LONGEST_POST = 60_000  # characters of markup; Microsoft's longest has 40,000
_MOST_TEXT = 400_000  # characters of one page's plain text
_MOST_LINKS = 5_000
_BEGINNING = 5_000  # characters in which HTML says that it is
# Addresses of pictures and of the words of a format lead no reader anywhere.
_NOT_FOR_READERS = re.compile(
    r"\.(?:svg|png|jpe?g|webp|gif|ico|css|js|woff2?)(?:$|[?#])|//(?:www\.)?w3\.org|//schema\.org",
    re.IGNORECASE,
)
_PIECE = re.compile(r"<(?P<tag>/?[A-Za-z][^<>]*)>|<[^<>]*>|(?P<text>[^<]+|<)")
_HIDDEN = re.compile(r"<(script|style|svg|noscript)\b[^<>]*>(?:.*?</\1\s*>|.*)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--(?:.*?-->|.*)", re.DOTALL)  # React parts a word by them: GLM<!-- -->-5.2
_NAME = re.compile(r"/?([A-Za-z][\w-]{0,20})")
_HREF = re.compile(r"""\bhref\s*=\s*["']?([^"'<>\s]{1,2000})""", re.IGNORECASE)
_REFERENCE = re.compile(r"&#?\w{1,32};")
# Around parts of a word these leave it whole; other tags in a line stand for a space, and the rest end it.
_IN_WORD = frozenset({"b", "code", "em", "font", "i", "kbd", "mark", "strong", "tt", "u", "wbr"})
_IN_LINE = frozenset(
    {"a", "abbr", "cite", "del", "img", "ins", "label", "q", "s", "small", "span", "sub", "sup", "time"}
)


@dataclass(slots=True)
class _Text:
    """Plain text as it grows, and the links in it."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    links: list[Link] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)


def post_passages(
    posts: Iterable[tuple[str, Entry]], base: str, lab: str, include: tuple[str, ...]
) -> Iterator[Passage]:
    """Yield the titles and bodies of posts, each with its first identity, as far as a poll has time for.

    A post whose title has none of the words of `include` is no item.
    """
    left = _MOST_MARKUP
    for post, entry in posts:
        left -= len(entry.body)
        if left < 0:
            return
        passage = post_passage(post, entry, base, lab)
        is_item = mentions(include, entry.title)
        yield replace(passage, include=include) if is_item else replace(passage, post="", title="")


def post_passage(post: str, entry: Entry, base: str, lab: str) -> Passage:
    """Return a post's title and body."""
    text = _Text()
    text.add(f"{entry.title}\n")
    _read_markup(text, entry.body[:_LONGEST_POST], base)
    return Passage(lab, "".join(text.parts), entry.link or base, tuple(text.links), post, entry.title)


def page_passage(answer: Response, lab: str) -> Passage:
    """Return all that a page says: its visible text, and the texts in its data."""
    body, text = answer.body.decode("utf-8-sig", "replace"), _Text()
    if body.lstrip()[:1] in ("{", "["):
        _read_texts(text, _json_texts(body), answer.url)
    elif re.search(r"<(?:html|body)\b", body[:_BEGINNING], re.IGNORECASE):
        _read_markup(text, body[:_MOST_MARKUP], answer.url)
        _read_texts(text, _flight_texts(body, answer.url), answer.url)
    else:
        _read_markup(text, with_anchors(body[:_MOST_MARKUP]), answer.url)
    return Passage(lab, "".join(text.parts), answer.url, tuple(text.links))


def _read_markup(text: _Text, markup: str, base: str) -> None:
    opened: tuple[int, str] | None = None
    for piece in _PIECE.finditer(_HIDDEN.sub(" ", _COMMENT.sub("", markup))):
        if text.length > _MOST_TEXT:
            break
        if piece["text"]:
            words = piece["text"]
            text.add(_REFERENCE.sub(lambda it: html.unescape(it[0]), words) if "&" in words else words)
            continue
        tag = piece["tag"] or ""
        name = (_NAME.match(tag) or ("", ""))[1].lower()
        text.add("" if name in _IN_WORD else " " if name in _IN_LINE else "\n")
        if name == "a":
            if opened:
                text.links.append(Link(opened[0], text.length, opened[1]))
            target = _HREF.search(tag) if len(text.links) < _MOST_LINKS else None
            address = absolute(html.unescape(target[1]), base) if target else ""
            opened = (text.length, address) if address else None


def _read_texts(text: _Text, texts: Iterable[str], base: str) -> None:
    for one in texts:
        if text.length > _MOST_TEXT:
            break
        address = absolute(one, base) if re.match(r"(?:https?:/)?/\S+$", one) else ""
        if not address:
            _read_markup(text, one, base)
            text.add("\n")
        elif len(text.links) < _MOST_LINKS and not _NOT_FOR_READERS.search(address):
            text.links.append(Link(text.length, text.length, address))


def _flight_texts(page: str, url: str) -> Iterator[str]:
    try:
        objects = flight_objects(page, url) if "__next_f" in page else []
    except SourceError:
        return  # more than is read; the visible text is there
    for one in objects:
        yield from (value for value in one.values() if isinstance(value, str))


def _json_texts(body: str) -> Iterator[str]:
    try:
        waiting: list[Any] = [json.loads(body)]
    except (ValueError, RecursionError):
        return  # cut at the limit, or no JSON after all: its items say as much
    while waiting:
        current = waiting.pop()
        if isinstance(current, str):
            yield current
        elif isinstance(current, dict):
            waiting.extend(reversed(current.values()))
        elif isinstance(current, list):
            waiting.extend(reversed(current))
