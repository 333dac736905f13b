"""Labs that ship more in a fortnight than in any of the year before. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from bot.cadence.gaps import ENOUGH
from bot.cadence.habits import Day, Habit
from bot.cadence.shipped import Shipped

FORTNIGHT = timedelta(days=14)
_YEAR = timedelta(days=365)
_KNOWN = timedelta(days=182)  # what is usual cannot be told of a shorter history
_LEAST_LAUNCHES = 3  # two in a fortnight happen to everybody


@dataclass(frozen=True, slots=True)
class Burst:
    """A fortnight in which a lab shipped more than in any of the year before, and the newest of it."""

    newest: Shipped
    launches: int
    most_before: int

    @property
    def day(self) -> date:
        """Return the day with which the fortnight ends."""
        return self.newest.day


def bursts(habits: Iterable[Habit]) -> list[Burst]:
    """Return the bursts of all labs, oldest first; one that goes on is one burst."""
    found = [it for habit in habits for it in _bursts_of(habit)]
    return sorted(found, key=lambda it: (it.day, it.newest.lab))


class _Fortnights:
    """How many launches there are in each fortnight that ends with one of some exact days."""

    def __init__(self, days: Sequence[Day]) -> None:
        self.ends = [it.day for it in days]
        self._until = [0, *accumulate(it.units for it in days)]
        self.counts = [self.count(end) for end in self.ends]

    def before(self, end: date) -> int:
        """Return how many there are by the beginning of the fortnight that ends with this day."""
        return self._until[bisect_right(self.ends, end - FORTNIGHT)]

    def count(self, end: date) -> int:
        """Return how many there are in the fortnight that ends with this day."""
        return self._until[bisect_right(self.ends, end)] - self.before(end)

    def most(self, after: date, until: date) -> int:
        """Return the most in one that ends after `after` and by `until`."""
        first, last = bisect_right(self.ends, after), bisect_right(self.ends, until)
        return max([self.count(after + timedelta(days=1)), *self.counts[first:last]])


def _bursts_of(habit: Habit) -> Iterator[Burst]:
    days = habit.exact
    fortnights, told = _Fortnights(days), None
    for it, count in zip(days, fortnights.counts, strict=True):
        day = it.day
        if count < _LEAST_LAUNCHES or fortnights.before(day) < ENOUGH or day - days[0].day < _KNOWN:
            continue
        most = fortnights.most(day - FORTNIGHT - _YEAR, day - FORTNIGHT)
        if count > most and (told is None or day - told >= FORTNIGHT):
            told = day
            yield Burst(habit.unit(it, newest=True), count, most)
