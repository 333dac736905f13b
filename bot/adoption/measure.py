"""How much the labs' models are used: measured weekly, a bounded step a call, and answered from the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.adoption.hub import MOST_PAGES, read_derivatives, read_downloads
from bot.cadence.adoption import (
    Adoption,
    derivatives_by_lab,
    downloads_by_country,
    downloads_by_lab,
    weeks_of,
)
from bot.cadence.measures import Measure, Subject, Task, changes_between, plan, week_of
from bot.clock import Clock
from bot.errors import Failure, SourceError
from bot.fetch import Fetcher, Response
from bot.model import Lab
from bot.releases.naming.labs import Labs
from bot.settings.feeds import Config
from bot.sources.hub_api import HubApi
from bot.sources.specs import HubSpec
from bot.store.store import Store

log = structlog.get_logger()

BASES_EACH = 10  # of a lab's newest repositories
BUDGET = 600  # requests for derivatives a week; the Hub grants 500 in five minutes to those without a token
_FIRST_REST = timedelta(minutes=30)
_RATE_LIMITED_REST = timedelta(minutes=5)  # the Hub's window, where it names no time


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one task; `complaint` is "" where it went well."""

    task: Task
    complaint: str = ""
    stops: bool = False  # nothing more can be asked for now


@dataclass(frozen=True, slots=True)
class Measuring:
    """Measures the labs of feeds.yaml at the Hub's `endpoint` into a store."""

    store: Store
    config: Config
    labs: Labs
    clock: Clock
    endpoint: str

    def measure_due(self, fetch: Fetcher, now: datetime) -> bool:
        """Take one step of this week's measuring: plan it, or do one task; return whether one was due.

        Due times are in the store, so that a restart neither repeats nor forgets; what a week leaves undone
        is a gap. Raises StoreError.
        """
        week = week_of(now)
        if not self.store.adoption.is_planned(week):
            hubs = {hub.id for _, hub in self._hubs()}
            # before every organisation was polled, nobody knows what is newest
            was_read = bool(hubs) and hubs == self.store.sources.states(hubs).keys()
            return was_read and self.plan_week(now)
        task = self.store.adoption.next_due(week, now)
        if task is None:
            return False
        measured = self.measure(fetch, task, now)
        if measured.complaint:
            log.warning("measuring_failed", of=task.of, complaint=measured.complaint)
        return True

    def measure_all(
        self, fetch: Fetcher, progress: Callable[[Measured, int], None] = lambda _done, _of: None
    ) -> list[Measured]:
        """Do now whatever of this week is not done, each task once, until nothing more can be asked.

        `progress` is called after each task with what came of it and how many there are. Raises StoreError.
        """
        self.plan_week(self.clock.now())
        tasks = self.store.adoption.open_tasks(week_of(self.clock.now()))
        done: list[Measured] = []
        for task in tasks:
            done.append(self.measure(fetch, task, self.clock.now()))
            progress(done[-1], len(tasks))
            if done[-1].stops:
                break
        return done

    def plan_week(self, now: datetime) -> bool:
        """Store what there is to ask in this week; return whether it was not stored already."""
        week = week_of(now)
        with self.store.transaction():
            if self.store.adoption.is_planned(week):
                return False
            organisations: dict[str, list[str]] = {lab.id: [] for lab in self.config.labs}
            for lab, hub in self._hubs():
                organisations[lab].append(hub.hub)
            bases = self.store.adoption.bases(list(organisations), BASES_EACH)
            self.store.adoption.plan(plan(week, now, organisations, bases, BUDGET))
        return True

    def measure(self, fetch: Fetcher, task: Task, now: datetime) -> Measured:
        """Do one task and store what came of it. Raises StoreError."""
        spent = self.store.adoption.spent(task.week, Subject.DERIVATIVES)
        if task.subject is Subject.DERIVATIVES and spent > BUDGET - MOST_PAGES:
            complaint = f"beyond the budget of {BUDGET} requests a week"
            with self.store.transaction():
                self.store.adoption.give_up(task.week, task.subject, complaint)
            return Measured(task, complaint, stops=True)
        counting = _CountingFetcher(fetch)
        try:
            self._ask(counting, task, now)
        except SourceError as error:
            return self._fail(task, error, counting.requests, now)
        return Measured(task)

    def _hubs(self) -> list[tuple[str, HubSpec]]:
        """Return the organisations on the Hub, each with the id of its lab."""
        return [(lab.id, hub) for lab in self.config.labs for hub in lab.sources if isinstance(hub, HubSpec)]

    def _ask(self, counting: "_CountingFetcher", task: Task, now: datetime) -> None:
        api, kept = HubApi(self.endpoint.rstrip("/"), counting), self.store.adoption
        if task.subject is Subject.DOWNLOADS:
            # where several teams share an organisation, some names count
            include = next((hub.include for _, hub in self._hubs() if hub.hub == task.of), ())
            counted = read_downloads(api, task.of, include)
            with self.store.transaction():
                kept.keep_repositories(task, counted, changes_between(kept.repositories(task.of), counted))
                total = sum(it.downloads for it in counted.values())
                kept.keep_figures(task, {Measure.DOWNLOADS: total}, len(counted), complete=True)
                kept.done(task, now, counting.requests)
            return
        lab = self.labs.find(task.lab)
        bases = kept.of_lab(task.week, task.lab, task.subject)
        found = read_derivatives(api, task.of, lab.owners if lab else (), bases)
        with self.store.transaction():
            kept.keep_figures(task, found.counts, 1, complete=found.complete)
            kept.done(task, now, counting.requests)

    def _fail(self, task: Task, error: SourceError, requests: int, now: datetime) -> Measured:
        """Store a failure; the Hub's wish to be left alone is no fault of the task, and holds for all."""
        rests = error.failure is Failure.RATE_LIMITED
        rest = _FIRST_REST * 2**task.tries
        if rests:
            rest = timedelta(seconds=error.retry_after) if error.retry_after else _RATE_LIMITED_REST
        with self.store.transaction():
            self.store.adoption.fail(task, str(error), now + rest, requests, counts=not rests)
            if rests:
                self.store.adoption.put_off(task.week, now + rest)
        return Measured(task, str(error), stops=rests)


@dataclass
class _CountingFetcher:
    """A fetcher that counts what a task asks for, whether it ends well or not."""

    fetch: Fetcher
    requests: int = 0

    def get(self, url: str, **wishes: Any) -> Response:
        self.requests += 1
        return self.fetch.get(url, **wishes)


def adoption_of(store: Store, labs: Labs, chosen: Sequence[Lab], since: datetime, now: datetime) -> Adoption:
    """Return what was measured of the chosen labs (all when empty) since then."""
    first, ids = week_of(since), {lab.id for lab in chosen}
    known = {lab.id: lab for lab in labs}
    progress = [it for it in store.adoption.progress(first) if not ids or it.lab in ids]
    changes = [it for it in store.adoption.changes(first) if not ids or it.lab in ids]
    tasks = [it for it in store.adoption.open_tasks(first) if not ids or it.lab in ids]
    sums = store.adoption.sums(first)
    weeks = weeks_of((it.week for it in progress), since, now)
    missing = [it for it in tasks if it.complaint or it.week < week_of(now)]
    downloads = downloads_by_lab(sums, progress, known, weeks)
    return Adoption(
        weeks=weeks,
        downloads=downloads,
        countries=downloads_by_country(downloads),
        derivatives=derivatives_by_lab(sums, progress, known),
        missing=missing,
        to_come=len(tasks) - len(missing),
        changes=changes,
    )
