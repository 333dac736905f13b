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
    WAITS = "waits"  # until the poll that is due or under way is stored, and its source has rested
    NEEDLESS = "needless"  # its source was never polled, or asked to be left alone


def verdict(state: SourceState, now: datetime, *, is_read: bool) -> Verdict:
    """Return what a push of a source comes to; `is_read` tells that a poll of it is under way.

    That poll may have begun before what is pushed was there, as may one that is due and not stored yet: the
    push waits for both, and is never lost by coming too soon.
    """
    if is_read:
        return Verdict.WAITS
    if state.rested_until and now < state.rested_until:
        return Verdict.NEEDLESS
    if state.polled_at is None or now < state.polled_at:  # never, or by a wrong clock
        return Verdict.NEEDLESS
    if state.next_poll_at is None or state.next_poll_at <= now or now - state.polled_at < REST:
        return Verdict.WAITS
    return Verdict.DUE


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
        heard = self._heard.copy()
        if not heard:
            return
        store, now = self._poller.store, self._poller.clock.now()
        verdicts = {
            source.id: verdict(store.sources.state(source.id), now, is_read=source.id in self._poller.reading)
            for source in self._poller.sources
            if source.id in heard
        }
        due = [one for one, came_to in verdicts.items() if came_to is Verdict.DUE][: self._room(now)]
        if due:
            with store.transaction():
                store.sources.make_due(due, now)
            self._made_due.extend([now] * len(due))
            log.info("pushed", sources=due)
        waiting = [one for one, came_to in verdicts.items() if came_to is not Verdict.NEEDLESS]
        self._heard -= heard.difference(waiting).union(due)  # in place: others may be heard meanwhile

    def _room(self, now: datetime) -> int:
        """Return how many sources may be made due now."""
        return A_MINUTE - sum(timedelta() <= now - at < _MINUTE for at in self._made_due)
