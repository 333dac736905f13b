"""The pace at which each destination takes posts."""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.model import Destination

_MANY = 1_000  # destinations, far more than take a post within a pace


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
