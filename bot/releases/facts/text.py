"""Text from outside: made fit to be shown, and searched for words. Pure."""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

URL_LIMIT = 400  # far beyond what labs use; the longest texts stay within Slack's limits with it
_NEXT_WORD = r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"  # begins here: "MolmoMotion", "SAMAudio"
_READ_LIMIT = 4_000  # characters; html.unescape raises on numbers of more than 4,300 digits
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters, except those that are white space
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # fillers that do not show
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero width, and direction marks that reorder a line
    "\ud800-\udfff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"  # surrogates, annotations, hidden tags
)
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED_MARKS = re.compile(f"({_MARKS}{{3}}){_MARKS}+")
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^)\s]{0,500}\)")
_ADDRESS = re.compile(
    r"(https?)://([a-z0-9][a-z0-9.-]*(?::\d{1,5})?)((?:[/?#].*)?)", re.IGNORECASE | re.DOTALL
)
_ALIKE = 60  # of 100: two of five letters may differ


def one_line(text: str, limit: int) -> str:
    """Return `text` as one line of at most `limit` characters.

    Control, format, surrogate and unassigned characters go (Unicode category C: they reorder, hide or
    break text); a line that is cut ends in an ellipsis.
    """
    start = text[: limit * 4]  # enough for padding, too few to be slow
    if not start.isprintable():
        start = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in start)
    line = " ".join(start.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def clean(text: str, limit: int) -> str:
    """Return `text` as one line of at most `limit` visible characters, for a place that shows it literally.

    Entities that survived their source are read, Markdown links keep their words, and no letter carries more
    than three marks, so that no name climbs over its neighbours.
    """
    text = _INVISIBLE.sub("", html.unescape(text[: min(limit * 8, _READ_LIMIT)]))
    text = _STACKED_MARKS.sub(r"\1", _MARKDOWN_LINK.sub(r"\1", text))
    return shorten(" ".join(text.split()), limit)


def shorten(text: str, limit: int) -> str:
    """Return `text`, or its beginning with "…" when it has more than `limit` characters."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > max(1, limit - 8) and _belongs_to_the_one_before(text[end]):
        end -= 1
    return text[:end].rstrip() + "…"


def _belongs_to_the_one_before(character: str) -> bool:
    return unicodedata.category(character).startswith("M") or "\U0001f3fb" <= character <= "\U0001f3ff"


def web_address(url: str) -> str:
    """Return `url` as Slack takes it in a link or a button, or "" when it is no plain http(s) address.

    Hosts with a user name or with letters beyond ASCII are refused: both pass one site off as another.
    """
    match = _ADDRESS.fullmatch(url.strip()) if len(url) <= URL_LIMIT else None
    if not match:
        return ""
    rest = quote(match[3], safe="/?#%:@!$&'()+,;=~", errors="replace")
    address = f"{match[1].lower()}://{match[2]}{rest}"
    return address if len(html.escape(address, quote=False)) <= URL_LIMIT else ""


def mentions(words: Iterable[str], text: str) -> bool:
    """Whether `text` has one of `words`, or whether there are no words to ask for."""
    return re.search(mention_pattern(words), text) is not None


def mention_pattern(words: Iterable[str]) -> str:
    """Return the regular expression that is found in texts which have one of these words; "" of no words.

    Case and punctuation do not count. A word stands alone, before a digit, or before the capital that begins
    another one: `Hy` is in "Hy3-preview" and "HyWorld" and not in "Hybrid", `phi-4` is in "Phi 4 mini".
    """
    patterns = (r"[\W_]+".join(map(re.escape, parts_of(word))) for word in words)
    return "|".join(rf"(?<![^\W_])(?i:{pattern})(?:(?![^\W\d_])|{_NEXT_WORD})" for pattern in patterns)


def parts_of(word: str) -> list[str]:
    """Return the letters and digits of a word as they stand between punctuation."""
    return re.findall(r"[^\W_]+", word)


def nearest(word: str, choices: Iterable[str], limit: int = 3, alike: int = _ALIKE) -> tuple[str, ...]:
    """Return the choices that are most like a word, whatever the case, the most alike first.

    `alike`, of 100, is how much a choice must be like it.
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - 4 MB, for who mistypes a word

    found = process.extract(
        word[:60], tuple(choices), scorer=fuzz.ratio, processor=str.lower, limit=limit, score_cutoff=alike
    )
    return tuple(choice for choice, _, _ in found)


def or_else(near: Iterable[str], otherwise: str) -> str:
    """Return the question whether one of these was meant, or what to say where nothing is near."""
    meant = " or ".join(near)
    return f"did you mean {meant}?" if meant else otherwise


def mapping_in(value: object) -> Mapping[str, Any]:
    """Return a JSON value that should be an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def texts_in(value: object) -> list[str]:
    """Return the texts in a JSON value that should be a list of them."""
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def number_in(value: object, least: int, most: int) -> int | None:
    """Return a JSON value that should be a whole number of this range, else None."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    return None
