"""What `cadence` answers, whoever asks: a row for each lab, or for each month. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.cadence.period import Period, Window, period, periods
from bot.cadence.shipped import Shipped, Unit, by_lab, counted
from bot.cadence.stats import Cadence, cadence

_NAMED = 40  # characters of a lab's name


@dataclass(frozen=True, slots=True)
class LabRow:
    """A lab: its figures in the window, its counts up to the window's end, and what it shipped last.

    `shipped` is what it shipped in the window, a release, wave or launch each, the oldest first.
    """

    figures: Period
    counts: Cadence
    last: Shipped
    shipped: tuple[Shipped, ...] = ()

    @property
    def gaps(self) -> list[tuple[str, int]]:
        """The days between the days with a release in the window, each with what came out at its end."""
        days: dict[date, list[str]] = {}
        for it in self.shipped:
            if it.is_exact:
                days.setdefault(it.day, []).append(it.name)
        names = list(days.values())[1:]
        return [
            (came[0] + (f" +{len(came) - 1}" if len(came) > 1 else ""), gap)
            for came, gap in zip(names, self.figures.gaps, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month, or as much of it as lies in the window: all labs' figures, and each lab's releases."""

    month: date
    figures: Period
    labs: Mapping[str, int]  # by name, the most first


def lab_rows(history: Sequence[Shipped], window: Window, unit: Unit = Unit.WAVE) -> list[LabRow]:
    """Return a row for each lab that shipped by the window's end, the busiest first."""
    known = by_lab(counted((it for it in history if it.day <= window.last), unit))
    rows = [
        LabRow(
            figures,
            cadence((it.day for it in known[lab]), window.last),
            known[lab][-1],
            tuple(it for it in known[lab] if it.day in window),
        )
        for lab, figures in periods(history, window, unit).items()
    ]
    return sorted(rows, key=lambda row: (-row.figures.releases, row.last.who.casefold()))


def month_rows(history: Sequence[Shipped], window: Window, unit: Unit = Unit.WAVE) -> list[MonthRow]:
    """Return a row for each month that the window touches, the oldest first."""
    units = counted(history, unit)
    return [_month_row(units, month, window) for month, _ in period(history, window, unit).months]


def _month_row(units: Sequence[Shipped], month: date, window: Window) -> MonthRow:
    end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    part = Window(max(month, window.first), min(end, window.last))
    inside = [it for it in units if it.day in part]
    labs = Counter(it.who[:_NAMED] for it in inside)
    return MonthRow(month, period(inside, part, Unit.RELEASE), dict(labs.most_common()))
