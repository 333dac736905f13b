"""Messages of which only a person can say what became of them: the admins are asked, once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.errors import UsageError
from bot.model import Destination
from bot.outbox.settlement import HOLDS_UP
from bot.records import Content, Delivery
from bot.store.store import Store
from bot.views.answers import unclear_answer
from bot.views.notes import render_strange

_QUIET = timedelta(minutes=1)  # without another one: those that come together are told in one line
_LONGEST = timedelta(minutes=10)
_EVER = datetime.min.replace(tzinfo=UTC)


# A line for the admins, by its identity, and the messages that it is about; None is told already.
_Line = tuple[str, Content | None, Sequence[Delivery]]


def tell_admins(store: Store, admins: Sequence[Destination], now: datetime) -> None:
    """Owe the admins a line for what is unclear, and one for each answer that nobody knows, once.

    Raises StoreError.
    """
    if not admins:
        return
    found = [one for one in store.deliveries.puzzling() if not _is_to_admins(one, admins)]
    lines = [*_unclear(found, now), *_strange(found, now)]
    if not lines:
        return
    with store.transaction():
        for identity, content, about in lines:
            if content:
                store.deliveries.owe_lines(identity, admins, content, now, known_until=_EVER)
            store.deliveries.note_told([one.sequence for one in about], now)


def _is_to_admins(one: Delivery, admins: Sequence[Destination]) -> bool:
    """Whether it is a line such as these are: one about each that got lost would never end."""
    return one.kind == "line" and one.destination in admins


def _unclear(found: Sequence[Delivery], now: datetime) -> Iterator[_Line]:
    """Yield the line for all that became unclear, once no more come to these just now."""
    unclear = [one for one in found if one.state == "unclear"]
    ages = [now - (one.settled_at or one.created_at) for one in unclear]
    # what became unclear in the future did so by a wrong clock
    if ages and (not timedelta() <= min(ages) < _QUIET or max(ages) >= _LONGEST):
        identity = "|".join(["unclear", *(f"{one.id}@{one.settled_at}" for one in unclear)])
        yield identity, unclear_answer(unclear, now), unclear


def _strange(found: Sequence[Delivery], now: datetime) -> Iterator[_Line]:
    """Yield a line for each answer that nobody knows, however many messages got it."""
    by_reason: dict[str, list[Delivery]] = defaultdict(list)
    for one in found:
        # the next edit says it all, and nobody misses it; the morning has an answer of its own
        is_silent = one.kind == "edit" or one.hushed
        if one.strange_since and not is_silent and now - one.strange_since >= HOLDS_UP:
            by_reason[one.reason].append(one)
    for reason, same in by_reason.items():
        untold = [one for one in same if one.told_at is None]
        if untold:
            content = render_strange(reason, len(same)) if len(untold) == len(same) else None
            yield f"strange|{untold[0].id}@{untold[0].strange_since}", content, untold


@dataclass(frozen=True, slots=True)
class Doubts:
    """Unclear messages as people settle them: by an id, or by a beginning of it that only one has."""

    store: Store
    clock: Clock

    def there(self, identity: str, by: str) -> Delivery:
        """Take a message for sent, as somebody saw it there. Raises UsageError for one that is clear."""
        now = self.clock.now()
        with self.store.transaction():
            delivery = self._unclear(identity)
            self.store.deliveries.settle(delivery.sequence, "sent", f"{by} saw it there", now)
        return delivery

    def again(self, identity: str) -> Delivery:
        """Owe a message again. Raises UsageError for one that is clear."""
        now = self.clock.now()
        with self.store.transaction():
            delivery = self._unclear(identity)
            self.store.deliveries.retry(delivery, now)
        return delivery

    def _unclear(self, identity: str) -> Delivery:
        delivery = self.store.deliveries.by_id(identity)
        if delivery is None:
            raise UsageError(f"no message has the id “{identity[:40]}”: `unclear` lists the ids")
        if delivery.state != "unclear":
            raise UsageError(f"that message is {delivery.state}: nothing about it is unclear")
        return delivery
