"""What a body may hold before a parser looks at it, so that no poll takes seconds or all of the memory.

Parsers need minutes for some megabytes of the wrong shape, as `make torture` measures: feedparser 50 µs for a
tag, its Python XML reader time squared for the attributes of one tag, its regular expressions time squared
for what stands before the first tag. Counting takes a millisecond for a megabyte.
"""

import codecs
import re
from collections.abc import Mapping

from bot.errors import Failure, SourceError
from bot.fetch.address import shown

MOST_ENTRIES = 10_000  # OpenAI's feed, the longest known, had 1,132 in 2026

_MOST_TAGS = 32_000  # outside of CDATA; OpenAI's feed has 16 for a post
_MOST_REFERENCES = 250_000  # escaped HTML has 12,000 in 200 KB
_LONGEST_PROLOG = 8_000  # bytes
_LONGEST_TAG = 20_000  # bytes; 6 KB were seen
_MOST_ATTRIBUTES = 200  # of one tag; 45 were seen
_FIRST_TAG = re.compile(rb"<\w")
_TAG = re.compile(rb"""<(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>?""")
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
    costs = {
        "bytes before its first tag": (first.start() if first else 0, _LONGEST_PROLOG),
        "tags": (markup.count(b"<"), _MOST_TAGS),
        "entities": (markup.count(b"&"), _MOST_REFERENCES),
    }
    for what, (count, most) in costs.items():
        if count > most:
            raise _too_much(url, what, count, most)
    tags = [(len(tag[0]), tag[0].count(b"=")) for tag in _TAG.finditer(markup)]
    longest, attributes = (max(sizes) for sizes in zip((0, 0), *tags, strict=True))
    if longest > _LONGEST_TAG:
        raise _too_much(url, "bytes in one tag", longest, _LONGEST_TAG)
    if attributes > _MOST_ATTRIBUTES:
        raise _too_much(url, "attributes in one tag", attributes, _MOST_ATTRIBUTES)


def _without_cdata(body: bytes) -> bytes:
    """Leave out what stands in CDATA sections: it is one piece of text to the parser."""
    parts, at = [], 0
    while (start := body.find(b"<![CDATA[", at)) >= 0 and (end := body.find(b"]]>", start)) >= 0:
        parts.append(body[at : start + 1])  # the section itself counts as a tag
        at = end + 3
    return b"".join([*parts, body[at:]])


def _too_much(url: str, what: str, count: int, most: int) -> SourceError:
    return SourceError(
        Failure.TOO_LARGE,
        f"{shown(url)} was not read: it has {count:,} {what}, and more than {most:,} take too long; "
        "choose a shorter feed",
    )
