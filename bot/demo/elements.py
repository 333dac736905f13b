"""The elements of Block Kit that can be pressed or filled: where they stand, and what they hold. Pure.

An element's place in its message or view is "3.1": the second element of the fourth block. Shapes:
https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Element = Mapping[str, Any]

# What each holds when something is chosen or typed, and the key under which it begins with something.
_OPTION = {"static_select": "option", "radio_buttons": "option", "overflow": "option"}
_OPTIONS = {"multi_static_select": "options", "checkboxes": "options"}
_ID = {"users_select": "user", "conversations_select": "conversation", "channels_select": "channel"}
_IDS = {f"multi_{kind}": f"{name}s" for kind, name in _ID.items()}
_DATES = {"datepicker": "date", "timepicker": "time"}
_TEXTS = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}

ONE = frozenset({*_OPTION, *_ID})
MANY = frozenset({*_OPTIONS, *_IDS})
TYPED = frozenset({*_DATES, *_TEXTS})


@dataclass(frozen=True, slots=True)
class Placed:
    """An element where it stands; Slack gives ids to blocks and elements that have none."""

    at: str
    block: Mapping[str, Any]
    element: Element

    @property
    def block_id(self) -> str:
        """Return the id under which its block's state goes."""
        return str(self.block.get("block_id") or f"b{self.at.partition('.')[0]}")

    @property
    def action_id(self) -> str:
        """Return the id under which its own goes."""
        return str(self.element.get("action_id") or f"a{self.at}")

    @property
    def is_required(self) -> bool:
        """Whether a form cannot be submitted without it."""
        return self.block.get("type") == "input" and not self.block.get("optional", False)


def placed(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Placed]:
    """Yield every element of a message or view."""
    for number, block in enumerate(blocks):
        elements: Sequence[Element] = ()
        match block.get("type"):
            case "section":
                elements = [block["accessory"]] if "accessory" in block else ()
            case "actions":
                elements = block.get("elements", ())
            case "input":
                elements = [block.get("element", {})]
        for position, element in enumerate(elements):
            yield Placed(f"{number}.{position}", block, element)


def choices(element: Element, names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return what can be chosen, each with its value, its text and its group's; `names` are those of ids."""
    if element.get("type") in {*_ID, *_IDS}:
        first = "U" if "users" in element["type"] else "C"
        return [(known, name, "") for known, name in names.items() if known.startswith(first)]
    groups = element.get("option_groups") or [{"options": element.get("options", ())}]
    return [
        (str(option.get("value", "")), text_of(option), text_of(group, "label"))
        for group in groups
        for option in group.get("options", ())
    ]


def text_of(thing: Mapping[str, Any], key: str = "text") -> str:
    """Return the words of a text object under a key, "" where there is none."""
    text = thing.get(key)
    return str(text.get("text", "")) if isinstance(text, Mapping) else ""


def initially(element: Element) -> list[str]:
    """Return the values that an element begins with."""
    kind = element.get("type", "")
    key = (_OPTION | _OPTIONS | _ID | _IDS | _DATES).get(kind, "value")
    given = element.get(f"initial_{key}")
    found = given if isinstance(given, list) else [given]
    return [str(one["value"] if isinstance(one, Mapping) else one) for one in found if one not in (None, "")]


def holds(element: Element, values: Sequence[str]) -> dict[str, Any]:
    """Return what an element holds, as payloads tell it, beside its type.

    A value that the element does not offer is none. Shape of a state:
    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    kind = element.get("type", "")
    options = _by_value(element)
    if kind in _OPTION:
        return {"selected_option": next((options[value] for value in values if value in options), None)}
    if kind in _OPTIONS:
        return {"selected_options": [options[value] for value in values if value in options]}
    if kind in _IDS:
        return {f"selected_{_IDS[kind]}": list(values)}
    if kind == "button":
        return {"text": element.get("text", {}), "value": element["value"]} if "value" in element else {}
    first = next(iter(values), None) or None
    known = _ID | _DATES
    return {f"selected_{known[kind]}" if kind in known else "value": first}


def _by_value(element: Element) -> dict[str, Mapping[str, Any]]:
    groups = element.get("option_groups") or [element]
    return {option.get("value", ""): option for group in groups for option in group.get("options", ())}
