"""Text from outside, made harmless, and what a body may hold before a parser looks at it.

Parsers need minutes for some megabytes of the wrong shape: feedparser 6.0.14 takes 100 µs for an element, the
XML reader that it uses time squared for the attributes of one tag, its regular expressions time squared for
what stands before the first tag (measured; `make torture`). Counting takes milliseconds for a megabyte.
"""

import codecs
import html
import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from lxml import etree

from bot.errors import Failure, SourceError
from bot.fetch.address import shown

TITLE_LIMIT = 300
SUMMARY_LIMIT = 600
_MARKUP_LIMIT = 100_000  # no post needs more for its first sentences and its links
_LINKS = 50
# A web address that stays as it is, whatever it is joined to.
WHOLE_ADDRESS = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[^\s?#;]*)?(?:\?[^\s#;]+)?(?:#[^\s;]+)?", re.ASCII
)
_ANCHOR = re.compile(r"<a[\s/]", re.IGNORECASE)
_READ_LIMIT = 4_000  # characters of a short text; html.unescape raises on numbers of more than 4,300 digits
_HIDDEN = re.compile(
    r"<(script|style)\b[^<>]*>(?:.*?</\1\s*>|.*)|<!--(?:.*?-->|.*)", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"</?[a-z][^<>]*(?:>|\Z)|<[!?][^<>]*>", re.IGNORECASE)
# Controls, zero-width and bidirectional marks, and the lone surrogates that JSON can spell but UTF-8 cannot.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_MOJIBAKE = re.compile("[ÂÃâ][\x80-\xbf€™œ“”˜]")


def clean(text: object, limit: int = TITLE_LIMIT) -> str:
    """Return `text` as one visible line of at most `limit` characters; "" for what is no text."""
    if not isinstance(text, str):
        return ""
    visible = text[: 4 * limit]
    if not (visible.isascii() and visible.isprintable()):
        visible = _UNSEEN.sub("", _mended(visible))
    return " ".join(visible.split())[:limit].rstrip()


def as_text(value: object) -> str:
    """Return a text or a whole number as text, "" for anything else: of nested lists it would recurse."""
    return str(value) if isinstance(value, str | int) else ""


def _mended(text: str) -> str:
    """Undo UTF-8 that was read as Latin-1 or Windows-1252, as blogs do ("Claudeâ€™s")."""
    if not _MOJIBAKE.search(text):
        return text
    for encoding in ("latin-1", "cp1252"):
        try:
            return _mended(text.encode(encoding).decode("utf-8"))  # it may have happened twice
        except UnicodeError:
            continue
    return text


def parse_html(markup: str) -> BeautifulSoup:
    """Return the tree of a whole page or of a fragment."""
    return BeautifulSoup(_tame(markup), "lxml")


def _tame(markup: str) -> str:
    # An XML declaration would make BeautifulSoup warn; as a bogus comment HTML ignores it all the same.
    # Of each NUL libxml2 makes an error: 100 bytes for one.
    return markup.replace("\0", "").replace("<?", "<!")


def plain_text(markup: str, limit: int = TITLE_LIMIT) -> str:
    """Return the visible text of a short HTML fragment, which may be plain text already.

    By regular expressions, for a feed has thousands of titles and BeautifulSoup takes its time.
    """
    visible = markup[:_READ_LIMIT]
    if "<" in visible:
        visible = _TAG.sub(" ", _HIDDEN.sub(" ", visible))
    return clean(html.unescape(visible), limit)


def beginning(markup: str) -> str:
    """Return a post's beginning as plain text on one line."""
    if "<" not in markup:
        return plain_text(markup, SUMMARY_LIMIT)
    return clean(parse_html(markup[:_MARKUP_LIMIT]).get_text(" "), SUMMARY_LIMIT)


def links_in(markup: str, base: str) -> tuple[str, ...]:
    """Return the web addresses that a post's body links, in order.

    By libxml2 itself: of a feed that is read for the first time all is new, and BeautifulSoup takes its time.
    """
    if not _ANCHOR.search(markup, 0, _MARKUP_LIMIT):
        return ()
    tree = etree.HTML(_tame(markup[:_MARKUP_LIMIT]))
    anchors = tree.iter("a") if tree is not None else ()
    targets = (absolute(anchor.get("href", ""), base) for anchor in anchors if "href" in anchor.attrib)
    return tuple(dict.fromkeys(filter(None, targets)))[:_LINKS]


