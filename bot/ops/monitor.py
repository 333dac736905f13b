"""The bot's monitor: each tick looks at everything, and gives a sign of life to those who watch from outside.

These are systemd, and a dead-man service that misses our pings.
"""

import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.clock import Clock
from bot.errors import SourceError, StoreError
from bot.fetch import Fetcher
from bot.ops.health import Health, News, Vitals, Watch, alive, health, news, ready
from bot.ops.metrics import Metrics
from bot.ops.web import ALIVE, HEALTH, READY, Routes, own_pages

log = structlog.get_logger()

PING_PERIOD = timedelta(minutes=1)
_PING_DEADLINE = 10.0  # seconds
_MOST_BYTES = 100_000  # of the answer, which is a word
_LONGEST_STATUS = 200


def is_due(last: datetime | None, now: datetime, period: timedelta) -> bool:
    """Whether `period` has passed since `last`; a last time in the future was a wrong clock's."""
    return last is None or not timedelta() <= now - last < period


def half_of(microseconds: str) -> timedelta | None:
    """Return half of systemd's WATCHDOG_USEC, as sd_watchdog_enabled(3) advises; None where it is off."""
    return timedelta(microseconds=int(microseconds)) / 2 if microseconds.isdecimal() else None


class Systemd:
    """The protocol of sd_notify(3), spoken to `address`, the NOTIFY_SOCKET; silent where it is ""."""

    def __init__(self, address: str = "", watchdog_usec: str = "") -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._period = half_of(watchdog_usec)
        self._alive: datetime | None = None

    def ready(self) -> None:
        """Say that the start is done; the watchdog's time runs from here."""
        self._notify("READY=1")

    def alive(self, now: datetime) -> None:
        """Tell that the main loop runs, as often as the watchdog wants to hear it."""
        if self._period and is_due(self._alive, now, self._period):
            self._alive = now
            self._notify("WATCHDOG=1")

    def status(self, text: str) -> None:
        """Show `text` in `systemctl status`."""
        line = "".join(character if character.isprintable() else " " for character in text)
        self._notify(f"STATUS={line[:_LONGEST_STATUS]}")

    def stopping(self) -> None:
        """Tell that the bot is about to end."""
        self._notify("STOPPING=1")

    def _notify(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
                datagrams.settimeout(1)
                datagrams.sendto(message.encode(), self._address)
        except OSError as error:
            log.debug("systemd_not_told", message=message, reason=str(error))


class Pinger:
    """What asks the dead-man service's address for as long as all is well: it watches for our silence."""

    def __init__(self, url: str, fetch: Fetcher, threads: Executor) -> None:
        self._url = url
        self._fetch = fetch
        self._threads = threads
        self._last: datetime | None = None
        self._underway: Future[None] | None = None
        self._failure = ""

    def ticked(self, now: datetime, *, ok: bool) -> None:
        """Ping when it is time to, without waiting for the answer."""
        before = self._underway
        if not self._url or not ok or not is_due(self._last, now, PING_PERIOD):
            return
        if before and not before.done():
            return
        self._underway = None
        if before:
            before.result()  # a bug, if anything, is loud in the main loop
        self._last = now
        self._underway = self._threads.submit(self._ping)

    def _ping(self) -> None:
        try:
            self._fetch.get(self._url, deadline=_PING_DEADLINE, max_bytes=_MOST_BYTES)
            failure = ""
        except SourceError as error:
            failure = str(error.failure)  # not its text: the address is a secret
        if failure and failure != self._failure:
            log.warning("ping_failed", failure=failure)
        self._failure = failure


_LOOK = timedelta(seconds=10)


class Monitor:
    """What watches the bot from its main loop, which calls `tick`; any thread may call anything.

    `every` maps the ids of all sources to their intervals. `look` returns the vitals with what the database
    says now: `states`, `deliveries`, `coverage` and what the admins know. Only a tick looks, so that no
    monitor ever waits for the database or holds it up.
    """

    def __init__(
        self,
        clock: Clock,
        every: Mapping[str, timedelta],
        look: Callable[[Vitals], Vitals],
        systemd: Systemd,
        pinger: Pinger,
    ) -> None:
        now = clock.now()
        self.metrics = Metrics(lambda: self.vitals, clock.now)
        self.systemd = systemd
        self.idle: Callable[[], str] = lambda: ""  # why no jobs are done, where some should be
        self._clock = clock
        self._look = look
        self._pinger = pinger
        self._looked_at: datetime | None = None
        self._vitals = Vitals(Watch(now, now), every)
        self._closed = ""
        self._changing = threading.Lock()

    @property
    def vitals(self) -> Vitals:
        """Return what the bot knows of itself."""
        return replace(self._vitals, closed=self._closed, idle=self.idle())

    @property
    def pages(self) -> Routes:
        """Return /healthz, /readyz, /livez and /metrics."""
        judges = {HEALTH: health, READY: ready, ALIVE: alive}
        probes = {route: partial(self._judged, judge) for route, judge in judges.items()}
        return own_pages(probes, self.metrics.page)

    def health(self) -> Health:
        """Return how the bot fares this moment."""
        return self._judged(health)

    def _judged(self, judge: Callable[[Vitals, datetime], Health]) -> Health:
        return judge(self.vitals, self._clock.now())

    def news(self) -> News | None:
        """Return what the admins are to be told, None for nothing; `told` ends it."""
        return news(self.vitals, self._clock.now())

    def told(self, what: News) -> None:
        """Note that the admins were told, once that is in the database."""
        with self._changing:
            self._vitals = replace(self._vitals, known=what.known, known_to_miss=what.known_to_miss)

    def delivered(self, sent: int, closed: str) -> None:
        """Note what a round of deliveries came to: it stays closed until something is sent."""
        if closed or sent:
            self._closed = closed

    def tick(self) -> bool:
        """Note that the main loop runs, look from time to time, and tell those who watch from outside.

        Return whether it looked.
        """
        with self._changing:
            now = self._clock.now()
            self._vitals = replace(self._vitals, watch=self._vitals.watch.at(now))
            self.metrics.ticked(now)
            self.systemd.alive(now)
            if not is_due(self._looked_at, now, _LOOK):
                return False
            self._looked_at = now
            self._look_now(now)
            return True

    def _look_now(self, now: datetime) -> None:
        try:
            self._vitals = replace(self._look(self._vitals), unreadable="")
        except StoreError as error:
            self._vitals = replace(self._vitals, unreadable=str(error))
        report = self.health()
        self.systemd.status(" ".join(report.sentences) or f"Sources watched: {len(self.vitals.every)}.")
        self._pinger.ticked(now, ok=report.ok)
