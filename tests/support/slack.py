"""Look into rendered messages and views, and ask the strict checker what it thinks of them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.records import Content, View
from bot.views.terminal import rich_text

# What looks like markup and is text from outside that we show literally.
_SHOWN_LITERALLY = {"double_escaped", "markup_in_plain_text"}
_MOST_VISIBLE = 10_000  # characters of one message
_MOST_BYTES = 4_000  # of a message's text

HOSTILE = [
    "<!channel>",
    "<https://evil.example|click>",
    "&amp;lt;",
    "**bold** ``` `code` ~s~",
    "[a](https://evil.example)",
    "> | \n \u202eRTL \x00\x1b[31m \ud800",
    "مرحبا 👩‍👩‍👧 e" + "\u0301" * 30,
    "",
    "   ",
    "&" * 10_000,
    "新" * 10_000,
    "👍" * 10_000,
    "`" * 10_000,
    "\u202e" * 10_000,
]


def complaints(validate: Any, said: Content | View) -> list[str]:
    """Return what the strict checker says of a message, a modal or a Home tab, and what we promise beyond."""
    if not isinstance(said, Content):
        return _checked(validate, said, str(said["type"]))
    payload = {"channel": "C0123ABC456", "text": said.text, "blocks": said.blocks}
    found = _checked(validate, payload, "message")
    found += ["no sentence"] if len(said.text.strip()) < 10 else []
    found += ["text too long"] if len(said.text.encode()) > _MOST_BYTES else []
    pings = [text for kind, text in texts(said.blocks) if kind == "mrkdwn" and "<!channel" in text]
    found += ["pings everybody"] if pings or "<!channel" in said.text else []
    visible = sum(len(rich_text(text).plain) for _, text in texts(said.blocks))
    return found + ([f"{visible} visible characters"] if visible > _MOST_VISIBLE else [])


def _checked(validate: Any, payload: Mapping[str, Any], surface: str) -> list[str]:
    issues = validate(json.loads(json.dumps(payload, default=list)), surface)
    return [str(issue) for issue in issues if issue.code not in _SHOWN_LITERALLY]


def texts(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the kind and text of everything that is shown."""
    if isinstance(value, Mapping):
        if value.get("type") in {"mrkdwn", "plain_text"}:
            yield value["type"], value["text"]
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def shown(said: Content | View) -> str:
    """Return all that is shown in blocks, a line a text."""
    return "\n".join(text for _, text in texts(said.blocks if isinstance(said, Content) else said["blocks"]))


def pressed(said: Content | View) -> dict[str, tuple[str, str]]:
    """Return the buttons by their label: action id and value."""
    blocks = said.blocks if isinstance(said, Content) else said["blocks"]
    found = [
        element for block in blocks for element in block.get("elements", ()) if block["type"] == "actions"
    ]
    found += [block["accessory"] for block in blocks if "accessory" in block]
    return {
        it["text"]["text"]: (it["action_id"], it.get("value", "")) for it in found if it["type"] == "button"
    }
