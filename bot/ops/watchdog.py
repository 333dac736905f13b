"""Signs of life to those who watch from outside: systemd, and a dead-man service that misses our pings."""

import socket
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta

import structlog

from bot.errors import SourceError
from bot.fetch import Fetcher

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
    """Speak the protocol of sd_notify(3) to `address`, the NOTIFY_SOCKET; silent where it is ""."""

    def __init__(self, address: str = "", watchdog_usec: str = "") -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._period = half_of(watchdog_usec)
        self._alive: datetime | None = None

    def ready(self) -> None:
        """Tell that the start is done; the watchdog's time runs from here."""
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
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaking:
                speaking.settimeout(1)
                speaking.sendto(message.encode(), self._address)
        except OSError as error:
            log.debug("systemd_not_told", message=message, reason=str(error))


class Pinger:
    """Ask the dead-man service's address for as long as all is well: what it watches for is our silence."""

    def __init__(self, url: str, fetch: Fetcher, threads: Executor) -> None:
        self._url = url
        self._fetch = fetch
        self._threads = threads
        self._last: datetime | None = None
        self._underway: Future[None] | None = None
        self._failure = ""

    def ticked(self, now: datetime, *, ok: bool) -> None:
        """Ping when it is time to, without waiting for the answer."""
        if not self._url or not ok or not is_due(self._last, now, PING_PERIOD):
            return
        if self._underway and not self._underway.done():
            return
        finished, self._underway = self._underway, None
        if finished:
            finished.result()  # a bug, if anything, is loud in the main loop
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
