"""How a release is drawn, on the page and in pictures: by class of licence and by size. Pure.

The colours are by Okabe and Ito (https://jfly.uni-koeln.de/color/), made for readers who see no red or green,
with vermilion darkened so that it also differs from orange in brightness. Shapes say the same in print.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.cadence.shipped import NOT_STATED, size_class


class Shape(StrEnum):
    """Name the shapes."""

    CIRCLE = "circle"
    TRIANGLE = "triangle"
    SQUARE = "square"
    RING = "ring"


@dataclass(frozen=True, slots=True)
class Mark:
    """How a class of licence looks: on white, and on a dark page."""

    id: str
    words: str
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
