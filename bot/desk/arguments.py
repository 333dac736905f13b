"""What stands behind the verb of a command: labs and `key:value`, in Slack and on the command line."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from bot.cadence.shipped import Unit
from bot.desk.tokens import Token, tokens
from bot.errors import UsageError
from bot.model import ALL, Lab
from bot.records import OPEN_TRIAGE
from bot.releases.facts import filters as wanted
from bot.releases.facts.filters import FILTER_KEYS, Filters, make_filters
from bot.releases.facts.text import nearest, or_else
from bot.releases.naming.labs import Labs
from bot.settings.feeds import parse_duration
from bot.views.commands import Command, Verb
from bot.views.triage import STATES

MOST = 200  # that n: may ask for
PREFERENCES = ("variants", "updates", "every")
# What a key takes, where that is a handful of words.
CHOICES: Mapping[str, tuple[str, ...]] = {
    **wanted.CHOICES,
    "variants": ("thread", "post", "off"),
    "updates": ("edit", "thread", "off"),
    "every": ("15m", "1h", "0m"),
    "to": ("here", "dm"),
    "by": ("lab", "month"),
    "unit": tuple(unit.value for unit in Unit),
    "triage": (OPEN_TRIAGE, *STATES),
}
_SPELLINGS = {
    "licence": "license",
    "task": "type",
    "kind": "kinds",
    "weight": "weights",
    "name": "match",
    "memory": "fits",
    "vram": "fits",
    "limit": "n",
    "count": "n",
    "variant": "variants",
    "update": "updates",
}
_PLACES = {"here": "here", "dm": "dm", "me": "dm"}
_UNITS = {"min": "b", "max": "b", "fits": "gb", "since": "d", "for": "d"}  # what a bare number may have meant
_LENGTH = re.compile(r"\d{1,6}[smhdwy]", re.ASCII | re.IGNORECASE)
# What people say besides; none of it narrows anything down.
_FILLERS = frozenset({"and", "by", "for", "from", "in", "of", "on", "the", "to", "last", "past", "forever"})
_FILLERS |= {"labs", "models", "releases", "please"}
_MOST_PAGES = 1_000
_LONGEST_WINDOW = timedelta(days=36_525)
_LONGER_UNITS = {"w": 7, "y": 365}  # in days; a duration of feeds.yaml has no need of them
SHOWN = 60  # characters of what is quoted back
_LONGEST_LAB = 4  # words of a lab's name


class MisreadError(UsageError):
    """Raised for one word that means nothing, with what may stand in its place."""

    def __init__(self, message: str, word: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.word = word
        self.nearest = tuple(nearest)


def split(text: str, keys: Sequence[str]) -> list[Token]:
    """Return the words of a plain line, their keys spelt as we spell them."""
    spelt = {*keys, *(other for other, key in _SPELLINGS.items() if key in keys)} - {"to", "for", "by"}
    words = (Token(_SPELLINGS.get(word.key, word.key), word.value) for word in tokens(text, spelt))
    return [keyed(word, keys) for word in words]


def understand(verb: Verb, words: Sequence[Token], labs: Labs | None, keys: Sequence[str]) -> Command:
    """Return the command that a verb and its words make: it takes these keys, and labs unless that is None.

    Raises MisreadError for the first that means nothing, and UsageError for filters that nothing passes.
    """
    typed = _by_key(words, keys)
    values = {key: _read(key, word) for key, word in typed.items()}
    found, everything = _labs([word.value for word in words if not word.key], labs, keys)
    return Command(
        verb,
        "",
        labs=() if everything else found,
        everything=everything,
        since=values.get("since"),
        by=values.get("by", ""),
        unit=values.get("unit", ""),
        span=values.get("for"),
        number=values.get("n"),
        filters=make_filters(**{key: word.value for key, word in typed.items() if key in FILTER_KEYS}),
        page=values.get("page", 1),
        triage=values.get("triage", ""),
        privately=values.get("to") == "dm",
        preferences={key: values[key] for key in PREFERENCES if key in values},
    )


def parse_window(value: str) -> timedelta:
    """Return the time that `12h`, `30d`, `8w` or `1y` means.

    Raises UsageError for anything else, and for more than a hundred years.
    """
    text = value.strip().lower()
    try:
        if text[-1:] in _LONGER_UNITS and text[:-1].isdecimal():
            window = timedelta(days=int(text[:-1]) * _LONGER_UNITS[text[-1]])
        else:
            window = parse_duration(text)
    except (ValueError, OverflowError):
        window = timedelta()
    if not timedelta() < window <= _LONGEST_WINDOW:
        raise UsageError(f"“{value[:SHOWN]}” is not a length of time: write it as 12h, 30d, 8w or 1y")
    return window


def window_text(window: timedelta) -> str:
    """Return a length of time as `parse_window` reads it, in the largest unit that says it exactly."""
    seconds = round(window.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def keyed(word: Token, keys: Sequence[str]) -> Token:
    """Return a word that goes without its key with it: a place, and a length of time."""
    place = _PLACES.get(word.value.lower())
    if place and "to" in keys and word.key in ("", "to"):
        return Token("to", place)
    if not word.key and _LENGTH.fullmatch(word.value):
        return Token(next((key for key in ("since", "for") if key in keys), ""), word.value)
    return word


def _by_key(words: Sequence[Token], keys: Sequence[str]) -> dict[str, Token]:
    """Return the `key:value` words by their keys, each of which this command takes and stands once."""
    found: dict[str, Token] = {}
    for word in words:
        if not word.key:
            continue
        if word.key not in keys:
            near = ("min", "max") if word.key == "size" and "max" in keys else nearest(word.key, keys, 1)
            takes = f"this command takes {', '.join(f'{key}:' for key in keys) or 'none'}"
            hint = or_else((f"{key}:" for key in near), "")
            raise MisreadError(
                f"“{word.key[:SHOWN]}:” is not known here: {hint}{' ' if hint else ''}{takes}",
                str(word),
                [str(Token(key, word.value)) for key in near],
            )
        if word.key in found and word != found[word.key]:
            raise UsageError(f"{word.key}: stands twice, with {found[word.key].value[:SHOWN]} and another")
        found[word.key] = word
    return found


def _read(key: str, word: Token) -> Any:
    """Return what a value means. Raises MisreadError with the values that may have been meant."""
    if not word.value:
        raise MisreadError(f"{key}: says nothing: write a value behind it", str(word))
    try:
        return _READERS[key](word.value)
    except UsageError as error:
        near = [str(Token(key, value)) for value in _nearest_values(key, word.value)]
        raise MisreadError(str(error), str(word), near) from error


def _nearest_values(key: str, value: str) -> tuple[str, ...]:
    if key in _UNITS and re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value):
        return (value + _UNITS[key],)
    if key == "n" and re.fullmatch(r"[1-9]\d{2,5}", value):
        return (str(MOST),)
    return nearest(value, CHOICES.get(key, ()))


def _filter(key: str, value: str) -> Filters:
    return make_filters(**{key: value})


def _choice(key: str, value: str) -> str:
    if value.lower() in CHOICES[key]:
        return value.lower()
    raise UsageError(f"“{value[:SHOWN]}” is nothing that {key}: takes: write {', '.join(CHOICES[key])}")


def _number(most: int, value: str) -> int:
    if not re.fullmatch(r"\d{1,6}", value) or not 1 <= int(value) <= most:
        raise UsageError(f"“{value[:SHOWN]}” is not a number from 1 to {most:,}")
    return int(value)


_READERS: Mapping[str, Callable[[str], Any]] = {
    **{key: partial(_filter, key) for key in FILTER_KEYS},
    **{key: partial(_choice, key) for key in (*PREFERENCES, "to", "by", "unit", "triage")},
    "since": parse_window,
    "for": parse_window,
    "n": partial(_number, MOST),
    "page": partial(_number, _MOST_PAGES),
}


def _labs(loose: Sequence[str], labs: Labs | None, keys: Sequence[str]) -> tuple[tuple[Lab, ...], bool]:
    """Return the labs that words name, each once, and whether "all" was among them."""
    found: dict[Lab, None] = {}
    everything, at = False, 0
    while at < len(loose):
        word = loose[at].lower()
        if labs is None:
            raise _one_too_many(loose[at], keys)
        lab, width = lab_at(loose, at, labs)
        if lab:
            found[lab] = None
        elif word == ALL:
            everything = True
        elif word not in _FILLERS:
            raise unknown_lab(loose[at], labs, keys)
        at += width
    return tuple(found), everything


def lab_at(loose: Sequence[str], at: int, labs: Labs) -> tuple[Lab | None, int]:
    """Return the lab with the longest name that begins here, and how many words that is."""
    for width in range(min(_LONGEST_LAB, len(loose) - at), 0, -1):
        lab = labs.find(" ".join(loose[at : at + width]).lstrip("@#"))
        if lab:
            return lab, width
    return None, 1


def unknown_lab(word: str, labs: Labs, keys: Sequence[str]) -> MisreadError:
    """Return the error that says which labs may have been meant."""
    if re.fullmatch(r"[1-9]\d{0,2}", word, re.ASCII):
        near = tuple(text for key, text in (("n", f"n:{word}"), ("for", f"{word}d")) if key in keys)
        return MisreadError(f"“{word}” says nothing alone: {or_else(near, 'name a lab')}", word, near)
    names = {name.lower(): lab.id for lab in labs for name in (lab.id, lab.name, *lab.aliases)}
    ids = tuple(dict.fromkeys(names[name] for name in nearest(word.lower(), names)))
    hint = or_else(ids, "`labs` shows them all")
    return MisreadError(f"I don't know a lab called “{word[:SHOWN]}”: {hint}", str(Token("", word)), ids)


def _one_too_many(word: str, keys: Sequence[str]) -> MisreadError:
    takes = ", ".join(f"{key}:{'|'.join(CHOICES.get(key, ('...',)))}" for key in keys) or "nothing more"
    return MisreadError(
        f"“{word[:SHOWN]}” is one word too many: this command takes {takes}", str(Token("", word)), ("",)
    )
