"""Words in a repository's name that make it something beside a release: tables/companions.tsv."""

import re
from functools import cache, lru_cache

from bot.releases.naming.tokens import Token
from bot.releases.tables import mapping

_LATENT_GRID = re.compile(r"f\d+[cd]\d+")  # f16d64: 16 times smaller, 64 channels
_WHOLE_NUMBER = re.compile(r"\d+[a-z]*")  # 1000, 954k; but not the version of a model called Step1.5
_CAPITALS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@lru_cache(maxsize=10_000)
def companion_in(text: str, task: str) -> str:
    """Return what a token makes of a repository with this pipeline tag ("a reward model"), or "".

    A word may also stand inside of CamelCase (VisionReward), or at the end of a longer word (neucodec).
    """
    low = text.lower()
    if _LATENT_GRID.fullmatch(low):
        return "an autoencoder"
    companions = mapping("companions.tsv", "word", "what")
    inside = mapping("companions.tsv", "word", "inside")
    tasks = mapping("companions.tsv", "word", "task")
    within = [word.lower() for word in _CAPITALS.findall(text) if inside.get(word.lower())]
    within += [word for word in _long_words() if low.endswith(word)]
    found = (word for word in (low, low.rstrip("0123456789"), *within) if word in companions)
    return next((companions[word] for word in found if tasks[word] in {"", task}), "")


_LONG = 5  # letters that are no coincidence at the end of a word


@cache
def _long_words() -> tuple[str, ...]:
    inside = mapping("companions.tsv", "word", "inside")
    return tuple(word for word in inside if inside[word] and len(word) >= _LONG)


def checkpoint(token: Token, following: Token | None) -> str:
    """Return what a word makes of a repository when a number follows (step-1000, seed42), or ""."""
    word = token.low.rstrip("0123456789")
    if word == token.low and not (following and _WHOLE_NUMBER.fullmatch(following.low)):
        return ""
    return mapping("companions.tsv", "word", "what").get(word + "#", "")
