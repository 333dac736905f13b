"""Read the part of Slack's mrkdwn that messages use, for showing it elsewhere.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape

_TOKEN = re.compile(
    r"<(?P<angle>[^<>\n]{1,4000})>"
    r"|`(?P<code>[^`\n]{1,2000})`"
    r"|(?<!\w)\*(?P<bold>[^\s*](?:[^*\n]{0,2000}?[^\s*])?)\*(?!\w)"
    r"|(?<!\w)_(?P<italic>[^\s_](?:[^_\n]{0,2000}?[^\s_])?)_(?!\w)"
    r"|(?<!\w)~(?P<strike>[^\s~](?:[^~\n]{0,2000}?[^\s~])?)~(?!\w)"
    r"|:(?P<emoji>[a-z0-9_+-]{1,40}):"
)
_DATE = re.compile(r"!date\^(?P<seconds>\d{1,10})\^(?P<format>[^|^]*)(?:\^[^|]*)?\|(?P<fallback>.*)")
_EMOJI = {
    "large_green_circle": "🟢",
    "large_yellow_circle": "🟡",
    "red_circle": "🔴",
    "white_circle": "⚪",
    "warning": "⚠️",
    "lock": "🔒",
}
# Drawn by the page, for machines without a font that has them.
_CIRCLES = {"🟢": "green", "🟡": "yellow", "🔴": "red", "⚪": "white"}
_SCHEMES = ("http://", "https://", "mailto:")
# What could break the page or reorder its text: control characters and direction marks.
_UNSEEN = dict.fromkeys(
    [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one style; `url` where it is a link."""

    text: str
    url: str = ""
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    mention: bool = False


def spans(text: str) -> Iterator[Span]:
    """Yield the pieces of a mrkdwn text, with entities read and control characters left out."""
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            yield Span(visible(_unescaped(text[end : match.start()])))
        yield from _styled(match)
        end = match.end()
    if end < len(text):
        yield Span(visible(_unescaped(text[end:])))


def _styled(match: re.Match[str]) -> Iterator[Span]:
    kind, inner = next((kind, inner) for kind, inner in match.groupdict().items() if inner is not None)
    if kind == "angle":
        yield _angle(inner)
    elif kind == "code":
        yield Span(visible(_unescaped(inner)), code=True)
    elif kind == "emoji":
        yield Span(_EMOJI.get(inner, f":{inner}:"))
    else:
        style: dict[str, bool] = {kind: True}
        yield from (replace(span, **style) for span in spans(inner))  # type: ignore[arg-type]  # see Span


def _angle(inner: str) -> Span:
    """Return what stands between angle brackets: a date, a mention of people or channels, or a link."""
    if date := _DATE.fullmatch(inner):
        return Span(visible(_date(date)))
    target, _, label = inner.partition("|")
    shown = visible(_unescaped(label or target))
    if target.startswith(("!", "@", "#")):
        mark = "#" if target[0] == "#" else "@"
        return Span(f"{mark}{shown.lstrip('!@#')}", mention=True)
    url = _unescaped(target)
    return Span(shown, url=url) if url.startswith(_SCHEMES) else Span(shown)


def _date(match: re.Match[str]) -> str:
    at = datetime.fromtimestamp(int(match["seconds"]), UTC)
    day, time = f"{at.day} {at:%b %Y}", f"{at:%H:%M}"
    words = re.sub(r"\{date[a-z_]*\}", day, match["format"]).replace("{time}", time)
    return _unescaped(match["fallback"]) if "{" in words or not words else words


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def visible(text: str) -> str:
    """Return `text` without control characters and direction marks."""
    return text.translate(_UNSEEN)


def plain_html(text: str) -> str:
    """Return a text that is no mrkdwn as HTML."""
    return escape(visible(text))


def as_html(text: str, href: Callable[[str], str]) -> str:
    """Return a mrkdwn text as HTML in which nothing from outside is markup; `href` says where links lead."""
    return "<br>".join(_line(line, href) for line in text.split("\n"))


def _line(line: str, href: Callable[[str], str]) -> str:
    if line.startswith("&gt; "):
        return f'<span class="quote">{_line(line[5:], href)}</span>'
    return "".join(_span(span, href) for span in spans(line))


def _span(span: Span, href: Callable[[str], str]) -> str:
    shown = escape(span.text)
    for circle, colour in _CIRCLES.items():
        shown = shown.replace(circle, f'<span class="dot {colour}">{circle}</span>')
    if span.url:
        shown = anchor(href(span.url), shown)
    if span.mention:
        shown = f'<span class="mention">{shown}</span>'
    styles = {"code": span.code, "b": span.bold, "i": span.italic, "s": span.strike}
    for tag in (tag for tag, wanted in styles.items() if wanted):
        shown = f"<{tag}>{shown}</{tag}>"
    return shown


def anchor(url: str, shown: str, style: str = "") -> str:
    """Return a link around HTML that is already escaped; within the page, or to elsewhere in a new tab."""
    elsewhere = "" if url.startswith("#") else ' target="_blank" rel="noopener noreferrer nofollow"'
    look = f' class="{style}"' if style else ""
    return f'<a{look} href="{escape(url)}"{elsewhere}>{shown}</a>'
