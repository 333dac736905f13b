"""A clock that a test moves by hand."""

import threading
from datetime import UTC, datetime, timedelta

START = datetime(2026, 4, 1, tzinfo=UTC)


class FakeClock:
    """A clock that stands until somebody sleeps or the test moves it; `slept` lists all sleeps in seconds."""

    def __init__(self, start: datetime = START) -> None:
        self.slept: list[float] = []
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the present, as the test has it."""
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        with self._lock:
            self.slept.append(seconds)
            self._now += timedelta(seconds=seconds)

    def ticks(self) -> float:
        """Return the seconds of the test's time."""
        return self.now().timestamp()

    def advance(self, by: timedelta) -> None:
        """Move on by `by`, or back when it is negative, without anybody sleeping."""
        with self._lock:
            self._now += by
