"""Labs that ship more in a fortnight than in any of the year before. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.cadence.news import News, NewsKind, lab_text, name_text
from bot.cadence.shipped import Shipped, by_lab
from bot.cadence.stats import ENOUGH

LEAST = 3  # two in a fortnight happen to everybody
FORTNIGHT = timedelta(days=14)
_KNOWN = timedelta(days=182)  # what is usual cannot be told of a shorter history
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Burst:
    """A fortnight, ending with `day`, in which a lab shipped more than in any of the year before."""

    day: date
    units: tuple[Shipped, ...]
    most_before: int


def bursts(units: Iterable[Shipped], today: date) -> list[Burst]:
    """Return the bursts of all labs by today, oldest first; one that goes on is one burst."""
    found = [it for mine in by_lab(units).values() for it in _of_lab(mine, today)]
    return sorted(found, key=lambda it: (it.day, it.units[0].lab))


def burst_news(units: Iterable[Shipped], today: date) -> Iterator[News]:
    """Yield the beginning of each burst."""
    for burst in bursts(units, today):
        newest, count = burst.units[-1], len(burst.units)
        told = (
            f"{lab_text(newest)} ships a lot: {count} releases in 14 days, the newest {name_text(newest)}; "
            f"no fortnight of the year before had more than {burst.most_before}."
        )
        yield News(NewsKind.BURST, newest.lab, burst.day, told, newest.family_key)


def in_fortnight(days: Sequence[date], end: date) -> int:
    """Return how many of these sorted days lie in the fortnight that ends with `end`."""
    return bisect_right(days, end) - bisect_right(days, end - FORTNIGHT)


def _of_lab(units: Sequence[Shipped], today: date) -> Iterator[Burst]:
    mine = [it for it in units if it.is_exact and it.day <= today]
    days = [it.day for it in mine]
    told: date | None = None
    for day in sorted(set(days)):
        count, end = in_fortnight(days, day), bisect_right(days, day)
        if count < LEAST or end - count < ENOUGH or day - days[0] < _KNOWN:
            continue
        most = most_in_fortnight(days, day - FORTNIGHT - _YEAR, day - FORTNIGHT)
        if count > most and (told is None or day - told >= FORTNIGHT):
            told = day
            yield Burst(day, tuple(mine[end - count : end]), most)


def most_in_fortnight(days: Sequence[date], after: date, until: date) -> int:
    """Return the most of these sorted days in one fortnight that ends after `after` and by `until`."""
    ends = [after + timedelta(days=1), *days[bisect_right(days, after) : bisect_right(days, until)]]
    return max(in_fortnight(days, end) for end in ends)
