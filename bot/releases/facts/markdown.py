"""Markdown with HTML in it, as model cards are, taken apart into paragraphs, list items and table rows.

Cards are written by anybody: every step below is one pass, or looks ahead a bounded distance.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from string import ascii_lowercase, ascii_uppercase

# What a card has to say of its model comes before this many characters and blocks.
_LONGEST = 100_000
_MOST_BLOCKS = 1_000
_LONGEST_BLOCK = 4_000
_LINK, _LINK_END = "\x01", "\x02"  # mark a link's text: card text has no control characters when this is done
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)  # str.lower() changes the length of some letters
_HIDDEN = ("script", "style", "svg", "pre", "head", "select", "video", "audio")
_LINKED = re.compile(f"{_LINK}([^{_LINK}{_LINK_END}]*)")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>")
_BREAKING = (
    "address article blockquote center dd dl dt details div figure footer header hr main nav ol ul p section "
    "summary table tbody thead"
)
# What stands for a tag in Markdown; for any other, nothing.
_MARKS = {
    **{f"{slash}{name}": "\n\n" for name in _BREAKING.split() for slash in ("", "/")},
    **{f"h{level}": "\n\n# " for level in range(1, 7)},
    **{f"/h{level}": "\n\n" for level in range(1, 7)},
    **dict.fromkeys(("br", "/br", "/li", "/tr"), "\n"),
    **dict.fromkeys(("/td", "/th"), " | "),
    "li": "\n- ",
    "tr": "\n| ",
    "a": _LINK,
    "/a": _LINK_END,
}
_HIDING = re.compile(f"<(?:{'|'.join(_HIDDEN)})", re.IGNORECASE)
_IMAGE = re.compile(
    r"!\[[^\[\]]{0,500}\](?:\([^()]{0,1000}(?:\([^()]{0,200}\)[^()]{0,200})?\)|\[[^\[\]]{0,200}\])"
)
_ANCHOR = re.compile(
    r"\[([^\[\]]{0,500})\](?:\([^()]{0,1000}(?:\([^()]{0,200}\)[^()]{0,200})?\)|\[[^\[\]]{0,200}\])"
)
_BARE_ADDRESS = re.compile(r"<?https?://[^\s<>]{1,1000}>?")
_DEFINITION = re.compile(r"\s{0,3}\[[^\[\]]{1,200}\]:\s")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?=\S)")
_STYLING = re.compile(r"\[\^?\d{1,3}\]|^\s*(?:#{1,6}|>)\s?|\*+|`+|__|~~", re.MULTILINE)
_MAY_BE_STYLED = re.compile(r"[\[#>*`_~]")  # most lines have none, which is seen in a tenth of the time
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")


class BlockKind(StrEnum):
    """What a block is."""

    PROSE = "prose"
    ITEM = "item"  # of a list
    ROW = "row"  # of a table; its cells are separated by "|"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Block:
    """One block as plain text on one line, under the heading that it stands under.

    `linked` is the share of its letters that are a link's text, from 0 to 1.
    """

    kind: BlockKind
    text: str
    section: str = ""
    linked: float = 0.0


def blocks(markdown: str) -> Iterator[Block]:
    """Yield the blocks of a card or post in order, without front matter, code, comments and images."""
    section = ""
    text = _visible("\n".join(markdown[:_LONGEST].splitlines()))
    for kind, raw in islice(_raw_blocks(text), _MOST_BLOCKS):
        text = _inline(raw[:_LONGEST_BLOCK])
        plain = " ".join(text.replace(_LINK, "").replace(_LINK_END, "").split())
        if kind == "heading":
            section = plain
        elif plain:
            yield Block(BlockKind(kind), plain, section, _linked(text) if _LINK in text else 0.0)


def _linked(text: str) -> float:
    letters = sum(map(str.isalnum, text))
    linked = sum(map(str.isalnum, "".join(_LINKED.findall(text))))
    return linked / letters if letters else 0.0


def _visible(text: str) -> str:
    text = text.replace(_LINK, " ").replace(_LINK_END, " ")
    text = _without_front_matter(text)
    text = _without_code(text) if "```" in text or "~~~" in text else text
    text = _without(text, "<!--", "-->") if "<!--" in text else text
    for element in _HIDDEN if _HIDING.search(text) else ():
        text = _without(text, f"<{element}", f"</{element}>")
    return _TAG.sub(_mark, text)


def _without_front_matter(text: str) -> str:
    text = text.lstrip("\ufeff \n\t")
    if not text.startswith("---\n"):
        return text
    end = text.find("\n---", 3)
    return text[text.find("\n", end + 1) + 1 :] if end >= 0 and "\n" in text[end + 1 :] else ""


def _without_code(text: str) -> str:
    kept: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = line.lstrip(" >")[:3]
        if fence:
            fence = "" if mark == fence else fence
        elif mark in ("```", "~~~"):
            fence = mark
            kept.append("")
        else:
            kept.append(line)
    return "\n".join(kept)


def _without(text: str, start: str, end: str) -> str:
    """Return `text` without what stands between two marks, in one pass; what never ends is left out."""
    kept, position, lower = [], 0, text.translate(_LOWER)
    while (opening := lower.find(start, position)) >= 0:
        if start.startswith("<") and lower[opening + len(start) : opening + len(start) + 1].isalpha():
            kept.append(text[position : opening + 1])  # another element, such as <header> after <head
            position = opening + 1
            continue
        kept.append(text[position:opening])
        closing = lower.find(end, opening)
        position = closing + len(end) if closing >= 0 else len(text)
    return "".join([*kept, text[position:]])


def _mark(tag: re.Match[str]) -> str:
    return _MARKS.get(tag[1] + tag[2].lower(), "")


def _raw_blocks(text: str) -> Iterator[tuple[str, str]]:
    kind, lines = "prose", list[str]()
    for line in text.split("\n"):
        starts = _kind_of(line)
        if starts == "underline" and lines and kind == "prose" and len(lines) == 1:
            yield "heading", lines[0]
            lines = []
        elif starts == "more" and lines:
            lines.append(line)
        else:
            if lines:
                yield kind, "\n".join(lines)
            kind, lines = ("prose" if starts == "more" else starts), []
            if starts not in ("blank", "underline"):
                lines = [line]
            if starts in ("heading", "row"):
                yield kind, line
                kind, lines = "prose", []
    if lines:
        yield kind, "\n".join(lines)


def _kind_of(line: str) -> str:
    """Return what kind of block a line starts; "more" is text, which goes on with the block before it."""
    bare = line.strip()
    if not bare or (bare[0] == "[" and _DEFINITION.match(line)):
        return "blank"
    if bare[0] in "-*_=" and _RULE.fullmatch(line[:200]):
        return "underline"
    if bare.startswith("#"):
        return "heading"
    if bare.startswith(">"):
        return "quote"
    if bare.startswith("|") or bare.count("|") >= 2:
        return "row"
    return "item" if _ITEM.match(line) else "more"


def _inline(text: str) -> str:
    if "[" in text:
        text = _IMAGE.sub("", text)
        text = _ANCHOR.sub(rf"{_LINK}\1{_LINK_END}", text)  # a badge is an image in a link: now an empty link
    if "://" in text:
        text = _BARE_ADDRESS.sub(rf"{_LINK}\g<0>{_LINK_END}", text)
    if _MAY_BE_STYLED.search(text):
        text = _STYLING.sub("", text)
    return html.unescape(_ITEM.sub("", text, count=1) if _ITEM.match(text) else text)
