"""What stands beside a repository in its organisation's listing, and what only all of it together tells."""

import re
from collections.abc import Iterable, Iterator

_NUMBERED = re.compile(r"(.*\D)([0-9]{3,12})", re.DOTALL)
_SEAM = re.compile(r"[-_.]")
_CHECKPOINTS = 3  # this many numbers behind one stem are steps of a training
# 2507, 0905, 202606, 20260930; 2025 as in 03-2025: snapshots, however many of them there are.
_DATE = re.compile(
    r"(20)?(2[2-9]|3\d)(0[1-9]|1[0-2])([0-2]\d|3[01])?|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|20[2-3]\d"
)
_LARGEST_IMAGE = 1_080


class Siblings:
    """The names that one organisation or several list, each "owner/name", in any order and case."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(name.lower() for name in names)
        self._steps: dict[str, set[str]] = {}
        for name in self._names:
            numbered = _NUMBERED.fullmatch(name)
            if numbered and not _DATE.fullmatch(numbered[2]):
                self._steps.setdefault(numbered[1], set()).add(numbered[2])

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    def is_one_of_many_steps(self, name: str) -> bool:
        """Whether a name ends in a number as at least two of its siblings do, all else being equal.

        Snapshots by date and image resolutions are such numbers too, and are no steps of a training.
        """
        numbered = _NUMBERED.fullmatch(name.lower()) if name[-1:].isdecimal() else None
        steps = self._steps.get(numbered[1], ()) if numbered else ()
        return len(steps) >= _CHECKPOINTS and not all(map(_is_resolution, steps))

    def added_to_siblings(self, name: str) -> Iterator[str]:
        """Yield what a name adds to each sibling that it begins with: "s1" for Foo-7B-S1 beside Foo-7B."""
        low = name.lower()
        for seam in _SEAM.finditer(low):
            if low[: seam.start()] in self._names:
                yield low[seam.end() :]


def _is_resolution(number: str) -> bool:
    """Whether a number may be the edge of an image that is cut into patches of 14 or 32 points."""
    edge = int(number)
    return edge <= _LARGEST_IMAGE and (edge % 14 == 0 or edge % 32 == 0)
