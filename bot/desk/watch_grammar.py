"""What `watch kimi k3 weights` waits for: a lab, perhaps a name, and what shall be so of it."""

from collections.abc import Sequence
from dataclasses import replace

from bot.desk.arguments import keyed, lab_at, understand, unknown_lab
from bot.desk.tokens import Token
from bot.errors import UsageError
from bot.model import ALL, Lab
from bot.releases.facts.filters import FILTER_KEYS
from bot.releases.naming.families import first_words, known_at
from bot.releases.naming.labs import Labs
from bot.releases.naming.tokens import clean, tokenize
from bot.releases.tables import mapping
from bot.views.commands import Command, MisunderstoodError, Suggestion, Verb

_KEYS = (*(key for key in FILTER_KEYS if key != "kinds"), "to")
_WEIGHTS = ("weights", "weight")
_FILLERS = frozenset({"for", "to", "as", "in", "with", "open", "be", "is", "out", "has"})
_MOST_WORDS = 12


def parse_watch(verb: Verb, words: Sequence[Token], labs: Labs) -> Command:
    """Return what somebody waits for, or waits for no longer. Raises MisreadError, MisunderstoodError."""
    words = [keyed(word, ("to",)) for word in words]
    loose = [word.value for word in words if not word.key]
    conditions = [word for word in words if word.key]
    if verb is Verb.UNWATCH and [word.lower() for word in loose] == [ALL]:
        return replace(understand(verb, conditions, None, ("to",)), everything=True)
    loose, packaging, weights = _without_conditions(loose)
    conditions += [Token("weights", "open")] if weights else []
    if not loose or len(loose) > _MOST_WORDS:
        raise MisunderstoodError(
            f"`{verb}` needs a lab or a release: `{verb} kimi k3 weights`", (Suggestion("List", "list"),)
        )
    lab, name = _named(loose, labs)
    command = understand(verb, conditions, None, _KEYS)
    if verb is Verb.WATCH and not (name or packaging or str(command.filters)):
        aside = " to:dm" if command.privately else ""
        raise MisunderstoodError(
            f"say what you wait for: `watch {lab.id} weights`, gguf or a filter; or follow the lab",
            (
                Suggestion("Follow", f"subscribe {lab.id}{aside}"),
                Suggestion("Wait", f"watch {lab.id} weights{aside}"),
            ),
        )
    return replace(command, labs=(lab,), subject=name, packaging=packaging)


def _without_conditions(loose: list[str]) -> tuple[list[str], str, bool]:
    """Return words without those at their end that say what shall be so: a packaging, and weights."""
    packaging, weights = "", False
    while loose and (loose[-1].lower() in (*_WEIGHTS, *_FILLERS) or _packaging(loose[-1])):
        *loose, last = loose
        weights |= last.lower() in _WEIGHTS
        if packaging and _packaging(last):
            raise UsageError(f"wait for one packaging at a time, {_packaging(last)} or {packaging}")
        packaging = packaging or _packaging(last)
    while loose and loose[0].lower() in _FILLERS:
        loose = loose[1:]
    return loose, packaging, weights


def _packaging(word: str) -> str:
    """Return a word that says how weights are packed, lower-case, "" for any other."""
    low = word.lower()
    is_known = low in (known.lower() for known in mapping("packagings.tsv", "word", "where"))
    by_shape = [token.role for token in tokenize(clean(word))] == ["packaging"]  # int4, 4bit
    return low if is_known or by_shape else ""


def _named(loose: Sequence[str], labs: Labs) -> tuple[Lab, str]:
    """Return the lab that words name, and the release of it, "" where they name none.

    A family tells its lab, and belongs to the name where that is otherwise its rest: "qwen coder". Raises
    MisreadError for a lab that nobody knows: a wait for it would never end.
    """
    lab, width = lab_at(loose, 0, labs)
    if lab is None:
        lab, width = _maker(loose, labs), 0
    if lab is None:
        raise unknown_lab(loose[0], labs, _KEYS)
    rest = loose[width:]
    if not rest:
        return lab, ""
    spoken = next((word for word in (loose[0], lab.id) if word.lower() in first_words()), "")
    return lab, " ".join(rest if not spoken or rest[0].lower() in first_words() else [spoken, *rest])


def _maker(loose: Sequence[str], labs: Labs) -> Lab | None:
    """Return the lab that makes the family with which words begin, where one of the known labs does."""
    known = known_at(tokenize(clean(" ".join(loose))), 0)
    owners = sorted(known[0].owners) if known else ()
    return next((lab for lab in map(labs.find, owners) if lab), None)
