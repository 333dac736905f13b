"""The gaps between a lab's releases, and when the next is usual by them. Pure."""

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil, floor

ENOUGH = 5  # days with a release; below that a median says nothing about the next gap


@dataclass(frozen=True, slots=True)
class Hits:
    """How often the expected window was right, of how many times it could be tried."""

    hits: int = 0
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """Between which days the next release is usual, and how often such a window was right so far."""

    first: date
    last: date
    hits: Hits


def gaps_between(days: Iterable[date]) -> tuple[int, ...]:
    """Return the days between these distinct days, which stand in order."""
    return tuple((later - earlier).days for earlier, later in pairwise(days))


def quartiles(gaps: Iterable[int]) -> tuple[float, float, float] | None:
    """Return the quartiles of some gaps in days, or None below ENOUGH days with a release."""
    known = sorted(gaps)
    return (_cut(known, 1), _cut(known, 2), _cut(known, 3)) if _are_enough(known) else None


def expected_gap(gaps: Iterable[int]) -> tuple[int, int] | None:
    """Return how many days after the last release the next is usual: the earliest and the latest.

    From the lower to the upper quartile of the gaps, rounded outwards, so that half of the known gaps lie
    within. That is a habit and no forecast; None for fewer than ENOUGH days with releases.
    """
    return _expected(sorted(gaps))


def back_test(days: Sequence[date]) -> Hits:
    """Return how the expected window would have done on these distinct days, told only what came before."""
    known: list[int] = []  # sorted
    outcomes = []
    for gap in gaps_between(days):
        ahead = _expected(known)
        if ahead:
            outcomes.append(ahead[0] <= gap <= ahead[1])
        insort(known, gap)
    return Hits(sum(outcomes), len(outcomes))


def _expected(known: Sequence[int]) -> tuple[int, int] | None:
    return (floor(_cut(known, 1)), ceil(_cut(known, 3))) if _are_enough(known) else None


def _are_enough(gaps: Sequence[int]) -> bool:
    return len(gaps) + 1 >= ENOUGH


def _cut(known: Sequence[int], quarter: int) -> float:
    """Return a quartile of sorted gaps, as statistics.quantiles does, which would sort them each time."""
    below, over = divmod(quarter * (len(known) - 1), 4)
    return (known[below] * (4 - over) + known[below + 1] * over) / 4
