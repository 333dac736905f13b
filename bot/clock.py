"""The only caller of the system clock."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

# Counts what a suspended machine slept, where there is such a clock; macOS's monotonic one does that anyway.
_TICKING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def seconds_since_boot() -> float:
    """Return seconds that go on whatever the machine's clock is set to."""
    return time.clock_gettime(_TICKING)


class Clock(Protocol):
    """What tells the time and lets it pass, so that a test or the demo can do both at will."""

    def now(self) -> datetime:
        """Return the present in UTC, with its time zone attached."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...

    def ticks(self) -> float:
        """Return seconds since some moment, which nobody sets."""
        ...


class SystemClock:
    """Follow the machine's clock."""

    def now(self) -> datetime:
        """Return the present in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Block the calling thread for `seconds`."""
        time.sleep(seconds)

    def ticks(self) -> float:
        """Return the seconds since the machine started."""
        return seconds_since_boot()


_RENEWED = 60.0  # seconds after which an agreed clock asks again
_AT_ONCE = 0.5  # seconds; when within a longer one the time was read, nobody knows: it was waited for


class AgreedClock:
    """Tells the time that `ask` tells all bots of one database; between two answers ours only counts on."""

    def __init__(self, ask: Callable[[], datetime], own: Clock) -> None:
        self._ask = ask
        self._own = own
        self._known = self._asked()  # the time, our ticks then, and the seconds that the answer took

    def now(self) -> datetime:
        """Return the present in UTC."""
        time, ticks, _ = self._known
        return time + timedelta(seconds=self._own.ticks() - ticks)

    def sleep(self, seconds: float) -> None:
        """Block the calling thread for `seconds`."""
        self._own.sleep(seconds)

    def ticks(self) -> float:
        """Return seconds since some moment, which nobody sets."""
        return self._own.ticks()

    def renew(self) -> None:
        """Ask again, once a minute; what `ask` raises leaves the clock as it was.

        So does an answer that was waited for, unless the one before took longer; it is asked for again at the
        next call.
        """
        _, ticks, took = self._known
        if took <= _AT_ONCE and self._own.ticks() - ticks < _RENEWED:
            return
        answer = self._asked()
        if answer[2] <= max(took, _AT_ONCE):
            self._known = answer

    def _asked(self) -> tuple[datetime, float, float]:
        before = self._own.ticks()
        time = self._ask()
        after = self._own.ticks()
        return time, (before + after) / 2, after - before
