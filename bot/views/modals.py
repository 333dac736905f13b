"""The windows: follow labs, details of a release, report what is wrong, correct it. A form becomes words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.model import Kind, Lab, Wave
from bot.records import ALL, Block, ErrorReport, View
from bot.releases.facts.filters import CHOICES
from bot.releases.facts.visible import clean
from bot.views import blocks, forms
from bot.views.answers.facts import by_size, fact_blocks
from bot.views.answers.following import Following, followed_briefly
from bot.views.answers.pieces import (
    LAB_LIMIT,
    lab_of,
    licence_of,
    name_of,
    person,
    place,
    size_of,
    subject_of,
    title_of,
)
from bot.views.commands import Verb
from bot.views.escape import literal
from bot.views.forms import Choices, ask, select, text_input, values_of

SUBSCRIBE, REPORT, CORRECT = "subscribe", "report", "correct"
_SHORT = 100  # characters of a filter or a correction
_REPORT_LIMIT = 1_000
_SAID_LIMIT = 400  # of a report, each character escaped
_LINES_LIMIT = 2_500
_LABS, _VERB = "labs", "verb"
_ANY = "any"
_LICENSES = (
    ("Any", _ANY),
    ("Permissive: MIT, Apache 2.0 ...", "permissive"),
    ("With conditions: Llama, Gemma ...", "conditions"),
    ("Non-commercial", "non-commercial"),
)
_KINDS = (
    ("Releases and their variants", "all"),
    ("Only releases", "release"),
    ("Only variants: FP8, GGUF ...", "variants"),
)
_WEIGHTS = (("Any", _ANY), ("Only what can be downloaded", "open"))
_VERBS = (
    ("Follow these labs", str(Verb.SUBSCRIBE)),
    ("Stop following these labs", str(Verb.UNSUBSCRIBE)),
)
_FILTERS = ("license", "min", "max", "fits", "type", "weights", "kinds", "match")


# --- follow


def subscribe_modal(labs: Sequence[Lab], current: Following | None, destination: str) -> View:
    """Return the form that makes a destination follow labs, or stop; it names what it follows now.

    `private_metadata` is the destination.
    """
    return forms.form(
        "Follow labs", "Save", SUBSCRIBE, destination, _subscribe_blocks(labs, current, destination)
    )


def _subscribe_blocks(labs: Sequence[Lab], current: Following | None, destination: str) -> Iterator[Block]:
    followed = followed_briefly(current, _LINES_LIMIT) if current else []
    yield blocks.section(f"For {place(destination)}." + ("" if followed else " It follows nothing yet."))
    if followed:
        yield from blocks.sections(["*It follows*", *followed])
        yield ask(_VERB, "What to do", select(_VERBS, _VERBS[0][1]), optional=False)
    everything = {"Every lab": [("All labs", ALL)], **_by_letter(labs)}
    yield ask(_LABS, "Labs", forms.multi_select(everything, "Choose labs"), optional=False)
    yield ask("license", "Licence", select(_LICENSES, _ANY))
    yield ask("min", "At least so many parameters", text_input("7b", most=_SHORT))
    yield ask("max", "At most so many parameters", text_input("70b", most=_SHORT))
    yield ask("fits", "Fits into GPU memory", text_input("80gb or 8x80gb", most=_SHORT))
    yield ask("type", "Type", select([(group.capitalize(), group) for group in CHOICES["type"]], _ANY))
    yield ask("weights", "Weights", select(_WEIGHTS, _ANY))
    yield ask("kinds", "What of them", select(_KINDS, "all"))
    yield ask("match", "Words of the name", text_input("coder, vl", most=_SHORT), "One of them is enough.")


def _by_letter(labs: Sequence[Lab]) -> Mapping[str, Choices]:
    """Return the labs in groups of fewer than the hundred options that Slack takes in one."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for lab in sorted(labs, key=lambda it: it.name.casefold()):
        letter = (clean(lab.name, LAB_LIMIT) or lab.id)[:1].upper()
        groups.setdefault(letter, []).append((lab.name, lab.id))
    return groups


