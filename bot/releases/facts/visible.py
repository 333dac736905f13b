"""Text from outside as one visible line, and addresses that lead where they seem to. Pure."""

import html
import re
import unicodedata
from urllib.parse import quote

URL_LIMIT = 400  # far beyond what labs use; the longest texts stay within Slack's limits with it
_READ_AHEAD = 8  # characters looked at for each that may be shown, so that no text takes long
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
_FLAGS = re.IGNORECASE | re.DOTALL
_ADDRESS = re.compile(r"(https?)://([a-z0-9][a-z0-9.-]*(?::\d{1,5})?)((?:[/?#].*)?)", _FLAGS)


def clean(text: str, limit: int) -> str:
    """Return `text` as one line of at most `limit` visible characters, for a place that shows it literally.

    Entities that survived their source are read, Markdown links keep their words, and no letter carries more
    than three marks, so that no name climbs over its neighbours.
    """
    text = _INVISIBLE.sub("", html.unescape(text[: min(limit * _READ_AHEAD, _READ_LIMIT)]))
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
