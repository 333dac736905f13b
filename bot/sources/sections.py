"""Dates that headings leave to those above them, and the posts under a date that have no heading."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise, zip_longest

from bot.model import Published
from bot.sources.dates import is_only_date, plausible
from bot.sources.text import plain_text

_HALF_A_YEAR = 6  # months


@dataclass(slots=True)
class Headings:
    """The dates of the headings read so far, from the top of a page down to where reading has come.

    `above` holds those that the next heading may stand under, each with its level.
    """

    now: datetime
    above: list[tuple[int, Mapping[str, int]]] = field(default_factory=list)
    last: tuple[int, int] | None = None  # the year and month of the dated heading before

    def leave(self, level: int) -> None:
        """Note that a heading ends what stands under those of its level and below."""
        while self.above and self.above[-1][0] >= level:
            self.above.pop()

    def has_month(self, level: int) -> bool:
        """Return whether a heading of this level stands under one that says a month."""
        return any("month" in outer for above, outer in self.above if above < level)

    def complete(self, level: int, parts: Mapping[str, str]) -> Published | None:
        """Return the date that a heading means by a part of one; None where it only begins a year.

        A month without a year, under no heading that has one, is the newest that is not in the future. The
        list goes down from there: one that is much later than the month before it is of the year before; one
        a little later only stands in disorder. So December is of the old year when January stands above it.
        """
        self.leave(level)
        known = {name: value for _, outer in self.above for name, value in outer.items()}
        known |= {name: int(value) for name, value in parts.items()}
        if "month" not in known:
            if "year" in known:
                self.above.append((level, known))
            return None
        year = known.get("year") or self._year(known["month"], known.get("day", 1))
        self.note(level, year, known["month"])
        try:
            at = datetime(year, known["month"], int(parts.get("day", 1)), tzinfo=UTC)
        except ValueError:  # 30 February
            return None
        return plausible(at, self.now, "day" if "day" in parts else "month")

    def note(self, level: int, year: int, month: int) -> None:
        """Note the month that a heading says."""
        self.leave(level)
        self.above.append((level, {"year": year, "month": month}))
        self.last = (year, month)

    def _year(self, month: int, day: int) -> int:
        limit = self.now + timedelta(days=1)
        newest = limit.year if (month, day) <= (limit.month, limit.day) else limit.year - 1
        if not self.last:
            return newest
        year, before = self.last
        return min(newest, year - 1 if month - before >= _HALF_A_YEAR else year)


LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\(([^()\s]{1,2000})[^()\n]{0,200}\)")
_ITEM = re.compile(r" {0,3}(?:[*+•-]|\d{1,3}[.)])[ \t]+([^\n]*)")
_ROW = re.compile(r" {0,3}\|([^\n]*)")  # of a table
_RULE = re.compile(r"[ |:]*-[ |:-]*")  # below the row that heads a table
_BOLD = re.compile(r"\*\*[^*\n]{1,300}\*\*|__[^_\n]{1,300}__")
_MARKED = re.compile(r"\*\*|__|`[^`\n]{1,300}`")
_SENTENCE = re.compile(r"[.!?](?:\s|$)|[。！？]")
# Words of headings that only sort what stands below them: "New features", "Added", "Models".
_SORTS = re.compile(
    r"(?:new|other|api|model|feature|fix|bug|bugfix|improvement|enhancement|optimi[sz]ation|change|addition"
    r"|deprecation|announcement|launch|release|update|highlight|issue|note)(?:s|es)?"
    r"|added|changed|fixed|improved|updated|removed|deprecated|released|launched|breaking|known|general|misc"
    r"|what|in|and|the|security|performance|新增|新功能|功能|新模型|模型|优化|修复|更新|变更|其他",
    re.IGNORECASE,
)
# Models are listed under these because they go: "Deprecated", "Removed models", "Shutdown date".
_ENDS = re.compile(
    r"deprecat\w*|retire\w*|remov(?:ed|als?)|shut ?downs?|sunset\w*|discontinued|下线|停用|弃用",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?=.*[^\W\d_])(?=.*\d)")


@dataclass(slots=True)
class Saying:
    """A paragraph, list item or row by its first line; `text[start:until]` is all of it, and what follows."""

    line: str
    title: str  # the line without Markdown
    link: str  # the first that it has
    is_item: bool
    start: int
    until: int
    is_row: bool = False


def posts_under(text: str) -> list[Saying]:
    """Return the posts of the text under a date.

    A line that is nothing but a bold or linked name with a number is a post, and what follows is its text.
    Without such lines every list item is one, and every paragraph that sets a name in bold or as code; of the
    others the first one, and the first that has a number. A line of labels or a mere date begins anew, and is
    none itself. Rows of a table are list items where nothing else has a number: below a name they compare.
    What is no post goes with the one before it.
    """
    blocks = list(_blocks(text))
    if any(_NUMBERED.match(block.title) for block in blocks if not block.is_row):
        blocks = [block for block in blocks if not block.is_row]
    telling = [block for block in blocks if not is_only_date(block.title)]
    posts = [block for block in telling if _is_name(block)] or _told(blocks) or telling[:1]
    for post, following in pairwise(posts):
        post.until = following.start
    if posts:
        posts[-1].until = len(text)
    return posts


def only_sorts(title: str) -> bool:
    """Return whether a heading is no name but a word for what stands below it."""
    words = re.findall(r"[^\W\d_]+", title)
    return bool(words) and not re.search(r"\d", title) and all(map(_SORTS.fullmatch, words))


def tells_of_ends(title: str) -> bool:
    """Return whether a heading says nothing but that what is listed below it goes."""
    rest = _ENDS.sub("", title)
    return rest != title and (not re.search(r"\w", rest) or rest.strip().lower() in ("model", "models"))


def plain(line: str) -> tuple[str, str]:
    """Return a line without its Markdown, and the first address that it links."""
    linked = LINK.search(line)
    words = re.sub(r"\\(?=[\\`*_#\[\]-])|[*`]|\{#[\w-]*\}", "", LINK.sub(r"\1", line[:1000]))
    return plain_text(words), linked[2] if linked else ""


def name_of(post: Saying) -> str:
    """Return what the only post of a date is called: by its words, or where they name nothing by its link."""
    title, slug = post.title, post.link.partition("?")[0].rstrip("/").rpartition("/")[2]
    told = _NUMBERED.match(title) or not _NUMBERED.match(slug) or is_only_date(slug)
    return title if told else slug


def _blocks(text: str) -> Iterator[Saying]:
    start, fresh, goes = 0, True, False
    lines = text.splitlines(keepends=True)
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        item, row = _ITEM.match(line), _ROW.match(line)
        if row:
            heads = _ROW.match(following) and _RULE.fullmatch(following.strip())
            goes = bool(_ENDS.search(line)) if heads else goes
            first = "" if heads or goes or _RULE.fullmatch(line.strip()) else _cells(row[1])
        else:
            goes = False
            first = item[1] if item else line.strip() if fresh and not line.startswith("    ") else ""
        title, link = plain(first)
        if title:
            yield Saying(first, title, link, bool(item or row), start, len(text), bool(row))
        start, fresh = start + len(line), not line.strip()


def _cells(row: str) -> str:
    """Return a row as a list item would say it: its first cell, a colon, and the others."""
    name, *others = [cell.strip() for cell in row.split("|") if cell.strip()] or [""]
    return ": ".join(filter(None, (name, " ".join(others))))


def _told(blocks: list[Saying]) -> list[Saying]:
    told: list[Saying] = []
    is_first, named = True, False
    for block in blocks:
        # "Feature · Model: gpt-9-sol" only sorts what follows
        has_labels = " · " in block.title and not _SENTENCE.search(block.title)
        if is_only_date(block.title) or (has_labels and not block.is_item):
            is_first, named = True, False
            continue
        sets_apart = bool(_MARKED.search(block.line))
        names = sets_apart or bool(_NUMBERED.match(block.title))
        if block.is_item or is_first or sets_apart or (names and not named):
            told.append(block)
        is_first, named = False, named or names
    return told


def _is_name(block: Saying) -> bool:
    rest = _BOLD.sub("", LINK.sub("", block.line))
    alone = rest != block.line and not re.search(r"\w", rest)
    return alone and not block.is_item and bool(_NUMBERED.match(block.title))
