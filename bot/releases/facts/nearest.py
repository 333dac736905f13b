"""What may have been meant by a word that matches nothing."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

_ALIKE = 60  # of 100: two of five letters may differ
_LONGEST = 60


def nearest(word: str, choices: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return the choices that are most like a word, whatever the case, the most alike first."""
    known, asked = tuple(choices), word[:_LONGEST]
    found = process.extract(
        asked, known, scorer=fuzz.ratio, processor=str.lower, limit=limit, score_cutoff=_ALIKE
    )
    return tuple(choice for choice, _, _ in found)


def or_else(near: Iterable[str], otherwise: str) -> str:
    """Return the question whether one of these was meant, or what to say where nothing is near."""
    meant = " or ".join(near)
    return f"did you mean {meant}?" if meant else otherwise
