"""What is news about a cadence: one sentence each, with a key by which it is told once. Pure.

docs/cadence.md says when each kind is news, and how often that was right.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import takewhile
from statistics import median, quantiles

from bot.cadence.bursts import bursts
from bot.cadence.gaps import ENOUGH, gaps_between
from bot.cadence.habits import CLASSES, Habit
from bot.cadence.period import Window
from bot.cadence.shipped import Shipped, by_lab, in_order, lab_words, name_words
from bot.releases.facts.text import clean

_YEAR = timedelta(days=365)
_LEAST_SILENCE = 14  # days
_BUSY = 10  # gaps in a year
_SAME_SIZE = 1.05  # sizes within a twentieth are one size, counted in two ways
_LICENSE_LIMIT = 60


class NewsKind(StrEnum):
    """The kinds of cadence news."""

    QUIET = "quiet"
    BACK = "back"
    BURST = "burst"
    FIRST_OPEN = "first open"
    LICENSE = "license change"
    RECORD = "record size"


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news; `sentence` is plain text that still has to be escaped."""

    kind: NewsKind
    lab: str  # lab id
    day: date  # on which it became true
    sentence: str
    about: str  # the family key of the release that it hangs on: a quiet lab's last, else the new one

    @property
    def key(self) -> str:
        """Return what makes it the same news, however often the history is asked."""
        return f"{self.kind}|{self.lab}|{self.about}|{self.day}"


def news(habits: Iterable[Habit], today: date, fresh: int = 3) -> list[News]:
    """Return what became news in the last `fresh` days, today's included; `News.key` tells what was told.

    More than one day, because a size or a licence often follows its release; a bot that was off asks more.
    """
    since = today - timedelta(days=fresh)
    return [it for it in all_news(habits, today) if it.day > since]


def all_news(habits: Iterable[Habit], today: date) -> list[News]:
    """Return everything that was news by today, oldest first, each as it was known on its own day."""
    known = _known_by(habits, today)
    return _news_of(known, silences(known, today))


def _known_by(habits: Iterable[Habit], today: date) -> list[Habit]:
    return [habit.until(today) for habit in habits]


def _news_of(habits: Sequence[Habit], silent: "Iterable[Silence]") -> list[News]:
    telling = in_order(it for habit in habits for it in habit.telling)
    found = [
        *_silence_news(silent),
        *_burst_news(habits),
        *_first_open_news(telling),
        *_license_news(telling),
        *_record_news(telling),
    ]
    return sorted(found, key=lambda news: (news.day, news.lab, news.kind, news.about))


def _news(kind: NewsKind, it: Shipped, sentence: str) -> News:
    """Return the news of a release, on its own day."""
    return News(kind, it.lab, it.day, sentence, it.family_key)


def _days(days: float) -> str:
    whole = round(days)
    return f"{whole} day{'' if whole == 1 else 's'}"


# --- labs that have gone quiet, and those that are back


