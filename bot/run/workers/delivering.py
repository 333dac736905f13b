"""Delivering a shard of the outbox for a while, with the turn to do so."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.errors import LostTurnError, StoreError
from bot.outbox.courier import Courier
from bot.run.engines import Engines
from bot.run.ticks import guarded
from bot.store.store import Store

log = structlog.get_logger()

# Seconds after which a worker gives a shard up, so that others that came meanwhile get some: at the end of
# the first, or where a message hangs, of the second.
_TURN_LASTS, _TURN_LASTS_AT_MOST = 20.0, 60.0
_BETWEEN_LOOKS = 0.25  # seconds, for what has become due
_IDLE = 1.0  # seconds, where nothing could be sent
_MOMENT = 0.5  # seconds that a round waits for what takes longer than others
_CLAIMS_LAST = 2.0  # seconds: long before anybody could take over
_REMEMBERED = timedelta(seconds=5)  # of what went out before; more than any pace


class Delivering:
    """Delivers shards of the outbox, any number side by side; `delivered` hears what each round came to."""

    def __init__(self, store: Store, engines: Engines, delivered: Callable[[int, str], None]) -> None:
        self._store = store
        self._engines = engines
        self._delivered = delivered
        self._clock = engines.courier.clock
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask all to settle what is on its way, and to begin nothing else."""
        self._stop.set()

    def deliver(self, shard: int) -> None:
        """Deliver what is due of a shard, and what becomes so meanwhile, until nothing is.

        Raises StoreError, and LostTurnError where another has taken over.
        """
        courier = self._courier(shard)
        began = self._clock.ticks()
        try:
            while self._goes_on(shard, courier, self._clock.ticks() - began):
                self._round(courier)
        finally:
            courier.stop()
        guarded(courier.finish)

    def _round(self, courier: Courier) -> None:
        """Take the steps that are due; one that fails leaves the others. Raises LostTurnError."""
        rest = _IDLE
        try:
            sent, closed = courier.deliver_due()
        except LostTurnError:
            raise
        except StoreError as error:
            log.warning("delivering_failed", error=str(error))
        except Exception:  # as loud as with a file, where the next round goes on as well
            log.exception("delivering_crashed")
        else:
            self._delivered(sent, closed)
            if courier.under_way:
                return
            rest = _BETWEEN_LOOKS if sent else _IDLE  # what is due may wait behind what is not
        self._stop.wait(rest)

    def _courier(self, shard: int) -> Courier:
        store = self._store.of_shard(shard)  # before we look what was posted: nobody else posts from now on
        posted = store.shards.posted_since(shard, self._clock.now() - _REMEMBERED)
        return replace(
            self._engines.courier, store=store, moment=_MOMENT, claims_last=_CLAIMS_LAST, posted=posted
        )

    def _goes_on(self, shard: int, courier: Courier, seconds: float) -> bool:
        if self._stop.is_set() or seconds > _TURN_LASTS_AT_MOST:
            return False
        is_due = seconds < _TURN_LASTS and self._store.shards.due(self._clock.now(), [shard])
        return bool(courier.under_way or is_due)
