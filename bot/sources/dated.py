"""Feed entries whose title is only a date: their text says what it is about (Z.ai, Anthropic, Mintlify).

Such an entry is read like the section of a Markdown changelog under that date.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from bs4 import PageElement, Tag
from bs4.element import PreformattedString

from bot.sources.dates import is_only_date, split_date
from bot.sources.entries import Entry, canonical_title
from bot.sources.markdown import markdown_entries
from bot.sources.text import parse_html

_LONGEST = 20_000  # characters of one text
_MOST = 300_000  # of all texts of one feed, read in about a second; real ones have a tenth
_EACH = 300  # characters could be read in the time that a text takes, however short
_LINE, _INDENT = "\x02", "\x03"  # stand for line breaks and indents until the spaces of the source are gone
_HIDDEN = ("script", "style", "svg", "pre", "template", "thead")
_BLOCK = re.compile(r"p|div|section|article|header|blockquote|details|summary|table|hr|[uod]l|dd")
_ITEMS = ("li", "dt", "tr")
_MARKS = {
    "strong": ("**", "**"),
    "b": ("**", "**"),
    "code": ("`", "`"),
    "br": (_LINE, ""),
    "tr": (f"{_LINE}| ", _LINE),
    "td": ("", " | "),
    "th": ("", " | "),
}
_NO_WORDS = "\u200b"  # in place of the words of a link around an icon: Markdown has no link without


def with_names(entries: Iterable[Entry], base: str, now: datetime) -> tuple[Entry, ...]:
    """Return the entries, in place of each that only a date names the posts that its text names.

    The posts keep what the entry was as their `whole`. An entry whose text names nothing stays as it is.
    """
    named: list[Entry] = []
    left = _MOST  # for the first, as sites list the newest first
    for entry in entries:
        is_dated = bool(entry.title and entry.body) and is_only_date(entry.title)
        left -= _EACH + min(len(entry.body), _LONGEST) if is_dated else 0
        named += (_posts(entry, base, now) if is_dated and left >= 0 else []) or [entry]
    return tuple(named)


def _posts(entry: Entry, base: str, now: datetime) -> list[Entry]:
    stated = entry.published or split_date(entry.title, now)[0]
    day = f"{now:%Y-%m-%d}"  # a heading that is a date to be sure, whatever the title says
    found = markdown_entries(f"# {day}\n\n{_as_markdown(entry.body[:_LONGEST])}", base, now)
    section = split_date(day, now)[0]
    return [
        replace(
            post,
            guid=entry.guid,
            link=entry.link or post.link,
            published=stated if post.published == section else post.published,
            whole=entry,
        )
        for post in found
        if canonical_title(post.title)
    ]


def _as_markdown(body: str) -> str:
    """Return a text with its headings, list items, bold words, code and links as Markdown has them.

    Its headings are one level deeper, for it stands under a heading.
    """
    if "<" not in body:
        return re.sub(r"^#", "##", body, flags=re.MULTILINE)
    text = " ".join("".join(_pieces(parse_html(body))).split())
    return "\n".join(line.strip(" ") for line in text.split(_LINE)).replace(_INDENT, "    ")


def _pieces(tree: Tag) -> Iterator[str]:
    """Yield the words of a tree and the marks between them, in one pass, however deep it is."""
    waiting: list[tuple[PageElement | str, bool]] = [(tree, False)]
    while waiting:
        piece, in_item = waiting.pop()
        if not isinstance(piece, Tag):
            yield "" if isinstance(piece, PreformattedString) else str(piece)
        elif piece.name not in _HIDDEN and (piece.name != "tr" or piece.find("td", recursive=False)):
            before, after = _marks(piece, in_item=in_item)
            yield before
            waiting.append((after, False))
            within = in_item or piece.name in _ITEMS
            waiting.extend((child, within) for child in reversed(piece.contents))


def _marks(tag: Tag, *, in_item: bool) -> tuple[str, str]:
    """Return what Markdown writes before and after what an element holds, itself perhaps in a list item."""
    name = str(tag.get("data-as") or tag.name)  # Mintlify writes <span data-as="p">
    if name in ("li", "dt"):
        return _LINE + (_INDENT if in_item else "") + "- ", _LINE
    if _BLOCK.fullmatch(name):
        return ("", "") if in_item else (2 * _LINE, 2 * _LINE)
    if re.fullmatch("h[1-6]", name):
        return f"{2 * _LINE}{'#' * min(int(name[1]) + 1, 6)} ", 2 * _LINE
    address = "".join(str(tag.get("href") or "").split()).replace("(", "%28").replace(")", "%29")
    if name == "a" and address and not address.startswith("#"):
        return "[", f"{'' if tag.get_text(strip=True) else _NO_WORDS}]({address})"
    return _MARKS.get(name, ("", ""))
