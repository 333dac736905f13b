"""The command by the name that the manifest gives it: answers are written with ours, and renamed here."""

import re
from collections.abc import Mapping
from typing import Any

from bot.records import Content, View
from bot.views.answers.common import COMMAND

_NAME = re.compile(r"/[^\s`<>&|*~]{1,31}")  # as Slack takes it, and as mrkdwn shows it unchanged
_IN_CODE = re.compile(
    rf"`{re.escape(COMMAND)}(?=[ `])"
)  # how every answer writes it; a person's words have no code


def command_name(name: str) -> str:
    """Return the name under which a command came, "" where it is none."""
    return name if _NAME.fullmatch(name) else ""


def named(content: Content, name: str) -> Content:
    """Return an answer that calls the command by this name."""
    return content if name == COMMAND else Content(_named(content.text, name), _named(content.blocks, name))


def named_view(view: View, name: str) -> dict[str, Any]:
    """Return a window or Home tab that calls the command by this name."""
    return {key: _named(value, name) for key, value in view.items()}


def _named(part: Any, name: str) -> Any:
    if isinstance(part, str):
        return _IN_CODE.sub(lambda _: f"`{name}", part)
    if isinstance(part, Mapping):
        return {key: _named(value, name) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_named(one, name) for one in part]
    return part
