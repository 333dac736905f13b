"""Filters of a subscription or a question: which licences, sizes, tasks and names. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache, partial
from typing import Any

from bot.errors import UsageError
from bot.model import LicenseStatement, Release
from bot.releases.facts.figures import human_bytes, memory_text, parse_memory, parse_size, size_text
from bot.releases.facts.licenses import identify
from bot.releases.facts.memory import bytes_to_serve
from bot.releases.facts.text import mentions, nearest, one_line, or_else
from bot.releases.facts.words import NOT_THERE_YET, license_words, size_words, task_words
from bot.releases.tables import mapping

ANY = "any"
VERDICTS = ("permissive", "conditions", "non-commercial")
_MOST_NAMES, _LONGEST_NAME = 10, 60
# What else people call a verdict or a group.
_VERDICT_WORDS = {"noncommercial": "non-commercial", "nc": "non-commercial", "conditional": "conditions"}
_TYPE_WORDS = {"llm": "text", "vlm": "vision", "embeddings": "embedding", "rerank": "reranker"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a release must be like; each one says "any" or "all", or is empty, where all will do.

    `license` is a verdict or a licence id, `type` a task group or a pipeline tag of the Hub, `kinds`
    release, variants or all; of the words of `match` one must be in the name.
    """

    license: str = ANY
    min: int | None = None  # parameters
    max: int | None = None
    fits: int | None = None  # bytes of GPU memory
    type: str = ANY
    kinds: str = "all"
    weights: str = ANY
    match: tuple[str, ...] = ()

    @property
    def words(self) -> Mapping[str, str]:
        """Return what people type behind each key; what lets everything through is left out."""
        asked = {
            it.name: getattr(self, it.name) for it in fields(self) if getattr(self, it.name) != it.default
        }
        return {key: _WRITERS.get(key, str)(value) for key, value in asked.items()}

    def __str__(self) -> str:
        """Return the filters as people type them."""
        return " ".join(
            f'{key}:"{word}"' if re.search(r"[\s:]", word) else f"{key}:{word}"
            for key, word in self.words.items()
        )


