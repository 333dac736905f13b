"""What labs shipped in a window of days, counted and broken down. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import quantiles

from bot.cadence.shipped import NOT_STATED, Shipped, Unit, by_lab, counted, exact_days, size_class
from bot.cadence.stats import ENOUGH, Cadence, Hits, back_test, cadence, expected_window


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
class Expected:
    """Between which days the next release is usual, and how often such a window was right so far."""

    first: date
    last: date
    hits: Hits


@dataclass(frozen=True, slots=True)
class Period:
    """The figures of one lab, or of all, in a window. Mappings run from the most to the least.

    Counts and gaps are of the window; `since_last`, `streak` and `expected` of all that was known on its last
    day, because a short window must not make a lab look new.
    """

    window: Window
    unit: Unit
    releases: int
    gaps: tuple[int, ...]  # days between consecutive days with a release, both in the window, oldest first
    since_last: int | None  # days; None without any release
    streak: int  # months in a row with a release, up to the last that had time for one
    months: tuple[tuple[date, int], ...]  # the first of each month that the window touches, with its releases
    expected: Expected | None  # None below ENOUGH days with a release
    licenses: Mapping[str, int]  # by verdict
    weights: Mapping[str, int]  # "open" and "closed"
    countries: Mapping[str, int]
    sizes: Mapping[str, int]  # by size class
    tasks: Mapping[str, int]
    dates: Mapping[str, int]  # by origin and precision: "posted", "created on the Hub", "posted, month only"

    @property
    def median_gap(self) -> float | None:
        """Return the median gap in days, or None below ENOUGH days with a release."""
        return self.quartiles[1] if self.quartiles else None

    @property
    def quartiles(self) -> tuple[float, float, float] | None:
        """Return the quartiles of the gap in days (inclusive method), or None below ENOUGH days."""
        if len(self.gaps) + 1 < ENOUGH:
            return None
        lower, middle, upper = quantiles(self.gaps, n=4, method="inclusive")
        return lower, middle, upper


def period(history: Iterable[Shipped], window: Window, unit: Unit = Unit.WAVE) -> Period:
    """Return the figures of all of this history in the window; what comes after it is not looked at."""
    return _period(counted(_until(history, window.last), unit), window, unit)


def periods(history: Iterable[Shipped], window: Window, unit: Unit = Unit.WAVE) -> dict[str, Period]:
    """Return the figures of each lab that had shipped by the window's last day, by lab id."""
    known = by_lab(counted(_until(history, window.last), unit))
    return {lab: _period(units, window, unit) for lab, units in known.items()}


def share(counts: Mapping[str, int], key: str, *, of_stated: bool = True) -> float | None:
    """Return the share of one class, of those that are stated unless said otherwise; None of nothing."""
    total = sum(count for name, count in counts.items() if not of_stated or name != NOT_STATED)
    return counts.get(key, 0) / total if total else None


def _period(units: Sequence[Shipped], window: Window, unit: Unit) -> Period:
    inside = [it for it in units if it.day in window]
    days = exact_days(units)
    rhythm = cadence(days, window.last)
    return Period(
        window=window,
        unit=unit,
        releases=len(inside),
        gaps=cadence(exact_days(inside), window.last).gaps,
        since_last=rhythm.since_last,
        streak=_streak(units, window.last),
        months=_months(inside, window),
        expected=_expected(days, rhythm),
        licenses=_by(inside, lambda it: it.verdict),
        weights=_by(inside, lambda it: "open" if it.open else "closed"),
        countries=_by(inside, lambda it: it.country),
        sizes=_by(inside, lambda it: size_class(it.parameters)),
        tasks=_by(inside, lambda it: it.task),
        dates=_by(inside, lambda it: f"{it.published.origin}{'' if it.is_exact else ', month only'}"),
    )


def _until(history: Iterable[Shipped], last: date) -> list[Shipped]:
    return [it for it in history if it.day <= last]


def _by(units: Iterable[Shipped], of: Callable[[Shipped], str]) -> dict[str, int]:
    counts = Counter(of(it) or NOT_STATED for it in units)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _expected(days: Sequence[date], rhythm: Cadence) -> Expected | None:
    ahead = expected_window(rhythm)
    if ahead is None:
        return None
    first, last = (days[-1] + timedelta(days=after) for after in ahead)
    return Expected(first, last, back_test(days))


def _months(inside: Iterable[Shipped], window: Window) -> tuple[tuple[date, int], ...]:
    counts = Counter(it.day.replace(day=1) for it in inside)
    month, series = window.first.replace(day=1), []
    while month <= window.last:
        series.append((month, counts[month]))
        month = _next(month)
    return tuple(series)


def _streak(units: Iterable[Shipped], today: date) -> int:
    """Return the months in a row with a release; the present month may still get its own."""
    months = {it.day.replace(day=1) for it in units}
    month, streak = today.replace(day=1), 0
    if month not in months:
        month = _previous(month)
    while month in months:
        month, streak = _previous(month), streak + 1
    return streak


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _previous(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
