"""Clocks that cost no time."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta


class Jumping:
    """Start when told, and jump instead of sleeping."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def ticks(self) -> float:
        return self._now.timestamp()


@dataclass
class Fast:
    """Run so many times as fast as the machine's own clock: the same in every process that has a copy."""

    start: datetime
    speed: float
    began: float  # by the machine's monotonic clock, which its processes share

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.monotonic() - self.began) * self.speed)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self.speed)

    def ticks(self) -> float:
        return self.now().timestamp()

    def skip(self, by: timedelta) -> None:
        """Let time pass at once; copies that others have stay behind."""
        self.start += by
