"""When a destination is spoken to: at what pace, a thread how often, and not in its quiet hours."""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model import Destination, NoteKind
from bot.outbox.digests import local_moment
from bot.records import QuietHours
from bot.views.notes import COLLECTED

# At most one reply in so long, by the word of `settings every:`; "0m" is at once.
EVERY: Mapping[str, timedelta] = {"15m": timedelta(minutes=15), "1h": timedelta(hours=1), "0m": timedelta()}
# What is as good a quarter of an hour later; weights that open and a changed licence are urgent.
_PATIENT = COLLECTED | {NoteKind.UPDATE}
_DAY = timedelta(days=1)
_MANY = 1_000  # destinations, far more than take a post within a pace


def wait_until(kind: NoteKind, last_reply: datetime | None, every: str, now: datetime) -> datetime | None:
    """Return until when a reply waits for what else comes to its thread, None for one that goes at once."""
    if kind not in _PATIENT or last_reply is None:
        return None
    until = min(last_reply, now) + EVERY[every]  # one in the future was sent by a clock that was wrong
    return until if until > now else None


def quiet_until(hours: QuietHours | None, now: datetime) -> datetime | None:
    """Return when the quiet hours are over that it is now, in UTC; None where it is none.

    They end by the clock on the wall, however long the night is in which that is set to summer or back.
    """
    if hours is None:
        return None
    zone = ZoneInfo(hours.zone)
    today = now.astimezone(zone).date()
    for day in (today - _DAY, today):
        begin = local_moment(day, hours.begin, zone)
        end = local_moment(day if hours.end > hours.begin else day + _DAY, hours.end, zone)
        if begin <= now < end:
            return end
    return None


class Paces:
    """When each destination takes the next post: `pace` after the one before. For any thread."""

    def __init__(self, pace: timedelta, posted: Mapping[Destination, datetime]) -> None:
        self._pace = pace
        self._free = {where: at + pace for where, at in posted.items()}
        self._lock = threading.Lock()

    def posted(self, destination: Destination, now: datetime) -> None:
        """Note that a destination got a post; of many, those that take another are forgotten."""
        with self._lock:
            if len(self._free) >= _MANY:
                self._free = {where: at for where, at in self._free.items() if self._holds(at, now)}
            self._free[destination] = now + self._pace

    def ready(self, destination: Destination, due: datetime, now: datetime) -> datetime:
        """Return when it takes what is due then."""
        free = self._free.get(destination, due)
        return max(due, free) if self._holds(free, now) else due

    def resting(self, now: datetime, within: timedelta) -> list[Destination]:
        """Return the destinations that take no post within that time."""
        with self._lock:
            return [one for one, at in self._free.items() if self._holds(at, now) and at - now > within]

    def _holds(self, free: datetime, now: datetime) -> bool:
        """Whether a time is still to come, and was not noted before the clock was set back."""
        return timedelta() < free - now <= self._pace
