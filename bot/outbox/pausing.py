"""Tell people, once, that a channel which they made follow labs gets nothing for now."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.records import Subscription
from bot.store.store import Store
from bot.views.notice import render_pause

_EVER = datetime.min.replace(tzinfo=UTC)
_PERSON = re.compile(r"(?:[TE][A-Z0-9]+/)?[UW][A-Z0-9]+")


def tell_subscribers(store: Store, destination: str, now: datetime) -> None:
    """Owe those who subscribed a paused destination one line each, once a pause.

    Belongs inside the transaction that paused it.
    """
    pause = store.subscriptions.pauses().get(destination)
    if pause is None or pause.told_at:
        return
    content = render_pause(destination, pause.reason)
    # Not by its time: where a backup was put back, the same pause begins anew, and was told already.
    identity = f"paused|{destination}|{pause.told_before}"
    known_until = max(store.subscriptions.last_deliveries_to(destination).values(), default=_EVER)
    for person in subscribers(destination, store.subscriptions.of_destination(destination)):
        store.deliveries.owe_line(identity, person, content, now, known_until=known_until)
    store.subscriptions.told(destination, now)


def subscribers(destination: str, subscriptions: Iterable[Subscription]) -> list[str]:
    """Return the people to tell, as destinations in the same workspace.

    Nobody is told of his own messages: those go the way that is closed.
    """
    team = destination.rpartition("/")[0]
    people = (one.created_by for one in subscriptions if _PERSON.fullmatch(one.created_by))
    addressed = (f"{team}/{person}" if team and "/" not in person else person for person in people)
    return [person for person in dict.fromkeys(addressed) if person != destination]
