"""What to measure of the labs' use, and what changed since it was measured before. Pure.

A week is its Monday in UTC.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

WEEK = timedelta(days=7)
# Downloads are asked for first and together, so that labs are compared within hours; derivatives take longer.
_BETWEEN_DOWNLOADS = timedelta(minutes=2)
_BETWEEN_DERIVATIVES = timedelta(minutes=10)


class Measure(StrEnum):
    """Say what is counted: downloads, or repositories of others by their relation to a lab's."""

    DOWNLOADS = "downloads"  # in the last 30 days, as the Hub counts them
    FINETUNES = "finetunes"
    ADAPTERS = "adapters"
    MERGES = "merges"
    QUANTISATIONS = "quantisations"
    UNSTATED = "relation not stated"
    UNREAD = "relation not read"  # beyond the pages that were read; the Hub's own count


class Subject(StrEnum):
    """Say what a task asks for."""

    DOWNLOADS = "downloads"  # of an organisation on the Hub
    DERIVATIVES = "derivatives"  # of one repository


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to ask in a week: `of` is an organisation or "owner/repository"."""

    week: date
    lab: str
    subject: Subject
    of: str
    due_at: datetime
    tries: int = 0
    complaint: str = ""  # why the last try failed


@dataclass(frozen=True, slots=True)
class Counted:
    """One repository as it was counted."""

    name: str
    downloads: int


@dataclass(frozen=True, slots=True)
class Former:
    """One repository as it was known before; one that is not `listed` had vanished."""

    name: str
    downloads: int
    listed: bool


class ChangeKind(StrEnum):
    """Say what became of a repository since the organisation was measured before."""

    NEW = "new"
    RETURNED = "returned"
    VANISHED = "vanished"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of what is counted; `downloads` are the last that were counted."""

    kind: ChangeKind
    hub_id: str
    name: str
    former: str = ""  # its name before a rename
    downloads: int = 0
    week: date = date.min  # the week in which it was noticed
    lab: str = ""


def week_of(moment: datetime) -> date:
    """Return the Monday of a moment's week, in UTC."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def week_name(week: date) -> str:
    """Return what a week is called: "2026-W17"."""
    year, number, _ = week.isocalendar()
    return f"{year}-W{number:02}"


def plan(
    week: date,
    now: datetime,
    organisations: Mapping[str, Sequence[str]],
    bases: Mapping[str, Sequence[str]],
    most_bases: int,
) -> list[Task]:
    """Return what to ask in a week, spread over it from now on.

    Both mappings are by lab: its organisations on the Hub, and its repositories with the newest first, of
    which every lab gets its first before any gets its second, until `most_bases` are taken.
    """
    downloads = [(lab, of) for lab, theirs in organisations.items() for of in theirs]
    rounds = max(map(len, bases.values()), default=0)
    in_turn = [(lab, theirs[at]) for at in range(rounds) for lab, theirs in bases.items() if at < len(theirs)]
    later = now + len(downloads) * _BETWEEN_DOWNLOADS
    return [
        *_tasks(week, Subject.DOWNLOADS, downloads, now, _BETWEEN_DOWNLOADS),
        *_tasks(week, Subject.DERIVATIVES, in_turn[:most_bases], later, _BETWEEN_DERIVATIVES),
    ]


def _tasks(
    week: date, subject: Subject, wanted: Iterable[tuple[str, str]], start: datetime, between: timedelta
) -> Iterator[Task]:
    for number, (lab, of) in enumerate(wanted):
        yield Task(week, lab, subject, of, start + number * between)


def changes_between(before: Mapping[str, Former], now: Mapping[str, Counted]) -> list[Change]:
    """Return what became of an organisation's repositories, both by the Hub's _id; nothing at first sight."""
    if not before:
        return []
    arrived = [_arrival(hub_id, before.get(hub_id), it) for hub_id, it in now.items()]
    gone = [
        Change(ChangeKind.VANISHED, hub_id, it.name, downloads=it.downloads)
        for hub_id, it in before.items()
        if it.listed and hub_id not in now
    ]
    return [change for change in arrived if change] + gone


def _arrival(hub_id: str, before: Former | None, now: Counted) -> Change | None:
    if before is None:
        return Change(ChangeKind.NEW, hub_id, now.name, downloads=now.downloads)
    if not before.listed:
        return Change(ChangeKind.RETURNED, hub_id, now.name, before.name, now.downloads)
    if before.name != now.name:
        return Change(ChangeKind.RENAMED, hub_id, now.name, before.name, now.downloads)
    return None
