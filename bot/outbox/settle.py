"""What became of a delivery, stored. Everything here belongs inside a transaction."""

from datetime import datetime

from bot.outbox.message import LANDING, Sent
from bot.outbox.owe import owe_reply, tell_subscribers
from bot.outbox.settlement import HOLDS_UP, Settlement
from bot.records import Delivery
from bot.store.store import Store


def loses_sight(head: Delivery, settled: Settlement) -> bool:
    """Whether nobody knows from now on whether a message arrived."""
    return settled.state == "doubtful" != head.state


def store_settled(
    store: Store,
    head: Delivery,
    settled: Settlement,
    now: datetime,
    *,
    digest: str,
    there: datetime | None,
) -> None:
    """Store what became of a delivery; `digest` is of what the alert says from now on.

    `there` is the time by the server's clock where sight of it was lost, as far as that is known.
    """
    if settled.sent:
        _store_sent(store, head, settled.sent, digest, now)
    else:
        _store_unsent(store, head, settled, now)
    if settled.update:
        known_until = min(head.created_at, head.claimed_at or head.created_at)
        owe_reply(store, head.destination, settled.update, now, known_until=known_until)
    if loses_sight(head, settled):
        store.deliveries.lose_sight(head.sequence, there and there + LANDING)


def _store_sent(store: Store, head: Delivery, sent: Sent, digest: str, now: datetime) -> None:
    store.deliveries.settle_sent(head.sequence, sent.channel, sent.ts, digest, now)
    store.subscriptions.resume(head.destination)
    store.deliveries.hasten_strange(head.destination, now - HOLDS_UP, now)
    if head.kind != "edit" and head.destination.is_slack_id:
        store.installations.note_names(head.destination.team, kept=sent.named)
    if digest and head.kind != "alert":
        store.deliveries.note_content(head.release_id, head.destination, digest)


def _store_unsent(store: Store, head: Delivery, settled: Settlement, now: datetime) -> None:
    deliveries, due_at = store.deliveries, settled.due_at
    deliveries.settle(
        head.sequence,
        settled.state,
        settled.reason,
        now,
        due_at,
        asked=settled.asked,
        strange_since=settled.strange_since,
    )
    if settled.unreadable:
        deliveries.suspect_nothing(head.destination, settled.reason, now)
    if settled.hushed:
        deliveries.hush(head.sequence)
    if settled.reached or settled.yields:
        deliveries.note_search(head.sequence, settled.reached, yields=settled.yields)
    if settled.pauses and due_at:
        store.subscriptions.pause(head.destination, settled.reason, now, due_at)
        tell_subscribers(store, head.destination, now)
