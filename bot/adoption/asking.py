"""Answer how much the labs' models are used, from what was measured; nothing here asks the Hub or writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cadence.adoption import (
    Countries,
    LabDerivatives,
    LabDownloads,
    Window,
    derivatives_by_lab,
    downloads_by_country,
    downloads_by_lab,
    window,
)
from bot.cadence.measuring import Change, ChangeKind, Task, week_of
from bot.model import Lab
from bot.releases.naming.labs import Directory
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is known of some labs (or all) in a window, the most first, and what is not known."""

    window: Window
    downloads: Sequence[LabDownloads]
    countries: Countries
    derivatives: Sequence[LabDerivatives]
    missing: Sequence[Task]  # of weeks that are over, and what failed in the present one
    to_come: int  # tasks of the present week whose time has not come
    changes: Sequence[Change]  # of the sets that were counted

    def of(self, *kinds: ChangeKind) -> list[Change]:
        """Return the changes of these kinds."""
        return [change for change in self.changes if change.kind in kinds]


def adoption_of(
    store: Store, labs: Directory, chosen: Sequence[Lab], since: datetime, now: datetime
) -> Adoption:
    """Return what was measured of the chosen labs (all when empty) since then."""
    first, ids = week_of(since), {lab.id for lab in chosen}
    known = {lab.id: lab for lab in labs}
    progress = [it for it in store.adoption.progress(first) if not ids or it.lab in ids]
    changes = [it for it in store.adoption.changes(first) if not ids or it.lab in ids]
    tasks = [it for it in store.adoption.open_tasks(first) if not ids or it.lab in ids]
    sums = store.adoption.sums(first)
    weeks = window((it.week for it in progress), since, now)
    missing = [it for it in tasks if it.complaint or it.week < week_of(now)]
    downloads = downloads_by_lab(sums, progress, changes, known, weeks)
    return Adoption(
        window=weeks,
        downloads=downloads,
        countries=downloads_by_country(downloads),
        derivatives=derivatives_by_lab(sums, progress, known),
        missing=missing,
        to_come=len(tasks) - len(missing),
        changes=changes,
    )
