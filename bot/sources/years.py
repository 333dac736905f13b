"""What headings leave out of their dates: the year or month of the heading above, or of the one before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.model import Published
from bot.sources.dates import plausible

_HALF_A_YEAR = 6  # months


@dataclass(slots=True)
class Headings:
    """The dates of the headings read so far, from the top of a page down to where reading has come.

    `above` holds those that the next heading may stand under, each with its level.
    """

    now: datetime
    above: list[tuple[int, Mapping[str, int]]] = field(default_factory=list)
    last: tuple[int, int] | None = None  # the year and month of the dated heading before

    def leave(self, level: int) -> None:
        """Note that a heading ends what stands under those of its level and below."""
        while self.above and self.above[-1][0] >= level:
            self.above.pop()

    def has_month(self, level: int) -> bool:
        """Return whether a heading of this level stands under one that says a month."""
        return any("month" in outer for above, outer in self.above if above < level)

    def dated(self, level: int, published: Published) -> None:
        """Note a heading with a whole date."""
        at = published.at
        self._note(level, {"year": at.year, "month": at.month})

    def complete(self, level: int, parts: Mapping[str, str]) -> Published | None:
        """Return the date that a heading means by a part of one; None where it only begins a year.

        A month without a year, under no heading that has one, is the newest that is not in the future. The
        list goes down from there: one that is much later than the month before it is of the year before; one
        a little later only stands in disorder. So December is of the old year when January stands above it.
        """
        self.leave(level)
        known = {name: value for _, outer in self.above for name, value in outer.items()}
        known |= {name: int(value) for name, value in parts.items()}
        if "month" not in known:
            if "year" in known:
                self._note(level, known)
            return None
        year = known.get("year") or self._year(known["month"], known.get("day", 1))
        self._note(level, {"year": year, "month": known["month"]})
        return self._published(year, known["month"], parts.get("day"))

    def _note(self, level: int, parts: Mapping[str, int]) -> None:
        self.leave(level)
        self.above.append((level, parts))
        if "month" in parts:
            self.last = (parts["year"], parts["month"])

    def _year(self, month: int, day: int) -> int:
        limit = self.now + timedelta(days=1)
        newest = limit.year if (month, day) <= (limit.month, limit.day) else limit.year - 1
        if not self.last:
            return newest
        year, before = self.last
        return min(newest, year - 1 if month - before >= _HALF_A_YEAR else year)

    def _published(self, year: int, month: int, day: str | None) -> Published | None:
        try:
            at = datetime(year, month, int(day or 1), tzinfo=UTC)
        except ValueError:  # 30 February
            return None
        return plausible(at, self.now, "day" if day else "month")
