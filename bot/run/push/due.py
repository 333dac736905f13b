"""What was pushed makes its source due now: rarely enough, and nothing of it is believed."""

from collections import deque
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from bot.records import SourceState
from bot.run.poller import Poller

log = structlog.get_logger()

REST = timedelta(seconds=10)  # between two polls of a source
_MINUTE = timedelta(minutes=1)
A_MINUTE = 60  # sources made due; the Hub alone grants 100 requests a minute, of which a new model takes four


class Verdict(StrEnum):
    """What a push comes to."""

    DUE = "due now"
    WAITS = "waits"  # until the poll under way has ended, and its source has rested
    NEEDLESS = "needless"  # its source is due anyway, or asked to be left alone


def verdict(state: SourceState, now: datetime, *, is_read: bool) -> Verdict:
    """Return what a push of a source comes to; `is_read` tells that a poll of it is under way.

    That poll may have begun before what is pushed was there, so that the push waits for its end. It is never
    lost by coming too soon after another.
    """
    if is_read:
        return Verdict.WAITS
    if state.rested_until and now < state.rested_until:
        return Verdict.NEEDLESS
    if state.polled_at is None or now < state.polled_at:  # never, or by a wrong clock
        return Verdict.NEEDLESS
    if state.next_poll_at is None or state.next_poll_at <= now:
        return Verdict.NEEDLESS
    return Verdict.WAITS if now - state.polled_at < REST else Verdict.DUE


class Pushes:
    """The sources of which something was pushed. Any thread may `hear`; the main loop calls `take`."""

    def __init__(self, poller: Poller) -> None:
        self._poller = poller
        self._heard: set[str] = set()
        self._made_due: deque[datetime] = deque(maxlen=A_MINUTE)

    def hear(self, source_id: str) -> None:
        """Note that something was pushed; what is noted twice is noted once."""
        self._heard.add(source_id)

    def take(self) -> None:
        """Make due what may be polled now; the rest waits. Raises StoreError, and then all of it waits."""
        if not self._heard:
            return
        store, now = self._poller.store, self._poller.clock.now()
        verdicts = {
            one: verdict(store.sources.state(one), now, is_read=one in self._poller.reading)
            for one in sorted(self._heard.copy())
        }
        due = [one for one, came_to in verdicts.items() if came_to is Verdict.DUE][: self._room(now)]
        if due:
            with store.transaction():
                store.sources.make_due(due, now)
            self._made_due.extend([now] * len(due))
            log.info("pushed", sources=due)
        needless = [one for one, came_to in verdicts.items() if came_to is Verdict.NEEDLESS]
        self._heard.difference_update(due, needless)

    def _room(self, now: datetime) -> int:
        """Return how many sources may be made due now."""
        return A_MINUTE - sum(timedelta() <= now - at < _MINUTE for at in self._made_due)
