"""What the bot notices of itself while it works, and whom it tells: that it runs, and how its work went.

Of sources that cannot be read each cause is told once, and one line where nothing can be reached.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import OF_HOSTS, Failure
from bot.ops.monitor import Monitor
from bot.run.reports import Report

log = structlog.get_logger()

OFFLINE = "No source can be reached: is there a network?"
_SEVERAL = 3  # hosts that cannot be reached one after the other, and none that can
_PATIENCE = timedelta(seconds=10)  # for others to fail as well
_NAMED = 3  # sources in a line


def cause_of(report: Report) -> tuple[str, str]:
    """Return what a failure has in common with others: a host that is down fails all its sources."""
    return report.host if report.failure in OF_HOSTS else report.source_id, report.failure


def by_cause(reports: Sequence[Report]) -> Iterator[str]:
    """Yield a line for each cause that sources of a round failed for, with the sources that it concerns."""
    failed = [report for report in reports if report.failure]
    if _is_offline(reports):
        yield f"{OFFLINE} ({failed[0].complaint})"
        return
    causes: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for report in failed:
        causes[cause_of(report)].append(report)
    for alike in causes.values():
        names = [report.source_id for report in alike]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"{', '.join(names[:_NAMED])}{more}: {alike[0].complaint}"


def _is_offline(reports: Sequence[Report]) -> bool:
    unreached = {report.host for report in reports if report.failure == Failure.UNREACHABLE}
    reached = any(report.failure != Failure.UNREACHABLE for report in reports)
    return len(unreached) >= _SEVERAL and not reached


class FailureLog:
    """What the log tells of failing sources while the bot runs; any thread may call anything."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._told: set[tuple[str, str]] = set()  # causes that last
        self._waiting: list[tuple[datetime, Report]] = []  # perhaps nothing can be reached
        self._unreached: set[str] = set()  # hosts, since anything was reached last
        self._offline = False

    def polled(self, report: Report) -> None:
        """Hear what came of polling a source."""
        with self._lock:
            if report.failure == Failure.UNREACHABLE:
                self._unreachable(report)
            else:
                self._reached(report)

    def tick(self) -> None:
        """Tell what has waited long enough for others to fail as well."""
        with self._lock:
            now = self._clock.now()
            waited = [report for since, report in self._waiting if not since <= now < since + _PATIENCE]
            self._waiting = [one for one in self._waiting if one[1] not in waited]
            for report in waited:
                self._tell(report)

    def _unreachable(self, report: Report) -> None:
        self._unreached.add(report.host)
        if len(self._unreached) < _SEVERAL:
            self._waiting.append((self._clock.now(), report))
        elif not self._offline:
            self._offline = True
            self._waiting.clear()
            log.warning("network_unreachable", advice=OFFLINE, complaint=report.complaint)

    def _reached(self, report: Report) -> None:
        if self._offline:
            log.warning("network_back", source=report.source_id)
        self._offline, self._unreached = False, set()
        for _, waiting in self._waiting:
            self._tell(waiting)
        self._waiting.clear()
        if report.failure:
            self._tell(report)
        else:
            self._told = {one for one in self._told if one[0] not in (report.host, report.source_id)}

    def _tell(self, report: Report) -> None:
        cause = cause_of(report)
        if cause not in self._told:
            self._told.add(cause)
            log.warning(
                "source_failed", source=report.source_id, failure=report.failure, complaint=report.complaint
            )


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

    def delivered(self, sent: int, closed: str) -> None:
        """Hear what a round of deliveries came to, and why nothing can be sent at all, if so."""
        self.monitor.delivered(sent, closed)
        if closed:
            log.error("delivery_closed", reason=closed)
