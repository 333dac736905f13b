"""The one process with a file: it polls, delivers and does chores in threads of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from bot.errors import StoreError
from bot.ops.monitor import Monitor
from bot.run.engines import Engines
from bot.run.reports import Report
from bot.run.ticks import TICK, guarded, tick_until
from bot.run.watcher import Watcher

_JOBS = 3  # that take longer than a tick may: polling, delivering, chores
_REST = timedelta(minutes=1)  # after the database refused: the sources need not suffer for it


class Service:
    """The loop that polls, delivers and does chores until it is stopped.

    At each tick it lets `reread` look whether the settings have changed, before it polls by them, and
    `take_pushes` poll what was pushed.
    """

    def __init__(
        self,
        engines: Engines,
        monitor: Monitor,
        tell: Callable[[], None],
        reread: Callable[[], None],
        take_pushes: Callable[[], None] = lambda: None,
    ) -> None:
        self._engines = engines
        self._watcher = Watcher(monitor, engines.poller.clock, tell)
        self.watch = self._watcher.watch
        self._reread = reread
        self._take_pushes = take_pushes
        self._stop = threading.Event()
        self._owed = threading.Event()  # something is, that was not when deliveries were looked at last
        self._polling: Future[bool] | None = None
        self._doing: Future[bool] | None = None
        self._not_before = engines.poller.clock.now()
        self._threads = ThreadPoolExecutor(_JOBS, thread_name_prefix="service")

    def stop(self) -> None:
        """Ask the loop to end; what is under way is finished first. No signal's handler may call this."""
        self._stop.set()
        self._engines.stop()
        self._owed.set()

    def run(self) -> None:
        """Tick until stopped."""
        with self._threads:
            self._threads.submit(self._deliver)
            tick_until(self._stop, self.ticks)

    @property
    def ticks(self) -> Sequence[Callable[[], object]]:
        """What is done once a second, in order."""
        return self.watch, self._reread, self._take_pushes, self._start_polling, self._start_chores

    def _start_polling(self) -> None:
        now = self._engines.poller.clock.now()
        under_way = self._polling is not None and not self._polling.done()
        if not under_way and not now < self._not_before <= now + _REST:
            self._polling = self._threads.submit(guarded, self._poll)

    def _poll(self) -> None:
        try:
            self._engines.poller.poll_due(self.polled)
        except StoreError:
            self._not_before = self._engines.poller.clock.now() + _REST
            raise

    def polled(self, report: Report) -> None:
        """Hear of a source that was polled, in one of the polling threads."""
        self._watcher.polled(report)
        if report.new or report.announced:
            self._owed.set()

    def _start_chores(self) -> None:
        if self._doing is None or self._doing.done():
            self._doing = self._threads.submit(guarded, self._engines.chores.do)

    def _deliver(self) -> None:
        """Deliver at each tick, and as soon as a poll has stored something to deliver."""
        while not self._stop.is_set():
            self._owed.clear()
            if not guarded(self._deliver_due):
                self._stop.wait(TICK)

    def _deliver_due(self) -> None:
        """Take the steps that are due, and wait until something may be due again."""
        sent, closed = self._engines.courier.deliver_due()
        self._watcher.delivered(sent, closed)
        if closed:
            self._stop.wait(TICK)
            return
        pause = self._engines.courier.next_wait()
        self._owed.wait(TICK if pause is None else min(pause.total_seconds(), TICK))
