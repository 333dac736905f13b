"""Measure once a week how much the labs' models are used: one bounded step a call, within a budget."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from bot.adoption.hub import MOST_PAGES, read_derivatives, read_downloads
from bot.cadence.measuring import Subject, Task, plan, week_of
from bot.clock import Clock
from bot.errors import Failure, SourceError
from bot.fetch import Fetcher, Response
from bot.releases.naming.labs import Directory
from bot.settings.feeds import Config, HubSpec
from bot.sources.hub_api import HubApi
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
    labs: Directory
    clock: Clock
    endpoint: str

    def measure_due(self, fetch: Fetcher, now: datetime) -> bool:
        """Take one step of this week's measuring: plan it, or do one task; return whether one was due.

        Due times are in the store, so that a restart neither repeats nor forgets; what a week leaves undone
        is a gap. Raises StoreError.
        """
        week = week_of(now)
        if not self.store.adoption.is_planned(week):
            return self._is_read() and self.plan_week(now)
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
            organisations = {
                lab.id: [source.hub for source in lab.sources if isinstance(source, HubSpec)]
                for lab in self.config.labs
            }
            bases = self.store.adoption.bases(list(organisations), BASES_EACH)
            self.store.adoption.plan(plan(week, now, organisations, bases, BUDGET))
        return True

    def measure(self, fetch: Fetcher, task: Task, now: datetime) -> Measured:
        """Do one task and store what came of it. Raises StoreError."""
        if task.subject is Subject.DERIVATIVES and self._is_spent(task.week):
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

    def _is_read(self) -> bool:
        """Whether every organisation was polled: before that, nobody knows what is newest."""
        states = self.store.sources.states()
        hubs = [
            source.id for lab in self.config.labs for source in lab.sources if isinstance(source, HubSpec)
        ]
        return bool(hubs) and all(hub in states for hub in hubs)

    def _is_spent(self, week: date) -> bool:
        return self.store.adoption.spent(week, Subject.DERIVATIVES) > BUDGET - MOST_PAGES

    def _ask(self, counting: "_CountingFetcher", task: Task, now: datetime) -> None:
        api, kept = HubApi(self.endpoint.rstrip("/"), counting), self.store.adoption
        if task.subject is Subject.DOWNLOADS:
            counted = read_downloads(api, task.of, self._included(task.of))
            with self.store.transaction():
                kept.keep_downloads(task, counted, now, counting.requests)
            return
        lab = self.labs.find(task.lab)
        bases = kept.of_lab(task.week, task.lab, task.subject)
        found = read_derivatives(api, task.of, lab.owners if lab else (), bases)
        with self.store.transaction():
            kept.keep_derivatives(task, found.counts, now, counting.requests, complete=found.complete)

    def _included(self, organisation: str) -> tuple[str, ...]:
        """Return the words of the names to count, where several teams share an organisation."""
        hubs = (source for lab in self.config.labs for source in lab.sources if isinstance(source, HubSpec))
        return next((hub.include for hub in hubs if hub.hub == organisation), ())

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
    """Count what a task asks for, whether it ends well or not."""

    fetch: Fetcher
    requests: int = 0

    def get(self, url: str, **wishes: Any) -> Response:
        self.requests += 1
        return self.fetch.get(url, **wishes)
