"""Hold a flood back until a person announces or ignores it; nobody doing either ignores it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.app.owing import owe
from bot.clock import Clock
from bot.delivery.notice import render_flood
from bot.errors import UsageError
from bot.records import Flood
from bot.releases.steps import Announce, Decision
from bot.store.store import Store

log = structlog.get_logger()

LASTS = timedelta(days=7)


def hold(
    store: Store,
    source_id: str,
    leads: Sequence[str],
    admins: Sequence[str],
    now: datetime,
    *,
    known_until: datetime | None,
) -> None:
    """Keep a flood, by the keys of its leads, and owe the admins one line; belongs inside a transaction."""
    flood = store.held.add(source_id, leads, now)
    content = render_flood(flood, LASTS)
    # Not the number: a backup that is put back gives it to another flood.
    identity = f"held|{source_id}|{'|'.join(sorted(leads))}"
    for admin in admins:
        store.deliveries.owe_line(identity, admin, content, now, known_until=known_until)
    log.info("flood_held", source=source_id, releases=len(leads), number=flood.id)


def expire(store: Store, now: datetime) -> int:
    """Ignore the floods that waited in vain; return how many. Raises StoreError."""
    if not any(now - flood.held_at >= LASTS for flood in store.held.waiting()):
        return 0
    with store.transaction():
        return store.held.expire(now - LASTS, now)


@dataclass(frozen=True, slots=True)
class Holding:
    """Settle floods as people say; each is settled once."""

    store: Store
    clock: Clock

    def announce(self, number: int, by: str) -> list[str]:
        """Owe the alerts of a flood as if they had just been decided; return the keys of their leads.

        Raises UsageError for a flood that does not wait.
        """
        now = self.clock.now()
        with self.store.transaction():
            flood = self._settle(number, "announced", by, now)
            leads = self.store.held.untold(number)
            decision = Decision(tuple(Announce(key) for key in leads))
            touched = self.store.releases.apply(decision, now, live=True)
            owe(self.store, decision, touched, now, known_until=flood.held_at)
        return leads

    def ignore(self, number: int, by: str) -> Flood:
        """Let a flood be silent for ever. Raises UsageError for one that does not wait."""
        with self.store.transaction():
            return self._settle(number, "ignored", by, self.clock.now())

    def _settle(self, number: int, state: str, by: str, now: datetime) -> Flood:
        flood = self.store.held.by_id(number)
        if flood is None:
            raise UsageError(f"nothing was held under the number {number}: `held` lists what waits")
        if not self.store.held.settle(number, state, by, now):
            raise UsageError(_settled(flood))
        return flood


def _settled(flood: Flood) -> str:
    when = f" on {flood.settled_at:%Y-%m-%d}" if flood.settled_at else ""
    who = f" by {flood.settled_by}" if flood.settled_by else ""
    return f"number {flood.id} was {flood.state}{when}{who} already"
