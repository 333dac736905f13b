"""A worker: makes jobs of what is due, and does jobs, whoever made them."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from bot.run.engines import POLLERS, Engines
from bot.run.ticks import guarded
from bot.run.watcher import Watcher
from bot.run.workers.delivering import Delivering
from bot.run.workers.jobs import CHORES, DELIVER, POLL, PUSH, defer_missing, deliveries_due
from bot.store.jobs import Job, Jobs
from bot.store.shards import ALL
from bot.store.store import Store

_REST = timedelta(seconds=5)  # between two rounds of chores, of all workers together
# Side by side: a host that hangs holds a slot of its kind, and none of what is sent.
_SLOTS = {(POLL,): POLLERS, (DELIVER,): len(ALL), (CHORES, PUSH): 2}


class Worker:
    """Does jobs from `start` to `stop`; the main loop calls `look`.

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
        self._delivering = Delivering(store, engines, watcher.monitor)
        self._tell = tell
        tasks = {POLL: self._poll, DELIVER: self._deliver, CHORES: self._do_chores, PUSH: hear}
        each = {name: partial(guarded, task) for name, task in tasks.items()}
        watcher.monitor.idle = jobs.idle
        self._thread = threading.Thread(target=jobs.work, args=(each, _SLOTS), name="jobs")

    def start(self) -> None:
        """Begin to do jobs."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no other job, and have those that are being done end soon."""
        self._engines.stop()
        self._delivering.stop()
        self._jobs.stop()

    def join(self) -> None:
        """Wait until the jobs that were begun are done."""
        self._thread.join()

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
        with self._store.transaction():
            self._store.chores.done(CHORES, self._engines.poller.clock.now() + _REST)
