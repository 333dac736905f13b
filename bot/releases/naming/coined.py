"""Words that somebody coined for a model, a benchmark or a tool."""

import re
from functools import cache, lru_cache

from bot.releases.naming.extent import PLAIN, group
from bot.releases.naming.families import known_at
from bot.releases.naming.titles import Title, told_by
from bot.releases.naming.tokens import role_of, tokenize
from bot.releases.tables import rows


def coined_as(title: Title, at: int, owners: frozenset[str]) -> str:
    """Return what a word names, as it is coined: a "model", a "line", a "benchmark", a "tool", or ""."""
    token = title.tokens[at]
    what = _by_ending(token.text)
    if what or not _CAMEL.match(token.text):
        return what
    following = title.tokens[at + 1 : at + 2]
    sized = following and following[0].gap == "-" and group(following[0]) == "size"
    return "line" if sized or _is_own_with_word(token.text, owners) else ""


_CAMEL = re.compile(r"(?=.*[a-z]).+[A-Z]")  # a capital inside and small letters: GigaPath


@lru_cache(maxsize=20_000)
def _by_ending(text: str) -> str:
    """Return what a word names by its ending; a capital sets off what names no model: EVMbench, OlmoTrace."""
    if text.endswith(_endings("model")):
        return "model"
    return next((what for what in ("benchmark", "tool") if _is_set_off(text, _endings(what))), "")


def _is_set_off(text: str, endings: tuple[str, ...]) -> bool:
    ending = next((ending for ending in endings if text.lower().endswith(ending)), "")
    before, first = text[: -len(ending)][-1:], text[-len(ending) :][:1]
    if not ending or not before:
        return False
    return before.isupper() != first.isupper() or text.endswith(ending.capitalize())  # ITBench


@cache
def _endings(what: str) -> tuple[str, ...]:
    return tuple(row["ending"] for row in rows("endings.tsv") if row["what"] == what)


_SHORTEST_FAMILY, _LONGEST_FAMILY = 3, 20  # letters, in front of a word that is written together with it


@lru_cache(maxsize=8_000)
def _is_own_with_word(text: str, owners: frozenset[str]) -> bool:
    """Return whether a word is one of the lab's families with a line: MolmoMotion, SeedRealtime."""
    for at in range(_SHORTEST_FAMILY, min(len(text), _LONGEST_FAMILY + 1)):
        word = text[at:].lower()
        if not text[at].isupper() or "topic" in told_by(word) or role_of(word) not in PLAIN:
            continue
        known = known_at(tokenize(text[:at]), 0)
        if known and known[0].owners and known[0].of(owners):
            return True
    return False
