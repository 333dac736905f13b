"""A message on a terminal: Slack's blocks and mrkdwn in rich's terms, at whatever width there is. Pure.

Buttons that run a command are left out. A line breaks between facts and words, and not inside a name.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from bot.records import Block, Content
from bot.views.answers.common import COMMAND

_STYLES = {"*": "bold", "_": "italic", "~": "strike", "`": "cyan"}
_MARKUP = re.compile(
    r"<!date\^\d+\^[^|>]*\|(?P<date>[^>]*)>"
    r"|<(?P<mention>[#@]\w+|!subteam\^\w+)>"
    r"|<(?P<url>[^<>|]+)(?:\|(?P<label>[^<>]*))?>"
    rf"|`(?:{COMMAND}|cadencebot)\b ?(?P<command>[^`\n]*)`"
    r"|(?<!\w)(?P<mark>[*_~`])(?P<inner>\S(?:[^\n]*?\S)?)(?P=mark)(?!\w)"
)
_MARKER = re.compile(r"(?:•|\d+\.|#\d+) +")
_FACT = re.compile(r"\S(?:(?! · ).)*(?: ·)?")  # with the dot behind it
_BAR = 12  # characters of the longest bar of a chart
_GLUE = "\ufdd0"  # stands for a blank at which no line breaks; Unicode has no character there


def card(content: Content, title: str) -> RenderableType:
    """Return a message as a framed card with the destination's name on the frame."""
    return Panel(page(content), title=Text(title), title_align="left", border_style="dim", expand=False)


def page(content: Content, *, addresses: bool = False) -> RenderableType:
    """Return a message without a frame, as the answer to a command.

    `addresses`: each link has its address behind it, as not every terminal can follow one.
    """
    if not content.blocks:
        return Group(*_lines(rich_text(content.text, addresses=addresses)))
    return Group(*(line for block in content.blocks for line in _block(block, addresses)))


def rich_text(mrkdwn: str, style: str | Style = "", *, addresses: bool = False) -> Text:
    """Return mrkdwn as rich text: bold, italics, code, links and dates, entities read once."""
    text, end = Text(style=style), 0
    for found in _MARKUP.finditer(mrkdwn):
        text.append(html.unescape(mrkdwn[end : found.start()]))
        text.append_text(_marked_up(found, addresses))
        end = found.end()
    return text.append(html.unescape(mrkdwn[end:]))


def _marked_up(found: re.Match[str], addresses: bool) -> Text:
    if found["mark"]:
        return rich_text(found["inner"], _STYLES[found["mark"]], addresses=addresses)
    if found["command"] is not None:
        return Text(f"`{_as_typed_here(html.unescape(found['command']))}`", _STYLES["`"])
    if found["url"]:
        return _link(html.unescape(found["url"]), html.unescape(found["label"] or ""), addresses)
    return Text(html.unescape((found["mention"] or found["date"]).replace("!subteam^", "@")))


def _as_typed_here(command: str) -> str:
    """Return a command of Slack's as the command line takes it: help is an option there."""
    verb, _, about = command.partition(" ")
    words = [about, "--help"] if verb == "help" else [command]
    return " ".join(["cadencebot", *(word for word in words if word)])


def _link(url: str, label: str, addresses: bool) -> Text:
    text = Text(label or url, Style(link=url, underline=True))
    return Text.assemble(text, f" <{url}>") if addresses and label not in ("", url) else text


def _block(block: Block, addresses: bool) -> Iterator[RenderableType]:
    match block:
        case {"type": "header", "text": {"text": str(text)}}:
            yield from _lines(Text(text, "bold"))
        case {"type": "section", "fields": [*fields]}:
            yield from _facts([field["text"] for field in fields], addresses)
        case {"type": "section", "text": {"text": str(text)}}:
            yield from _lines(rich_text(text, addresses=addresses))
        case {"type": "data_visualization", "title": str(title), "chart": {"series": [series]}}:
            yield from _lines(Text(title, "bold"))
            yield from _bars([(Text(point["label"]), point["value"]) for point in series["data"]])
        case {"type": "divider"}:
            yield Text()
        case {"type": "context", "elements": [*elements]}:
            small = " · ".join(element["text"] for element in elements)
            yield from _lines(rich_text(small, "dim", addresses=addresses))
        case {"type": "actions", "elements": [*elements]}:
            yield from _links(element for element in elements if "url" in element)


