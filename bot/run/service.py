"""The main loop: `schedule` ticks, and what is due is due by the database's clock."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import schedule
import structlog

from bot.errors import StoreError
from bot.ops.pulse import Pulse
from bot.run.engines import Engines

log = structlog.get_logger()

_TICK = 1  # seconds
_REST = timedelta(minutes=1)  # after the database refused: the sources need not suffer for it
_ROUNDS = 4  # of polling side by side, so that one slow host does not hold up the others


class Service:
    """Poll and deliver until stopped."""

    def __init__(self, engines: Engines, pulse: Pulse, tell: Callable[[], None]) -> None:
        self._engines = engines
        self._pulse = pulse
        self._tell = tell
        self._stop = threading.Event()
        self._polling: set[str] = set()
        self._delivering: Future[None] | None = None
        self._doing: Future[None] | None = None
        self._not_before = engines.poller.clock.now()

    def stop(self) -> None:
        """Ask the loop to end; what is under way is finished first."""
        self._stop.set()
        self._engines.poller.stop()

    def run(self) -> None:
        """Tick until stopped."""
        scheduler = schedule.Scheduler()
        with (
            ThreadPoolExecutor(_ROUNDS, thread_name_prefix="round") as rounds,
            ThreadPoolExecutor(1, thread_name_prefix="courier") as courier,
            ThreadPoolExecutor(1, thread_name_prefix="chore") as chores,
        ):
            while not self._stop.wait(_TICK / 2):
                self._wind(scheduler, rounds, courier, chores)
                scheduler.run_pending()
            rounds.shutdown(cancel_futures=True)

    def _wind(
        self,
        scheduler: schedule.Scheduler,
        rounds: ThreadPoolExecutor,
        courier: ThreadPoolExecutor,
        chores: ThreadPoolExecutor,
    ) -> None:
        """Set the ticks, at first and whenever the clock was set back.

        `schedule` reads local naive time: after a step back of an hour its jobs would be due in an hour.
        """
        idle = scheduler.idle_seconds
        if idle is not None and idle <= 2 * _TICK:
            return
        scheduler.clear()
        scheduler.every(_TICK).seconds.do(self._guarded, self._watch, courier)
        scheduler.every(_TICK).seconds.do(self._guarded, self._start_polling, rounds)
        scheduler.every(_TICK).seconds.do(self._guarded, self._start_delivering, courier)
        scheduler.every(_TICK).seconds.do(self._guarded, self._start_chores, chores)

    def _guarded(self, job: Callable[[ThreadPoolExecutor], None], pool: ThreadPoolExecutor) -> None:
        """Keep one failing job from starving the others, which an exception in `schedule` would do."""
        try:
            job(pool)
        except StoreError as error:
            log.warning("tick_failed", job=job.__name__, error=str(error))
        except Exception:  # a bug in one job, however loud, must leave the other one ticking
            log.exception("tick_crashed", job=job.__name__)

    def _watch(self, _pool: ThreadPoolExecutor) -> None:
        self._pulse.tick()
        self._tell()

    def _start_polling(self, pool: ThreadPoolExecutor) -> None:
        due = [source for source in self._engines.poller.due() if source.id not in self._polling]
        now = self._engines.poller.clock.now()
        if not due or now < self._not_before <= now + _REST:
            return
        ids = {source.id for source in due}
        self._polling |= ids
        polling = pool.submit(self._engines.poller.poll, due, self._pulse.metrics.polled)
        polling.add_done_callback(lambda done: self._polled(ids, done))

    def _polled(self, ids: set[str], done: Future[Any]) -> None:
        self._polling -= ids
        if done.exception():
            self._not_before = self._engines.poller.clock.now() + _REST
        _log_failure("polling_failed", done)

    def _start_delivering(self, pool: ThreadPoolExecutor) -> None:
        if self._delivering is None or self._delivering.done():
            self._delivering = pool.submit(self._deliver)
            self._delivering.add_done_callback(lambda done: _log_failure("delivering_failed", done))

    def _start_chores(self, pool: ThreadPoolExecutor) -> None:
        if self._doing is None or self._doing.done():
            self._doing = pool.submit(self._engines.chores.do)

    def _deliver(self) -> None:
        """Take steps until nothing is due this moment."""
        while not self._stop.is_set():
            sent, closed = self._engines.courier.deliver_due()
            self._pulse.delivered(sent, closed)
            if closed:
                log.error("delivery_closed", reason=closed)
            if closed or not sent:
                return


def _log_failure(event: str, done: Future[Any]) -> None:
    error = done.exception()
    if isinstance(error, StoreError):
        log.error(event, error=str(error))
    elif error is not None:
        log.error(event, exc_info=error)
