"""What a body may hold before a parser looks at it, so that no poll takes seconds or all of the memory.

Parsers need minutes for some megabytes of the wrong shape: feedparser 6.0.14 takes 100 µs for an element, the
XML reader that it uses time squared for the attributes of one tag, its regular expressions time squared for
what stands before the first tag (measured; `make torture`). Counting takes milliseconds for a megabyte.
"""

import codecs
import re
from collections.abc import Mapping

from bot.errors import Failure, SourceError
from bot.fetch.address import shown

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
_TAG = re.compile(rb"""<[A-Za-z](?:[^<>"']|"[^"<]*"|'[^'<]*')*+>?""")
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
        if _codec(name) in _ODD_CODECS:
            raise SourceError(
                Failure.BAD_ANSWER, f"{shown(url)} names the encoding {name!r}, which no feed is written in"
            )


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name.replace("_", "-")
    except (LookupError, ValueError):
        return ""  # feedparser takes another one


def refuse_costly_markup(body: bytes, url: str) -> None:
    """Raise SourceError for a feed, in UTF-8, that would take feedparser more than about two seconds."""
    first = _FIRST_TAG.search(body)
    markup = _without_cdata(body)
    _refuse(first.start() if first else 0, _LONGEST_PROLOG, "bytes before its first tag", url)
    _refuse(markup.count(b"<"), _MOST_BRACKETS, "tags", url)
    _refuse(markup.count(b"&"), _MOST_REFERENCES, "entities", url)
    longest = max((len(tag[0]) for tag in _TAG.finditer(markup)), default=0)
    _refuse(longest, _LONGEST_TAG, "bytes in a tag", url)
    words = _words_of_tags(markup)
    _refuse(len(words), _MOST_ELEMENTS, "elements", url)
    _refuse(max(words, default=0), _MOST_WORDS, "attributes in a tag", url)
    _refuse(sum(words), _MOST_WORDS_IN_ALL, "attributes", url)


def refuse_costly_page(body: bytes, url: str) -> None:
    """Raise SourceError for a page that would take BeautifulSoup and selectors more than two seconds."""
    _refuse(body.count(b"<"), _MOST_PAGE_TAGS, "tags", url)
    _refuse(sum(_words_of_tags(body)), _MOST_PAGE_WORDS, "attributes", url)


def _words_of_tags(markup: bytes) -> list[int]:
    """Return how many words each tag has: its name and its attributes."""
    return [len(_QUOTED.sub(b"", tag[0]).split()) for tag in _TAG.finditer(markup)]


def _without_cdata(body: bytes) -> bytes:
    """Leave out what stands in CDATA sections: it is one piece of text to the parser."""
    parts, at = [], 0
    while (start := body.find(b"<![CDATA[", at)) >= 0 and (end := body.find(b"]]>", start)) >= 0:
        parts.append(body[at : start + 1])  # the section itself counts as a tag
        at = end + 3
    return b"".join([*parts, body[at:]])


def _refuse(count: int, most: int, what: str, url: str) -> None:
    if count > most:
        raise SourceError(
            Failure.TOO_LARGE,
            f"{shown(url)} was not read: it has {count:,} {what}, and more than {most:,} take too long; "
            "choose a shorter listing",
        )
