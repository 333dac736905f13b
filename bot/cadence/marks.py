"""How a release is drawn: its mark by licence, its width by size, its lane beside what is close to it. Pure.

The colours are by Okabe and Ito (https://jfly.uni-koeln.de/color/), made for readers who see no red or green,
with vermilion darkened so that it differs from orange also in brightness. Shapes say it in print.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.cadence.shipped import NOT_STATED, size_class

_LANES = (0, 1, -1)


class Shape(StrEnum):
    """The shapes of marks."""

    CIRCLE = "circle"
    TRIANGLE = "triangle"
    SQUARE = "square"
    RING = "ring"


@dataclass(frozen=True, slots=True)
class Mark:
    """How a class of licence looks: on white, and on a dark page."""

    id: str
    label: str
    shape: Shape
    light: str
    dark: str


MARKS = (
    Mark("permissive", "permissive", Shape.CIRCLE, "#0072b2", "#56b4e9"),
    Mark("conditions", "with conditions", Shape.TRIANGLE, "#e69f00", "#f0c33c"),
    Mark("non-commercial", "non-commercial", Shape.SQUARE, "#b23a00", "#f0703a"),
    Mark("other", "not stated or not assessed", Shape.RING, "#767676", "#9aa0a6"),
)
# Half the width of a mark, in px of a timeline that is 1,100 px wide.
RADII: Mapping[str, float] = {
    NOT_STATED: 3,
    "under 4B": 2.6,
    "4B to 15B": 3.4,
    "15B to 70B": 4.3,
    "70B to 300B": 5.4,
    "300B and more": 6.8,
}
_BY_VERDICT = {mark.id: mark for mark in MARKS}


def mark_of(verdict: str) -> Mark:
    """Return the mark of a licence's verdict, as in bot.model.License."""
    return _BY_VERDICT.get(verdict, MARKS[-1])


def radius_of(parameters: int | None) -> float:
    """Return half the width of a mark in px, by the class of size."""
    return RADII[size_class(parameters)]


def lanes(days: Iterable[date], apart: timedelta) -> list[int]:
    """Return for each of these days, in order, where its mark stands: on the line (0), below it (1) or above.

    Marks of days closer than `apart` would hide one another, so they take turns.
    """
    last, found = dict.fromkeys(_LANES, date.min), []  # whose turn it is stands first
    for day in days:
        free = (lane for lane in _LANES if day - last[lane] >= apart)
        lane = next(free, next(iter(last)))
        del last[lane]
        last[lane] = day
        found.append(lane)
    return found