def read_subscribe(view: Mapping[str, Any]) -> str:
    """Return the command that a submitted form stands for: "subscribe qwen zai license:permissive"."""
    values = values_of(view)
    verb = next(iter(values.get(_VERB, ())), Verb.SUBSCRIBE)
    labs = values.get(_LABS, [])
    chosen = [ALL] if ALL in labs else labs
    filters = [_filter(key, values) for key in _FILTERS] if verb == Verb.SUBSCRIBE else []
    return " ".join([str(verb), *chosen, *(word for word in filters if word)])


def _filter(key: str, values: Mapping[str, Sequence[str]]) -> str:
    """Return one filter as it is typed, or "" when it is empty or lets everything through."""
    text = "".join(values.get(key, ())).replace('"', " ")
    if key == "match":
        names = " ".join(text.split())
        return f'match:"{names}"' if names else ""
    word = "".join(text.split())
    return f"{key}:{word}" if word and word not in (_ANY, "all") else ""


# --- details


def details_modal(wave: Wave, now: datetime) -> View:
    """Return the window with all that is known of a wave."""
    return forms.modal("Details", [blocks.header(title_of(wave)), *fact_blocks(wave, now)])


# --- report


def report_modal(wave: Wave) -> View:
    """Return the form to say what is wrong; `private_metadata` is the release's id."""
    known = f"Known now: {licence_of(wave.sizes)} · {size_of(wave.sizes)}"
    question = "What is wrong, and what would be right?"
    body = [
        blocks.section(f"*{subject_of(wave)}* by {lab_of(wave)}"),
        blocks.context([known]),
        ask(
            "text",
            question,
            text_input("The licence is ...", multiline=True, most=_REPORT_LIMIT),
            optional=False,
        ),
    ]
    return forms.form("Report a wrong detail", "Report", REPORT, str(wave.lead.id), body)


def read_report(view: Mapping[str, Any]) -> str:
    """Return what a submitted report says, "" when it says nothing."""
    return "\n".join(values_of(view).get("text", ()))[:_REPORT_LIMIT]


# --- correct


def correct_modal(report: ErrorReport, wave: Wave) -> View:
    """Return the form to correct what was reported; `private_metadata` is the report's id."""
    return forms.form("Correct a release", "Save", CORRECT, str(report.id), _correct_blocks(report, wave))


def _correct_blocks(report: ErrorReport, wave: Wave) -> Iterator[Block]:
    said = literal(report.text, _SAID_LIMIT) or "no words"
    yield blocks.section(f"{person(report.reporter)} says of *{subject_of(wave)}*: “{said}”")
    yield blocks.context([f"{name_of(it)}: {licence_of([it])} · {size_of([it])}" for it in by_size(wave)])
    if len(wave.sizes) > 1:
        models = [(it.name.display, str(it.id)) for it in by_size(wave)]
        yield ask("model", "Which model", select(models, str(by_size(wave)[0].id)), optional=False)
    yield ask("license", "Licence", text_input("apache-2.0", most=_SHORT), "Leave empty what is right.")
    yield ask("parameters", "Parameters", text_input("1.5t", most=_SHORT))
    yield ask("active", "Active parameters", text_input("32b", most=_SHORT))
    yield ask("lab", "Lab", text_input("moonshot", most=_SHORT))
    yield ask("kind", "What it is", select([(str(kind), str(kind)) for kind in Kind]))
    yield ask("merge", "It is the same release as", text_input("Kimi K2.6", most=_SHORT))
    yield ask("split", "This repository is no part of it", text_input("owner/name", most=2 * _SHORT))
    yield ask("named", "but a release named", text_input("Kimi K2.6 Thinking", most=_SHORT))


def read_correct(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what a submitted correction sets, by field; nothing means that the report needs none.

    Fields: those of `records.Correction` (license, parameters, active, lab, kind, merge, split), `named` for
    the release that a split makes, and `model`, the id of the release that is meant.
    """
    fields = ("model", "license", "parameters", "active", "lab", "kind", "merge", "split", "named")
    values = values_of(view)
    return {name: values[name][0] for name in fields if values.get(name)}
