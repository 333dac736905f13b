"""The forms in which labs are chosen: for which channel, from the Home tab or a shortcut, and then which.

The second shows what is set, and Save makes it so. The first offers the channels that its reader is in:
https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.model import ALL, Destination, Lab
from bot.records import FROM_SLACK, Block, View
from bot.releases.facts.filters import CHOICES, Filters
from bot.views import blocks
from bot.views.answers.following import Following, followed_briefly
from bot.views.blocks import Element
from bot.views.commands import Verb
from bot.views.forms import (
    SHORT,
    SUBSCRIBE,
    VALUE,
    WHERE,
    Choices,
    ask,
    form,
    multi_select,
    select,
    text_input,
    values_of,
)
from bot.views.names import place, plain_lab

LABS = "labs"
_PLACE = "place"
_NO_PLACE = "Leave it empty to be told alone, in our direct messages. In a channel invite me first: /invite"
_MOST_CHOSEN = 1_000  # labs
_CHOSEN_LIMIT = 1_500  # characters of the ids of labs that a form brings back
_LINES_LIMIT = 2_500
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
_FILTERS = ("license", "min", "max", "fits", "type", "weights", "kinds", "match")


def where_modal() -> View:
    """Return the window; where the channel that its reader looks at may be chosen, it is chosen at first."""
    channels: Element = {
        "type": "conversations_select",
        "action_id": VALUE,
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return form("Follow labs", "Next", WHERE, "", [ask(_PLACE, "In which channel", channels, _NO_PLACE)])


def read_where(view: Mapping[str, Any]) -> str:
    """Return the id of the channel that was chosen, "" for none."""
    return next(iter(values_of(view).get(_PLACE, ())), "")


def subscribe_modal(labs: Sequence[Lab], current: Following | None, destination: Destination) -> View:
    """Return the form in which a destination chooses its labs; it shows those that were chosen in Slack.

    Of these, where they have several filters, it shows the most that have the same. `private_metadata` is
    the destination, and the ids of the labs that the form shows as followed.
    """
    chosen, filters = _chosen(current)
    groups = {"Every lab": [("All labs", ALL)], **_by_letter(labs)}
    menu = multi_select(groups, "Choose labs", chosen)
    shown = [option["value"] for option in menu.get("initial_options", ())]  # what is not, stays as it is
    body = [*_heading(current, destination, shown), *_questions(menu, filters.words if shown else {})]
    return form("Follow labs", "Save", SUBSCRIBE, " ".join([destination, *shown]), body)


def _chosen(current: Following | None) -> tuple[Sequence[str], Filters]:
    """Return the labs that the form is to show as followed, and their filters."""
    groups = defaultdict[Filters, list[str]](list)
    for one in current.subscriptions if current else ():
        if one.origin == FROM_SLACK and not one.follow.cadence:
            groups[one.filters].append(one.follow.lab)
    filters, chosen = max(groups.items(), key=lambda it: len(it[1]), default=(Filters(), []))
    return (chosen, filters) if len(" ".join(chosen)) <= _CHOSEN_LIMIT else ((), Filters())


def _heading(current: Following | None, destination: Destination, shown: Sequence[str]) -> Iterator[Block]:
    followed = followed_briefly(current, _LINES_LIMIT) if current else []
    yield blocks.section(f"For {place(destination)}." + ("" if followed else " It follows nothing yet."))
    if followed:
        yield from blocks.sections(["*It follows*", *followed])
    if shown:
        yield blocks.context(["What you take out below is not followed any more; the rest stays as it is."])


def _questions(menu: Element, words: Mapping[str, str]) -> Iterator[Block]:
    """Yield the fields, in which stands what is set: the labs of the menu, and the words of their filters."""
    yield ask(LABS, "Labs", menu, optional="initial_options" in menu)
    yield ask("license", "Licence", _select(_LICENSES, words.get("license", _ANY)))
    yield ask("min", "At least so many parameters", _line("7b", words.get("min", "")))
    yield ask("max", "At most so many parameters", _line("70b", words.get("max", "")))
    yield ask("fits", "Fits into GPU memory", _line("80gb or 8x80gb", words.get("fits", "")))
    types = [(group.upper() if len(group) == 2 else group.capitalize(), group) for group in CHOICES["type"]]
    yield ask("type", "Type", _select(types, words.get("type", _ANY)))
    yield ask("weights", "Weights", _select(_WEIGHTS, words.get("weights", _ANY)))
    yield ask("kinds", "What of them", _select(_KINDS, words.get("kinds", "all")))
    yield ask("match", "Words of the name", _line("coder, vl", words.get("match", "")), "One is enough.")


def _select(choices: Choices, chosen: str) -> Element:
    """Return a menu in which what is set can be chosen, were it typed as something else."""
    listed = list(choices)
    if chosen not in {value for _, value in listed}:
        listed.append((chosen, chosen))
    return select(listed, chosen)


def _line(placeholder: str, typed: str) -> Element:
    return text_input(placeholder, max(SHORT, len(typed)), typed=typed)


def _by_letter(labs: Sequence[Lab]) -> Mapping[str, Choices]:
    """Return the labs in groups of fewer than the hundred options that Slack takes in one."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for lab in sorted(labs, key=lambda it: it.name.casefold()):
        letter = plain_lab(lab)[:1].upper()
        groups.setdefault(letter, []).append((lab.name, lab.id))
    return groups


def read_subscribe(view: Mapping[str, Any]) -> tuple[Destination, list[str]]:
    """Return the place that a submitted form is about, and the commands that it stands for.

    They are "subscribe qwen zai license:permissive", and "unsubscribe ..." for what was taken out.
    """
    about = view.get("private_metadata")
    place, *before = (about if isinstance(about, str) else "").split()[:_MOST_CHOSEN] or [""]
    labs = values_of(view).get(LABS, [])
    chosen = [ALL] if ALL in labs else labs
    gone = [lab for lab in before if lab not in labs]
    leaving = [" ".join([Verb.UNSUBSCRIBE, *gone])] if gone else []
    words = [f"{key}:{_quoted(word)}" for key, word in filter_words(view).items()]
    following = [" ".join([Verb.SUBSCRIBE, *chosen, *words])] if chosen or not gone else []
    return Destination(place), [*leaving, *following]


def filter_words(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what a submitted form says of each filter, but for what lets everything through."""
    values = values_of(view)
    words = {key: _filter(key, values) for key in _FILTERS}
    return {key: word for key, word in words.items() if word}


def _quoted(word: str) -> str:
    return f'"{word}"' if re.search(r"[\s,;:]", word) else word


def _filter(key: str, values: Mapping[str, Sequence[str]]) -> str:
    """Return what one filter says, "" when it is empty or lets everything through."""
    text = "".join(values.get(key, ())).replace('"', " ")
    if key == "match":
        return " ".join(text.split())
    word = "".join(text.split())
    return "" if word in (_ANY, "all") else word
