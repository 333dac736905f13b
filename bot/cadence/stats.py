"""How often labs ship: counts and gaps over dates, pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

# Below this many releases a median says nothing about the next gap.
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Cadence:
    """Hold a lab's rhythm: releases in 30, 90 and 365 days, and the days between them."""

    last_30: int
    last_90: int
    last_365: int
    gaps: tuple[int, ...]  # days between consecutive days with a release, oldest first
    since_last: int | None  # days; None without any release

    @property
    def median_gap(self) -> float | None:
        """Return the median of the gaps in days, or None without two days with releases."""
        return median(self.gaps) if self.gaps else None


def cadence(days: Iterable[date], today: date) -> Cadence:
    """Return the rhythm of releases on these days; days ahead of today do not count."""
    past = sorted(day for day in days if day <= today)
    distinct = sorted(set(past))
    gaps = tuple((later - earlier).days for earlier, later in pairwise(distinct))
    return Cadence(
        last_30=_within(past, today, 30),
        last_90=_within(past, today, 90),
        last_365=_within(past, today, 365),
        gaps=gaps,
        since_last=(today - past[-1]).days if past else None,
    )


def _within(days: Iterable[date], today: date, window: int) -> int:
    return sum(1 for day in days if today - day <= timedelta(days=window))
