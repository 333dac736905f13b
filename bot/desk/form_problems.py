"""What is wrong with a form that was sent, by the field beside which that is to stand. Pure.

Slack takes such a thing only with the acknowledgement of the form, and then keeps what was typed:
https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Mapping
from typing import Any

from bot.desk.grammar import parse_command
from bot.errors import UsageError
from bot.releases.facts.filters import make_filters
from bot.releases.facts.text import shorten
from bot.releases.naming.labs import Labs
from bot.views.answers.common import sentence
from bot.views.commands import Verb
from bot.views.follow_form import LABS, filter_words, read_subscribe

_LIMIT = 200  # characters beside a field
_NOT_ALL = "all labs stay followed until `unsubscribe all` ends that: leave them in, or do that first"


def beside_field(problem: str) -> str:
    """Return a problem as it stands beside a field."""
    return shorten(sentence(problem), _LIMIT)


def follow_problems(view: Mapping[str, Any], labs: Labs) -> dict[str, str]:
    """Return what is wrong with the form that chooses labs."""
    words = filter_words(view)
    found = {key: _problem_of(**{key: word}) for key, word in words.items()}
    if not any(found.values()) and {"min", "max"} <= words.keys():
        found["max"] = _problem_of(min=words["min"], max=words["max"])
    found[LABS] = _problem_of_labs(view, labs) if not any(found.values()) else ""
    return {field: beside_field(problem) for field, problem in found.items() if problem}


def _problem_of(**filters: str) -> str:
    try:
        make_filters(**filters)
    except UsageError as error:
        return str(error)
    return ""


def _problem_of_labs(view: Mapping[str, Any], labs: Labs) -> str:
    _, commands = read_subscribe(view)
    try:
        meant = [parse_command(command, labs) for command in commands]
    except UsageError as error:
        return str(error)
    leaves_all = any(command.verb is Verb.UNSUBSCRIBE and command.everything for command in meant)
    return _NOT_ALL if leaves_all else ""
