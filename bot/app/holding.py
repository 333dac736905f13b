"""Hold a flood back until a person announces or ignores it; nobody doing either ignores it.

So it is with a name that no item carried: a hint is asked about in the same way, by the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.app.doubting import in_doubt
from bot.app.owing import owe
from bot.clock import Clock
from bot.delivery.notice import render_flood
from bot.errors import UsageError
from bot.model import Kind, Sighting, Verdict
from bot.records import FROM_HINT, LASTS, Flood, Hint
from bot.releases.decide import decide
from bot.releases.steps import Announce, Decision, Judged, Settings
from bot.store.store import Store

log = structlog.get_logger()


def hold(store: Store, source_id: str, leads: Sequence[str], admins: Sequence[str], now: datetime) -> None:
    """Keep a flood, by the keys of its leads, and owe the admins one line; belongs inside a transaction."""
    flood = store.held.add(source_id, leads, now)
    content = render_flood(flood, LASTS)
    # Not the number: a backup that is put back gives it to another flood.
    identity = f"held|{source_id}|{'|'.join(sorted(leads))}"
    for admin in admins:
        store.deliveries.owe_line(identity, admin, content, now)
    log.info("flood_held", source=source_id, releases=len(leads), number=flood.id)


def expire(store: Store, now: datetime) -> int:
    """Ignore the floods that waited in vain; return how many. Raises StoreError."""
    if not any(now - flood.held_at >= LASTS for flood in store.held.waiting()):
        return 0
    with store.transaction():
        return store.held.expire(now - LASTS, now)


@dataclass(frozen=True, slots=True)
class Holding:
    """Settle floods and hints as people say; each is settled once."""

    store: Store
    clock: Clock
    settings: Settings = field(default_factory=Settings)

    def announce(self, number: int, by: str) -> list[str]:
        """Owe the alerts of a flood as if they had just been decided; return the keys of their leads.

        Raises UsageError for a flood that does not wait.
        """
        now = self.clock.now()
        with self.store.transaction():
            flood = self._settle(number, "announced", by, now)
            decision = self._decision(flood, now)
            touched = self.store.releases.apply(decision, now, live=True)
            with in_doubt(self.store, flood.held_at):
                owe(self.store, decision, touched, now)
        return list(decision.announced())

    def _decision(self, flood: Flood, now: datetime) -> Decision:
        """Return what to do about a flood that is announced, or about a hint: as if a post had named it."""
        if flood.hint is None:
            return Decision(tuple(Announce(key) for key in self.store.held.untold(flood.id)))
        book = self.store.releases.book([flood.hint.name.lab])
        return decide([_as_post(flood.hint)], book, now=now, settings=self.settings)

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


def _as_post(hint: Hint) -> Judged:
    identity = f"{FROM_HINT}{hint.key}"
    sighting = Sighting(hint.source_id, hint.source, hint.name.lab, identity, hint.words, hint.url)
    return Judged(sighting, Verdict(Kind.RELEASE, "a person says that this name is a release", hint.name))


def _settled(flood: Flood) -> str:
    if flood.state == "brought":
        return f"number {flood.id} is settled: a source has brought the release"
    when = f" on {flood.settled_at:%Y-%m-%d}" if flood.settled_at else ""
    who = f" by {flood.settled_by}" if flood.settled_by else ""
    return f"number {flood.id} was {flood.state}{when}{who} already"
