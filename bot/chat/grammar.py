"""The words typed after a command: labs and `key:value`, the same in Slack and on the command line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches

from bot.config import parse_duration
from bot.errors import UsageError
from bot.model import Lab
from bot.records import ALL
from bot.releases.filters import Filters, make_filters
from bot.releases.labs import Directory

_SPELLINGS = {"licence": "license"}
MOST = 200  # that n: may ask for
_LONGER_UNITS = {"w": 7, "y": 365}  # in days; a duration of feeds.yaml has no need of them


@dataclass(frozen=True, slots=True)
class Words:
    """Hold what was typed, understood: labs (none means all), a window, a number, filters."""

    labs: tuple[Lab, ...] = ()
    everything: bool = False  # "all" was typed
    since: timedelta | None = None
    number: int | None = None
    filters: Filters = field(default_factory=Filters)


def parse_words(typed: Iterable[str], labs: Directory, keys: Sequence[str]) -> Words:
    """Return what the words mean; `keys` are those that this command takes.

    Raises UsageError that names the nearest known word, and what the command takes.
    """
    words = Words()
    filters: dict[str, str] = {}
    for word in _split(typed):
        key, colon, value = word.partition(":")
        key = _SPELLINGS.get(key.lower(), key)
        if not colon:
            words = _with_lab(words, word, labs)
        elif key.lower() not in keys:
            raise UsageError(_unknown_key(key, keys))
        elif key.lower() == "since":
            words = replace(words, since=parse_window(value))
        elif key.lower() == "n":
            words = replace(words, number=_number(value))
        else:
            filters[key.lower()] = value
    return replace(words, filters=make_filters(**filters))


def parse_window(value: str) -> timedelta:
    """Return the time that `30d`, `12w` or `1y` means.

    Raises UsageError for anything else.
    """
    text = value.strip().lower()
    try:
        if text[-1:] in _LONGER_UNITS and text[:-1].isdecimal():
            return timedelta(days=int(text[:-1]) * _LONGER_UNITS[text[-1]])
        return parse_duration(text)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"“{value}” is not a length of time: write it as 12h, 30d, 8w or 1y") from error


def _split(typed: Iterable[str]) -> list[str]:
    return [word for part in typed for word in part.replace(",", " ").split()]


def _with_lab(words: Words, word: str, labs: Directory) -> Words:
    if word.lower() == ALL:
        return replace(words, everything=True)
    lab = labs.find(word)
    if lab is None:
        raise UsageError(_unknown_lab(word, labs))
    return words if lab in words.labs else replace(words, labs=(*words.labs, lab))


def _unknown_lab(word: str, labs: Directory) -> str:
    names = {name.lower(): lab.id for lab in labs for name in (lab.id, lab.name, *lab.aliases)}
    near = dict.fromkeys(names[name] for name in get_close_matches(word.lower(), names, n=3))
    hint = f"did you mean {', '.join(near)}?" if near else "`labs` shows them all"
    return f"I don't know a lab called “{word[:60]}”: {hint}"


def _unknown_key(key: str, keys: Sequence[str]) -> str:
    near = get_close_matches(key.lower(), keys, n=1)
    hint = f"did you mean {near[0]}:? " if near else ""
    return f"“{key[:60]}:” is not known here: {hint}this command takes {', '.join(f'{k}:' for k in keys)}"


def _number(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value[:9]) <= MOST:
        raise UsageError(f"“{value[:60]}” is not a number from 1 to {MOST}")
    return int(value)
