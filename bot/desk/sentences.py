"""Questions in plain words, "anything new from kimi since monday?", as the commands that answer them.

Only a question all of whose words are known here is understood, and what it becomes only ever reads: a
sentence that may mean anything else is for the grammar to refuse. Pure.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.desk.arguments import lab_at, parse_window, window_text
from bot.desk.tokens import plain_line, tokens
from bot.errors import UsageError
from bot.releases.naming.labs import Labs
from bot.views.commands import Verb

# The words of questions; none of them wants something done, or not done.
_NEWS = """
anything came coming dropped happened latest launch launched new newest news recent recently release
released releases ship shipped shipping something
"""
_BESIDES = """
a ai all and any are been by come could did do does for from get give go got had has have hello hey hi
how i if in is it just know lab labs lately like list llm llms me model models of on or out over please
see show since so some tell that the their there they this to us was we were what whats when which who
with within would you your
"""
NEWS = frozenset(_NEWS.split())  # what makes a sentence a question about what came out
TALK = NEWS | frozenset(_BESIDES.split())
_TIMES = {
    ("today",): 1,
    ("this", "morning"): 1,
    ("yesterday",): 2,
    ("this", "week"): 7,
    ("past", "week"): 7,
    ("last", "week"): 14,  # the days of the week before this one
    ("this", "month"): 30,
    ("past", "month"): 30,
    ("last", "month"): 60,
    ("this", "year"): 365,
    ("past", "year"): 365,
    ("last", "year"): 730,
    # before a length of time, as in "the last 3 days"
    ("last",): 0,
    ("past",): 0,
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LENGTH = re.compile(r"\d{1,5}[hdwy]", re.ASCII)
_AROUND = " .!?()'\"*_"


def command_in(text: str, labs: Labs, today: date) -> str:
    """Return the `recent ...` that a question stands for, "" for what is not understood."""
    try:
        said = tokens(plain_line(text), ())
    except UsageError:
        return ""
    words = [_plain(word.value) for word in said]
    return "" if any(word.key for word in said) else _question(words, labs, today)


def _plain(word: str) -> str:
    """Return a word without the signs around it: "Qwen?" and "Qwen's" are "qwen"."""
    word = word.lower().strip(_AROUND).replace("’", "'")
    return "whats" if word == "what's" else word.removesuffix("'s")


def _question(words: Sequence[str], labs: Labs, today: date) -> str:
    """Return the command that words make, "" where one of them is not known or they ask for nothing."""
    found: dict[str, None] = {}
    spans: set[timedelta] = set()
    at = 0
    while at < len(words):
        span, width = _time(words, at, today)
        lab = None
        if not width:
            lab, width = lab_at(words, at, labs)
        if lab:
            found[lab.id] = None
        elif span:
            spans.add(span)
        elif span is None and words[at] and words[at] not in TALK:
            return ""
        at += width
    if len(spans) > 1 or not (spans or NEWS & set(words)):
        return ""
    since = [f"since:{window_text(span)}" for span in spans]
    return " ".join([Verb.RECENT, *found, *since])


def _time(words: Sequence[str], at: int, today: date) -> tuple[timedelta | None, int]:
    """Return how far back the words that begin here reach, and how many they are; (None, 0) for no time."""
    for width in (2, 1):
        days = _TIMES.get(tuple(words[at : at + width]))
        if days is not None:
            return timedelta(days), width
    if _LENGTH.fullmatch(words[at]):
        try:
            return parse_window(words[at]), 1
        except UsageError:
            return None, 0
    if words[at] in _WEEKDAYS:
        # the whole of that day; today's own name is that of a week ago
        return timedelta((today.weekday() - _WEEKDAYS.index(words[at]) - 1) % 7 + 2), 1
    return None, 0
