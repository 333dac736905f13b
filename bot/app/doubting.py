"""After a backup was put back: what may have been sent before is looked up first."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.store.store import Store


@contextmanager
def in_doubt(store: Store, known_until: datetime | None) -> Iterator[None]:
    """Doubt all that is owed inside if a backup was put back after `known_until`.

    `known_until` is the last time that this database knows its cause to have been looked at; None is for a
    cause that owes nothing. Belongs inside the transaction that owes.
    """
    since = store.restorations.forgotten_since(known_until) if known_until else None
    newest = store.deliveries.newest()
    yield
    if since:
        store.deliveries.doubt_after(newest, since)
