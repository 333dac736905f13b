"""Gaps in time: the machine was off or slept, or it was set back to an earlier state, database and all.

Nobody can tell these apart. So what may have been sent in a gap is looked up before it is sent, which costs a
few questions; where it cannot be looked up it is sent.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.store.store import Store

log = structlog.get_logger()

_EXPLAINED = timedelta(minutes=15)  # by a restart, or from one `poll` of cron to the next


def is_gap(last: datetime | None, now: datetime) -> bool:
    """Return whether more time has passed since something was stored than goes by while the bot works."""
    return last is not None and now - last > _EXPLAINED


def note_alive(store: Store, last: Callable[[], datetime | None], now: datetime) -> None:
    """Note that the bot lives, and what a gap since the `last` time that is stored makes doubtful."""
    with store.transaction():
        since = last()  # others may have noted the gap meanwhile
        if since and is_gap(since, now):
            store.suspect(since, now)
            log.info("gap_in_time", since=since.isoformat())
        store.watch.beat(now)