def _lines(text: Text) -> Iterator["_Line"]:
    """Yield the lines of a text; what follows one with a marker and has none itself belongs to it."""
    marker, item = Text(), list[Text]()
    for line in text.split("\n", allow_blank=True):
        found = _MARKER.match(line.plain)
        if item and (found or not marker):
            yield _Line(marker, Text("\n").join(item))
            item = []
        marker, rest = line.divide([found.end()]) if found else (marker, line)
        item.append(rest)
    yield _Line(marker, Text("\n").join(item))


def _facts(fields: Sequence[str], addresses: bool) -> Iterator["_Line"]:
    pairs = [field.partition("\n") for field in fields]
    yield from _columns(
        [(rich_text(title), rich_text(value, addresses=addresses)) for title, _, value in pairs]
    )


def _bars(points: Sequence[tuple[Text, float]]) -> Iterator["_Line"]:
    most = max((value for _, value in points), default=0) or 1
    bars = [Text(f"{'█' * round(_BAR * value / most)} {value:g}".strip()) for _, value in points]
    yield from _columns(list(zip((label for label, _ in points), bars, strict=True)))


def _columns(pairs: Sequence[tuple[Text, Text]]) -> Iterator["_Line"]:
    width = max((title.cell_len for title, _ in pairs), default=0) + 2
    for title, value in pairs:
        title.pad_right(width - title.cell_len)
        yield _Line(title, value)


def _links(buttons: Iterable[dict[str, Any]]) -> Iterator["_Line"]:
    """Yield the links with their addresses in full, as not every terminal can follow one."""
    for button in buttons:
        label = Text(f"{button['text']['text']}: ", "dim")
        yield _Line(Text(), Text.assemble(label, (button["url"], Style(link=button["url"]))))


@dataclass(frozen=True, slots=True)
class _Line:
    """A marker, and a text that goes on below itself; below the marker where a word of it is too long."""

    marker: Text
    text: Text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widest = max(map(cell_len, self.text.plain.split("\n")))
        return Measurement(1, min(self.marker.cell_len + widest, options.max_width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        first, indent = self.marker, self.marker.cell_len
        longest = max(map(cell_len, self.text.plain.split()), default=0)
        if options.max_width - indent < longest <= options.max_width:
            yield Text(first.plain.rstrip(), "bold")
            first, indent = Text(), 0
        for line in _wrapped(self.text, console, options.max_width - indent):
            yield Text.assemble(first, line)
            first = Text(" " * indent)


def _wrapped(text: Text, console: Console, room: int) -> Iterator[Text]:
    for line in text.split("\n", allow_blank=True):
        line.plain = _glued(line, room)
        for part in line.wrap(console, room):
            part.plain = part.plain.replace(_GLUE, " ").rstrip()
            yield part


def _glued(line: Text, room: int) -> str:
    """Return a line's text with glue for the blanks of facts that fit a line, and of names in the others."""
    plain = line.plain
    names = [(span.start, span.end) for span in line.spans]
    for start, end in [*(found.span() for found in _FACT.finditer(plain)), *names]:
        if cell_len(plain[start:end].strip()) <= room:
            plain = plain[:start] + plain[start:end].replace(" ", _GLUE) + plain[end:]
    return re.sub(r"\S+", lambda word: _unglued(word[0], room), plain)


def _unglued(word: str, room: int) -> str:
    return word if cell_len(word) <= room else word.replace(_GLUE, " ")
