"""The rows of `cadence`: a lab or a month, as JSON, as cells of a table. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.cadence.period import Period, Window, period, periods, share
from bot.cadence.phrases import TOO_FEW, days_ago, expected_text, hits_text
from bot.cadence.shipped import Shipped, Unit, by_lab, counted
from bot.cadence.stats import Cadence, cadence
from bot.cli.bars import bar, sparkline
from bot.messages.escape import clean

Object = Mapping[str, object]
LAB_COLUMNS = ("Lab", "Releases", "By month", "Median gap", "Last", "Next expected")
MONTH_COLUMNS = ("Month", "Releases", "Open", "Permissive", "Most")
_BAR = 8
_MOST_NAMED = 3
_NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class LabRow:
    """Hold a lab: its figures in the window, its counts up to the window's end, and what it shipped last."""

    figures: Period
    counts: Cadence
    last: Shipped


@dataclass(frozen=True, slots=True)
class MonthRow:
    """Hold a month, or as much of it as lies in the window: all labs' figures, and each lab's releases."""

    month: date
    figures: Period
    labs: Mapping[str, int]  # by name, the most first


def lab_rows(history: Sequence[Shipped], window: Window, unit: Unit) -> list[LabRow]:
    """Return a row for each lab that shipped by the window's end, the busiest first."""
    known = by_lab(counted((it for it in history if it.day <= window.last), unit))
    rows = [
        LabRow(figures, cadence((it.day for it in known[lab]), window.last), known[lab][-1])
        for lab, figures in periods(history, window, unit).items()
    ]
    return sorted(rows, key=lambda row: (-row.figures.releases, row.last.who.casefold()))


def month_rows(history: Sequence[Shipped], window: Window, unit: Unit) -> list[MonthRow]:
    """Return a row for each month that the window touches, the oldest first."""
    units = counted(history, unit)
    months = [month for month, _ in period(history, window, unit).months]
    ends = [*(following.replace(day=1) for following in months[1:]), None]
    rows = []
    for month, following in zip(months, ends, strict=True):
        last = window.last if following is None else date.fromordinal(following.toordinal() - 1)
        part = Window(max(month, window.first), last)
        labs = Counter(_name(it) for it in units if it.day in part)
        inside = [it for it in units if it.day in part]
        rows.append(MonthRow(month, period(inside, part, Unit.RELEASE), dict(labs.most_common())))
    return rows


# --- for programs


def lab_object(row: LabRow) -> Object:
    """Return a lab as JSON has it; what is not known is null."""
    figures, expected = row.figures, row.figures.expected
    lower, _, upper = figures.quartiles or (None, None, None)
    return {
        "lab": row.last.lab,
        "name": row.last.who,
        "releases": figures.releases,
        "last_30": row.counts.last_30,
        "last_90": row.counts.last_90,
        "last_365": row.counts.last_365,
        "median_gap_days": figures.median_gap,
        "lower_quartile_days": lower,
        "upper_quartile_days": upper,
        "since_last_days": figures.since_last,
        "last_release": row.last.name,
        "streak_months": figures.streak,
        "expected_first": expected.first.isoformat() if expected else None,
        "expected_last": expected.last.isoformat() if expected else None,
        "expected_right": expected.hits.hits if expected else None,
        "expected_tried": expected.hits.tried if expected else None,
        "months": {f"{month:%Y-%m}": count for month, count in figures.months},
        "licenses": figures.licenses,
        "weights": figures.weights,
        "sizes": figures.sizes,
        "tasks": figures.tasks,
        "dates": figures.dates,
    }


def month_object(row: MonthRow) -> Object:
    """Return a month as JSON has it."""
    figures = row.figures
    return {
        "month": f"{row.month:%Y-%m}",
        "releases": figures.releases,
        "labs": row.labs,
        "licenses": figures.licenses,
        "weights": figures.weights,
        "countries": figures.countries,
        "sizes": figures.sizes,
        "tasks": figures.tasks,
        "dates": figures.dates,
    }


# --- for people


def lab_cells(rows: Sequence[LabRow]) -> list[tuple[str, ...]]:
    """Return the cells of LAB_COLUMNS."""
    most = max((row.figures.releases for row in rows), default=0)
    return [
        (
            _name(row.last),
            f"{row.figures.releases:>3} {bar(row.figures.releases, most, _BAR)}",
            sparkline([count for _, count in row.figures.months]),
            _gap(row.figures),
            _last(row),
            _expected(row.figures),
        )
        for row in rows
    ]


def month_cells(rows: Sequence[MonthRow]) -> list[tuple[str, ...]]:
    """Return the cells of MONTH_COLUMNS."""
    most = max((row.figures.releases for row in rows), default=0)
    return [
        (
            f"{row.month:%Y-%m}",
            f"{row.figures.releases:>3} {bar(row.figures.releases, most, _BAR)}",
            str(row.figures.weights.get("open", 0)),
            _percent(share(row.figures.licenses, "permissive")),
            ", ".join(f"{name} {count}" for name, count in list(row.labs.items())[:_MOST_NAMED]),
        )
        for row in rows
    ]


def _name(it: Shipped) -> str:
    return clean(it.who, _NAME_LIMIT)


def _gap(figures: Period) -> str:
    if not figures.quartiles:
        return TOO_FEW
    lower, middle, upper = figures.quartiles
    return f"{middle:g} days\nhalf: {lower:.0f} to {upper:.0f}"


def _last(row: LabRow) -> str:
    return f"{clean(row.last.name, _NAME_LIMIT)}\n{days_ago(row.figures.since_last or 0)}"


def _expected(figures: Period) -> str:
    if not figures.expected:
        return TOO_FEW
    late = "late; " if figures.expected.last < figures.window.last else ""
    return f"{expected_text(figures.expected)}\n{late}{hits_text(figures.expected.hits)}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
