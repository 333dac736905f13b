"""All that the page shows, computed; page.html draws it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.cadence.news import News, Silence, news, quiet_labs
from bot.cadence.period import Period, Window, lab_rows, period, window_back
from bot.cadence.shipped import (
    MARKS,
    Shipment,
    Shipped,
    Unit,
    by_lab,
    counted,
    mark_of,
    radius_of,
    size_class,
)
from bot.releases.facts.text import clean
from bot.report.item import NAME_LIMIT, Item, day_text, items, license_text, name_of

# Of the timeline, in px.
WIDTH = 1100
LEFT = 168  # where the names of the labs end
_RIGHT = 14
TOP = 30
_ROW = 24
_MOST_DOTS = 2_500  # beyond that the page grows and nobody can tell them apart
_LABEL_LIMIT = 22
_NEWEST = 200  # listed one by one
_MOST_COUNTRIES = 6
_MOST_NAMED = 12  # labs that are quiet, labs that are fast


@dataclass(frozen=True, slots=True)
class Dot:
    """One release: where it stands, its mark, half its width, and what it says."""

    x: float
    y: float
    mark: str
    radius: float
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A lab: its name, and the line on which its dots stand."""

    label: str
    y: float
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture; `months` are (x, name)."""

    height: int
    rows: tuple[Row, ...]
    months: tuple[tuple[float, str], ...]
    dots: tuple[Dot, ...]
    since: date  # the first day whose releases are all shown


def timeline(releases: Sequence[Shipped], window: Window) -> Timeline:
    """Return where these releases stand, the newest if there are too many; the busiest labs come first."""
    inside = [it for it in releases if it.day in window]
    shown = inside[-_MOST_DOTS:]
    # so that no small one of the same day is hidden
    large_first = sorted(shown, key=lambda it: radius_of(it.parameters), reverse=True)
    busiest = sorted(by_lab(shown).items(), key=lambda item: (-len(item[1]), item[0]))
    lines = {lab: TOP + _ROW * number + _ROW / 2 for number, (lab, _) in enumerate(busiest)}
    return Timeline(
        height=TOP + _ROW * len(busiest) + 6,
        rows=tuple(
            Row(clean(mine[-1].who, _LABEL_LIMIT) or "unnamed lab", lines[lab], len(mine))
            for lab, mine in busiest
        ),
        months=tuple(_months(window)),
        dots=tuple(_dot(it, lines[it.lab], window) for it in large_first),
        since=window.first if len(shown) == len(inside) else shown[0].day + timedelta(days=1),
    )


def _dot(it: Shipped, y: float, window: Window) -> Dot:
    size = size_class(it.parameters)
    text = f"{clean(it.who, NAME_LIMIT)}: {name_of(it)}, {day_text(it)}; {license_text(it)}; {size}"
    return Dot(_x(it.day, window), y, mark_of(it.verdict).id, radius_of(it.parameters), text)


def _x(day: date, window: Window) -> float:
    share = (day - window.first).days / max(window.days - 1, 1)
    return round(LEFT + _RIGHT + share * (WIDTH - LEFT - 2 * _RIGHT), 1)


def _months(window: Window) -> Iterable[tuple[float, str]]:
    month = (window.first + timedelta(days=31)).replace(day=1)
    while month <= window.last:
        yield _x(month, window), f"{month:%b %Y}" if month.month == 1 else f"{month:%b}"
        month = (month + timedelta(days=31)).replace(day=1)


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
    news: Sequence[News]  # of the week
    month: Period
    month_before: Period
    year: Period
    quiet: Sequence[Silence]
    fastest: Sequence[tuple[Period, int]]  # each lab's month, and its releases in the month before
    this_week: Sequence[Item]
    newest: Sequence[Item]  # before this week
    older: int
    timeline: Timeline
    labs: Sequence[Period]  # the year of each
    shares: Sequence[Shares]


def overview(shipments: Sequence[Shipment], now: datetime) -> Overview:
    """Return what the page shows of these releases on a day; what is dated later is left out."""
    today = now.astimezone(UTC).date()
    past = [it for it in shipments if it.shipped.day <= today]
    history = [it.shipped for it in past]
    releases, waves = counted(history, Unit.RELEASE), counted(history)
    week, month, year = (window_back(today, days) for days in (7, 30, 365))
    before = {row.last.lab: row.releases for row in lab_rows(waves, month.before)}
    fastest = [row for row in lab_rows(waves, month) if row.releases][:_MOST_NAMED]
    listed = items(past)
    earlier = [it for it in listed if it.news_day < week.first]
    this_week = [it for it in listed if it.news_day in week]
    return Overview(
        now=now,
        history=len(releases),
        listed=sum(1 for it in past if it.listed_facts),
        week=len(this_week),
        week_before=sum(it.news_day in week.before for it in listed),
        news=news(waves, today, week.days),
        month=period(waves, month),
        month_before=period(waves, month.before),
        year=period(waves, year),
        quiet=quiet_labs(waves, today)[:_MOST_NAMED],
        fastest=[(row, before.get(row.last.lab, 0)) for row in fastest],
        this_week=this_week,
        newest=earlier[:_NEWEST],
        older=len(earlier[_NEWEST:]),
        timeline=timeline(releases, year),
        labs=lab_rows(waves, year),
        shares=list(_shares(waves, year)),
    )


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
