"""The only caller of the system clock."""

import time
from datetime import UTC, datetime
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
