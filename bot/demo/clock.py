"""The story's time: while it is told sleeping moves it on at once; later it goes on as time does."""

import threading
from datetime import datetime, timedelta

from bot.clock import seconds_since_boot


class StoryClock:
    """The clock of a world and of the bot in it."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._running_since: float | None = None
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the story's present."""
        with self._lock:
            ran = 0.0 if self._running_since is None else seconds_since_boot() - self._running_since
            return self._now + timedelta(seconds=ran)

    def sleep(self, seconds: float) -> None:
        """Move on without waiting."""
        with self._lock:
            self._now += timedelta(seconds=seconds)

    def ticks(self) -> float:
        """Return the story's seconds."""
        return self.now().timestamp()

    def reach(self, moment: datetime) -> None:
        """Move on to a moment; time never goes back."""
        with self._lock:
            self._now = max(self._now, moment)

    def run_on(self) -> None:
        """Let time pass by itself from here on: the story is told."""
        with self._lock:
            self._running_since = seconds_since_boot()
