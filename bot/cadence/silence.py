"""Labs that have gone quiet, and those that are back. Pure.

A lab is quiet once it is past all of these: the 90th percentile of its own gaps, a fortnight and, where it
had more than BUSY gaps in a year, the longest of them. One gap in ten is past the 90th percentile: of a lab
that ships every week, that is no news. docs/cadence.md has the figures.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median, quantiles

from bot.cadence.news import News, NewsKind, days_text, lab_text, long_date, name_text
from bot.cadence.shipped import Shipped, by_lab
from bot.cadence.stats import ENOUGH

BUSY = 10  # gaps in a year
LEAST = 14  # days
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Limit:
    """After how many days without a release a lab is quiet, and what makes it so."""

    days: int
    reason: str


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence that was or is long for its lab."""

    last: Shipped  # before it
    alarm: date  # the first day past the limit
    limit: Limit
    usual: float  # the median gap by then, days
    ended_by: Shipped | None  # None while it lasts


def limit_of(days: Sequence[date]) -> Limit | None:
    """Return the limit of a lab that shipped on these distinct days, oldest first; None below ENOUGH."""
    gaps = [(later, (later - earlier).days) for earlier, later in pairwise(days)]
    if len(days) < ENOUGH:
        return None
    ninetieth = quantiles((gap for _, gap in gaps), n=10, method="inclusive")[-1]
    of_a_year = [gap for ended, gap in gaps if days[-1] - ended < _YEAR]
    longest = max(of_a_year) if len(of_a_year) > BUSY else 0
    return max(
        Limit(LEAST, "a shorter silence is nobody's news"),
        Limit(int(ninetieth), "nine in ten of its gaps were no longer"),
        Limit(longest, "its longest gap in a year"),
        key=lambda limit: limit.days,
    )


def silences(units: Iterable[Shipped], today: date) -> list[Silence]:
    """Return the silences of all labs that were past their limit by today, oldest first."""
    found = [it for mine in by_lab(units).values() for it in _of_lab(mine, today)]
    return sorted(found, key=lambda it: (it.alarm, it.last.lab))


def silence_news(units: Iterable[Shipped], today: date) -> Iterator[News]:
    """Yield each lab's going quiet and its coming back."""
    for silence in silences(units, today):
        last, back = silence.last, silence.ended_by
        yield News(NewsKind.QUIET, last.lab, silence.alarm, _gone(silence), last.family_key)
        if back:
            told = (
                f"{lab_text(back)} is back: {name_text(back)} after {days_text((back.day - last.day).days)}; "
                f"its median gap is {days_text(silence.usual)}."
            )
            yield News(NewsKind.BACK, back.lab, back.day, told, back.family_key)


def _gone(silence: Silence) -> str:
    last, limit = silence.last, silence.limit
    return (
        f"{lab_text(last)} has gone quiet: nothing for {days_text((silence.alarm - last.day).days)}, since "
        f"{name_text(last)} on {long_date(last.day)} ({limit.reason}: {days_text(limit.days)})."
    )


def _of_lab(units: Sequence[Shipped], today: date) -> Iterator[Silence]:
    exact = {it.day: it for it in reversed(units) if it.is_exact and it.day <= today}  # the first of each day
    days = sorted(exact)
    vague = [it for it in units if not it.is_exact]
    for known, day in enumerate(days, start=1):
        end = days[known] if known < len(days) else None
        short = ((end or today) - day).days <= LEAST
        limit = None if short else limit_of(days[:known])
        if limit is None:
            continue
        alarm = day + timedelta(days=limit.days + 1)
        if alarm > (end or today) or alarm == end or any(_may_fall(it, day, alarm) for it in vague):
            continue
        usual = median((later - earlier).days for earlier, later in pairwise(days[:known]))
        yield Silence(exact[day], alarm, limit, usual, exact[end] if end else None)


def _may_fall(it: Shipped, after: date, until: date) -> bool:
    """Whether a release that is dated to the month may have broken a silence."""
    return it.last_day > after and it.day <= until
