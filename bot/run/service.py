"""The main loop: `schedule` ticks, and what is due is due by the database's clock."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import schedule
import structlog

from bot.errors import StoreError
from bot.ops.monitor import Monitor
from bot.run.engines import Engines

log = structlog.get_logger()

_TICK = 1  # seconds
_REST = timedelta(minutes=1)  # after the database refused: the sources need not suffer for it
_ROUNDS = 4  # of polling side by side, so that one slow host does not hold up the others


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
        self._monitor = monitor
        self._tell = tell
        self._reread = reread
        self._take_pushes = take_pushes
        self._stop = threading.Event()
        self._polling: set[str] = set()
        self._delivering: Future[None] | None = None
        self._doing: Future[None] | None = None
        self._not_before = engines.poller.clock.now()
        self._rounds = ThreadPoolExecutor(_ROUNDS, thread_name_prefix="round")
        self._courier = ThreadPoolExecutor(1, thread_name_prefix="courier")
        self._chores = ThreadPoolExecutor(1, thread_name_prefix="chore")

    def stop(self) -> None:
        """Ask the loop to end; what is under way is finished first. No signal's handler may call this."""
        self._stop.set()
        self._engines.stop()

    def run(self) -> None:
        """Tick until stopped."""
        scheduler = schedule.Scheduler()
        with self._rounds, self._courier, self._chores:
            while not self._stop.wait(_TICK / 2):
                self._set_ticks(scheduler)
                scheduler.run_pending()
            self._rounds.shutdown(cancel_futures=True)

    def _set_ticks(self, scheduler: schedule.Scheduler) -> None:
        """Set the ticks, at first and whenever the clock was set back.

        `schedule` reads local naive time: after a step back of an hour its jobs would be due in an hour.
        """
        idle = scheduler.idle_seconds
        if idle is not None and idle <= 2 * _TICK:
            return
        scheduler.clear()
        prepared = (self._watch, self._reread, self._take_pushes)
        for job in (*prepared, self._start_polling, self._start_delivering, self._start_chores):
            scheduler.every(_TICK).seconds.do(self._guarded, job)

    def _guarded(self, job: Callable[[], None]) -> None:
        """Keep one failing job from starving the others, which an exception in `schedule` would do."""
        try:
            job()
        except StoreError as error:
            log.warning("tick_failed", job=job.__name__, error=str(error))
        except Exception:  # a bug in one job, however loud, must leave the other one ticking
            log.exception("tick_crashed", job=job.__name__)

    def _watch(self) -> None:
        self._monitor.tick()
        self._tell()

    def _start_polling(self) -> None:
        due = [source for source in self._engines.poller.due() if source.id not in self._polling]
        now = self._engines.poller.clock.now()
        if not due or now < self._not_before <= now + _REST:
            return
        ids = {source.id for source in due}
        self._polling |= ids
        polling = self._rounds.submit(self._engines.poller.poll, due, self._monitor.metrics.polled)
        polling.add_done_callback(lambda done: self._polled(ids, done))

    def _polled(self, ids: set[str], done: Future[Any]) -> None:
        self._polling -= ids
        if done.exception():
            self._not_before = self._engines.poller.clock.now() + _REST
        _log_failure("polling_failed", done)

    def _start_delivering(self) -> None:
        if self._delivering is None or self._delivering.done():
            self._delivering = self._courier.submit(self._deliver)
            self._delivering.add_done_callback(lambda done: _log_failure("delivering_failed", done))

    def _start_chores(self) -> None:
        if self._doing is None or self._doing.done():
            self._doing = self._chores.submit(self._engines.chores.do)

    def _deliver(self) -> None:
        """Take steps until nothing is under way, and nothing due before the next tick."""
        while not self._stop.is_set():
            sent, closed = self._engines.courier.deliver_due()
            self._monitor.delivered(sent, closed)
            if closed:
                log.error("delivery_closed", reason=closed)
            pause = self._engines.courier.next_wait()
            if closed or pause is None or pause > timedelta(seconds=_TICK):
                return
            self._stop.wait(pause.total_seconds())


def _log_failure(event: str, done: Future[Any]) -> None:
    error = done.exception()
    if isinstance(error, StoreError):
        log.error(event, error=str(error))
    elif error is not None:
        log.error(event, exc_info=error)
