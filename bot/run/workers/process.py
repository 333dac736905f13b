"""The main loop of one of the processes that share a database, whatever of the work it does."""

import threading
from collections.abc import Callable, Sequence

from bot.run.reports import Report
from bot.run.ticks import tick_until
from bot.run.watcher import Watcher
from bot.run.workers.worker import Worker


class Process:
    """Does `ticks` once a second until it is stopped, and jobs where it is given a `worker`."""

    def __init__(
        self, watcher: Watcher, ticks: Sequence[Callable[[], object]], worker: Worker | None
    ) -> None:
        self._watcher = watcher
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
        if self._worker:
            self._worker.start()
        try:
            tick_until(self._stop, self.ticks)
        finally:
            self.stop()
            if self._worker:
                self._worker.join()

    def polled(self, report: Report) -> None:
        """Hear of a source that was polled, in one of the polling threads."""
        self._watcher.polled(report)
