"""What a decision leads to: it is stored, and the messages that it makes due are owed."""

from collections.abc import Sequence
from datetime import datetime

from bot.model import Destination, SourceKind
from bot.outbox.floods import announced_lately, hold
from bot.outbox.owe import owe
from bot.outbox.watches import owe_watches
from bot.releases.news.decide import decide_overdue
from bot.releases.news.decision import Decision, Settings
from bot.releases.news.merge import merged
from bot.run.hints import note_brought
from bot.run.reports import Report
from bot.store.store import Store


def carry_out(
    store: Store,
    source_id: str,
    decision: Decision,
    admins: Sequence[Destination],
    now: datetime,
    *,
    silent: bool = False,
    known_until: datetime | None,
) -> None:
    """Store a decision and owe what it makes due: its messages, or the question what a flood is.

    Belongs inside a transaction.
    """
    touched = store.releases.apply(decision, now, merged, live=not silent and not decision.held)
    note_brought(store, decision.opened(), now)
    if decision.held:
        hold(store, source_id, decision.held, admins, now, known_until=known_until)
    elif silent:  # nobody is told but who asked to be
        owe_watches(store, touched.values(), now, known_until=known_until)
    else:
        store.held.note_announced(source_id, len(decision.announced()), now)
        owe(store, decision, touched, now, known_until=known_until)


def settle_overdue(
    store: Store, settings: Settings, admins: Sequence[Destination], now: datetime
) -> Report | None:
    """Decide the listings that waited in vain for the Hub or the lab to confirm them. Raises StoreError."""
    source_id, longest = SourceKind.LLM_STATS, now + settings.confirm
    if store.releases.waits_beyond(longest):  # the clock was ahead when these were listed
        with store.transaction():
            store.releases.shorten_waits(longest)
    if not store.releases.overdue(now):
        return None
    with store.transaction():
        overdue = store.releases.overdue(now)
        seen_at = min((waiting.seen_at for waiting in overdue), default=None)
        catalogue = store.releases.catalogue(waiting.judged.sighting.lab for waiting in overdue)
        announced = announced_lately(store, source_id, now)
        decision = decide_overdue(overdue, catalogue, now=now, settings=settings, announced=announced)
        carry_out(store, source_id, decision, admins, now, known_until=seen_at)
    return Report(source_id, announced=decision.announced(), held=len(decision.held))
