"""Changelogs in Markdown, as documentation sites give them out beside each page (`release-notes/models.md`).

What is read:
- a heading, or a Mintlify `<Update label description>`, that has a date and a name is a post;
- one that is nothing but a date opens a section, and in it are posts of that day: the headings below it and
  the `<Card title href>`s, or where there are none its list items and paragraphs (sections.py); what its date
  leaves out, the headings around it say;
- cards outside of all sections are posts without a date;
- where there is nothing of all this, list items that begin with a link are posts (`llms.txt`).
What stands below a post, deeper headings and cards included, is its text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from bot.errors import Failure, SourceError
from bot.fetch.address import shown
from bot.model import Published
from bot.sources.dates import is_only_date, split_date, split_partial
from bot.sources.entries import Entry
from bot.sources.sections import LINK, Headings, name_of, only_sorts, plain, posts_under, tells_of_ends
from bot.sources.text import absolute

_FENCED = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_TOKEN = re.compile(
    r"""^[ ]{0,3}(?P<marks>\#{1,6})[ \t]+(?P<heading>[^\n]*)
    |<(?P<tag>Update|Card)\b(?P<attributes>(?:[^<>"']|"[^"]*"|'[^']*')*+)>
    |(?P<end></Update>)
    |^[ ]{0,3}[*+-][ \t]+(?P<bullet>[^\n]*)""",
    re.MULTILINE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([A-Za-z]+)=\{?(?:"([^"]*)"|'([^']*)')""")  # {"..."} as JSX has it
_CLOSING = re.compile(r"(?<=\s)#+$")  # "## GLM-6 ##"
_DAY = re.compile(r"[0-3]?\d\.?")  # of the month that stands above it
_MOST_MARKS = 20_000  # read in a second; a changelog of years has some thousand


@dataclass(slots=True)
class _Mark:
    """A place where something begins; `text[end:until]` is what stands below it."""

    kind: str  # "heading", "card" or "bullet"
    level: int
    title: str
    published: Published | None
    start: int
    end: int
    until: int = 0
    link: str = ""


@dataclass(slots=True)
class _Section:
    """What stands under a mere date, itself under `outer`; only those of no date have `bullets`."""

    mark: _Mark
    outer: "_Section | None" = None
    posts: list[_Mark] = field(default_factory=list)
    bullets: list[_Mark] = field(default_factory=list)


def markdown_entries(text: str, base: str, now: datetime) -> list[Entry]:
    """Return the posts of a changelog; relative links are completed with `base`, its own address.

    Raises SourceError for more headings, cards and list items than a changelog can have.
    """
    text = _FENCED.sub("", text)
    headings = Headings(now)
    marks = [_mark(token, headings) for token in islice(_TOKEN.finditer(text), _MOST_MARKS + 1)]
    if len(marks) > _MOST_MARKS:
        raise SourceError(Failure.TOO_LARGE, f"{shown(base)} has more than {_MOST_MARKS:,} headings")
    sections = _outline(marks, len(text))
    outside, dated = sections[0], sections[1:]
    posts = [post for section in sections for post in section.posts or _lesser(section, text, now)]
    if not posts and not dated:
        posts = [bullet for bullet in outside.bullets if bullet.link]
    return [_entry(post, text, base) for post in sorted(posts, key=lambda post: post.start) if post.title]


def _mark(token: re.Match[str], headings: Headings) -> _Mark:
    span = (token.start(), token.end())
    if token["heading"] is not None:
        level, (title, link) = len(token["marks"]), plain(_CLOSING.sub("", token["heading"].rstrip()))
        headings.leave(level)
        return _Mark("heading", level, *_dated(level, title, headings), *span, link=link)
    if token["tag"] == "Card":
        named = _attributes(token)
        return _Mark("card", 7, plain(named.get("title", ""))[0], None, *span, link=named.get("href", ""))
    if token["tag"] == "Update":
        return _update(_attributes(token), span, headings)
    if token["end"]:
        headings.leave(0)
        return _Mark("heading", 0, "", None, *span)
    title, link = plain(token["bullet"])
    return _Mark("bullet", 8, title, None, *span, link=link if token["bullet"].startswith("[") else "")


def _update(named: dict[str, str], span: tuple[int, int], headings: Headings) -> _Mark:
    """Read an `<Update>`: one of its two attributes is a date, the other one may be a name."""
    headings.leave(0)
    written = (named.get("label", ""), named.get("description", ""))
    for text, other in (written, written[::-1]):
        title, published = _dated(0, text, headings)
        if published:
            return _Mark("heading", 0, title or plain(other)[0], published, *span)
    return _Mark("heading", 0, "", None, *span)


def _dated(level: int, text: str, headings: Headings) -> tuple[str, Published | None]:
    """Return what a heading says beside its date, "" where that is nothing, and the date."""
    published, rest = split_date(text, headings.now)
    if published:
        headings.note(level, published.at.year, published.at.month)
    else:
        parts, rest = split_partial(text)
        if not parts and _DAY.fullmatch(text) and headings.has_month(level):
            parts, rest = {"day": text.rstrip(".")}, ""
        published = headings.complete(level, parts) if parts else None
    if is_only_date(text) or (published and not rest):
        return "", published
    return (rest, published) if published else (text, None)


def _outline(marks: Iterable[_Mark], length: int) -> list[_Section]:
    """Return the sections, the first one being what stands outside of all dates."""
    sections = [_Section(_Mark("heading", -1, "", None, 0, 0, length))]
    section, post, last = sections[0], None, sections[0].mark
    for mark in marks:
        if post and mark.level > post.level:
            continue  # it belongs to the text of the post
        if mark.kind == "bullet" and section.outer:
            continue  # it belongs to the text of the section
        last.until, last, post = mark.start, mark, None
        if mark.kind == "bullet":
            section.bullets.append(mark)
            continue
        is_heading = mark.kind == "heading"
        while is_heading and section.outer and mark.level <= section.mark.level:
            section = section.outer
        day = section.mark.published
        if is_heading and day and tells_of_ends(mark.title):
            section = _Section(replace(mark, published=None), section)  # whose lines are no posts
            continue
        if is_heading and day and only_sorts(mark.title):
            mark.title = ""
            mark.published = mark.published or day
        if is_heading and mark.published and not mark.title:
            section = _Section(mark, section)
            sections.append(section)
        elif mark.title and (mark.published or day or not is_heading):
            mark.published = mark.published or day
            section.posts.append(mark)
            post = mark if is_heading else None
    last.until = length
    return sections


def _lesser(section: _Section, text: str, now: datetime) -> list[_Mark]:
    """Return the posts of a dated section that has no headings and cards."""
    mark = section.mark
    if not mark.published:
        return []
    posts = posts_under(text[mark.end : mark.until])
    titles = [name_of(posts[0])] if len(posts) == 1 else [post.title for post in posts]
    return [
        _Mark(
            "bullet",
            8,
            title,
            split_date(title, now)[0] or mark.published,
            *(mark.end + post.start,) * 2,
            until=mark.end + post.until,
            link=post.link if not post.is_item or post.line.startswith("[") else "",
        )
        for post, title in zip(posts, titles, strict=True)
    ]


def _attributes(token: re.Match[str]) -> dict[str, str]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(token["attributes"])}


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
    return LINK.sub(r'<a href="\2">\1</a>', text)
