"""What to measure of the labs' use, and what changed since it was measured before. Pure.

A week is its Monday in UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

WEEK = timedelta(days=7)
# Downloads are asked for first and together, so that labs are compared within hours; derivatives take longer.
_BETWEEN_DOWNLOADS = timedelta(minutes=2)
_BETWEEN_DERIVATIVES = timedelta(minutes=10)


class Measure(StrEnum):
    """What is counted: downloads, or repositories of others by their relation to a lab's."""

    DOWNLOADS = "downloads"  # in the last 30 days, as the Hub counts them
    FINETUNES = "finetunes"
    ADAPTERS = "adapters"
    MERGES = "merges"
    QUANTISATIONS = "quantisations"
    UNSTATED = "relation not stated"
    UNREAD = "relation not read"  # beyond the pages that were read; the Hub's own count


class Subject(StrEnum):
    """What a task asks for."""

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
    """One repository as it was counted; one that is not `listed` had vanished."""

    name: str
    downloads: int
    listed: bool = True


class ChangeKind(StrEnum):
    """What became of a repository since the organisation was measured before."""

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
        *(
            Task(week, lab, Subject.DOWNLOADS, of, now + number * _BETWEEN_DOWNLOADS)
            for number, (lab, of) in enumerate(downloads)
        ),
        *(
            Task(week, lab, Subject.DERIVATIVES, of, later + number * _BETWEEN_DERIVATIVES)
            for number, (lab, of) in enumerate(in_turn[:most_bases])
        ),
    ]


def changes_between(before: Mapping[str, Counted], now: Mapping[str, Counted]) -> list[Change]:
    """Return what became of an organisation's repositories, both by the Hub's _id; nothing at first sight."""
    if not before:
        return []
    found = []
    for hub_id, it in now.items():
        former = before.get(hub_id)
        if former is None:
            found.append(Change(ChangeKind.NEW, hub_id, it.name, downloads=it.downloads))
        elif not former.listed or former.name != it.name:
            kind = ChangeKind.RENAMED if former.listed else ChangeKind.RETURNED
            found.append(Change(kind, hub_id, it.name, former.name, it.downloads))
    for hub_id, former in before.items():
        if former.listed and hub_id not in now:
            found.append(Change(ChangeKind.VANISHED, hub_id, former.name, downloads=former.downloads))
    return found
