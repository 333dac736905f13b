"""All that the page shows, computed. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.cadence.marks import MARKS, mark_of
from bot.cadence.news import News
from bot.cadence.period import Period, Window, period, periods, window_back
from bot.cadence.sections import Sections, sections
from bot.cadence.shipment import Shipment
from bot.cadence.shipped import Shipped, Unit, counted
from bot.releases.facts.visible import clean
from bot.report.item import NAME_LIMIT, Item, items
from bot.report.timeline import Timeline, timeline

_NEWEST = 200  # listed one by one
_MOST_COUNTRIES = 6
_MOST_NAMED = 12  # labs that are quiet, labs that are fast
YEAR = 365


@dataclass(frozen=True, slots=True)
class LabRow:
    """A lab of the table."""

    name: str
    year: Period
    month: int  # releases in 30 days
    last: Shipped

    @property
    def peak(self) -> int:
        """Return the most releases of one month."""
        return max(count for _, count in self.year.months)


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of some releases are under each class of licence, by the ids of the marks."""

    label: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many there are."""
        return sum(self.counts.values())

    def bars(self, width: float) -> list[tuple[str, float, float, int]]:
        """Return what fills a bar of this width: mark, x, width and count of each class that there is."""
        found, x = [], 0.0
        for mark in MARKS:
            count = self.counts.get(mark.id, 0)
            wide = width * count / self.total if count else 0
            found += [(mark.id, round(x, 1), round(wide, 1), count)] if count else []
            x += wide
        return found


@dataclass(frozen=True, slots=True)
class Overview:
    """The page; `history` counts every release ever known, one for each name."""

    now: datetime
    history: int
    listed: int  # releases of which something is known from LLM Stats alone
    week: int  # releases in 7 days, and in the 7 before
    week_before: int
    news: tuple[News, ...]  # of the week
    month: Sections
    year: Period
    this_week: tuple[Item, ...]
    newest: tuple[Item, ...]  # before this week
    older: int
    timeline: Timeline
    labs: tuple[LabRow, ...]
    shares: tuple[Shares, ...]


def overview(shipments: Sequence[Shipment], now: datetime) -> Overview:
    """Return what the page shows of these releases on a day; what is dated later is left out."""
    today = now.astimezone(UTC).date()
    past = [it for it in shipments if it.shipped.day <= today]
    history = [it.shipped for it in past]
    releases, waves = counted(history, Unit.RELEASE), counted(history)
    week, year = window_back(today, 7), window_back(today, YEAR)
    month = sections(history, window_back(today, 30), _MOST_NAMED)
    listed = items(past)
    before = [it for it in listed if it.news_day < week.first]
    this_week = [it for it in listed if it.news_day in week]
    return Overview(
        now=now,
        history=len(releases),
        listed=sum(1 for it in past if it.listed_facts),
        week=len(this_week),
        week_before=sum(it.news_day in week.before for it in listed),
        news=tuple(it for it in month.news if it.day in week),
        month=month,
        year=period(history, year),
        this_week=tuple(this_week),
        newest=tuple(before[:_NEWEST]),
        older=len(before[_NEWEST:]),
        timeline=timeline(releases, year),
        labs=tuple(_lab_rows(history, waves, year)),
        shares=tuple(_shares(waves, year)),
    )


def _lab_rows(history: Sequence[Shipped], waves: Sequence[Shipped], year: Window) -> list[LabRow]:
    month = window_back(year.last, 30)
    in_month = Counter(it.lab for it in waves if it.day in month)
    latest = {it.lab: it for it in waves}
    rows = [
        LabRow(clean(latest[lab].who, NAME_LIMIT) or lab, figures, in_month[lab], latest[lab])
        for lab, figures in periods(history, year).items()
    ]
    return sorted(rows, key=lambda row: (-row.year.releases, row.name.casefold()))


def _shares(units: Sequence[Shipped], year: Window) -> Iterable[Shares]:
    now = [it for it in units if it.day in year]
    yield _classes("All, last 365 days", now)
    yield _classes("All, the 365 days before", [it for it in units if it.day in year.before])
    yield _classes("Open weights, last 365 days", [it for it in now if it.open])
    by_country = Counter(it.country for it in now if it.open and it.country)
    for country, _ in by_country.most_common(_MOST_COUNTRIES):
        yield _classes(f"Open weights, {country}", [it for it in now if it.open and it.country == country])


def _classes(label: str, units: Iterable[Shipped]) -> Shares:
    return Shares(label, Counter(mark_of(it.verdict).id for it in units))
