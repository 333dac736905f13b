"""The three pictures: what came out when, how long labs take, and how much came in which month."""

import io
import warnings
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, Literal

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.cadence.marks import MARKS, RADII, Mark, Shape, lanes, mark_of, radius_of
from bot.cadence.period import Period, Window, lab_rows, period
from bot.cadence.shipped import Shipped, Unit, by_lab, counted, lab_words

Suffix = Literal["png", "svg"]

# Slack shows a picture some 500 px wide in a channel: a third of this one, with letters of a third of these.
_INCHES = (12.8, 7.2)
_DPI = 120
_COLOURS = 128
_INK = "#16191d"
_STYLE: dict[Any, Any] = {  # matplotlib spells out every key, but not in all its versions
    "font.size": 17,
    "figure.titlesize": 19,
    "legend.title_fontsize": 14,
    "figure.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#5a626c",
    "axes.axisbelow": True,
    "figure.constrained_layout.w_pad": 0.15,  # inches
    "figure.constrained_layout.h_pad": 0.15,
    "text.color": _INK,
    "text.parse_math": False,  # a name with two dollar signs is no formula
    "svg.fonttype": "none",  # text stays text: it can be read aloud and searched
    "svg.hashsalt": "cadencebot",  # the same history makes the same file
}

_MOST_LABS = 12  # in a picture; more cannot be read in a preview
_LABEL_LIMIT = 20
_MARKERS = {Shape.CIRCLE: "o", Shape.TRIANGLE: "^", Shape.SQUARE: "s", Shape.RING: "o"}
_POINTS = 2.6  # of a mark in the picture for each px of one on the page
_EDGES = (1, 2, 4, 8, 15, 31, 61, 121)  # days: each bar is twice as long as the one before, roughly
_LANE = 0.27  # of the way to the next lab
_ABREAST = 90  # marks that stand beside one another in a row
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)  # months between two labels
_MOST_LABELS = 14
_BAR = "#0072b2"
_SOFT = "#5a626c"
_GRID = "#e3e6e9"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn chart, and the text that says the same."""

    name: str  # "timeline", "gaps" or "months"
    text: str
    data: bytes


def pictures(history: Sequence[Shipped], window: Window, suffix: Suffix) -> list[Picture]:
    """Return all three of what was shipped in the window, which begins no earlier than what is known does.

    The first has a mark for each release, the other two count families that came together once.
    """
    first = min((it.day for it in history), default=window.first)
    window = Window(min(max(first, window.first), window.last), window.last)
    return [
        _timeline(history, window, suffix),
        _gaps(history, window, suffix),
        _months(history, window, suffix),
    ]


def _timeline(history: Sequence[Shipped], window: Window, suffix: Suffix) -> Picture:
    """Draw what came out when: a row a lab, a mark a release."""
    releases = [it for it in counted(history, Unit.RELEASE) if it.day in window]
    labs = _busiest(releases)
    title = f"Model releases\n{_span(window)}{_of_all(releases)}"
    classes = Counter(mark_of(it.verdict) for it in releases)
    text = _sentences(
        f"{_line(title)}: {len(releases)} in all",
        [f"{lab} {len(mine)}" for lab, mine in labs],
        [f"{classes[mark]} {mark.label}" for mark in MARKS if classes[mark]],
    )

    def draw(figure: Figure, axes: Axes) -> None:
        apart = timedelta(days=window.days / _ABREAST)
        placed = [
            (it, row + _LANE * lane)
            for row, (_, mine) in enumerate(labs)
            for it, lane in zip(mine, lanes((it.day for it in mine), apart), strict=True)
        ]
        for mark in reversed(MARKS):  # what is known of least lies undermost
            _scatter(axes, mark, placed)
        locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]  # matplotlib has no types here
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]  # as above
        margin = timedelta(days=1 + window.days // 60)  # so that no mark covers the names
        axes.set_xlim(window.first - margin, window.last + margin)  # type: ignore[arg-type]  # as above
        axes.set_yticks(range(len(labs)), [f"{lab}  {len(mine)}" for lab, mine in labs])
        axes.set_ylim(max(len(labs), 1) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(color=_GRID)
        handles = [_handle(mark) for mark in MARKS]
        figure.legend(handles=handles, loc="outside lower left", ncols=4, frameon=False, handletextpad=0)
        figure.legend(
            handles=[
                Line2D([], [], linestyle="", marker="o", markersize=_POINTS * radius, label=name, color=_SOFT)
                for name, radius in reversed(list(RADII.items()))
            ],
            loc="outside right center", title="parameters", fontsize=14, frameon=False, handletextpad=0.2,
        )  # fmt: skip

    return _picture("timeline", title, text, suffix, draw)


def _scatter(axes: Axes, mark: Mark, placed: Iterable[tuple[Shipped, float]]) -> None:
    """Draw what is of this class, the large ones first: no small one of the same day is hidden."""
    mine = [(it, row) for it, row in placed if mark_of(it.verdict) is mark]
    mine.sort(key=lambda placed: -radius_of(placed[0].parameters))
    hollow = mark.shape is Shape.RING
    axes.scatter(
        [it.day for it, _ in mine],  # type: ignore[arg-type]  # matplotlib takes dates; its types do not say so
        [row for _, row in mine],
        s=[(_POINTS * radius_of(it.parameters)) ** 2 for it, _ in mine],
        marker=_MARKERS[mark.shape],
        facecolors="white" if hollow else mark.light,
        edgecolors=mark.light if hollow else "white",
        linewidths=1.8 if hollow else 0.8,
        alpha=0.9,
        clip_on=False,
        zorder=2,
    )


def _handle(mark: Mark) -> Line2D:
    hollow = mark.shape is Shape.RING
    return Line2D(
        [], [], linestyle="", marker=_MARKERS[mark.shape], markersize=12, label=mark.label,
        markerfacecolor="none" if hollow else mark.light, markeredgecolor=mark.light, markeredgewidth=1.8,
    )  # fmt: skip


def _gaps(history: Sequence[Shipped], window: Window, suffix: Suffix) -> Picture:
    """Draw how long labs take: a bar for each class of gaps."""
    gaps = [gap for row in lab_rows(history, window) for gap in row.gaps]
    names = [str(low) if high == low + 1 else f"{low}–{high - 1}" for low, high in pairwise(_EDGES)]
    names.append(f"{_EDGES[-1]}+")
    counts = Counter(bisect_right(_EDGES, gap) - 1 for gap in gaps)
    title = f"Days between a lab's releases\n{_span(window)}"
    middle = f"; half of them last {median(gaps):g} days or less" if gaps else ""
    told = [f"{counts[number]} of {name}" for number, name in enumerate(names) if counts[number]]
    text = _sentences(f"{_line(title)}: {len(gaps)} gaps{middle}", told)

    def draw(_: Figure, axes: Axes) -> None:
        bars = axes.bar(names, [counts[number] for number in range(len(names))], color=_BAR, width=0.86)
        axes.bar_label(bars, padding=3)
        axes.set_ylabel("gaps")
        axes.set_xlabel("days")
        axes.yaxis.grid(color=_GRID)

    return _picture("gaps", title, text, suffix, draw)


def _months(history: Sequence[Shipped], window: Window, suffix: Suffix) -> Picture:
    """Draw how much came in which month: a row a lab, a field a month."""
    everything = period(history, window)
    labs = _busiest(everything.shipped)
    series = [Period(window, tuple(mine)).months for _, mine in labs]
    title = f"Releases a month\n{_span(window)}{_of_all(everything.shipped)}"
    months = everything.months
    told = [f"{month:%b %Y} {count}" for month, count in months]
    best = []
    for (lab, _), counted_months in zip(labs, series, strict=True):
        month, count = max(counted_months, key=lambda it: it[1])
        best.append(f"{lab} most in {month:%b %Y} with {count}")
    text = _sentences(f"{_line(title)}: all labs, {', '.join(told)}", best)
    counts = [[count for _, count in row] for row in series] or [[0] * len(months)]
    most = max(max(row) for row in counts)

    def draw(_: Figure, axes: Axes) -> None:
        # one colour from light to dark: it reads the same in grey
        axes.imshow(counts, cmap="Blues", vmin=0, vmax=max(most, 1), aspect="auto")
        if len(months) <= 18:  # figures in more columns than that run into each other
            for row, line in enumerate(counts):
                for column, count in enumerate(line):
                    colour = "white" if count > most * 0.55 else _INK
                    axes.text(column, row, str(count or ""), ha="center", va="center", color=colour)
        axes.set_yticks(range(len(labs)), [lab for lab, _ in labs])
        axes.set_xticks(range(len(months)), _month_names([month for month, _ in months]))
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)

    return _picture("months", title, text, suffix, draw)


def _month_names(months: Sequence[date]) -> list[str]:
    """Return a label a month: the year where it begins, and none in between where there are many."""
    step = next((step for step in _STEPS if len(months) <= _MOST_LABELS * step), _STEPS[-1])
    counted_months = [12 * month.year + month.month - 1 for month in months]
    return [
        "" if number % step else f"{month:%b}\n{month:%Y}" if number % 12 == 0 else f"{month:%b}"
        for number, month in zip(counted_months, months, strict=True)
    ]


# --- for all three


def _picture(
    name: str, title: str, text: str, suffix: Suffix, draw: Callable[[Figure, Axes], None]
) -> Picture:
    """Return a chart below its title, on white, as a file that carries its title and text.

    White, as pictures travel between light and dark. The title has the whole width, so that it is never cut.
    """
    data, small = io.BytesIO(), io.BytesIO()
    with rc_context(_STYLE), warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box; no reason to fail, and not worth a font of our own.
        warnings.filterwarnings("ignore", message=r"Glyph \d+", category=UserWarning)
        figure = Figure(figsize=_INCHES, dpi=_DPI, layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        figure.suptitle(title, x=0.01, horizontalalignment="left")
        draw(figure, axes)
        if suffix == "svg":
            figure.savefig(
                data, format="svg", metadata={"Title": _line(title), "Description": text, "Date": None}
            )
            return Picture(name, text, data.getvalue())
        figure.savefig(data, format="png")
    told = PngInfo()
    told.add_itxt("Title", _line(title))
    told.add_itxt("Description", text)
    # a table of colours makes it a third as large, and nobody sees the difference
    Image.open(data).convert("RGB").quantize(_COLOURS).save(small, "png", optimize=True, pnginfo=told)
    return Picture(name, text, small.getvalue())


def _line(title: str) -> str:
    return title.replace("\n", ", ")


def _busiest(units: Iterable[Shipped]) -> list[tuple[str, list[Shipped]]]:
    """Return the labs with the most, each by its label."""
    busiest = sorted(by_lab(units).values(), key=lambda mine: (-len(mine), mine[0].lab))[:_MOST_LABS]
    return [(lab_words(mine[-1], _LABEL_LIMIT), mine) for mine in busiest]


def _span(window: Window) -> str:
    return " to ".join(f"{day.day} {day:%b %Y}" for day in (window.first, window.last))


def _of_all(units: Iterable[Shipped]) -> str:
    """Return which labs are shown, where not all are: ", the 12 busiest of 47 labs"."""
    count = len({it.lab for it in units})
    return f", the {_MOST_LABS} busiest of {count} labs" if count > _MOST_LABS else ""


def _sentences(first: str, *lists: Sequence[str]) -> str:
    return " ".join([f"{first}.", *(f"{', '.join(told)}." for told in lists if told)])
