"""Build Slack's blocks, within Slack's limits.

Limits: https://docs.slack.dev/reference/block-kit/blocks (50 blocks a message, 3,000 characters a section).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.messages.content import Block
from bot.messages.escape import clean, web_address

_HEADER_LIMIT = 150
_SECTION_LIMIT = 3_000
_FIELDS_LIMIT = 10
_ELEMENTS_LIMIT = 10


def header(text: str) -> Block:
    """Return the headline of a message; `text` may come from outside as it is."""
    return {"type": "header", "text": _plain_text(text, _HEADER_LIMIT)}


def section(text: str) -> Block:
    """Return a paragraph of mrkdwn that Slack does not fold away."""
    return {"type": "section", "text": _mrkdwn(text), "expand": True}


def sections(lines: Iterable[str]) -> Iterator[Block]:
    """Yield sections that hold all lines, as few as Slack's limit allows."""
    text = ""
    for line in lines:
        if text and len(text) + 1 + len(line) > _SECTION_LIMIT:
            yield section(text)
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield section(text)


def fields(*pairs: tuple[str, str]) -> Block:
    """Return facts in two columns, each a title and a value in mrkdwn."""
    texts = [_mrkdwn(f"*{title}*\n{value}") for title, value in pairs[:_FIELDS_LIMIT]]
    return {"type": "section", "fields": texts}


def context(texts: Iterable[str]) -> Block:
    """Return the small print, one mrkdwn text an element."""
    return {"type": "context", "elements": [_mrkdwn(text) for text in texts][:_ELEMENTS_LIMIT]}


def buttons(choices: Iterable[tuple[str, str, str]]) -> Iterator[Block]:
    """Yield one row of buttons from (label, address, action id), or nothing when no address is usable."""
    row = [_button(label, web_address(url), action) for label, url, action in choices if web_address(url)]
    if row:
        yield {"type": "actions", "elements": row}


def _button(label: str, url: str, action: str) -> dict[str, Any]:
    return {"type": "button", "text": _plain_text(label, 30), "action_id": action, "url": url}


def _plain_text(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": clean(text, limit), "emoji": False}


def _mrkdwn(text: str) -> dict[str, Any]:
    # verbatim: Slack must not turn names into links to channels or people by itself
    return {"type": "mrkdwn", "text": text, "verbatim": True}
