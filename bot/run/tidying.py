"""What is forgotten once a week, because no promise needs it."""

from datetime import datetime, timedelta

import structlog

from bot.store.store import Store

log = structlog.get_logger()

KEPT = timedelta(days=400)  # a year, and who looks back at it
_CHORE = "tidy"
_EVERY = timedelta(days=7)
_LATELY = timedelta(days=8)
# In one transaction: others that write wait for it.
_DESTINATIONS = 200
_MESSAGES = 5_000


def tidy(store: Store, now: datetime) -> None:
    """Forget what is old, once a week. Raises StoreError; the rest is then forgotten next time.

    Nothing is forgotten by a clock that has just leapt ahead: only where this became due lately.
    """
    if not store.chores.is_due(_CHORE, now):
        return
    if not store.chores.is_due(_CHORE, now - _LATELY):
        _forget_messages(store, now - KEPT)
    if hosts := store.hosts():
        hosts.forget_idle(now)
    with store.transaction():
        store.chores.done(_CHORE, now + _EVERY)


def _forget_messages(store: Store, before: datetime) -> None:
    forgotten, last = 0, ""
    while destinations := store.archive.destinations_after(last, _DESTINATIONS):
        found = _MESSAGES
        while found == _MESSAGES:
            with store.transaction():
                found = store.archive.forget(destinations, before, _MESSAGES)
            forgotten += found
        last = destinations[-1]
    if forgotten:
        log.info("messages_forgotten", count=forgotten, before=before.isoformat())
