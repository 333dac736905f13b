"""Text from outside, made harmless: one line, no invisible marks, within a limit."""

import html
import re
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup

TITLE_LIMIT = 300
SUMMARY_LIMIT = 600
_MARKUP_LIMIT = 100_000  # no post needs more for its first sentences and its links
_LINKS = 50
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
    visible = _UNSEEN.sub("", _mended(text[: 4 * limit]))
    return " ".join(visible.split())[:limit].rstrip()


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
    # An XML declaration would make BeautifulSoup warn; as a bogus comment HTML ignores it all the same.
    # Of each NUL libxml2 makes an error: 100 bytes for one.
    return BeautifulSoup(markup.replace("\0", "").replace("<?", "<!"), "lxml")


def plain_text(markup: str, limit: int = TITLE_LIMIT) -> str:
    """Return the visible text of a short HTML fragment, which may be plain text already.

    By regular expressions, for a feed has thousands of titles and BeautifulSoup takes its time.
    """
    visible = _TAG.sub(" ", _HIDDEN.sub(" ", markup[:_READ_LIMIT]))
    return clean(html.unescape(visible), limit)


def text_and_links(markup: str, base: str) -> tuple[str, tuple[str, ...]]:
    """Return a post's beginning as plain text, and the web addresses that its body links, in order."""
    if "<" not in markup:
        return plain_text(markup, SUMMARY_LIMIT), ()
    tree = parse_html(markup[:_MARKUP_LIMIT])
    targets = (absolute(str(anchor["href"]), base) for anchor in tree.find_all("a", href=True))
    links = dict.fromkeys(target for target in targets if target)
    return clean(tree.get_text(" "), SUMMARY_LIMIT), tuple(links)[:_LINKS]


def absolute(link: str, base: str) -> str:
    """Return `link` as a whole web address, or "" where it is none (mail, script, nonsense)."""
    try:
        address = urljoin(base, clean(link, 2000))
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.netloc else ""
