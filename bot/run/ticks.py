"""What the main loop does once a second: `schedule` ticks, and what is due is due by the database's clock."""

import threading
from collections.abc import Callable, Sequence

import schedule
import structlog

from bot.errors import StoreError

log = structlog.get_logger()

TICK = 1  # seconds


def guarded(job: Callable[..., object], *values: object) -> bool:
    """Do a job that may fail and must not starve others; return whether it went well."""
    name = getattr(job, "__name__", type(job).__name__)
    try:
        job(*values)
    except StoreError as error:
        log.warning("tick_failed", job=name, error=str(error))
    except Exception:  # a bug in one job, however loud, must leave the others ticking
        log.exception("tick_crashed", job=name)
    else:
        return True
    return False


def tick_until(stop: threading.Event, jobs: Sequence[Callable[[], object]]) -> None:
    """Do these jobs at once and then once a second, one after the other, until `stop` is set."""
    scheduler = schedule.Scheduler()
    set_ticks(scheduler, jobs)
    scheduler.run_all()
    while not stop.wait(TICK / 2):
        set_ticks(scheduler, jobs)
        scheduler.run_pending()


def set_ticks(scheduler: schedule.Scheduler, jobs: Sequence[Callable[[], object]]) -> None:
    """Set the ticks, at first and whenever the clock was set back.

    `schedule` reads local naive time: after a step back of an hour its jobs would be due in an hour.
    """
    idle = scheduler.idle_seconds
    if idle is not None and idle <= 2 * TICK:
        return
    scheduler.clear()
    for job in jobs:
        scheduler.every(TICK).seconds.do(guarded, job)
