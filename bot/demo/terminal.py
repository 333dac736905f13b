"""Show one message of the stand-in for Slack on a terminal, in as few lines as it takes: pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from bot.demo.mrkdwn import Span, spans, visible
from bot.demo.slack import Posted

_GAP = "   "


def channel_lines(post: Posted) -> list[Text]:
    """Return the lines of a message; a reply is indented under an arrow.

    Headlines are bold, facts share a line, the small print is dim. Nothing from outside is markup.
    """
    lines = [line for block in post.blocks for line in _lines(block)] or _split(_mrkdwn(post.text))
    first, other = ("  ↳ ", "    ") if post.thread_ts else ("▌ ", "▌ ")
    marks = [first] + [other] * (len(lines) - 1)
    return [Text(mark, style="cyan").append_text(line) for mark, line in zip(marks, lines, strict=True)]


def _lines(block: Mapping[str, Any]) -> Iterator[Text]:
    match block.get("type"):
        case "header":
            yield Text(visible(block["text"]["text"]), style="bold")
        case "section":
            if "text" in block:
                yield from _split(_mrkdwn(block["text"]["text"]))
            if "fields" in block:
                yield Text(_GAP).join(_on_one_line(field["text"]) for field in block["fields"])
        case "context":
            small = Text(" · ").join(_on_one_line(element.get("text", "")) for element in block["elements"])
            small.stylize("dim")
            yield small
        case "divider":
            yield Text("─" * 40, style="dim")


def _on_one_line(text: str) -> Text:
    return Text(" ").join(_split(_mrkdwn(text)))


def _split(text: Text) -> list[Text]:
    return list(text.split("\n", allow_blank=True))


def _mrkdwn(text: str) -> Text:
    shown = Text()
    for span in spans(text):
        shown.append(span.text, style=_style(span))
    return shown


def _style(span: Span) -> str:
    styles = {
        "bold": span.bold,
        "italic": span.italic,
        "strike": span.strike,
        "cyan": span.code,
        "black on yellow": span.mention,
        "blue underline": bool(span.url),
    }
    return " ".join(style for style, wanted in styles.items() if wanted)
