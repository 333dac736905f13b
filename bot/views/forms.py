"""Build Slack's inputs, modals and the Home tab, within Slack's limits.

Limits: https://docs.slack.dev/reference/views and https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.records import Block, View
from bot.views.blocks import Element, options, plain_text

BLOCKS_LIMIT = 100
_TITLE_LIMIT = 24
_LABEL_LIMIT = 100
_HINT_LIMIT = 300
_PLACEHOLDER_LIMIT = 150
_TEXT_LIMIT = 3_000
_METADATA_LIMIT = 3_000
_GROUP_LIMIT = 100
VALUE = "value"  # the action id of every input: its block id says which it is

Choices = Sequence[tuple[str, str]]


def text_input(placeholder: str = "", *, multiline: bool = False, most: int = _TEXT_LIMIT) -> Element:
    """Return a line, or several, to type into; `most` is in characters."""
    element: Element = {"type": "plain_text_input", "action_id": VALUE, "multiline": multiline}
    element["max_length"] = min(most, _TEXT_LIMIT)
    return {**element, **_placeholder(placeholder)}


def select(choices: Choices, chosen: str = "") -> Element:
    """Return a menu to choose one of (label, value) from; `chosen` is the value that stands there first."""
    listed = options(choices[:_GROUP_LIMIT])
    initial = [it for it in listed if it["value"] == chosen]
    element: Element = {"type": "static_select", "action_id": VALUE, "options": listed}
    return {**element, **({"initial_option": initial[0]} if initial else {})}


def multi_select(groups: Mapping[str, Choices], placeholder: str) -> Element:
    """Return a menu to choose several from, in groups of (label, value); at least one must have choices."""
    listed = [
        {"label": plain_text(label, 75), "options": options(choices[:_GROUP_LIMIT])}
        for label, choices in groups.items()
        if choices
    ]
    element: Element = {"type": "multi_static_select", "action_id": VALUE, "option_groups": listed}
    return {**element, **_placeholder(placeholder)}


def _placeholder(text: str) -> Element:
    return {"placeholder": plain_text(text, _PLACEHOLDER_LIMIT)} if text else {}


def ask(block_id: str, label: str, element: Element, hint: str = "", *, optional: bool = True) -> Block:
    """Return a labelled input; its value comes back under `block_id`."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain_text(label, _LABEL_LIMIT),
        "element": element,
        "optional": optional,
        **({"hint": plain_text(hint, _HINT_LIMIT)} if hint else {}),
    }


def modal(title: str, blocks: Iterable[Block]) -> View:
    """Return a window that only shows something."""
    return {
        "type": "modal",
        "title": plain_text(title, _TITLE_LIMIT),
        "close": plain_text("Close", _TITLE_LIMIT),
        "blocks": list(blocks)[:BLOCKS_LIMIT],
    }


def form(title: str, submit: str, callback: str, metadata: str, blocks: Iterable[Block]) -> View:
    """Return a window that asks; what is submitted comes back under `callback` with the metadata.

    Raises ValueError for metadata beyond Slack's limit, which our ids never reach.
    """
    if len(metadata) > _METADATA_LIMIT:
        raise ValueError(f"a form's metadata has {len(metadata)} characters; Slack takes {_METADATA_LIMIT}")
    return {
        **modal(title, blocks),
        "submit": plain_text(submit, _TITLE_LIMIT),
        "close": plain_text("Cancel", _TITLE_LIMIT),
        "callback_id": callback,
        "private_metadata": metadata,
    }


def home(blocks: Iterable[Block]) -> View:
    """Return the tab that Slack shows under the app's name."""
    return {"type": "home", "blocks": list(blocks)[:BLOCKS_LIMIT]}


def values_of(view: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what a submitted form holds: the values of each block, none for one left empty.

    A payload with missing keys or of the wrong shape holds nothing. Shape:
    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    state = view.get("state")
    blocks = state.get("values") if isinstance(state, Mapping) else None
    if not isinstance(blocks, Mapping):
        return {}
    return {
        block: _values(inputs[VALUE])
        for block, inputs in blocks.items()
        if isinstance(inputs, Mapping) and isinstance(inputs.get(VALUE), Mapping)
    }


def _values(state: Mapping[str, Any]) -> list[str]:
    several = state.get("selected_options")
    chosen = several if isinstance(several, list) else [state.get("selected_option"), state]
    found = [it.get("value") for it in chosen if isinstance(it, Mapping)]
    return [it.strip() for it in found if isinstance(it, str) and it.strip()]
