"""What labs shipped in a window of days: the figures that every answer, page and picture takes. Pure."""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from math import ceil, floor
from statistics import quantiles

from bot.cadence.shipped import NOT_STATED, Shipped, Unit, by_lab, counted, exact_days, size_class

ENOUGH = 5  # days with a release; below that a median says nothing about the next gap
TOO_FEW = "too few to say"
EXPECTING = (
    "Next expected: the time in which the middle half of all its gaps so far ended. A habit, no forecast."
)
_NAME_LIMIT = 40  # characters of a lab's name


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last of the days that are meant, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Window":
        """Return the window of as many days that ends where this one begins."""
        return Window(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def __contains__(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.first <= day <= self.last


def window_back(last: date, days: int) -> Window:
    """Return the window of so many days that ends with `last`."""
    return Window(last - timedelta(days=days - 1), last)


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


@dataclass(frozen=True)
class Period:
    """The figures of one lab, or of all, in a window. Mappings run from the most to the least.

    `units` are its releases, waves or launches until the window's last day, the oldest first. Counts and gaps
    are of the window; `last`, `since_last`, `streak` and `expected` of all that was known on its last day,
    because a short window must not make a lab look new.
    """

    window: Window
    units: tuple[Shipped, ...]

    @cached_property
    def _days(self) -> list[date]:
        """Return the day of each unit."""
        return [it.day for it in self.units]

    @cached_property
    def _exact_days(self) -> list[date]:
        """Return the days that are known, each once."""
        return exact_days(self.units)

    def _from(self, first: date) -> slice:
        """Return where the units from that day to the end of the window stand."""
        return slice(bisect_left(self._days, first), bisect_right(self._days, self.window.last))

    @cached_property
    def shipped(self) -> tuple[Shipped, ...]:
        """Return those of the window."""
        return self.units[self._from(self.window.first)]

    @property
    def releases(self) -> int:
        """Return how many came out in the window."""
        return len(self.shipped)

    def recent(self, days: int) -> int:
        """Return how many came out in so many days up to the window's end."""
        return len(self.units[self._from(window_back(self.window.last, days).first)])

    @property
    def last(self) -> Shipped:
        """Return the newest. Raises IndexError where there is none."""
        return self.units[-1]

    @property
    def since_last(self) -> int | None:
        """Return the days since the last release whose day is known, None without any."""
        days = self._exact_days
        return (self.window.last - days[-1]).days if days else None

    @cached_property
    def gaps(self) -> tuple[int, ...]:
        """Return the days between consecutive days with a release, both in the window, the oldest first."""
        return gaps_between(exact_days(self.shipped))

    @property
    def named_gaps(self) -> list[tuple[str, int]]:
        """Return the gaps, each with what came out at its end."""
        came: dict[date, list[str]] = {}
        for it in self.shipped:
            if it.is_exact:
                came.setdefault(it.day, []).append(it.name)
        labels = [f"{first} +{len(others)}" if others else first for first, *others in came.values()]
        return list(zip(labels[1:], self.gaps, strict=True))

    @property
    def quartiles(self) -> tuple[float, float, float] | None:
        """Return the quartiles of the gap in days, or None below ENOUGH days with a release."""
        return _quartiles(self.gaps)

    @property
    def median_gap(self) -> float | None:
        """Return the median gap in days, or None below ENOUGH days with a release."""
        return self.quartiles[1] if self.quartiles else None

    @property
    def months(self) -> tuple[tuple[date, int], ...]:
        """Return the first of each month that the window touches, with its releases."""
        counts = Counter(it.day.replace(day=1) for it in self.shipped)
        month, series = self.window.first.replace(day=1), []
        while month <= self.window.last:
            series.append((month, counts[month]))
            month = _next_month(month)
        return tuple(series)

    @property
    def streak(self) -> int:
        """Return the months in a row with a release; the present month may still get its own."""
        months = {12 * it.day.year + it.day.month for it in self.units}
        last, streak = 12 * self.window.last.year + self.window.last.month, 0
        if last not in months:
            last -= 1
        while last - streak in months:
            streak += 1
        return streak

    @cached_property
    def expected(self) -> Expected | None:
        """Return when the next release is usual, or None below ENOUGH days with a release."""
        days = self._exact_days
        ahead = expected_gap(gaps_between(days))
        if ahead is None:
            return None
        first, last = (days[-1] + timedelta(days=after) for after in ahead)
        return Expected(first, last, back_test(days))

    @property
    def labs(self) -> Mapping[str, int]:
        """Return the releases of each lab, by its name."""
        return dict(Counter(it.who[:_NAME_LIMIT] for it in self.shipped).most_common())

    @property
    def licenses(self) -> Mapping[str, int]:
        """Return the releases by the verdict on their licence."""
        return self._by(lambda it: it.verdict)

    @property
    def weights(self) -> Mapping[str, int]:
        """Return how many are "open" and how many "closed"."""
        return self._by(lambda it: "open" if it.open else "closed")

    @property
    def countries(self) -> Mapping[str, int]:
        """Return the releases by country."""
        return self._by(lambda it: it.country)

    @property
    def sizes(self) -> Mapping[str, int]:
        """Return the releases by size class."""
        return self._by(lambda it: size_class(it.parameters))

    @property
    def tasks(self) -> Mapping[str, int]:
        """Return the releases by task."""
        return self._by(lambda it: it.task)

    @property
    def dates(self) -> Mapping[str, int]:
        """Return where the dates are from: "posted", "created on the Hub", "posted, month only"."""
        return self._by(lambda it: f"{it.published.origin}{'' if it.is_exact else ', month only'}")

    def _by(self, class_of: Callable[[Shipped], str]) -> dict[str, int]:
        counts = Counter(class_of(it) or NOT_STATED for it in self.shipped)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def period(history: Iterable[Shipped], window: Window, unit: Unit = Unit.WAVE) -> Period:
    """Return the figures of all of this history in the window; what comes after it is not looked at."""
    return Period(window, tuple(counted((it for it in history if it.day <= window.last), unit)))


def lab_rows(history: Iterable[Shipped], window: Window, unit: Unit = Unit.WAVE) -> list[Period]:
    """Return the figures of each lab that had shipped by the window's last day, the busiest first."""
    labs = by_lab(period(history, window, unit).units)
    rows = [Period(window, tuple(mine)) for mine in labs.values()]
    return sorted(rows, key=lambda row: (-row.releases, row.last.who.casefold()))


def month_rows(history: Iterable[Shipped], window: Window, unit: Unit = Unit.WAVE) -> list[Period]:
    """Return the figures of each month, as far as it lies in the window, the oldest first."""
    whole, rows = period(history, window, unit), []
    for month, _ in whole.months:
        end = _next_month(month) - timedelta(days=1)
        part = Window(max(month, window.first), min(end, window.last))
        rows.append(Period(part, tuple(it for it in whole.shipped if it.day in part)))
    return rows


def share(counts: Mapping[str, int], key: str) -> float | None:
    """Return the share of one class among those that are stated; None of nothing."""
    total = sum(count for name, count in counts.items() if name != NOT_STATED)
    return counts.get(key, 0) / total if total else None


def gaps_between(days: Iterable[date]) -> tuple[int, ...]:
    """Return the days between these distinct days, which stand in order."""
    return tuple((later - earlier).days for earlier, later in pairwise(days))


def expected_gap(gaps: Sequence[int]) -> tuple[int, int] | None:
    """Return how many days after the last release the next is usual: the earliest and the latest.

    From the lower to the upper quartile of the gaps, rounded outwards, so that half of the known gaps lie
    within. That is a habit and no forecast; None for fewer than ENOUGH days with releases.
    """
    found = _quartiles(gaps)
    return (floor(found[0]), ceil(found[2])) if found else None


def back_test(days: Sequence[date]) -> Hits:
    """Return how the expected window would have done on these distinct days, told only what came before."""
    known: list[int] = []  # sorted, as medians of so many are found at once then
    outcomes = []
    for gap in gaps_between(days):
        ahead = expected_gap(known)
        if ahead:
            outcomes.append(ahead[0] <= gap <= ahead[1])
        insort(known, gap)
    return Hits(sum(outcomes), len(outcomes))


def _quartiles(gaps: Sequence[int]) -> tuple[float, float, float] | None:
    if len(gaps) + 1 < ENOUGH:
        return None
    lower, middle, upper = quantiles(gaps, n=4, method="inclusive")
    return lower, middle, upper


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


# --- in words, the same in Slack, on the page and on the terminal


def expected_text(expected: Expected) -> str:
    """Return when the next release is usual: "2026-07-16 to 08-14"."""
    first, last = expected.first.isoformat(), expected.last.isoformat()
    if first == last:
        return first
    return f"{first} to {last[5:] if first[:4] == last[:4] else last}"


def next_text(figures: Period) -> str:
    """Return when the next release is usual, whether that has passed, and what the habit was worth so far."""
    expected = figures.expected
    if not expected:
        return TOO_FEW
    late = (figures.window.last - expected.last).days
    passed = f", {days_ago(late)}: later than usual" if late > 0 else ""
    return f"{expected_text(expected)}{passed}; {hits_text(expected.hits)}"


def hits_text(hits: Hits) -> str:
    """Return how often such a window was right: "right 25 of 33 times"."""
    if not hits.tried:
        return "never tried yet"
    told = f"right {hits.hits} of {hits.tried} times"
    return told if hits.tried >= ENOUGH else f"{told}: {TOO_FEW}"


def gap_text(figures: Period) -> str:
    """Return the median gap in the window: "10 days"."""
    return TOO_FEW if figures.median_gap is None else f"{figures.median_gap:g} days"


def days_ago(days: int) -> str:
    """Return "today", "1 day ago", "24 days ago"."""
    return "today" if days == 0 else f"{days} day{'' if days == 1 else 's'} ago"
