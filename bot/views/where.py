"""The window that asks for which channel somebody wants to follow labs: from the Home tab, or a shortcut.

The menu offers the channels that its reader is in:
https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element
"""

from collections.abc import Mapping
from typing import Any

from bot.records import View
from bot.views.blocks import Element
from bot.views.forms import VALUE, ask, form, values_of

WHERE = "where"
_PLACE = "place"
_HINT = "Leave it empty to be told alone, in our direct messages. In a channel invite me first: /invite"


def where_modal() -> View:
    """Return the window; where the channel that its reader looks at may be chosen, it is chosen at first."""
    return form("Follow labs", "Next", WHERE, "", [ask(_PLACE, "In which channel", _channels(), _HINT)])


def read_where(view: Mapping[str, Any]) -> str:
    """Return the id of the channel that was chosen, "" for none."""
    return next(iter(values_of(view).get(_PLACE, ())), "")


def _channels() -> Element:
    return {
        "type": "conversations_select",
        "action_id": VALUE,
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