@dataclass(frozen=True, slots=True)
class Limit:
    """After how many days without a release a lab is quiet, and what makes it so."""

    days: int
    reason: str


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence that was or is long for its lab."""

    last: Shipped  # before it
    alarm: date  # the first day past the limit
    limit: Limit
    usual: float  # the median gap by then, days
    ended_by: Shipped | None  # None while it lasts


def limit_of(days: Sequence[date]) -> Limit | None:
    """Return the limit of a lab that shipped on these distinct days, oldest first; None below ENOUGH.

    One gap in ten is past the 90th percentile: of a lab that ships every week, that alone is no news.
    """
    if len(days) < ENOUGH:
        return None
    gaps = gaps_between(days)
    of_a_year = [gap for gap, ended in zip(gaps, days[1:], strict=True) if days[-1] - ended < _YEAR]
    return max(
        Limit(_LEAST_SILENCE, "a shorter silence is nobody's news"),
        Limit(int(quantiles(gaps, n=10, method="inclusive")[-1]), "nine in ten of its gaps were no longer"),
        Limit(max(of_a_year) if len(of_a_year) > _BUSY else 0, "its longest gap in a year"),
        key=lambda limit: limit.days,
    )


def silences(habits: Iterable[Habit], today: date) -> list[Silence]:
    """Return the silences of all labs that were past their limit by today, oldest first."""
    found = [it for habit in habits for it in _silences_of(habit, today)]
    return sorted(found, key=lambda it: (it.alarm, it.last.lab))


def quiet_labs(habits: Iterable[Habit], today: date) -> list[Silence]:
    """Return the silences that last, the longest past its limit first; after a year nobody waits any more."""
    return _lasting(silences(_known_by(habits, today), today), today)


def _lasting(found: Iterable[Silence], today: date) -> list[Silence]:
    return [it for it in found if it.ended_by is None and today - it.last.day <= _YEAR]


def quiet_and_news(habits: Iterable[Habit], window: Window) -> tuple[list[Silence], list[News]]:
    """Return which labs are quiet on the last day of a window, and what became news in it, counted once.

    A wave that goes on after that day is told as it is known by now.
    """
    known = _known_by(habits, window.last)
    silent = silences(known, window.last)
    return _lasting(silent, window.last), [it for it in _news_of(known, silent) if it.day in window]


def _silences_of(habit: Habit, today: date) -> Iterator[Silence]:
    exact = [it for it in habit.exact if it.day <= today]
    days = [it.day for it in exact]
    vague = [it for it in habit.days if not it.is_exact]
    for known, day in enumerate(days, start=1):
        end = days[known] if known < len(days) else None
        if ((end or today) - day).days <= _LEAST_SILENCE:
            continue
        limit = limit_of(days[:known])
        if limit is None:
            continue
        alarm = day + timedelta(days=limit.days + 1)
        # one that is dated to the month may have broken the silence
        may_be_broken = any(it.last_day > day and it.day <= alarm for it in vague)
        if alarm > (end or today) or alarm == end or may_be_broken:
            continue
        usual = median(gaps_between(days[:known]))
        ended_by = habit.unit(exact[known]) if end else None
        yield Silence(habit.unit(exact[known - 1]), alarm, limit, usual, ended_by)


def _silence_news(found: Iterable[Silence]) -> Iterator[News]:
    for silence in found:
        last, limit, back = silence.last, silence.limit, silence.ended_by
        gone = (
            f"{lab_words(last)} has gone quiet: nothing for {_days((silence.alarm - last.day).days)}, since "
            f"{name_words(last)} on {last.day.day} {last.day:%B %Y} ({limit.reason}: {_days(limit.days)})."
        )
        yield News(NewsKind.QUIET, last.lab, silence.alarm, gone, last.family_key)
        if back:
            told = (
                f"{lab_words(back)} is back: {name_words(back)} after {_days((back.day - last.day).days)}; "
                f"its median gap is {_days(silence.usual)}."
            )
            yield _news(NewsKind.BACK, back, told)


# --- labs that ship a lot, which bot.cadence.bursts finds


def _burst_news(habits: Iterable[Habit]) -> Iterator[News]:
    for burst in bursts(habits):
        newest = burst.newest
        told = (
            f"{lab_words(newest)} ships a lot: {burst.launches} releases in 14 days, "
            f"the newest {name_words(newest)}; no fortnight of the year before had more than "
            f"{burst.most_before}."
        )
        yield _news(NewsKind.BURST, newest, told)


# --- what a lab does for the first time


def _first_open_news(units: Iterable[Shipped]) -> Iterator[News]:
    """Yield the first open weights of each lab that had only shipped without before."""
    for mine in by_lab(units).values():
        before = list(takewhile(lambda it: not it.open, mine))
        first = mine[len(before)] if len(before) < len(mine) else None
        if first and any(it.last_day < first.day for it in before):
            who, what = lab_words(first), name_words(first)
            told = f"{who} releases open weights for the first time that I know of: {what}."
            yield _news(NewsKind.FIRST_OPEN, first, told)


def _license_news(units: Iterable[Shipped]) -> Iterator[News]:
    """Yield each change of licence class between two versions of one series with open weights."""
    latest: dict[tuple[str, str], Shipped] = {}
    for it in units:
        if not it.open or it.verdict not in CLASSES or not it.series:
            continue
        former = latest.get((it.lab, it.series))
        latest[it.lab, it.series] = it
        if former and former.verdict != it.verdict and former.family_key != it.family_key:
            told = f"{lab_words(it)} changes the licence: {_licensed(it)}, after {_licensed(former)}."
            yield _news(NewsKind.LICENSE, it, told)


def _licensed(it: Shipped) -> str:
    title = f" ({clean(it.license, _LICENSE_LIMIT)})" if it.license else ""
    return f"{name_words(it)} is {CLASSES[it.verdict]}{title}"


def _record_news(units: Iterable[Shipped]) -> Iterator[News]:
    """Yield each open model that is larger than all before it, of its lab or of every lab."""
    sized = [it for it in units if it.open and it.parameters]
    of_all = {id(it): former for it, former in _records(sized)}
    for mine in by_lab(sized).values():
        of_lab = {id(it): former for it, former in _records(mine)}
        for it in mine:
            former = of_all.get(id(it)) or of_lab.get(id(it))
            if former:
                whose = "any lab's" if id(it) in of_all else f"{lab_words(it)}'s"
                told = (
                    f"{name_words(it)} by {lab_words(it)} is {whose} largest open model that I know of: "
                    f"{it.size} parameters, after {name_words(former)} with {former.size}."
                )
                yield _news(NewsKind.RECORD, it, told)


def _records(sized: Sequence[Shipped]) -> Iterator[tuple[Shipped, Shipped]]:
    """Yield each that is larger than all before it, once ENOUGH are known, with the largest until then."""
    largest: Shipped | None = None
    for known, it in enumerate(sized):
        larger = largest is None or (it.parameters or 0) > _SAME_SIZE * (largest.parameters or 0)
        if largest and larger and known >= ENOUGH:
            yield it, largest
        largest = it if larger else largest
