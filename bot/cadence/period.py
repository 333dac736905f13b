"""What labs shipped in a window of days: the figures that every answer, page and picture takes. Pure."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from bot.cadence.gaps import Expected, back_test, expected_gap, gaps_between, quartiles
from bot.cadence.habits import Day, Habit, days_of
from bot.cadence.shipped import NOT_STATED, Shipped, Unit, by_lab, counted, last_of_month, size_class

AnyCadence = TypeVar("AnyCadence", bound="Cadence")
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


class Cadence(ABC):
    """How often one lab, or all, shipped: figures of the days with a release until a window's last day.

    Counts and gaps are of the window; `last`, `since_last`, `streak` and `expected` of all that was known on
    its last day, because a short window must not make a lab look new.
    """

    window: Window

    @property
    @abstractmethod
    def days(self) -> Sequence[Day]:
        """Return the days with a release, oldest first."""

    @property
    @abstractmethod
    def last(self) -> Shipped:
        """Return the newest. Raises IndexError where there is none."""

    def _since(self, first: date) -> Sequence[Day]:
        """Return the days from that one to the end of the window."""
        return [it for it in self.days if first <= it.day <= self.window.last]

    @cached_property
    def _exact_days(self) -> list[date]:
        """Return the days that are known."""
        return [it.day for it in self.days if it.is_exact]

    @property
    def releases(self) -> int:
        """Return how many came out in the window."""
        return sum(it.units for it in self._since(self.window.first))

    def recent(self, days: int) -> int:
        """Return how many came out in so many days up to the window's end."""
        return sum(it.units for it in self._since(window_back(self.window.last, days).first))

    @property
    def since_last(self) -> int | None:
        """Return the days since the last release whose day is known, None without any."""
        days = self._exact_days
        return (self.window.last - days[-1]).days if days else None

    @cached_property
    def gaps(self) -> tuple[int, ...]:
        """Return the days between consecutive days with a release, both in the window, the oldest first."""
        return gaps_between(it.day for it in self._since(self.window.first) if it.is_exact)

    @property
    def named_gaps(self) -> list[tuple[str, int]]:
        """Return the gaps, each with what came out at its end."""
        came = [it for it in self._since(self.window.first) if it.is_exact]
        labels = [f"{it.first} +{it.units - 1}" if it.units > 1 else it.first for it in came]
        return list(zip(labels[1:], self.gaps, strict=True))

    @property
    def quartiles(self) -> tuple[float, float, float] | None:
        """Return the quartiles of the gap in days, or None below ENOUGH days with a release."""
        return quartiles(self.gaps)

    @property
    def median_gap(self) -> float | None:
        """Return the median gap in days, or None below ENOUGH days with a release."""
        return self.quartiles[1] if self.quartiles else None

    @property
    def months(self) -> tuple[tuple[date, int], ...]:
        """Return the first of each month that the window touches, with its releases."""
        counts: Counter[date] = Counter()
        for it in self._since(self.window.first):
            counts[it.day.replace(day=1)] += it.units
        month, series = self.window.first.replace(day=1), []
        while month <= self.window.last:
            series.append((month, counts[month]))
            month = last_of_month(month) + timedelta(days=1)
        return tuple(series)

    @property
    def streak(self) -> int:
        """Return the months in a row with a release; the present month may still get its own."""
        months = {12 * it.day.year + it.day.month for it in self.days}
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


@dataclass(frozen=True)
class LabCadence(Cadence):
    """The figures of one lab by its habit until the window's last day."""

    window: Window
    habit: Habit

    @property
    def days(self) -> Sequence[Day]:
        """Return the days with a release, oldest first."""
        return self.habit.days

    @property
    def last(self) -> Shipped:
        """Return the newest. Raises IndexError where there is none."""
        return self.habit.newest


@dataclass(frozen=True)
class Period(Cadence):
    """The figures of one lab, or of all, with what was shipped. Mappings run from the most to the least.

    `units` are its releases, waves or launches until the window's last day, the oldest first.
    """

    window: Window
    units: tuple[Shipped, ...]

    @cached_property
    def days(self) -> Sequence[Day]:
        """Return the days with a release, oldest first."""
        return days_of(self.units)

    @property
    def last(self) -> Shipped:
        """Return the newest. Raises IndexError where there is none."""
        return self.units[-1]

    @cached_property
    def shipped(self) -> tuple[Shipped, ...]:
        """Return those of the window."""
        return tuple(it for it in self.units if it.day in self.window)

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
    return _busiest(Period(window, tuple(mine)) for mine in labs.values())


def cadences(habits: Iterable[Habit], window: Window) -> list[LabCadence]:
    """Return the same of each lab by its habit, of waves: without what classes its releases are of."""
    known = (habit.until(window.last) for habit in habits)
    return _busiest(LabCadence(window, habit) for habit in known if habit.days)


def _busiest(rows: Iterable[AnyCadence]) -> list[AnyCadence]:
    return sorted(rows, key=lambda row: (-row.releases, row.last.who.casefold()))


def month_rows(history: Iterable[Shipped], window: Window, unit: Unit = Unit.WAVE) -> list[Period]:
    """Return the figures of each month, as far as it lies in the window, the oldest first."""
    whole, rows = period(history, window, unit), []
    for month, _ in whole.months:
        part = Window(max(month, window.first), min(last_of_month(month), window.last))
        rows.append(Period(part, tuple(it for it in whole.shipped if it.day in part)))
    return rows


def share(counts: Mapping[str, int], key: str) -> float | None:
    """Return the share of one class among those that are stated; None of nothing."""
    total = sum(count for name, count in counts.items() if name != NOT_STATED)
    return counts.get(key, 0) / total if total else None
