"""What the bot notices of itself while it works, and whom it tells: that it runs, and how its polls went."""

from collections.abc import Callable

from bot.clock import Clock
from bot.ops.monitor import Monitor
from bot.run.failures import FailureLog
from bot.run.reports import Report


class Watcher:
    """Tells metrics, the log and, through `tell`, the admins. Any thread may call anything."""

    def __init__(self, monitor: Monitor, clock: Clock, tell: Callable[[], None]) -> None:
        self.monitor = monitor
        self._failures = FailureLog(clock)
        self._tell = tell

    def watch(self) -> None:
        """Notice that the bot runs and what fails; tell the admins of it."""
        self._failures.tick()
        if self.monitor.tick():
            self._tell()

    def polled(self, report: Report) -> None:
        """Hear of a source that was polled, in one of the polling threads."""
        self.monitor.metrics.polled(report)
        self._failures.polled(report)
