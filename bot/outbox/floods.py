"""Floods, held back until a person announces or ignores them; nobody doing either ignores them.

A hint, a name that no item carried, is asked about in the same way, by the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import UsageError
from bot.model import Destination, Kind, Sighting, Verdict
from bot.outbox.owe import owe
from bot.records import FROM_HINT, LASTS, Flood
from bot.releases.news.decide import decide
from bot.releases.news.decision import Announce, Decision, Judged, Settings
from bot.releases.news.merge import merged
from bot.store.store import Store
from bot.views.notes import render_flood

log = structlog.get_logger()

_DAY = timedelta(days=1)
_APART = timedelta(hours=20)  # two rounds that count for two days: a daily one is never quite on time


def announced_lately(store: Store, source_id: str, now: datetime) -> int:
    """Return how many releases a source brought within the last day that were announced."""
    return store.held.announced(source_id, now - _DAY, now)


def hold(
    store: Store,
    source_id: str,
    leads: Sequence[str],
    admins: Sequence[Destination],
    now: datetime,
    *,
    known_until: datetime | None,
) -> None:
    """Keep a flood, by the keys of its leads, and owe the admins one line; belongs inside a transaction.

    What comes within a day of a flood of the same source joins it. The admins are asked again whenever it has
    about doubled: a source that drips must not flood them either.
    """
    lately = (one for one in store.held.waiting() if now - _DAY < one.held_at <= now)
    before = next((one for one in lately if one.source_id == source_id and one.leads), None)
    flood = store.held.grow(before.id, leads) if before else store.held.add(source_id, leads, now)
    log.info("flood_held", source=source_id, releases=len(leads), number=flood.id)
    if before and len(before.leads).bit_length() == len(flood.leads).bit_length():
        return
    content = render_flood(flood, LASTS)
    # Not the number: a backup that is put back gives it to another flood.
    identity = f"held|{source_id}|{'|'.join(sorted(flood.leads))}"
    store.deliveries.owe_lines(identity, admins, content, now, known_until=known_until)


def expire(store: Store, now: datetime) -> int:
    """Ignore the floods that waited in vain; return how many. Raises StoreError."""
    waiting = store.held.waiting()
    counted = [_counted(flood, now) for flood in waiting]
    over = [flood for flood in counted if left(flood, now) <= timedelta()]
    if counted == waiting and not over:
        return 0
    with store.transaction():
        for flood in counted:
            store.held.count(flood)
        return sum(store.held.settle(flood.id, "expired", "", now) for flood in over)


def left(flood: Flood, now: datetime) -> timedelta:
    """Return how long a flood will wait at least: seven days, on each of which the bot has looked.

    The clock alone is no witness: a round on which it is a month ahead counts for one of the days, and what
    was held in the future was held on such a round.
    """
    watched = (LASTS.days - flood.days) * _APART
    return watched if flood.held_at > now else max(watched, flood.held_at + LASTS - now)


def _counted(flood: Flood, now: datetime) -> Flood:
    """Return a flood that a round finds waiting; a day that was counted in the future is over."""
    last = flood.counted_at or flood.held_at
    if now - _APART < last <= now:
        return flood
    return replace(flood, days=flood.days + (1 if last <= now else 0), counted_at=now)


@dataclass(frozen=True, slots=True)
class HeldFloods:
    """Floods and hints as people settle them, each once."""

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
            touched = self.store.releases.apply(decision, now, merged, live=True)
            owe(self.store, decision, touched, now, known_until=flood.held_at)
        return list(decision.announced())

    def _decision(self, flood: Flood, now: datetime) -> Decision:
        """Return what to do about a flood that is announced, or about a hint: as if a post had named it."""
        if flood.hint is None:
            return Decision(tuple(Announce(key) for key in self.store.held.not_announced(flood.id)))
        hint, identity = flood.hint, f"{FROM_HINT}{flood.hint.key}"
        post = Sighting(hint.source_id, hint.source, hint.name.lab, identity, hint.words, hint.url)
        verdict = Verdict(Kind.RELEASE, "a person says that this name is a release", hint.name)
        catalogue = self.store.releases.catalogue([hint.name.lab])
        return decide([Judged(post, verdict)], catalogue, now=now, settings=self.settings)

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
    if flood.state == "brought":
        return f"number {flood.id} is settled: a source has brought the release"
    when = f" on {flood.settled_at:%Y-%m-%d}" if flood.settled_at else ""
    who = f" by {flood.settled_by}" if flood.settled_by else ""
    return f"number {flood.id} was {flood.state}{when}{who} already"
