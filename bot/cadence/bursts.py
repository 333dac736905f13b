"""Labs that ship more in a fortnight than in any of the year before. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.cadence.period import ENOUGH
from bot.cadence.shipped import Shipped, by_lab, exact_days

FORTNIGHT = timedelta(days=14)
_YEAR = timedelta(days=365)
_KNOWN = timedelta(days=182)  # what is usual cannot be told of a shorter history
_LEAST_LAUNCHES = 3  # two in a fortnight happen to everybody


@dataclass(frozen=True, slots=True)
class Burst:
    """A fortnight, ending with `day`, in which a lab shipped more than in any of the year before."""

    day: date
    units: tuple[Shipped, ...]
    most_before: int


def bursts(units: Iterable[Shipped]) -> list[Burst]:
    """Return the bursts of all labs, oldest first; one that goes on is one burst."""
    found = [it for mine in by_lab(units).values() for it in _bursts_of(mine)]
    return sorted(found, key=lambda it: (it.day, it.units[0].lab))


class _Fortnights:
    """How many of some sorted days there are in each fortnight that ends with one of them."""

    def __init__(self, days: Sequence[date]) -> None:
        self._days = days
        self._ends = sorted(set(days))
        self._counts = [self.count(end) for end in self._ends]

    def count(self, end: date) -> int:
        """Return how many there are in the fortnight that ends with this day."""
        return bisect_right(self._days, end) - bisect_right(self._days, end - FORTNIGHT)

    def most(self, after: date, until: date) -> int:
        """Return the most in one that ends after `after` and by `until`."""
        first, last = bisect_right(self._ends, after), bisect_right(self._ends, until)
        return max([self.count(after + timedelta(days=1)), *self._counts[first:last]])


def _bursts_of(units: Sequence[Shipped]) -> Iterator[Burst]:
    mine = [it for it in units if it.is_exact]
    days = [it.day for it in mine]
    fortnights, told = _Fortnights(days), None
    for day in exact_days(mine):
        count, end = fortnights.count(day), bisect_right(days, day)
        if count < _LEAST_LAUNCHES or end - count < ENOUGH or day - days[0] < _KNOWN:
            continue
        most = fortnights.most(day - FORTNIGHT - _YEAR, day - FORTNIGHT)
        if count > most and (told is None or day - told >= FORTNIGHT):
            told = day
            yield Burst(day, tuple(mine[end - count : end]), most)
