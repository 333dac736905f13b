"""What a weekly or monthly digest says of rhythm, as data. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.cadence.news import News
from bot.cadence.period import Period, Window, period, share
from bot.cadence.shipped import Shipped, Unit, by_lab, counted
from bot.cadence.silence import Silence, silences
from bot.cadence.watch import news

_FORGOTTEN = timedelta(days=365)  # after a year nobody waits any more


@dataclass(frozen=True, slots=True)
class Fast:
    """How much a lab shipped in the period and in the one before."""

    lab: str
    name: str
    releases: int
    before: int


@dataclass(frozen=True, slots=True)
class Sections:
    """A period beside the one before it."""

    now: Period
    before: Period
    fastest: tuple[Fast, ...]  # the most releases first
    quiet: tuple[Silence, ...]  # the longest past its limit first
    news: tuple[News, ...]

    @property
    def permissive(self) -> float | None:
        """Return the share of permissive licences among those that are stated, or None without any."""
        return share(self.now.licenses, "permissive")

    @property
    def permissive_before(self) -> float | None:
        """Return the same of the period before."""
        return share(self.before.licenses, "permissive")


def sections(history: Iterable[Shipped], window: Window, most: int = 5, unit: Unit = Unit.WAVE) -> Sections:
    """Return this window beside the one of as many days before it, with at most so many labs a section."""
    known = [it for it in history if it.day <= window.last]
    units = counted(known, unit)
    return Sections(
        now=period(known, window, unit),
        before=period(known, window.before, unit),
        fastest=tuple(_fastest(units, window)[:most]),
        quiet=tuple(_quiet(units, window)[:most]),
        news=tuple(news(known, window.last, window.days, unit)),
    )


def _fastest(units: Iterable[Shipped], window: Window) -> list[Fast]:
    found = [
        Fast(
            lab,
            mine[-1].who,
            sum(it.day in window for it in mine),
            sum(it.day in window.before for it in mine),
        )
        for lab, mine in by_lab(units).items()
    ]
    return sorted((it for it in found if it.releases), key=lambda it: (-it.releases, it.name.casefold()))


def _quiet(units: Iterable[Shipped], window: Window) -> list[Silence]:
    lasting = [
        it
        for it in silences(units, window.last)
        if it.ended_by is None and window.last - it.last.day <= _FORGOTTEN
    ]
    return sorted(lasting, key=lambda it: (it.alarm, it.last.lab))
