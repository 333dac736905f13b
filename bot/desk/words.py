"""The words behind a command: labs and `key:value`, the same in Slack and on the command line."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.cadence.shipped import Unit
from bot.desk.tidy import Token, tokens
from bot.errors import UsageError
from bot.model import Lab
from bot.records import ALL
from bot.releases.facts import filters as wanted
from bot.releases.facts.filters import FILTER_KEYS, Filters, make_filters
from bot.releases.facts.nearest import nearest, or_else
from bot.releases.naming.labs import Directory
from bot.settings.feeds import parse_duration

MOST = 200  # that n: may ask for
PREFERENCES = ("variants", "updates")
# What a key takes, where that is a handful of words.
CHOICES: Mapping[str, tuple[str, ...]] = {
    **wanted.CHOICES,
    "variants": ("thread", "post", "off"),
    "updates": ("edit", "thread", "off"),
    "to": ("here", "dm"),
    "by": ("lab", "month"),
    "unit": tuple(unit.value for unit in Unit),
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


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed, understood: labs (none means all), a window, a number, filters."""

    labs: tuple[Lab, ...] = ()
    everything: bool = False  # "all" was typed
    since: timedelta | None = None
    by: str = ""
    unit: str = ""
    span: timedelta | None = None
    number: int | None = None
    filters: Filters = field(default_factory=Filters)
    page: int = 1
    privately: bool = False
    preferences: Mapping[str, str] = field(default_factory=dict)


def split(text: str, keys: Sequence[str]) -> list[Token]:
    """Return the words of a tidy text, their keys spelt as we spell them."""
    spelt = {*keys, *(other for other, key in _SPELLINGS.items() if key in keys)} - {"to", "for", "by"}
    words = (Token(_SPELLINGS.get(word.key, word.key), word.value) for word in tokens(text, spelt))
    return [_keyed(word, keys) for word in words]


def understand(words: Sequence[Token], labs: Directory | None, keys: Sequence[str]) -> Words:
    """Return what the words mean to a command that takes these keys, and labs unless that is None.

    Raises MisreadError for the first that means nothing, and UsageError for filters that nothing passes.
    """
    typed = _by_key(words, keys)
    values = {key: _read(key, word) for key, word in typed.items()}
    found, everything = _labs([word.value for word in words if not word.key], labs, keys)
    return Words(
        labs=found,
        everything=everything,
        since=values.get("since"),
        by=values.get("by", ""),
        unit=values.get("unit", ""),
        span=values.get("for"),
        number=values.get("n"),
        filters=make_filters(**{key: word.value for key, word in typed.items() if key in FILTER_KEYS}),
        page=values.get("page", 1),
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
    except (ValueError, OverflowError) as error:
        raise _no_window(value) from error
    if not timedelta() < window <= _LONGEST_WINDOW:
        raise _no_window(value)
    return window


def _no_window(value: str) -> UsageError:
    return UsageError(f"“{value[:SHOWN]}” is not a length of time: write it as 12h, 30d, 8w or 1y")


def window_text(window: timedelta) -> str:
    """Return a length of time as `parse_window` reads it, in the largest unit that says it exactly."""
    seconds = round(window.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _keyed(word: Token, keys: Sequence[str]) -> Token:
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
            near = _nearest_keys(word.key, keys)
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


def _nearest_keys(key: str, keys: Sequence[str]) -> tuple[str, ...]:
    if key == "size" and "max" in keys:
        return "min", "max"
    return nearest(key, keys, 1)


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


def _filter(key: str) -> Callable[[str], Filters]:
    return lambda value: make_filters(**{key: value})


def _choice(key: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.lower() in CHOICES[key]:
            return value.lower()
        raise UsageError(f"“{value[:SHOWN]}” is nothing that {key}: takes: write {', '.join(CHOICES[key])}")

    return read


def _number(most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not re.fullmatch(r"\d{1,6}", value) or not 1 <= int(value) <= most:
            raise UsageError(f"“{value[:SHOWN]}” is not a number from 1 to {most:,}")
        return int(value)

    return read


_READERS: Mapping[str, Callable[[str], Any]] = {
    **{key: _filter(key) for key in FILTER_KEYS},
    **{key: _choice(key) for key in (*PREFERENCES, "to", "by", "unit")},
    "since": parse_window,
    "for": parse_window,
    "n": _number(MOST),
    "page": _number(_MOST_PAGES),
}


def _labs(loose: Sequence[str], labs: Directory | None, keys: Sequence[str]) -> tuple[tuple[Lab, ...], bool]:
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
            raise _unknown_lab(loose[at], labs, keys)
        at += width
    return tuple(found), everything


def lab_at(loose: Sequence[str], at: int, labs: Directory) -> tuple[Lab | None, int]:
    """Return the lab with the longest name that begins here, and how many words that is."""
    for width in range(min(_LONGEST_LAB, len(loose) - at), 0, -1):
        lab = labs.find(" ".join(loose[at : at + width]).lstrip("@#"))
        if lab:
            return lab, width
    return None, 1


def _unknown_lab(word: str, labs: Directory, keys: Sequence[str]) -> MisreadError:
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
