"""What was pushed has its source polled now: rarely enough, and nothing of it is believed.

It is not only made due. Its poll would then come in the round of its host, behind those of all others there:
the Hub's organisations take most of a minute.
"""

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from bot.errors import StoreError
from bot.records import SourceState
from bot.run.poller import Poller
from bot.run.reports import Progress, unheard
from bot.sources.base import Source

log = structlog.get_logger()

REST = timedelta(seconds=10)  # between two polls of a source
_SOON = timedelta(seconds=3)  # after it is due a source is read, unless others of its host are before it
_MINUTE = timedelta(minutes=1)
_SIDE_BY_SIDE = 4
A_MINUTE = 60  # polls for pushes; the Hub alone grants 100 requests a minute, of which a new model takes four


class Readiness(StrEnum):
    """Whether a source of which something was pushed is polled now."""

    DUE = "due now"
    WAITS = "waits"  # until the poll that begins or is under way is stored, and its source has rested
    NEEDLESS = "needless"  # its source was never polled, or asked to be left alone


def readiness(state: SourceState, now: datetime, *, is_read: bool) -> Readiness:
    """Return what a push of a source comes to; `is_read` tells that a poll of it is under way.

    That poll may have begun before what is pushed was there: the push waits for it, and is never lost by
    coming too soon.
    """
    if is_read:
        return Readiness.WAITS
    if state.rested_until and now < state.rested_until:
        return Readiness.NEEDLESS
    if state.polled_at is None or now < state.polled_at:  # never, or by a wrong clock
        return Readiness.NEEDLESS
    begins = state.next_poll_at is None or timedelta() <= now - state.next_poll_at < _SOON
    return Readiness.WAITS if begins or now - state.polled_at < REST else Readiness.DUE


@contextmanager
def pushes_for(poller: Poller) -> Iterator["Pushes"]:
    """What has the sources polled that are pushed; what it has begun is finished at the end."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="pushed") as threads:
        yield Pushes(poller, threads)


class Pushes:
    """The sources of which something was pushed. Any thread may `hear`; the main loop calls `take`.

    Each of the `threads` hands one to the poller, whose own threads read it beside what the main loop polls,
    and waits for it; `polled` hears what came of it.
    """

    def __init__(self, poller: Poller, threads: Executor) -> None:
        self.polled: Progress = unheard
        self._poller = poller
        self._threads = threads
        self._heard: set[str] = set()
        self._begun: set[str] = set()
        self._times: deque[datetime] = deque(maxlen=A_MINUTE)  # of the last polls
        self._taking = threading.Lock()

    def hear(self, source_id: str) -> None:
        """Poll a source of which something was pushed, now or as soon as it may be. Raises StoreError."""
        with self._taking:
            if source_id in self._heard:  # and waits
                return
            self._heard.add(source_id)
        self.take()

    def take(self) -> None:
        """Poll what may be polled now; the rest waits. Raises StoreError, and then all of it waits."""
        if not self._heard:
            return
        with self._taking:
            now = self._poller.clock.now()
            heard = [source for source in self._poller.sources if source.id in self._heard]
            pushed = {source: self._readiness(source.id, now) for source in heard}
            waiting = {source.id for source, came_to in pushed.items() if came_to is not Readiness.NEEDLESS}
            self._heard &= waiting
            due = [source for source, came_to in pushed.items() if came_to is Readiness.DUE]
            room = A_MINUTE - sum(timedelta() <= now - at < _MINUTE for at in self._times)
            for source in due[:room]:
                self._begin(source, now)

    def _readiness(self, source_id: str, now: datetime) -> Readiness:
        is_read = source_id in self._poller.reading or source_id in self._begun
        return readiness(self._poller.store.sources.state(source_id), now, is_read=is_read)

    def _begin(self, source: Source, now: datetime) -> None:
        log.info("pushed", source=source.id)
        self._heard.discard(source.id)
        self._begun.add(source.id)
        self._times.append(now)
        self._threads.submit(self._poll, source)

    def _poll(self, source: Source) -> None:
        try:
            self._poller.poll([source], self.polled)
        except StoreError as error:
            log.warning("push_lost", source=source.id, error=str(error))
        except Exception:  # nobody else looks at what comes of it
            log.exception("push_crashed", source=source.id)
        finally:
            self._begun.discard(source.id)
