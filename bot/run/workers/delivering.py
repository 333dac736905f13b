"""Delivering a share of the outbox for a while, with the turn to do so."""

import threading
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.ops.monitor import Monitor
from bot.outbox.courier import Courier
from bot.run.engines import Engines
from bot.store.store import Store

log = structlog.get_logger()

# Seconds for which a worker keeps a share, so that others that came meanwhile get some. A message that hangs
# then is waited for, while the others go on for so long at most.
_KEPT, _KEPT_AT_MOST = 20.0, 60.0
_LOOK = 0.5  # seconds between two looks for what has become due
_CLAIMS_LAST = 2.0  # seconds: long before anybody could take over
_REMEMBERED = timedelta(seconds=5)  # of what went out before; more than any pace


class Delivering:
    """Delivers shares of the outbox, any number side by side."""

    def __init__(self, store: Store, engines: Engines, monitor: Monitor) -> None:
        self._store = store
        self._engines = engines
        self._monitor = monitor
        self._clock = engines.courier.clock
        self._stop = threading.Event()

    def stop(self) -> None:
        """Settle what is on its way, and begin nothing else."""
        self._stop.set()

    def share(self, number: int) -> None:
        """Deliver what is due of a share, and what becomes so meanwhile, until nothing is.

        Raises StoreError, and LostTurnError where another has taken over.
        """
        courier = self._courier(number)
        began = self._clock.ticks()
        try:
            while self._goes_on(number, courier, self._clock.ticks() - began):
                self._note(*courier.deliver_due())
                if not courier.under_way:
                    self._stop.wait(_LOOK / 2)
        finally:
            courier.stop()
        self._note(*courier.finish())

    def _note(self, sent: int, closed: str) -> None:
        self._monitor.delivered(sent, closed)
        if closed:
            log.error("delivery_closed", reason=closed)
            self._stop.wait(_LOOK)

    def _courier(self, number: int) -> Courier:
        store = self._store.of_share(number)  # before we look what was posted: nobody else posts from now on
        posted = store.shards.posted_since(number, self._clock.now() - _REMEMBERED)
        return replace(
            self._engines.courier, store=store, moment=_LOOK, claims_last=_CLAIMS_LAST, posted=posted
        )

    def _goes_on(self, number: int, courier: Courier, seconds: float) -> bool:
        if self._stop.is_set() or seconds > _KEPT_AT_MOST:
            return False
        if courier.under_way:
            return True
        return seconds < _KEPT and bool(self._store.shards.due(self._clock.now(), [number]))
