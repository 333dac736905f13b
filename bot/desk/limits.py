"""No button buries a channel: how much one person may do within an hour, and the line that tells of it."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from bot.desk.questions import Asker
from bot.errors import UsageError
from bot.records import Content
from bot.store.store import Store
from bot.views.blocks import section

CHANGE, REPORT = "change", "report"
HOUR = timedelta(hours=1)
MOST = {CHANGE: 60, REPORT: 10}  # by one person within an hour
_MOST_SENTENCES = 20  # of one line
_EARLIER = "More was changed before: `list` shows what holds now."


def free_at(kind: str, times: Collection[datetime], now: datetime) -> datetime | None:
    """Return when somebody may do this again who did it at these times, None for now.

    What is to come, a wrong clock wrote: it counts for nothing.
    """
    latest = sorted(at for at in times if now - HOUR < at <= now)
    return latest[-MOST[kind]] + HOUR if len(latest) >= MOST[kind] else None


def admit(store: Store, asker: Asker, kind: str, what: str, now: datetime) -> None:
    """Note that somebody does something, in the transaction in which it is done.

    Raises UsageError where it is too much, or where this very request did it before: Slack sends some twice,
    and a restart forgets which.
    """
    if not asker.request:
        raise UsageError("Slack did not say which request this is: please ask for it again")
    free = free_at(kind, store.deeds.times(asker.person, kind), now)
    if free is not None:
        raise UsageError(
            f"you made {MOST[kind]} {kind}s within an hour, the most that one person may: "
            f"please try again at {free:%H:%M} UTC"
        )
    if not store.deeds.add(asker.request, what, asker.person, kind, now, now - HOUR):
        raise UsageError("Slack sent this request a second time, and it was done the first time")


def told_with(before: Content | None, topic: str, sentence: str) -> Content:
    """Return a line that says what one before it says, and a sentence instead of what it says on this topic.

    A topic is the id of its block.
    """
    mark = hashlib.sha256(topic.encode()).hexdigest()[:16]
    kept = [block for block in (before.blocks if before else ()) if block.get("block_id") != mark]
    rows = [*kept, {**section(sentence), "block_id": mark}]
    if len(rows) > _MOST_SENTENCES:
        rows = [{**section(_EARLIER), "block_id": "earlier"}, *rows[1 - _MOST_SENTENCES :]]
    return Content("\n".join(row["text"]["text"] for row in rows), rows)