def absolute(link: str, base: str) -> str:
    """Return `link` as a whole web address, or "" where it is none (mail, script, nonsense)."""
    link = clean(link, 2000)
    if WHOLE_ADDRESS.fullmatch(link):
        return link
    try:
        address = urljoin(base, link)
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.netloc else ""


MOST_ENTRIES = 10_000  # OpenAI's feed, the longest known, had 1,132 in 2026

_MOST_ELEMENTS = 16_000  # outside of CDATA; OpenAI's feed has 7 for a post
_MOST_BRACKETS = 100_000
_MOST_REFERENCES = 250_000  # escaped HTML has 12,000 in 200 KB
_LONGEST_PROLOG = 8_000  # bytes
_LONGEST_TAG = 20_000  # bytes; 700 were seen
_MOST_WORDS = 100  # in one tag, its name and its attributes; 7 were seen
_MOST_WORDS_IN_ALL = 100_000
_MOST_PAGE_TAGS = 30_000  # real pages have some hundred or thousand
_MOST_PAGE_WORDS = 300_000
_FIRST_TAG = re.compile(rb"<\w")
_MARKUP_TAG = re.compile(rb"""<[A-Za-z](?:[^<>"']|"[^"<]*"|'[^'<]*')*+>?""")
_QUOTED = re.compile(rb""""[^"<]*"|'[^'<]*'""")
_DECLARED = re.compile(r"(?:encoding|charset)\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
# Codecs of Python that no site means: they hide markup from our counting, or take quadratic time.
_ODD_CODECS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"})


def refuse_many(count: int, url: str) -> None:
    """Raise SourceError for more entries than a site that announces models can have."""
    if count > MOST_ENTRIES:
        raise SourceError(Failure.TOO_LARGE, f"{shown(url)} has {count} entries; no blog has")


def refuse_odd_encoding(headers: Mapping[str, str], body: bytes, url: str) -> None:
    """Raise SourceError when a feed says that it is written in what only Python calls an encoding."""
    start = body[:2000].replace(b"\0", b"").decode("latin-1")  # without what UTF-16 puts between
    for name in _DECLARED.findall(f"{headers.get('content-type', '')[:500]}\n{start}"):
        with suppress(LookupError, ValueError):  # of one that is none feedparser takes another
            if codecs.lookup(name).name.replace("_", "-") in _ODD_CODECS:
                odd = f"names the encoding {name!r}, which no feed is written in"
                raise SourceError(Failure.BAD_ANSWER, f"{shown(url)} {odd}")


def refuse_costly_markup(body: bytes, url: str) -> None:
    """Raise SourceError for a feed, in UTF-8, that would take feedparser more than about two seconds."""
    first = _FIRST_TAG.search(body)
    parts, at = [], 0
    while (start := body.find(b"<![CDATA[", at)) >= 0 and (end := body.find(b"]]>", start)) >= 0:
        parts.append(body[at : start + 1])  # one piece of text to the parser; the section counts as a tag
        at = end + 3
    markup = b"".join([*parts, body[at:]])
    _refuse(first.start() if first else 0, _LONGEST_PROLOG, "bytes before its first tag", url)
    _refuse(markup.count(b"<"), _MOST_BRACKETS, "tags", url)
    _refuse(markup.count(b"&"), _MOST_REFERENCES, "entities", url)
    tags = _MARKUP_TAG.findall(markup)
    _refuse(max(map(len, tags), default=0), _LONGEST_TAG, "bytes in a tag", url)
    words = _words_of(tags)
    _refuse(len(words), _MOST_ELEMENTS, "elements", url)
    _refuse(max(words, default=0), _MOST_WORDS, "attributes in a tag", url)
    _refuse(sum(words), _MOST_WORDS_IN_ALL, "attributes", url)


def refuse_costly_page(body: bytes, url: str) -> None:
    """Raise SourceError for a page that would take BeautifulSoup and selectors more than two seconds."""
    _refuse(body.count(b"<"), _MOST_PAGE_TAGS, "tags", url)
    _refuse(sum(_words_of(_MARKUP_TAG.findall(body))), _MOST_PAGE_WORDS, "attributes", url)


def _words_of(tags: list[bytes]) -> list[int]:
    """Return how many words each tag has: its name and its attributes."""
    return [len((_QUOTED.sub(b"", tag) if b"=" in tag else tag).split()) for tag in tags]


def _refuse(count: int, most: int, what: str, url: str) -> None:
    if count > most:
        raise SourceError(
            Failure.TOO_LARGE,
            f"{shown(url)} was not read: it has {count:,} {what}, and more than {most:,} take too long; "
            "choose a shorter listing",
        )
