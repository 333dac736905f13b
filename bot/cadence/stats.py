"""How often labs ship: counts and gaps over dates, pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil, floor
from statistics import median, quantiles

# Below this many releases a median says nothing about the next gap.
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Cadence:
    """A lab's rhythm: releases in 30, 90 and 365 days, and the days between them."""

    last_30: int
    last_90: int
    last_365: int
    gaps: tuple[int, ...]  # days between consecutive days with a release, oldest first
    since_last: int | None  # days; None without any release

    @property
    def median_gap(self) -> float | None:
        """Return the median of the gaps in days, or None without two days with releases."""
        return median(self.gaps) if self.gaps else None


@dataclass(frozen=True, slots=True)
class Hits:
    """How often the expected window was right, of how many times it could be tried."""

    hits: int = 0
    tried: int = 0

    @property
    def rate(self) -> float | None:
        """Return the share of hits, or None below ENOUGH tries."""
        return self.hits / self.tried if self.tried >= ENOUGH else None


def expected_window(rhythm: Cadence) -> tuple[int, int] | None:
    """Return how many days after the last release the next is usual: the earliest and the latest.

    From the lower to the upper quartile of the gaps (inclusive method), rounded outwards, so that half of the
    known gaps lie within. That is a habit and no forecast; None for fewer than ENOUGH days with releases.
    """
    return _middle_half(rhythm.gaps)


def back_test(days: Iterable[date]) -> Hits:
    """Return how the expected window would have done on these days, told each time only what came before."""
    gaps = _gaps(sorted(set(days)))
    tries = [(_middle_half(gaps[:known]), gap) for known, gap in enumerate(gaps)]
    outcomes = [window[0] <= gap <= window[1] for window, gap in tries if window]
    return Hits(sum(outcomes), len(outcomes))


def _middle_half(gaps: Sequence[int]) -> tuple[int, int] | None:
    if len(gaps) + 1 < ENOUGH:
        return None
    lower, _, upper = quantiles(gaps, n=4, method="inclusive")
    return floor(lower), ceil(upper)


def cadence(days: Iterable[date], today: date) -> Cadence:
    """Return the rhythm of releases on these days; days ahead of today do not count."""
    past = sorted(day for day in days if day <= today)
    return Cadence(
        last_30=_within(past, today, 30),
        last_90=_within(past, today, 90),
        last_365=_within(past, today, 365),
        gaps=_gaps(sorted(set(past))),
        since_last=(today - past[-1]).days if past else None,
    )


def _within(days: Iterable[date], today: date, window: int) -> int:
    return sum(1 for day in days if today - day <= timedelta(days=window))


def _gaps(days: Iterable[date]) -> tuple[int, ...]:
    return tuple((later - earlier).days for earlier, later in pairwise(days))