class Match(StrEnum):
    """Whether a release is wanted; UNKNOWN is "not by what is known so far"."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


# The words come when they are asked for: one release is checked against thousands of subscriptions.
_Judgement = tuple[Match, Callable[[], str]]
_PASSES: _Judgement = (Match.YES, str)


def check(filters: Filters, release: Release) -> Match:
    """Return whether a release is as the filters say; `kinds` is about messages and is not looked at."""
    return _judge(filters, release)[0]


def objection(filters: Filters, release: Release) -> str:
    """Return what speaks against a release, or is not known of it, in words; "" where nothing does."""
    return _judge(filters, release)[1]()


def matches(filters: Filters, release: Release) -> bool:
    """Whether a release is wanted; a fact that is not known matches no filter on it."""
    return check(filters, release) is Match.YES


def _judge(filters: Filters, release: Release) -> _Judgement:
    """Return the worst of the judgements: one thing that is wrong outweighs all that is not known."""
    worst = _PASSES
    for judge in (_by_license, _by_size, _by_memory, _by_type, _by_weights, _by_name):
        judgement = judge(filters, release)
        if judgement[0] is Match.NO:
            return judgement
        if worst is _PASSES:
            worst = judgement
    return worst


def _by_license(filters: Filters, release: Release) -> _Judgement:
    license, wanted = release.license, filters.license
    if wanted in (ANY, license.verdict, license.id, license.spdx.lower()):
        return _PASSES
    if license.verdict == "unknown" and wanted in VERDICTS:
        return Match.UNKNOWN, lambda: "its licence is not assessed"
    if license.verdict not in (*VERDICTS, "unknown"):
        return Match.UNKNOWN, lambda: "its licence is not stated"
    return Match.NO, lambda: f"its licence is {one_line(license_words(license), 80)}, not license:{wanted}"


def _by_size(filters: Filters, release: Release) -> _Judgement:
    size, least, most = release.facts.parameters, filters.min, filters.max
    if least is None and most is None:
        return _PASSES
    if size is None:
        return Match.UNKNOWN, lambda: "its size is not stated"
    if least is not None and size < least:
        return Match.NO, lambda: f"{_shown_size(release)} is below min:{size_text(least)}"
    if most is not None and size > most:
        return Match.NO, lambda: f"{_shown_size(release)} is above max:{size_text(most)}"
    return _PASSES


def _shown_size(release: Release) -> str:
    return size_words(release.facts, release.name.display).partition(" parameters")[0]


def _by_memory(filters: Filters, release: Release) -> _Judgement:
    facts, room = release.facts, filters.fits
    if room is None:
        return _PASSES
    need = bytes_to_serve(facts.parameters, facts.precision, facts.download_bytes)
    if need is None:
        return Match.UNKNOWN, lambda: "the memory that it takes is not known"
    if need <= room:
        return _PASSES
    return Match.NO, lambda: f"it takes {human_bytes(need)} to serve, more than fits:{memory_text(room)}"


def _by_type(filters: Filters, release: Release) -> _Judgement:
    task = release.facts.task
    if filters.type in (ANY, task) or filters.type in _groups().get(task, ()):
        return _PASSES
    if not task:
        return Match.UNKNOWN, lambda: "its task is not stated"
    return Match.NO, lambda: f"its task is {one_line(task_words(task), 60)}, not type:{filters.type}"


def _by_weights(filters: Filters, release: Release) -> _Judgement:
    if filters.weights == ANY:
        return _PASSES
    if release.facts.weights == "none":
        return Match.UNKNOWN, lambda: f"its weights are {NOT_THERE_YET}"
    return _PASSES if release.artifacts else (Match.UNKNOWN, lambda: "no open weights are known")


def _by_name(filters: Filters, release: Release) -> _Judgement:
    if not filters.match or mentions(filters.match, release.name.display):
        return _PASSES
    return Match.NO, lambda: f"its name has no {' or '.join(filters.match)}"


def make_filters(**words: str) -> Filters:
    """Return the filters of words as people type them, by their key (FILTER_KEYS); "" asks for nothing.

    Raises UsageError for a word that could never match, in the words of what could.
    """
    meant: dict[str, Any] = {key: _READERS[key](word) for key, word in words.items() if word.strip()}
    filters = Filters(**meant)
    if filters.min is not None and filters.max is not None and filters.min > filters.max:
        least, most = size_text(filters.min), size_text(filters.max)
        raise UsageError(f"min:{least} is above max:{most}: nothing could ever match")
    return filters


def _read_license(text: str) -> str:
    word = _VERDICT_WORDS.get(text.strip().lower(), text.strip().lower())
    if word in (ANY, *VERDICTS):
        return word
    license = identify(LicenseStatement(word))
    if license.verdict in VERDICTS and re.fullmatch(r"[a-z0-9][a-z0-9._+:-]*", license.id):
        return license.id
    hint = or_else(nearest(word, VERDICTS, 1), "")
    problem = " ".join(filter(None, (f"“{text[:60]}” is no licence:", hint)))
    raise UsageError(f"{problem} write permissive, conditions, non-commercial, any or an id")


def _read_type(text: str) -> str:
    word = _TYPE_WORDS.get(text.strip().lower(), text.strip().lower())
    if word in (*CHOICES["type"], *_groups()):
        return word
    raise UsageError(f"“{text[:60]}” is no type: write {', '.join(CHOICES['type'])} or a task of the Hub")


def _read_one_of(key: str, text: str) -> str:
    if text.strip().lower() in CHOICES[key]:
        return text.strip().lower()
    raise UsageError(f"“{text[:60]}” is nothing that {key}: takes: write {' or '.join(CHOICES[key])}")


def _read_names(text: str) -> tuple[str, ...]:
    """Return the words that a name may have; signs at their ends say nothing."""
    stripped = (re.sub(r"^[\W_]+|[\W_]+$", "", word) for word in re.split("[,;]", text.replace('"', " ")))
    words = dict.fromkeys(" ".join(word.casefold().split()) for word in stripped if word)
    if not words or len(words) > _MOST_NAMES or max(map(len, words)) > _LONGEST_NAME:
        raise UsageError(
            f"“{text[:60]}” is nothing that match: takes: write up to {_MOST_NAMES} words of names: coder,vl"
        )
    return tuple(words)


@cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    """Return the groups of each pipeline tag."""
    return {task: tuple(it.split()) for task, it in mapping("task_groups.tsv", "task", "groups").items()}


# What a key takes, where that is a handful of words; a licence may also be an id, a type a pipeline tag.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "license": (ANY, *VERDICTS),
    "type": (ANY, *dict.fromkeys(group for groups in _groups().values() for group in groups)),
    "kinds": ("all", "release", "variants"),
    "weights": (ANY, "open"),
}
_READERS: Mapping[str, Callable[[str], object]] = {
    "license": _read_license,
    "min": parse_size,
    "max": parse_size,
    "fits": parse_memory,
    "type": _read_type,
    "kinds": partial(_read_one_of, "kinds"),
    "weights": partial(_read_one_of, "weights"),
    "match": _read_names,
}
FILTER_KEYS = tuple(_READERS)
_WRITERS: Mapping[str, Callable[[Any], str]] = {
    "min": size_text,
    "max": size_text,
    "fits": memory_text,
    "match": ",".join,
}
