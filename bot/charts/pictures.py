"""The three pictures: what came out when, how long labs take, and how much came in which month."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from statistics import median

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.lines import Line2D

from bot.cadence.marks import MARKS, Mark, Shape, mark_of, radius_of
from bot.cadence.period import Window, period, periods
from bot.cadence.shipped import Shipped, Unit, by_lab, counted
from bot.charts.canvas import Picture, Suffix, canvas, file_of
from bot.releases.facts.visible import clean

_MOST_LABS = 12  # in a picture; more cannot be read in a preview
_LABEL_LIMIT = 20
_MARKERS = {Shape.CIRCLE: "o", Shape.TRIANGLE: "^", Shape.SQUARE: "s", Shape.RING: "o"}
_POINTS = 2.6  # of a mark in the picture for each px of one on the page
_EDGES = (1, 2, 4, 8, 15, 31, 61, 121)  # days: each bar is twice as long as the one before, roughly
_BAR = "#0072b2"
_DAY = timedelta(days=1)


def pictures(history: Sequence[Shipped], window: Window, suffix: Suffix) -> list[Picture]:
    """Return all three of what was shipped in the window; what came before is needed for nothing.

    The first has a mark for each release, the other two count families that came together once.
    """
    return [
        _timeline(history, window, suffix),
        _gaps(history, window, suffix),
        _months(history, window, suffix),
    ]


# --- what came out when


def _timeline(history: Sequence[Shipped], window: Window, suffix: Suffix) -> Picture:
    releases = [it for it in counted(history, Unit.RELEASE) if it.day in window]
    labs = _busiest(releases)
    title = f"Model releases, {_span(window)}{_of_all(releases)}"
    classes = Counter(mark_of(it.verdict) for it in releases)
    text = _sentences(
        f"{title}: {len(releases)} in all",
        [f"{_label(mine[-1])} {len(mine)}" for mine in labs],
        [f"{classes[mark]} {mark.words}" for mark in MARKS if classes[mark]],
    )
    with canvas(title) as (figure, axes):
        for mark in MARKS:
            _draw(axes, mark, [(it, row) for row, mine in enumerate(labs) for it in mine])
        _date_axis(axes, window)
        axes.set_yticks(range(len(labs)), [f"{_label(mine[-1])}  {len(mine)}" for mine in labs])
        axes.set_ylim(max(len(labs), 1) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(color="#e3e6e9")
        handles = [_handle(mark) for mark in MARKS]
        figure.legend(handles=handles, loc="outside lower left", ncols=4, frameon=False, handletextpad=0)
        return Picture("timeline", text, file_of(figure, suffix, title, text))


def _draw(axes: Axes, mark: Mark, placed: Iterable[tuple[Shipped, int]]) -> None:
    """Draw what is of this class, the large ones first: no small one of the same day is hidden."""
    mine = [(it, row) for it, row in placed if mark_of(it.verdict) is mark]
    mine.sort(key=lambda placed: -radius_of(placed[0].parameters))
    hollow = mark.shape is Shape.RING
    axes.scatter(
        [it.day for it, _ in mine],  # type: ignore[arg-type]  # matplotlib takes dates; its types do not say so
        [row for _, row in mine],
        s=[(_POINTS * radius_of(it.parameters)) ** 2 for it, _ in mine],
        marker=_MARKERS[mark.shape],
        facecolors="none" if hollow else mark.light,
        edgecolors=mark.light if hollow else "white",
        linewidths=1.8 if hollow else 0.8,
        alpha=0.9,
        clip_on=False,
        zorder=2,
    )


def _handle(mark: Mark) -> Line2D:
    hollow = mark.shape is Shape.RING
    return Line2D(
        [], [], linestyle="", marker=_MARKERS[mark.shape], markersize=12, label=mark.words,
        markerfacecolor="none" if hollow else mark.light, markeredgecolor=mark.light, markeredgewidth=1.8,
    )  # fmt: skip


def _date_axis(axes: Axes, window: Window) -> None:
    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]  # matplotlib has no types here
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]  # as above
    axes.set_xlim(window.first - _DAY, window.last + _DAY)  # type: ignore[arg-type]  # as above


# --- how long labs take


def _gaps(history: Sequence[Shipped], window: Window, suffix: Suffix) -> Picture:
    gaps = [gap for it in periods(history, window).values() for gap in it.gaps]
    names = [_days(low, high) for low, high in zip(_EDGES, (*_EDGES[1:], None), strict=True)]
    counts = Counter(bisect_right(_EDGES, gap) - 1 for gap in gaps)
    title = f"Days between a lab's releases, {_span(window)}"
    middle = f"; half of them last {median(gaps):g} days or less" if gaps else ""
    told = [f"{counts[number]} of {name}" for number, name in enumerate(names) if counts[number]]
    text = _sentences(f"{title}: {len(gaps)} gaps{middle}", told)
    with canvas(title) as (figure, axes):
        bars = axes.bar(names, [counts[number] for number in range(len(names))], color=_BAR, width=0.86)
        axes.bar_label(bars, padding=3)
        axes.set_ylabel("gaps")
        axes.set_xlabel("days")
        axes.yaxis.grid(color="#e3e6e9")
        return Picture("gaps", text, file_of(figure, suffix, title, text))


def _days(low: int, high: int | None) -> str:
    if high is None:
        return f"{low}+"
    return f"{low}" if high - low == 1 else f"{low}–{high - 1}"


# --- how much came in which month


def _months(history: Sequence[Shipped], window: Window, suffix: Suffix) -> Picture:
    units = [it for it in counted(history) if it.day in window]
    labs = _busiest(units)
    series = [period(mine, window).months for mine in labs]
    title = f"Releases a month, {_span(window)}{_of_all(units)}"
    totals = period(units, window).months
    told = [f"{month:%b %Y} {count}" for month, count in totals]
    best = [f"{_label(mine[-1])} {_peak(months)}" for mine, months in zip(labs, series, strict=True)]
    text = _sentences(f"{title}: all labs, {', '.join(told)}", best)
    with canvas(title) as (figure, axes):
        counts = [[count for _, count in months] for months in series] or [[0] * len(totals)]
        most = max(max(row) for row in counts)
        # one colour from light to dark: it reads the same in grey
        axes.imshow(counts, cmap="Blues", vmin=0, vmax=max(most, 1), aspect="auto")
        for row, column, count in _cells(counts):
            axes.text(column, row, str(count), ha="center", va="center", color=_ink(count, most))
        axes.set_yticks(range(len(labs)), [_label(mine[-1]) for mine in labs])
        axes.set_xticks(range(len(totals)), _month_names([month for month, _ in totals]))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        return Picture("months", text, file_of(figure, suffix, title, text))


def _cells(counts: Sequence[Sequence[int]]) -> Iterable[tuple[int, int, int]]:
    wide = len(counts[0]) <= 18  # figures in more columns than that run into each other
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            if count and wide:
                yield row, column, count


def _ink(count: int, most: int) -> str:
    return "white" if count > most * 0.55 else "#16191d"


def _month_names(months: Sequence[date]) -> list[str]:
    """Return a label a month: the year where it begins, and none in between where there are many."""
    step = 1 + len(months) // 13
    return ["" if number % step else _month_name(month, number) for number, month in enumerate(months)]


def _month_name(month: date, number: int) -> str:
    return f"{month:%b}\n{month:%Y}" if month.month == 1 or not number else f"{month:%b}"


def _peak(months: Sequence[tuple[date, int]]) -> str:
    month, count = max(months, key=lambda it: it[1])
    return f"most in {month:%b %Y} with {count}"


# --- for all three


def _busiest(units: Iterable[Shipped]) -> list[list[Shipped]]:
    size: Callable[[list[Shipped]], int] = len
    return sorted(by_lab(units).values(), key=lambda mine: (-size(mine), mine[0].lab))[:_MOST_LABS]


def _label(it: Shipped) -> str:
    return clean(it.who, _LABEL_LIMIT) or "unnamed lab"


def _span(window: Window) -> str:
    return " to ".join(f"{day.day} {day:%b %Y}" for day in (window.first, window.last))


def _of_all(units: Iterable[Shipped]) -> str:
    """Return which labs are shown, where not all are: ", the 12 busiest of 47 labs"."""
    count = len({it.lab for it in units})
    return f", the {_MOST_LABS} busiest of {count} labs" if count > _MOST_LABS else ""


def _sentences(first: str, *lists: Sequence[str]) -> str:
    return " ".join([f"{first}.", *(f"{', '.join(told)}." for told in lists if told)])
