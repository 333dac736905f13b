"""How much the labs' models are used, week by week: who leads, and what is not known. Pure.

What was not measured is a gap: nothing is filled in, and labs are compared over weeks that all of them have.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.cadence.measuring import WEEK, Change, ChangeKind, Measure, Subject, week_of
from bot.cadence.shipped import NOT_STATED
from bot.model import Lab


@dataclass(frozen=True, slots=True)
class Sum:
    """What was measured of a lab in a week; `repositories` were looked at for it."""

    week: date
    lab: str
    measure: Measure
    value: int
    repositories: int
    complete: bool = True  # else the value is the least that it can be


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a lab's tasks of a week are done."""

    week: date
    lab: str
    subject: Subject
    planned: int
    done: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return self.done == self.planned


@dataclass(frozen=True, slots=True)
class Window:
    """The Mondays that a question is about: from the first week that was planned, to the present."""

    weeks: tuple[date, ...]

    @property
    def past(self) -> tuple[date, ...]:
        """Return the weeks that are over: what they lack will not come any more."""
        return self.weeks[:-1]


def window(planned: Iterable[date], since: datetime, now: datetime) -> Window:
    """Return the weeks from `since` or the first planned one, whichever is later, to the present one."""
    last, known = week_of(now), [week for week in planned if week >= week_of(since)]
    first = min([*known, last])
    return Window(tuple(first + number * WEEK for number in range((last - first).days // 7 + 1)))


@dataclass(frozen=True, slots=True)
class LabDownloads:
    """A lab's downloads (30 days) in the weeks in which all of its organisations were measured."""

    lab: Lab
    weeks: Mapping[date, int]
    repositories: int  # that were counted in the last of these weeks
    gaps: tuple[date, ...]  # weeks that are over and were not measured, or not in full
    changes: Mapping[ChangeKind, int] = field(default_factory=dict)  # of what was counted, in the window

    @property
    def last(self) -> int | None:
        """Return the latest figure, or None where there is none."""
        return self.weeks[max(self.weeks)] if self.weeks else None

    @property
    def growth(self) -> int | None:
        """Return how much more than in the first week that was measured, or None where there is only one."""
        return self.weeks[max(self.weeks)] - self.weeks[min(self.weeks)] if len(self.weeks) > 1 else None


@dataclass(frozen=True, slots=True)
class CountryDownloads:
    """The downloads of a country's labs: in the last week that counts, and over all that count."""

    country: str
    labs: int
    last: int
    share: float  # of the last week's downloads of all labs
    share_over_window: float


@dataclass(frozen=True, slots=True)
class Countries:
    """The countries, the most downloads first, and the weeks that count.

    Only a week in which every lab was measured counts, but for labs that were measured in no week: those are
    `left_out`.
    """

    rows: tuple[CountryDownloads, ...]
    weeks: tuple[date, ...]
    left_out: tuple[Lab, ...]


@dataclass(frozen=True, slots=True)
class LabDerivatives:
    """What others built upon a lab's newest repositories, as of one week."""

    lab: Lab
    week: date
    counts: Mapping[Measure, int]
    bases: int  # repositories whose derivatives were counted
    planned: int
    complete: bool  # else the counts are the least that they can be

    @property
    def total(self) -> int:
        """Return all of them."""
        return sum(self.counts.values())


def downloads_by_lab(
    sums: Iterable[Sum],
    progress: Iterable[Progress],
    changes: Iterable[Change],
    labs: Mapping[str, Lab],
    weeks: Window,
) -> list[LabDownloads]:
    """Return each lab's downloads, the most first; a lab that could not be measured is there without any."""
    whole = _whole_weeks(progress, Subject.DOWNLOADS, weeks)
    measured: dict[str, dict[date, Sum]] = defaultdict(dict)
    for it in sums:
        if it.measure is Measure.DOWNLOADS and it.week in whole.get(it.lab, ()):
            measured[it.lab][it.week] = it
    changed: dict[str, Counter[ChangeKind]] = defaultdict(Counter)
    for change in changes:
        changed[change.lab][change.kind] += 1
    rows = [_lab_downloads(_named(lab, labs), measured[lab], changed[lab], weeks) for lab in whole]
    return sorted(rows, key=lambda row: (-(row.last or 0), row.lab.name.lower()))


def _lab_downloads(
    lab: Lab, measured: Mapping[date, Sum], changes: Mapping[ChangeKind, int], weeks: Window
) -> LabDownloads:
    figures = {week: measured[week].value for week in sorted(measured)}
    counted = measured[max(measured)].repositories if measured else 0
    gaps = tuple(week for week in weeks.past if week not in measured)
    return LabDownloads(lab, figures, counted, gaps, dict(changes))


def downloads_by_country(rows: Sequence[LabDownloads]) -> Countries:
    """Return the countries of these labs, from the weeks in which all of them were measured."""
    measured = [row for row in rows if row.weeks]
    common = sorted(set.intersection(*(set(row.weeks) for row in measured))) if measured else []
    left_out = tuple(row.lab for row in rows if not row.weeks)
    if not common:
        return Countries((), (), left_out)
    theirs: dict[str, list[LabDownloads]] = defaultdict(list)
    for row in measured:
        theirs[row.lab.country or NOT_STATED].append(row)
    last = {country: _downloaded(mine, common[-1:]) for country, mine in theirs.items()}
    ever = {country: _downloaded(mine, common) for country, mine in theirs.items()}
    found = [
        CountryDownloads(
            country,
            len(theirs[country]),
            last[country],
            _share(last[country], last.values()),
            _share(ever[country], ever.values()),
        )
        for country in theirs
    ]
    return Countries(tuple(sorted(found, key=lambda row: (-row.last, row.country))), tuple(common), left_out)


def derivatives_by_lab(
    sums: Iterable[Sum], progress: Iterable[Progress], labs: Mapping[str, Lab]
) -> list[LabDerivatives]:
    """Return what was built upon each lab's newest models, the most first.

    That is as of the last week in which all of a lab's repositories were done, else of the last with any.
    """
    best: dict[str, Progress] = {}
    for it in progress:
        if it.subject is Subject.DERIVATIVES and it.done:
            best[it.lab] = max(best.get(it.lab, it), it, key=lambda one: (one.is_whole, one.week))
    counts: dict[str, dict[Measure, Sum]] = defaultdict(dict)
    for each in sums:
        if each.lab in best and each.week == best[each.lab].week and each.measure is not Measure.DOWNLOADS:
            counts[each.lab][each.measure] = each
    rows = [
        LabDerivatives(
            _named(lab, labs),
            it.week,
            {measure: counts[lab][measure].value for measure in Measure if measure in counts[lab]},
            it.done,
            it.planned,
            it.is_whole and all(one.complete for one in counts[lab].values()),
        )
        for lab, it in best.items()
    ]
    return sorted(rows, key=lambda row: (-row.total, row.lab.name.lower()))


def outnumbers(one: LabDerivatives, others: Sequence[LabDerivatives]) -> bool | None:
    """Whether a lab's derivatives are more than those of the others together; None if nobody can say.

    Where something was not counted its number is the least that it can be, which may still settle it.
    """
    theirs = sum(other.total for other in others)
    if one.total > theirs:
        return True if all(other.complete for other in others) else None
    return False if one.complete else None


def _whole_weeks(progress: Iterable[Progress], subject: Subject, weeks: Window) -> dict[str, set[date]]:
    """Return, for each lab that there was to measure, the weeks in which that was done in full."""
    found: dict[str, set[date]] = {}
    for it in progress:
        if it.subject is subject and it.week in weeks.weeks:
            whole = found.setdefault(it.lab, set())
            if it.is_whole:
                whole.add(it.week)
    return found


def _downloaded(rows: Iterable[LabDownloads], weeks: Iterable[date]) -> int:
    wanted = tuple(weeks)
    return sum(row.weeks[week] for row in rows for week in wanted)


def _share(part: int, parts: Iterable[int]) -> float:
    return part / (sum(parts) or 1)


def _named(lab: str, labs: Mapping[str, Lab]) -> Lab:
    """Return the lab; one that feeds.yaml no longer names goes by its id."""
    return labs.get(lab) or Lab(lab, lab)
