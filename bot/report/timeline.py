"""Where each dot of the timeline stands: a row a lab, a dot a release. Pure; page.html draws it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.cadence.marks import mark_of, radius_of
from bot.cadence.period import Window
from bot.cadence.shipped import Shipped, by_lab, size_class
from bot.releases.facts.visible import clean
from bot.report.item import NAME_LIMIT, day_text, license_text, name_of

# All in px.
WIDTH = 1100
LEFT = 168  # where the names of the labs end
_RIGHT = 14
TOP = 30
_ROW = 24
_MOST_DOTS = 2_500  # beyond that the page grows and nobody can tell them apart
_LABEL_LIMIT = 22


@dataclass(frozen=True, slots=True)
class Dot:
    """One release: where it stands, its mark, half its width, and what it says."""

    x: float
    y: float
    mark: str
    radius: float
    words: str


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
    busiest = sorted(by_lab(shown).items(), key=lambda item: (-len(item[1]), item[0]))
    lines = {lab: TOP + _ROW * number + _ROW / 2 for number, (lab, _) in enumerate(busiest)}
    return Timeline(
        height=TOP + _ROW * len(busiest) + 6,
        rows=tuple(Row(_label(mine[-1]), lines[lab], len(mine)) for lab, mine in busiest),
        months=tuple(_months(window)),
        # large ones first, so that no small one of the same day is hidden
        dots=tuple(_dot(it, lines[it.lab], window) for it in sorted(shown, key=_radius, reverse=True)),
        since=window.first if len(shown) == len(inside) else shown[0].day + timedelta(days=1),
    )


def _radius(it: Shipped) -> float:
    return radius_of(it.parameters)


def _label(it: Shipped) -> str:
    return clean(it.who, _LABEL_LIMIT) or "unnamed lab"


def _dot(it: Shipped, y: float, window: Window) -> Dot:
    size = size_class(it.parameters)
    words = f"{clean(it.who, NAME_LIMIT)}: {name_of(it)}, {day_text(it)}; {license_text(it)}; {size}"
    return Dot(_x(it.day, window), y, mark_of(it.verdict).id, _radius(it), words)


def _x(day: date, window: Window) -> float:
    share = (day - window.first).days / max(window.days - 1, 1)
    return round(LEFT + _RIGHT + share * (WIDTH - LEFT - 2 * _RIGHT), 1)


def _months(window: Window) -> Iterable[tuple[float, str]]:
    month = (window.first + timedelta(days=31)).replace(day=1)
    while month <= window.last:
        yield _x(month, window), f"{month:%b %Y}" if month.month == 1 else f"{month:%b}"
        month = (month + timedelta(days=31)).replace(day=1)
