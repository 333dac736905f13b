"""All that the page shows, computed; page.html draws it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.cadence.habits import habits_of
from bot.cadence.marks import MARKS, RADII, lanes, mark_of
from bot.cadence.news import News, Silence, news, quiet_labs
from bot.cadence.period import Period, Window, lab_rows, period, share, window_back
from bot.cadence.shipped import (
    NOT_STATED,
    Shipment,
    Shipped,
    Unit,
    by_lab,
    counted,
    lab_words,
    name_words,
    size_class,
)
from bot.report.item import Item, day_text, items, license_text

# Of the timeline, in px.
LEFT = 168  # for the names of the labs
WIDTH = 932  # for the marks
_MARGIN = 14
TOP = 30
_ROW = 24
_LANE = 6
_APART = timedelta(days=3)  # marks of days closer than that would hide one another
_MOST_DOTS = 2_500  # beyond that the page grows and nobody can tell them apart
_LABEL_LIMIT = 22
_NEWEST = 300  # listed one by one
_MOST_COUNTRIES = 6
_MOST_NAMED = 12  # labs that are quiet, labs that are fast


@dataclass(frozen=True, slots=True)
class Dot:
    """One release: where it stands in its row, its mark by licence and size, and what it says."""

    x: int
    y: int
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A lab: its name, the line on which its dots stand, and these, the large ones first."""

    label: str
    y: int
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture; `months` are (x, name)."""

    height: int
    rows: tuple[Row, ...]
    months: tuple[tuple[int, str], ...]
    since: date  # the first day whose releases are all shown


def timeline(releases: Sequence[Shipped], window: Window) -> Timeline:
    """Return where these releases stand, the newest if there are too many; the busiest labs come first."""
    inside = [it for it in releases if it.day in window]
    shown = inside[-_MOST_DOTS:]
    busiest = sorted(by_lab(shown).values(), key=lambda mine: (-len(mine), mine[0].lab))
    first = TOP + _ROW // 2
    return Timeline(
        height=TOP + _ROW * len(busiest) + 6,
        rows=tuple(_row(mine, first + _ROW * number, window) for number, mine in enumerate(busiest)),
        months=tuple(_months(window)),
        since=window.first if len(shown) == len(inside) else shown[0].day + timedelta(days=1),
    )


def _row(mine: Sequence[Shipped], y: int, window: Window) -> Row:
    placed = zip(mine, lanes((it.day for it in mine), _APART), strict=True)
    # so that no small one beside it is hidden
    large_first = sorted(placed, key=lambda it: it[0].parameters or 0, reverse=True)
    dots = tuple(_dot(it, _LANE * lane, window) for it, lane in large_first)
    return Row(lab_words(mine[-1], _LABEL_LIMIT), y, dots)


def _dot(it: Shipped, y: int, window: Window) -> Dot:
    size = it.size or f"size {NOT_STATED}"
    text = f"{lab_words(it)}: {name_words(it)}, {day_text(it)}; {license_text(it)}; {size}"
    return Dot(_x(it.day, window), y, f"{mark_of(it.verdict).id}-{size_number(it)}", text)


def size_number(it: Shipped) -> int:
    """Return the number of its class of size, in the order in which the legend has them."""
    return list(RADII).index(size_class(it.parameters))


def _x(day: date, window: Window) -> int:
    share = (day - window.first).days / max(window.days - 1, 1)
    return round(_MARGIN + share * (WIDTH - 2 * _MARGIN))


def _months(window: Window) -> Iterable[tuple[int, str]]:
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
class New:
    """What was new in some days up to today, and in as many before them.

    New is what `recent` lists: it was announced then, or its weights opened; what shares an alert is one.
    """

    days: int
    items: Sequence[Item]
    before: Sequence[Item]

    @property
    def fastest(self) -> Sequence[tuple[str, int, int]]:
        """Return the labs with the most: the name, how many, and how many in the days before."""
        mine, before = (Counter(it.lead.shipped.lab for it in them) for them in (self.items, self.before))
        names = {it.lead.shipped.lab: it.lab for it in self.items}
        busiest = sorted(mine, key=lambda lab: (-mine[lab], names[lab].casefold()))
        return [(names[lab], mine[lab], before[lab]) for lab in busiest[:_MOST_NAMED]]


def permissive(items: Sequence[Item]) -> float | None:
    """Return the share of permissive licences among those that are stated; None of nothing."""
    return share(Counter(it.main.verdict for it in items), "permissive")


def _new(listed: Sequence[Item], window: Window) -> New:
    inside, before = ([it for it in listed if it.news_day in when] for when in (window, window.before))
    return New(window.days, inside, before)


@dataclass(frozen=True, slots=True)
class Overview:
    """The page; `history` counts every release ever known, one for each name."""

    now: datetime
    history: int
    listed: int  # releases of which something is known from LLM Stats alone
    week: New
    month: New
    year: New
    news: Sequence[News]  # of the week
    quiet: Sequence[Silence]
    newest: Sequence[Item]
    older: int
    dates: Mapping[str, int]  # of the year, by where they are from
    timeline: Timeline
    labs: Sequence[Period]  # the year of each
    shares: Sequence[Shares]


def overview(shipments: Sequence[Shipment], now: datetime) -> Overview:
    """Return what the page shows of these releases on a day; what is dated later is left out."""
    today = now.astimezone(UTC).date()
    past = [it for it in shipments if it.shipped.day <= today]
    history = [it.shipped for it in past]
    releases, waves, habits = counted(history, Unit.RELEASE), counted(history), habits_of(history)
    week, month, year = (window_back(today, days) for days in (7, 30, 365))
    listed = items(past)
    return Overview(
        now=now.astimezone(UTC),
        history=len(releases),
        listed=sum(1 for it in past if it.listed_facts),
        week=_new(listed, week),
        month=_new(listed, month),
        year=_new(listed, year),
        news=news(habits, today, week.days),
        quiet=quiet_labs(habits, today)[:_MOST_NAMED],
        newest=listed[:_NEWEST],
        older=len(listed[_NEWEST:]),
        dates=period(waves, year).dates,
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
