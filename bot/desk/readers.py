"""What stands behind the verbs that take no labs: a name, an address, or a few words of their own."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.desk.arguments import SHOWN, MisreadError, understand
from bot.desk.digest_plan import parse_plan
from bot.desk.settings import parse_settings
from bot.desk.tokens import Token
from bot.errors import UsageError
from bot.releases.facts.text import nearest, or_else
from bot.views.commands import Command, MisunderstoodError, Suggestion, Verb
from bot.views.triage import STATES

_LONGEST = 400  # characters of a name, and of an address as a source gives it
_EXAMPLE = "`add stepfun-ai`, or `add https://lab.example/blog as Lab`"
_ENDINGS = ("yes", "ask")
_FLOOD_WORDS = ("announce", "ignore")
_UNCLEAR_WORDS = ("there", "again")
_TRIAGE = re.compile(
    r"(?P<name>.*[^\s:])[\s:]+(?P<state>looking(?:[- ]at[- ]it)?|adopted|no|not[- ]for[- ]us|open)",
    re.IGNORECASE,
)


def name_in(rest: str) -> str:
    """Return a name without the quotes around it or the full stop behind it."""
    return " ".join(rest.replace('"', " ").split()).rstrip(" '.!?").lstrip(" '")


def about(verb: Verb, name: str) -> Command:
    """Return a command about a name. Raises UsageError for one too long, or none, which only `labs` takes."""
    if len(name) > _LONGEST:
        raise UsageError(f"That is too long for a name: `{verb}` takes at most {_LONGEST} characters.")
    if not name and verb is not Verb.LABS:
        raise MisreadError(f"`{verb}` needs a model: `{verb} Kimi K2.6`", verb.value, ("recent",))
    return Command(verb, "", subject=name)


def _add(rest: str) -> Command:
    """Return what `add stepfun-ai as StepFun` means, with `yes` or `ask` behind it."""
    *words, ending = [*rest.replace('"', " ").split(), ""]
    if len(words) > 1 and words[-1].lower() in _ENDINGS:
        ending = words.pop().lower()
    if not words:
        raise MisreadError(
            f"`add` needs an organisation on the Hub or an address: {_EXAMPLE}", "add", ("help add",)
        )
    what, link, named = words[0], words[1:2], " ".join(words[2:])
    if (link and link[0].lower() != "as") or (link and not named):
        raise UsageError(f"`add` takes one organisation or address, and a name behind `as`: {_EXAMPLE}")
    if len(what) > _LONGEST:
        raise UsageError(
            f"“{what[:SHOWN]}…” is too long for an address: `add` takes at most {_LONGEST} characters"
        )
    return Command(
        Verb.ADD, "", subject=what, named=named, of_admins=ending == "ask", confirmed=ending == "yes"
    )


def _remove(rest: str) -> Command:
    """Return what `remove stepfun` means, with `yes` behind it; without a name it asks which there are."""
    words = rest.replace('"', " ").split()
    confirmed = len(words) > 1 and words[-1].lower() == "yes"
    return Command(Verb.REMOVE, "", subject=" ".join(words[: len(words) - confirmed]), confirmed=confirmed)


def _digest(words: Sequence[Token]) -> Command:
    command = understand(Verb.DIGEST, [word for word in words if word.key == "to"], None, ("to",))
    plan = [word for word in words if word.key != "to"]
    if [word.value.lower() for word in plan] in (["now"], ["preview"]):
        return replace(command, subject="now", asks=True)
    digest, names_zone = parse_plan(plan) if plan else (None, False)
    return replace(command, digest=digest, asks=not plan, names_zone=names_zone)


def _held(words: Sequence[Token]) -> Command:
    """Return what `held`, `held announce 3` and `held ignore #3` mean."""
    loose = [str(word).lower().lstrip("#") for word in words]
    if not loose:
        return Command(Verb.HELD, "")
    if loose[0] not in _FLOOD_WORDS:
        near = nearest(loose[0], _FLOOD_WORDS, 1)
        hint = or_else(near, "write held announce 3, or held ignore 3")
        raise MisreadError(f"“{loose[0][:SHOWN]}” is nothing to do with a flood: {hint}", str(words[0]), near)
    if len(loose) != 2 or not re.fullmatch(r"[1-9]\d{0,8}", loose[1], re.ASCII):
        raise UsageError(f"`held {loose[0]}` needs one number: `held` lists what waits, with its numbers")
    return Command(Verb.HELD, "", subject=loose[0], number=int(loose[1]))


def _unclear(words: Sequence[Token]) -> Command:
    """Return what `unclear`, `unclear there 5f0c4f0e` and `unclear again 5f0c4f0e` mean."""
    loose = [str(word).lower() for word in words]
    if not loose:
        return Command(Verb.UNCLEAR, "")
    if loose[0] not in _UNCLEAR_WORDS:
        near = nearest(loose[0], _UNCLEAR_WORDS, 1)
        raise MisreadError(
            f"“{loose[0][:SHOWN]}” says nothing of a message: {or_else(near, 'write there or again')}",
            str(words[0]),
            near,
        )
    if len(loose) != 2 or not re.fullmatch(r"[0-9a-f-]{4,36}", loose[1], re.ASCII):
        raise UsageError(f"`unclear {loose[0]}` needs one id: `unclear` lists what is unclear, with its ids")
    return Command(Verb.UNCLEAR, "", subject=" ".join(loose))


def _triage(rest: str) -> Command:
    """Return what `triage Kimi K2.6 adopted` means: a name, and behind it what is made of the release."""
    said = name_in(rest)
    found = _TRIAGE.fullmatch(said)
    if found is None:
        near = [f"triage {said} {state}" for state in STATES] if said else ["recent triage:open"]
        raise MisunderstoodError(
            "say of a release what you make of it: `triage Kimi K2.6 adopted`, or looking, no, open",
            tuple(Suggestion(text, text) for text in near),
        )
    state = re.split("[- ]", found["state"].lower())[0]
    return replace(about(Verb.TRIAGE, found["name"]), triage={"not": "no"}.get(state, state))


# By verb: what reads the words behind it, and what reads the text as it was typed.
OF_WORDS: Mapping[Verb, Callable[[Sequence[Token]], Command]] = {
    Verb.DIGEST: _digest,
    Verb.HELD: _held,
    Verb.UNCLEAR: _unclear,
    Verb.SETTINGS: parse_settings,
}
OF_TEXT: Mapping[Verb, Callable[[str], Command]] = {
    Verb.ADD: _add,
    Verb.REMOVE: _remove,
    Verb.TRIAGE: _triage,
}
