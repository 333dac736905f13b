"""A worker: makes jobs of what is due, and does jobs, whoever made them."""

import threading
from collections.abc import Callable, Iterable, Mapping

import structlog

from bot.run.engines import Engines
from bot.run.ticks import guarded
from bot.run.watcher import Watcher
from bot.run.workers.delivering import Deliveries
from bot.store.jobs import Job, Jobs
from bot.store.shards import ALL
from bot.store.store import Store

log = structlog.get_logger()

POLL, DELIVER, CHORES, PUSH = "poll", "deliver", "chores", "push"
_POLLS = 12  # hosts that are read side by side; one that hangs holds one of them
_OTHERS = 4  # chores and pushes, and room for one that hangs
SLOTS = _POLLS + len(ALL) + _OTHERS


class Worker:
    """Does jobs from `start` to `stop`; the main loop calls `look`.

    Any number of workers may look at once: a job that waits is not made again. `tell` tells the admins what is
    news of the bot itself; `hear` is given the sources of which something was pushed.
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
        self._tell = tell
        self._hear = hear
        self._deliveries = Deliveries(store, engines, watcher.monitor)
        self._thread = threading.Thread(target=self._work, name="jobs")

    def start(self) -> None:
        """Begin to do jobs."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no other job, and have those that are being done end soon."""
        self._engines.stop()
        self._deliveries.stop()
        self._jobs.stop()

    def join(self) -> None:
        """Wait until the jobs that were begun are done."""
        self._thread.join()

    def look(self) -> None:
        """Make a job of everything that is due. Raises StoreError."""
        poller = self._engines.poller
        lanes = {poller.lane_of(source) for source in poller.due()}
        defer_missing(self._jobs, [Job(CHORES), *(Job(POLL, lane) for lane in lanes), *due_deliveries(self._store, poller.clock.now())])

    def _work(self) -> None:
        tasks: Mapping[str, Callable[[str], object]] = {
            POLL: self._poll,
            DELIVER: lambda shard: self._deliveries.of_shard(int(shard)),
            CHORES: lambda _: self._do_chores(),
            PUSH: self._hear,
        }
        self._jobs.work({name: _guarded(name, task) for name, task in tasks.items()}, SLOTS)

    def _poll(self, lane: str) -> None:
        poller = self._engines.poller
        poller.poll([one for one in poller.due() if poller.lane_of(one) == lane], self._watcher.polled)

    def _do_chores(self) -> None:
        self._engines.chores.do()
        self._tell()
