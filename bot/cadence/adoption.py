"""How much the labs' models are used, week by week: who leads, and what is not known. Pure.

What was not measured is a gap: nothing is filled in, and labs are compared over weeks that all of them have.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.cadence.measures import WEEK, Change, ChangeKind, Measure, Subject, Task, week_of
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


def weeks_of(planned: Iterable[date], since: datetime, now: datetime) -> tuple[date, ...]:
    """Return the weeks from `since` or the first planned one, whichever is later, to the present one."""
    last, known = week_of(now), [week for week in planned if week >= week_of(since)]
    first = min([*known, last])
    return tuple(first + number * WEEK for number in range((last - first).days // 7 + 1))


@dataclass(frozen=True, slots=True)
class LabDownloads:
    """A lab's downloads (30 days) in the weeks in which all of its organisations were measured."""

    lab: Lab
    weeks: Mapping[date, int]
    repositories: int  # that were counted in the last of these weeks
    gaps: tuple[date, ...]  # weeks that are over and were not measured, or not in full

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


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is known of some labs (or all) in a window, the most first, and what is not known."""

    weeks: Sequence[date]  # Mondays, the present one last
    downloads: Sequence[LabDownloads]
    countries: Countries
    derivatives: Sequence[LabDerivatives]
    missing: Sequence[Task]  # of weeks that are over, and what failed in the present one
    to_come: int  # tasks of the present week whose time has not come
    changes: Sequence[Change]  # of the sets that were counted

    def of(self, *kinds: ChangeKind) -> list[Change]:
        """Return the changes of these kinds."""
        return [change for change in self.changes if change.kind in kinds]


def downloads_by_lab(
    sums: Iterable[Sum], progress: Iterable[Progress], labs: Mapping[str, Lab], weeks: Sequence[date]
) -> list[LabDownloads]:
    """Return each lab's downloads, the most first; a lab that could not be measured is there without any.

    `weeks` are Mondays, the present one last: all before it are over, and what they lack will not come.
    """
    whole: dict[str, set[date]] = defaultdict(set)  # of each lab that there was to measure
    for it in progress:
        if it.subject is Subject.DOWNLOADS and it.week in weeks:
            whole[it.lab] |= {it.week} if it.is_whole else set()
    measured: dict[str, dict[date, Sum]] = defaultdict(dict)
    for each in sums:
        if each.measure is Measure.DOWNLOADS and each.week in whole.get(each.lab, ()):
            measured[each.lab][each.week] = each
    rows = []
    for lab in whole:
        mine = measured[lab]
        counted = mine[max(mine)].repositories if mine else 0
        gaps = tuple(week for week in weeks[:-1] if week not in mine)
        figures = {week: mine[week].value for week in sorted(mine)}
        rows.append(LabDownloads(_named(lab, labs), figures, counted, gaps))
    return sorted(rows, key=lambda row: (-(row.last or 0), row.lab.name.lower()))


def downloads_by_country(rows: Sequence[LabDownloads]) -> Countries:
    """Return the countries of these labs, from the weeks in which all of them were measured."""
    measured = [row for row in rows if row.weeks]
    common = sorted(set.intersection(*(set(row.weeks) for row in measured))) if measured else []
    left_out = tuple(row.lab for row in rows if not row.weeks)
    if not common:
        return Countries((), (), left_out)
    labs: Counter[str] = Counter()
    last: Counter[str] = Counter()
    ever: Counter[str] = Counter()
    for row in measured:
        country = row.lab.country or NOT_STATED
        labs[country] += 1
        last[country] += row.weeks[common[-1]]
        ever[country] += sum(row.weeks[week] for week in common)
    found = [
        CountryDownloads(
            country,
            labs[country],
            last[country],
            last[country] / (last.total() or 1),
            ever[country] / (ever.total() or 1),
        )
        for country in labs
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


def _named(lab: str, labs: Mapping[str, Lab]) -> Lab:
    """Return the lab; one that feeds.yaml no longer names goes by its id."""
    return labs.get(lab) or Lab(lab, lab)
