"""How much one person may do within an hour, and each request once: no button buries a channel."""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.desk.questions import Asker
from bot.errors import UsageError
from bot.store.store import Store

CHANGE, REPORT = "change", "report"
HOUR = timedelta(hours=1)
MOST = {CHANGE: 60, REPORT: 10}  # by one person within an hour
_WORDS = {CHANGE: "changes", REPORT: "reports"}


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
            f"you made {MOST[kind]} {_WORDS[kind]} within an hour, the most that one person may: "
            f"please try again at {free:%H:%M} UTC"
        )
    if not store.deeds.add(asker.request, what, asker.person, kind, now, now - HOUR):
        raise UsageError("Slack sent this request a second time, and it was done the first time")
