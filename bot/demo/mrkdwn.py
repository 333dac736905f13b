"""Slack's mrkdwn and plain text as HTML in which nothing from outside is markup. Pure.

The part of mrkdwn that messages use: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape

Href = Callable[[str], str]

_MARKUP = re.compile(
    r"<(?P<target>[^<>|\n]{1,4000})(?:\|(?P<label>[^<>\n]{0,4000}))?>"
    r"|`(?P<code>[^`\n]{1,2000})`"
    r"|(?<!\w)(?P<mark>[*_~])(?P<inner>(?!(?P=mark))\S(?:(?:(?!(?P=mark))[^\n]){0,2000}?\S)?)(?P=mark)(?!\w)"
)
_TAGS = {"*": "b", "_": "i", "~": "s"}
_SCHEMES = ("http://", "https://", "mailto:")
# Drawn by the page, for machines without a font that has them.
_CIRCLES = {"🟢": "green", "🟡": "yellow", "🔴": "red", "⚪": "white"}
# What could break the page or reorder its text: control characters and direction marks.
_UNSEEN = dict.fromkeys(
    [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a message or a view is shown: `href` says where a link leads, `names` what an id is called.

    Where it is `alive`, somebody hears what is pressed; `prefix` keeps the ids of its elements apart.
    `values` are what stands in inputs, by their place (see `elements`), `errors` what is wrong, by block id.
    """

    href: Href
    names: Mapping[str, str] = field(default_factory=dict)
    alive: bool = False
    prefix: str = ""
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def as_html(mrkdwn: str, look: Look) -> str:
    """Return a mrkdwn text as HTML."""
    shown, end = "", 0
    for found in _MARKUP.finditer(mrkdwn):
        shown += _words(mrkdwn[end : found.start()]) + _marked_up(found, look)
        end = found.end()
    return shown + _words(mrkdwn[end:])


def _marked_up(found: re.Match[str], look: Look) -> str:
    if found["mark"]:
        tag = _TAGS[found["mark"]]
        return f"<{tag}>{as_html(found['inner'], look)}</{tag}>"
    if found["code"]:
        return f"<code>{_words(found['code'])}</code>"
    target, shown = unescape(found["target"]), _words(found["label"] or found["target"])
    if target.startswith("!date^"):
        return shown
    if target.startswith(("!", "@", "#")):
        name = plain(look.names[target[1:]]) if target[1:] in look.names else shown.lstrip("!@#")
        return f'<span class="mention">{"#" if target[0] == "#" else "@"}{name}</span>'
    return link(look.href(target), shown) if target.startswith(_SCHEMES) else shown


def _words(text: str) -> str:
    """Return a piece of mrkdwn without markup as HTML: its entities are read once."""
    shown = plain(unescape(text)).replace("\n", "<br>")
    for circle, colour in _CIRCLES.items():
        shown = shown.replace(circle, f'<span class="dot {colour}">{circle}</span>')
    return shown


def plain(text: str) -> str:
    """Return a text that is no mrkdwn as HTML."""
    return escape(text.translate(_UNSEEN))


def link(url: str, shown: str, style: str = "", more: str = "") -> str:
    """Return a link around HTML; within the page, or to elsewhere in a new tab.

    `shown` and `more`, its further attributes, are escaped already.
    """
    elsewhere = "" if url.startswith("#") else ' target="_blank" rel="noopener noreferrer nofollow"'
    look = f' class="{style}"' if style else ""
    return f'<a{look} href="{escape(url)}"{elsewhere}{more}>{shown}</a>'
