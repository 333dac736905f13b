"""Show a message on a terminal: Slack's blocks and mrkdwn in rich's terms."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.records import Content

_STYLES = {"*": "bold", "_": "italic", "~": "strike", "`": "cyan"}
_MARKUP = re.compile(
    r"<!date\^\d+\^[^|>]*\|(?P<date>[^>]*)>"
    r"|<(?P<url>[^<>|]+)(?:\|(?P<label>[^<>]*))?>"
    r"|(?<!\w)(?P<mark>[*_~`])(?P<inner>\S(?:[^\n]*?\S)?)(?P=mark)(?!\w)"
)


def card(content: Content, title: str) -> RenderableType:
    """Return a message as a framed card with the destination's name on the frame."""
    return Panel(page(content), title=Text(title), title_align="left", border_style="dim", expand=False)


def page(content: Content) -> RenderableType:
    """Return a message without a frame, as the answer to a command."""
    return Group(*_lines(content)) if content.blocks else rich_text(content.text)


def rich_text(mrkdwn: str, style: str | Style = "") -> Text:
    """Return mrkdwn as rich text: bold, italics, code, links and dates, entities read once."""
    text, end = Text(style=style), 0
    for found in _MARKUP.finditer(mrkdwn):
        text.append(html.unescape(mrkdwn[end : found.start()]))
        text.append_text(_marked_up(found))
        end = found.end()
    return text.append(html.unescape(mrkdwn[end:]))


def _marked_up(found: re.Match[str]) -> Text:
    if found["mark"]:
        return rich_text(found["inner"], _STYLES[found["mark"]])
    if found["url"]:
        url = html.unescape(found["url"])
        return Text(html.unescape(found["label"] or "") or url, Style(link=url, underline=True))
    return Text(html.unescape(found["date"]))


def _lines(content: Content) -> Iterator[RenderableType]:
    for block in content.blocks:
        match block:
            case {"type": "header", "text": {"text": str(text)}}:
                yield Text(text, "bold")
            case {"type": "section", "fields": [*fields]}:
                yield _fields(fields)
            case {"type": "section", "text": {"text": str(text)}}:
                yield rich_text(text)
            case {"type": "divider"}:
                yield Text()
            case {"type": "context", "elements": [*elements]}:
                yield rich_text(" · ".join(element["text"] for element in elements), "dim")
            case {"type": "actions", "elements": [*elements]}:
                yield from _buttons([element for element in elements if "url" in element])


def _fields(fields: list[Mapping[str, Any]]) -> Table:
    table = Table.grid(padding=(0, 2))
    for field in fields:
        title, _, value = field["text"].partition("\n")
        table.add_row(rich_text(title), rich_text(value))
    return table


def _buttons(elements: list[Mapping[str, Any]]) -> Iterator[Text]:
    """Yield the links with their addresses in full, as not every terminal can follow one."""
    for button in elements:
        address = button["url"], Style(link=button["url"])
        yield Text.assemble((f"{button['text']['text']}: ", "dim"), address)
