"""A process beside others: it makes jobs of what is due, and does jobs, whoever made them."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.run.engines import POLLERS, Engines
from bot.run.ticks import guarded, tick_until
from bot.run.upkeep import due_again
from bot.run.watcher import Watcher
from bot.run.workers.delivering import Delivering
from bot.store.jobs import Job, Jobs
from bot.store.shards import ALL
from bot.store.store import Store

POLL, DELIVER, CHORES, PUSH = "poll", "deliver", "chores", "push"
_REST = timedelta(seconds=5)  # between two rounds of chores, of all workers together
# Side by side: a host that hangs holds a slot of its kind, and none of what is sent.
_SLOTS = {(POLL,): POLLERS, (DELIVER,): len(ALL), (CHORES, PUSH): 2}


def defer_missing(jobs: Jobs, wanted: Collection[Job]) -> None:
    """Defer those that nobody does, and that wait nowhere. Raises StoreError."""
    if wanted:
        pending = jobs.pending()
        jobs.defer([job for job in wanted if job not in pending])


def deliveries_due(store: Store, now: datetime) -> list[Job]:
    """Return the jobs of the shards of the outbox that have something due."""
    return [Job(DELIVER, str(shard)) for shard in store.shards.due(now)]


def waking(store: Store, jobs: Jobs, clock: Clock) -> Callable[[], None]:
    """Return what makes a job of what a transaction has just owed, inside it, with no other connection."""
    return lambda: defer_missing(jobs, deliveries_due(store, clock.now()))


def pushed(jobs: Jobs, source_id: str) -> None:
    """Have a worker hear that something was pushed of a source. Raises StoreError."""
    jobs.defer([Job(PUSH, source_id)])


class Worker:
    """Does jobs while it is `at_work`; the main loop calls `look`.

    Any number of workers may look at once: a job that waits is not made again. `tell` tells the admins what
    is news of the bot itself; `hear` is given the sources of which something was pushed.
    """

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        engines: Engines,
        watcher: Watcher,
        tell: Callable[[], None],
        hear: Callable[[str], None],
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._engines = engines
        self._watcher = watcher
        self._delivering = Delivering(store, engines, watcher.delivered)
        self._tell = tell
        tasks = {POLL: self._poll, DELIVER: self._deliver, CHORES: self._do_chores, PUSH: hear}
        each = {name: partial(guarded, task) for name, task in tasks.items()}
        watcher.monitor.idle = jobs.idle
        self._thread = threading.Thread(target=jobs.work, args=(each, _SLOTS), name="jobs")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Do jobs while the block runs; those that were begun are finished at its end."""
        self._thread.start()
        try:
            yield
        finally:
            self.stop()
            self._thread.join()

    def stop(self) -> None:
        """Begin no other job, and have those that are being done end soon."""
        self._engines.stop()
        self._delivering.stop()
        self._jobs.stop()

    def look(self) -> None:
        """Make a job of everything that is due. Raises StoreError."""
        poller = self._engines.poller
        lanes = {poller.lane_of(source) for source in poller.due()}
        polls = (Job(POLL, lane) for lane in sorted(lanes))
        now = poller.clock.now()
        chores = [Job(CHORES)] if self._store.chores.is_due(CHORES, now) else []
        defer_missing(self._jobs, [*chores, *deliveries_due(self._store, now), *polls])

    def _poll(self, lane: str) -> None:
        poller = self._engines.poller
        poller.poll([one for one in poller.due() if poller.lane_of(one) == lane], self._watcher.polled)

    def _deliver(self, shard: str) -> None:
        self._delivering.deliver(int(shard))

    def _do_chores(self, _: str) -> None:
        self._engines.chores.do()
        self._tell()
        due_again(self._store, CHORES, self._engines.poller.clock.now() + _REST)


class Process:
    """Does `ticks` once a second until it is stopped, and jobs where it is given a `worker`."""

    def __init__(
        self, watcher: Watcher, ticks: Sequence[Callable[[], object]], worker: Worker | None
    ) -> None:
        self.polled = watcher.polled
        self.ticks = (watcher.watch, *ticks, *((worker.look,) if worker else ()))
        self._worker = worker
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask the loop to end; what is under way is finished first. No signal's handler may call this."""
        self._stop.set()
        if self._worker:
            self._worker.stop()

    def run(self) -> None:
        """Tick until stopped."""
        with self._worker.at_work() if self._worker else nullcontext():
            tick_until(self._stop, self.ticks)
