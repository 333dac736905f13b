"""What the main loop does once a second: `schedule` ticks, and what is due is due by the database's clock."""

import threading
from collections.abc import Callable, Sequence

import schedule
import structlog

from bot.errors import LostTurnError, StoreError

log = structlog.get_logger()

TICK = 1  # seconds


def guarded(task: Callable[..., object], *values: object) -> bool:
    """Do what may fail and must not starve others; return whether it went well."""
    told = {"task": getattr(task, "__name__", type(task).__name__), **({"of": values} if values else {})}
    try:
        task(*values)
    except LostTurnError as error:
        log.info("turn_lost", **told, error=str(error))
    except StoreError as error:
        log.warning("task_failed", **told, error=str(error))
    except Exception:  # a bug in one task, however loud, must leave the others going
        log.exception("task_crashed", **told)
    else:
        return True
    return False


def tick_until(stop: threading.Event, tasks: Sequence[Callable[[], object]]) -> None:
    """Do these tasks at once and then once a second, one after the other, until `stop` is set."""
    scheduler = schedule.Scheduler()
    set_ticks(scheduler, tasks)
    scheduler.run_all()
    while not stop.wait(TICK / 2):
        set_ticks(scheduler, tasks)
        scheduler.run_pending()


def set_ticks(scheduler: schedule.Scheduler, tasks: Sequence[Callable[[], object]]) -> None:
    """Set the ticks, at first and whenever the clock was set back.

    `schedule` reads local naive time: after a step back of an hour its tasks would be due in an hour.
    """
    idle = scheduler.idle_seconds
    if idle is not None and idle <= 2 * TICK:
        return
    scheduler.clear()
    for task in tasks:
        scheduler.every(TICK).seconds.do(guarded, task)
