"""The habit of each lab: what its cadence and the news of it are told from, in as little as that takes. Pure.

A hundred thousand releases make too many units to be read for each answer, so the store keeps habits. When a
rule changes that makes them, those that are kept are of no use: a migration empties the table.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import groupby, takewhile
from typing import NamedTuple

from bot.cadence.gaps import ENOUGH
from bot.cadence.shipped import Shipped, by_lab, counted, last_of_month
from bot.model import DateOrigin, Published

# The classes of licences of which a change is news, in words.
CLASSES: Mapping[str, str] = {
    "permissive": "permissive",
    "conditions": "with conditions",
    "non-commercial": "non-commercial",
}


class Day(NamedTuple):
    """A day with releases: how many units are dated to it or, where it is not exact, to its month."""

    day: date
    is_exact: bool
    units: int
    first: str  # the name of its first unit
    first_key: str  # and its family key
    last: str  # the same of its last one
    last_key: str

    @property
    def last_day(self) -> date:
        """Return the last day that its units may be of."""
        return self.day if self.is_exact else last_of_month(self.day)


@dataclass(frozen=True, slots=True)
class Habit:
    """What a lab shipped, oldest first: its days, and those of its units that are or may become news.

    `telling` are the units that open weights, a change of licence and a record size are told from.
    """

    lab: str
    days: tuple[Day, ...]
    telling: tuple[Shipped, ...]
    lab_name: str = ""

    @property
    def exact(self) -> list[Day]:
        """Return the days that are known."""
        return [it for it in self.days if it.is_exact]

    @property
    def newest(self) -> Shipped:
        """Return its last unit. Raises IndexError where there is none."""
        last = [it for it in self.days[-2:] if it.day == self.days[-1].day]
        return self.unit(max(last, key=lambda it: (it.last.casefold(), it.last_key)), newest=True)

    def unit(self, of: Day, *, newest: bool = False) -> Shipped:
        """Return the first unit of a day, or its newest one: its name, its day and its family key."""
        name, family_key = (of.last, of.last_key) if newest else (of.first, of.first_key)
        published = published_on(of.day, is_exact=of.is_exact)
        return Shipped(self.lab, name, family_key, published, lab_name=self.lab_name)

    def until(self, last: date) -> "Habit":
        """Return the habit as of a day: nothing that came later is in it."""
        if not self.days or self.days[-1].day <= last:
            return self
        days = tuple(it for it in self.days if it.day <= last)
        return replace(self, days=days, telling=tuple(it for it in self.telling if it.day <= last))

    def called(self, lab_name: str) -> "Habit":
        """Return the same of a lab of this name: what feeds.yaml calls it may have changed."""
        telling = tuple(replace(it, lab_name=lab_name) for it in self.telling)
        return replace(self, telling=telling, lab_name=lab_name)


def habits_of(history: Iterable[Shipped]) -> list[Habit]:
    """Return the habit of each lab, of waves, whatever the order and however often each was reported."""
    return [_habit_of(mine) for mine in by_lab(counted(history)).values()]


def _habit_of(units: Sequence[Shipped]) -> Habit:
    telling = {*_first_open(units), *_license_changes(units), *_largest(units)}
    kept = tuple(_bare(unit) for number, unit in enumerate(units) if number in telling)
    return Habit(units[0].lab, days_of(units), kept, units[0].lab_name)


def _bare(it: Shipped) -> Shipped:
    """Return a unit with what news say of it."""
    return replace(it, published=published_on(it.day, is_exact=it.is_exact), task="", country="")


def published_on(day: date, *, is_exact: bool) -> Published:
    """Return the date of a unit of which no more than the day or the month counts."""
    precision = "day" if is_exact else "month"
    return Published(datetime.combine(day, time(), UTC), DateOrigin.POSTED, precision)


def days_of(units: Sequence[Shipped]) -> tuple[Day, ...]:
    """Return the days of these units, which stand in order."""
    placed = sorted(((it.day, it.is_exact), number) for number, it in enumerate(units))
    days = []
    for (day, is_exact), group in groupby(placed, key=lambda one: one[0]):
        mine = [units[number] for _, number in group]
        first, last = mine[0], mine[-1]
        days.append(Day(day, is_exact, len(mine), first.name, first.family_key, last.name, last.family_key))
    return tuple(days)


# --- the places of the units that tell something; as many as anybody likes may stand between them


def _first_open(units: Sequence[Shipped]) -> Iterator[int]:
    """Yield the first unit with open weights, and the earliest before it."""
    before = list(takewhile(lambda it: not it.open, units))
    if before:
        yield min(range(len(before)), key=lambda number: before[number].last_day)
    if len(before) < len(units):
        yield len(before)


def _license_changes(units: Sequence[Shipped]) -> Iterator[int]:
    """Yield both units of each change of a series' licence class."""
    latest: dict[str, int] = {}
    for number, it in enumerate(units):
        if it.open and it.verdict in CLASSES and it.series:
            former = latest.get(it.series)
            if former is not None and units[former].verdict != it.verdict:
                yield from (former, number)
            latest[it.series] = number


def _largest(units: Sequence[Shipped]) -> Iterator[int]:
    """Yield the first ENOUGH open units whose size is known, and each that is larger than all before it."""
    largest = known = 0
    for number, it in enumerate(units):
        if it.open and it.parameters:
            known += 1
            if known <= ENOUGH or it.parameters > largest:
                yield number
            largest = max(largest, it.parameters)
