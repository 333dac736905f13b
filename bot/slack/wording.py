"""The command by the name that the manifest gives it: all is written with ours, and renamed here."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot.errors import StoreError
from bot.records import Content, View
from bot.views.answers.common import COMMAND

log = structlog.get_logger(__name__)

_NAME = re.compile(r"/[^\s`<>&|*~]{1,31}")  # as Slack takes it, and as mrkdwn shows it unchanged
# How every answer writes it; a person's words have no code.
_IN_CODE = re.compile(rf"`{re.escape(COMMAND)}(?=[ `])")


class CommandName:
    """What the command is called: a command brings its name along, a button or a message does not.

    So it is as it was typed last. `keep` stores that for what is posted unasked, and for the next start.
    """

    def __init__(self, known: str = "", keep: Callable[[str], None] = lambda _: None) -> None:
        self._name = known or COMMAND
        self._keep = keep

    def heard(self, name: str) -> str:
        """Return the name, once one was heard, "" being none."""
        if name and name != self._name:
            self._name = name
            try:
                self._keep(name)
            except StoreError as error:  # the answer does not depend on it
                log.warning("command_name_not_kept", reason=str(error))
        return self._name


def command_name(name: str) -> str:
    """Return the name under which a command came, "" where it is none."""
    return name if _NAME.fullmatch(name) else ""


def speaks_of_command(content: Content) -> bool:
    """Whether a message tells people what to type: for few it matters what that is called."""
    return COMMAND in content.text or COMMAND in str(content.blocks)


def named(content: Content, name: str) -> Content:
    """Return a message that calls the command by this name, "" being ours."""
    if name in ("", COMMAND):
        return content
    return Content(_named(content.text, name), _named(content.blocks, name))


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
