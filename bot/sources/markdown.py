"""Changelogs in Markdown, as documentation sites give them out beside each page (`release-notes/models.md`).

What is read:
- a heading, or a Mintlify `<Update label description>`, that has a date and a name is a post;
- one that is nothing but a date opens a section, and in it are posts of that day: the headings below it and
  the `<Card title href>`s, or where there are none its list items, or else its first line;
- cards outside of all sections are posts without a date;
- where there is nothing of all this, list items that begin with a link are posts (`llms.txt`).
What stands below a post, deeper headings and cards included, is its text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from bot.errors import Failure, SourceError
from bot.fetch.address import shown
from bot.model import Published
from bot.sources.dates import split_date
from bot.sources.entries import Entry
from bot.sources.text import absolute, plain_text

_FENCED = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_TOKEN = re.compile(
    r"""^[ ]{0,3}(?P<marks>\#{1,6})[ \t]+(?P<heading>[^\n]*)
    |<(?P<tag>Update|Card)\b(?P<attributes>(?:[^<>"']|"[^"]*"|'[^']*')*+)>
    |(?P<end></Update>)
    |^[ ]{0,3}[*+-][ \t]+(?P<bullet>[^\n]*)""",
    re.MULTILINE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([A-Za-z]+)=(?:"([^"]*)"|'([^']*)')""")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\(([^()\s]{1,2000})[^()\n]{0,200}\)")
_MOST_MARKS = 20_000  # read in a second; a changelog of years has some thousand
_MERELY = {"", "date", "release date", "released", "updated", "update"}  # words that only introduce a date


@dataclass(slots=True)
class _Mark:
    """Hold a place where something begins; `text[end:until]` is what stands below it."""

    kind: str  # "heading", "card" or "bullet"
    level: int
    title: str
    link: str
    published: Published | None
    start: int
    end: int
    until: int = 0


@dataclass(slots=True)
class _Section:
    """Hold what stands under a mere date; `bullets` count only where there are no `posts`."""

    mark: _Mark
    posts: list[_Mark] = field(default_factory=list)
    bullets: list[_Mark] = field(default_factory=list)


def markdown_entries(text: str, base: str, now: datetime) -> list[Entry]:
    """Return the posts of a changelog; relative links are completed with `base`, its own address.

    Raises SourceError for more headings, cards and list items than a changelog can have.
    """
    text = _FENCED.sub("", text)
    marks = list(islice(_marks(text, now), _MOST_MARKS + 1))
    if len(marks) > _MOST_MARKS:
        raise SourceError(Failure.TOO_LARGE, f"{shown(base)} has more than {_MOST_MARKS:,} headings")
    sections = _outline(marks, len(text))
    outside, dated = sections[0], sections[1:]
    posts = [post for section in sections for post in section.posts or _lesser(section, text, now)]
    if not posts and not dated:
        posts = [bullet for bullet in outside.bullets if bullet.link]
    return [_entry(post, text, base) for post in sorted(posts, key=lambda post: post.start) if post.title]


def _marks(text: str, now: datetime) -> Iterator[_Mark]:
    for token in _TOKEN.finditer(text):
        yield _mark(token, now)


def _mark(token: re.Match[str], now: datetime) -> _Mark:
    span = (token.start(), token.end())
    if token["heading"] is not None:
        title, link = _plain(token["heading"])
        published, rest = split_date(title, now)
        return _Mark("heading", len(token["marks"]), _name(published, title, rest), link, published, *span)
    if token["tag"] == "Card":
        named = _attributes(token)
        return _Mark("card", 7, _plain(named.get("title", ""))[0], named.get("href", ""), None, *span)
    if token["tag"] == "Update":
        return _update(_attributes(token), span, now)
    if token["end"]:
        return _Mark("heading", 0, "", "", None, *span)
    title, link = _plain(token["bullet"])
    return _Mark("bullet", 8, title, link if token["bullet"].startswith("[") else "", None, *span)


def _update(named: dict[str, str], span: tuple[int, int], now: datetime) -> _Mark:
    """Read an `<Update>`: one of its two attributes is a date, the other one may be a name."""
    written = (named.get("label", ""), named.get("description", ""))
    for text, other in (written, written[::-1]):
        published, rest = split_date(text, now)
        if published:
            return _Mark("heading", 0, _name(published, "", rest) or _plain(other)[0], "", published, *span)
    return _Mark("heading", 0, "", "", None, *span)


def _name(published: Published | None, title: str, rest: str) -> str:
    if not published:
        return title
    return "" if rest.lower() in _MERELY else rest


def _outline(marks: Iterable[_Mark], length: int) -> list[_Section]:
    """Return the sections, the first one being what stands outside of all dates."""
    sections = [_Section(_Mark("heading", -1, "", "", None, 0, 0, length))]
    section, post, last = sections[0], None, sections[0].mark
    for mark in marks:
        if post and mark.level > post.level:
            continue  # it belongs to the text of the post
        last.until, last = mark.start, mark
        post = None
        if mark.kind == "heading" and mark.level <= section.mark.level:
            section = sections[0]
        if mark.kind == "heading" and mark.published and not mark.title:
            section = _Section(mark)
            sections.append(section)
        elif mark.kind == "bullet":
            section.bullets.append(mark)
        elif mark.kind == "card" or mark.published or section.mark.published:
            mark.published = mark.published or section.mark.published
            section.posts.append(mark)
            post = mark if mark.kind == "heading" else None
    last.until = length
    return sections


def _lesser(section: _Section, text: str, now: datetime) -> list[_Mark]:
    """Return the list items of a dated section without posts, or its first line."""
    mark = section.mark
    if not mark.published:
        return []
    for bullet in section.bullets:
        bullet.published = split_date(bullet.title, now)[0] or mark.published
    if section.bullets:
        return section.bullets
    line = next((line for line in text[mark.end : mark.until].splitlines() if _plain(line)[0]), "")
    title, link = _plain(line)
    return [_Mark("bullet", 8, title, link, mark.published, mark.start, mark.end, mark.until)]


def _attributes(token: re.Match[str]) -> dict[str, str]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(token["attributes"])}


def _plain(line: str) -> tuple[str, str]:
    """Return a line without its Markdown, and the first address that it links."""
    linked = _LINK.search(line)
    words = re.sub(r"\\(?=[\\`*_#\[\]-])|[*`]|\{#[\w-]*\}", "", _LINK.sub(r"\1", line[:1000]))
    return plain_text(words), linked[2] if linked else ""


def _entry(mark: _Mark, text: str, base: str) -> Entry:
    body = text[mark.end : mark.until]
    return Entry(
        link=absolute(mark.link, base) if mark.link else "",
        title=mark.title,
        published=mark.published,
        body=with_anchors(body[:50_000]),
    )


def with_anchors(text: str) -> str:
    """Return Markdown with its links as HTML has them."""
    return _LINK.sub(r'<a href="\2">\1</a>', text)
