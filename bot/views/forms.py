"""The windows: details of a release, report what is wrong, correct it; and what all windows are made of.

A submitted form becomes words. Limits: https://docs.slack.dev/reference/views and
https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.model import Kind, Wave
from bot.records import Block, ErrorReport, View
from bot.views import blocks
from bot.views.answers.show import fact_blocks
from bot.views.blocks import Element, literal, options, plain_text
from bot.views.names import (
    by_size,
    lab_name,
    licence_of,
    name_of,
    person,
    size_of,
    subject_of,
    title_of,
)

BLOCKS_LIMIT = 100
_TITLE_LIMIT = 24
_LABEL_LIMIT = 100
_HINT_LIMIT = 300
_PLACEHOLDER_LIMIT = 150
_TEXT_LIMIT = 3_000
_GROUP_LIMIT = 100
VALUE = "value"  # the action id of every input: its block id says which it is

Choices = Sequence[tuple[str, str]]


def text_input(placeholder: str, most: int, *, multiline: bool = False, typed: str = "") -> Element:
    """Return a line, or several, to type into; `most` is in characters, `typed` stands there first."""
    most = min(most, _TEXT_LIMIT)
    return {
        "type": "plain_text_input",
        "action_id": VALUE,
        "multiline": multiline,
        "max_length": most,
        **({"initial_value": typed} if 0 < len(typed) <= most else {}),
        "placeholder": plain_text(placeholder, _PLACEHOLDER_LIMIT),
    }


def select(choices: Choices, chosen: str = "") -> Element:
    """Return a menu to choose one of (label, value) from; `chosen` is the value that stands there first."""
    listed = options(choices[:_GROUP_LIMIT])
    element: Element = {"type": "static_select", "action_id": VALUE, "options": listed}
    initial = [it for it in listed if it["value"] == chosen]
    return {**element, "initial_option": initial[0]} if initial else element


def multi_select(groups: Mapping[str, Choices], placeholder: str, chosen: Collection[str]) -> Element:
    """Return a menu to choose several from, in groups of (label, value); at least one must have choices.

    `chosen` are the values that are chosen at first.
    """
    listed: list[Element] = [
        {"label": plain_text(label, 75), "options": options(choices[:_GROUP_LIMIT])}
        for label, choices in groups.items()
        if choices
    ]
    initial = [option for group in listed for option in group["options"] if option["value"] in chosen]
    return {
        "type": "multi_static_select",
        "action_id": VALUE,
        "option_groups": listed,
        **({"initial_options": initial} if initial else {}),
        "placeholder": plain_text(placeholder, _PLACEHOLDER_LIMIT),
    }


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

    Slack takes 3,000 characters of metadata.
    """
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
    found = [it.get("value") or it.get("selected_conversation") for it in chosen if isinstance(it, Mapping)]
    return [it.strip() for it in found if isinstance(it, str) and it.strip()]


SUBSCRIBE, WHERE, REPORT, CORRECT = "subscribe", "where", "report", "correct"
SHORT = 100  # characters of a filter or a correction
_REPORT_LIMIT = 1_000
_SAID_LIMIT = 400  # of a report, each character escaped


# --- details


def details_modal(wave: Wave) -> View:
    """Return the window with all that is known of a wave."""
    return modal("Details", [blocks.header(title_of(wave)), *fact_blocks(wave)])


# --- report


def report_modal(wave: Wave) -> View:
    """Return the form to say what is wrong; `private_metadata` is the release's id."""
    text = text_input("The licence is ...", _REPORT_LIMIT, multiline=True)
    body = [
        blocks.section(f"*{subject_of(wave)}* by {lab_name(wave.lab)}"),
        blocks.context([f"Known now: {licence_of(wave.sizes)} · {size_of(wave.sizes)}"]),
        ask("text", "What is wrong, and what would be right?", text, optional=False),
    ]
    return form("Report a wrong detail", "Report", REPORT, str(wave.lead.id), body)


def read_report(view: Mapping[str, Any]) -> str:
    """Return what a submitted report says, "" when it says nothing."""
    return "\n".join(values_of(view).get("text", ()))[:_REPORT_LIMIT]


# --- correct


def correct_modal(report: ErrorReport, wave: Wave) -> View:
    """Return the form to correct what was reported; `private_metadata` is the report's id."""
    return form("Correct a release", "Save", CORRECT, str(report.id), _correct_blocks(report, wave))


def _correct_blocks(report: ErrorReport, wave: Wave) -> Iterator[Block]:
    said, models = literal(report.text, _SAID_LIMIT) or "no words", by_size(wave)
    yield blocks.section(f"{person(report.reporter)} says of *{subject_of(wave)}*: “{said}”")
    yield blocks.context([f"{name_of(it)}: {licence_of([it])} · {size_of([it])}" for it in models])
    if len(models) > 1:
        choices = [(it.name.display, str(it.id)) for it in models]
        yield ask("model", "Which model", select(choices, str(models[0].id)), optional=False)
    yield ask("license", "Licence", text_input("apache-2.0", SHORT), "Leave empty what is right.")
    yield ask("parameters", "Parameters", text_input("1.5t", SHORT))
    yield ask("active", "Active parameters", text_input("32b", SHORT))
    yield ask("lab", "Lab", text_input("moonshot", SHORT))
    yield ask("kind", "What it is", select([(str(kind), str(kind)) for kind in Kind]))
    yield ask("merge", "It is the same release as", text_input("Kimi K2.6", SHORT))
    yield ask("split", "This repository is no part of it", text_input("owner/name", 2 * SHORT))
    yield ask("named", "but a release named", text_input("Kimi K2.6 Thinking", SHORT))


def read_correct(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what a submitted correction sets, by field; nothing means that the report needs none.

    Fields: those of `records.Correction` (license, parameters, active, lab, kind, merge, split), `named` for
    the release that a split makes, and `model`, the id of the release that is meant.
    """
    fields = ("model", "license", "parameters", "active", "lab", "kind", "merge", "split", "named")
    values = values_of(view)
    return {name: values[name][0] for name in fields if values.get(name)}
