"""Politeness: one request at a time and a pause for each host, and leaving alone who asks for it."""

import random
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.robotparser import RobotFileParser

import structlog

from bot.clock import Clock
from bot.errors import Failure, SourceError, StoreError
from bot.fetch.hosts import LONGEST_REST, Hosts, Standing

log = structlog.get_logger()

_QUOTA = re.compile(r'"\w+"\s*;\s*r\s*=\s*(\d{1,9})\s*;\s*t\s*=\s*(\d{1,9})')  # docs/reference/hub.md#quotas
_NOT_MODIFIED = 304
_MAY_ASK_FOR_REST = frozenset({429, 502, 503})


def asked_rest(status: int, headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds the server asks to be left alone, or None if it does not say.

    Reads Retry-After (seconds or a date) of a 429, 502 or 503, and the Hub's `RateLimit: "api";r=0;t=120`
    of any answer. At most a day.
    """
    quotas = _QUOTA.findall(headers.get("ratelimit", ""))
    rests = [float(rest) for left, rest in quotas if int(left) == 0]
    asked = _retry_after(headers.get("retry-after", "").strip(), now) if status in _MAY_ASK_FOR_REST else None
    rests += [asked] if asked is not None else []
    return min(max(rests), LONGEST_REST) if rests else None


def _retry_after(value: str, now: datetime) -> float | None:
    if re.fullmatch(r"[0-9]+", value):
        return float(value[:20])
    try:
        moment = parsedate_to_datetime(value)
        at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max((at - now).total_seconds(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # neither seconds nor a date: the same as not said


_MANY = 1_000  # hosts; from there on those are forgotten that are owed nothing
_GRACE = 5.0  # seconds beyond its deadline that a request may take to end


@dataclass(slots=True)
class _Host:
    turn: threading.Lock = field(default_factory=threading.Lock)
    asking: int = 0  # how many have its turn, or wait for it
    free_at: datetime | None = None
    rests_until: datetime | None = None
    unchanged: bool = False  # its last answer was a 304
    rest: float = 0.0  # how long it asked for: after the clock was set back, no wait may be longer

    def is_owed_nothing(self, now: datetime) -> bool:
        return not self.asking and all(at is None or at <= now for at in (self.free_at, self.rests_until))


class Manners:
    """What every host is owed. `exempt` hosts are our own: no turns, no pause, but their Retry-After.

    Hosts are kept in memory, a thousand and those that are owed something; and in `shared`, where other
    processes read them too.
    """

    def __init__(
        self, clock: Clock, pause: float, exempt: frozenset[str], shared: Hosts | None = None
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._exempt = exempt
        self._shared = shared
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, name: str, seconds: float = 30.0) -> Iterator[None]:
        """Wait for the turn at host `name` and hold it, for a request that takes so many seconds at most.

        Raises SourceError at once when the host asked to be left alone for longer, and StoreError where other
        processes cannot be asked: that says nothing of the host.
        """
        host = self._host(name, asking=1)
        try:
            self._refuse_while_resting(name, host)
            if name in self._exempt:
                self._standing(name)
                yield
                return
            with host.turn:
                self._refuse_while_resting(name, host)  # it may have asked while we waited
                if host.free_at:
                    wait = min((host.free_at - self._clock.now()).total_seconds(), 2 * self._pause)
                    if wait > 0:
                        self._clock.sleep(wait)
                self._take(name, seconds)
                host.unchanged = False
                try:
                    yield
                finally:
                    pause = self._pause * random.uniform(1.0, 1.5)  # noqa: S311 - only spreads requests
                    # To say that nothing changed costs a host next to nothing: the next one may follow.
                    now = self._clock.now()
                    host.free_at = None if host.unchanged else now + timedelta(seconds=pause)
                    self._leave(name, host.free_at or now)
        finally:
            self._host(name, asking=-1)

    def heed(self, name: str, status: int, headers: Mapping[str, str]) -> float | None:
        """Remember what an answer of host `name` asks for, and return it in seconds (None: nothing)."""
        self._host(name).unchanged = status == _NOT_MODIFIED
        if status not in _MAY_ASK_FOR_REST and "ratelimit" not in headers:
            return None
        now = self._clock.now()
        rest = asked_rest(status, headers, now)
        if rest:
            host = self._host(name)
            host.rest, host.rests_until = rest, now + timedelta(seconds=rest)
            self._let_rest(name, now, host.rests_until)
        return rest

    def _host(self, name: str, *, asking: int = 0) -> _Host:
        with self._lock:
            if name not in self._hosts and len(self._hosts) >= _MANY:
                now = self._clock.now()
                self._hosts = {key: it for key, it in self._hosts.items() if not it.is_owed_nothing(now)}
            host = self._hosts.setdefault(name, _Host())
            host.asking += asking
            return host

    def _refuse_while_resting(self, name: str, host: _Host) -> None:
        if host.rests_until is not None:
            left = (host.rests_until - self._clock.now()).total_seconds()
            _refuse_for(name, min(left, host.rest))

    # --- the other processes

    def _take(self, name: str, seconds: float) -> None:
        """Wait for the turn among all processes, and take it; one that died with it has let go by then."""
        if self._shared is None:
            return
        while True:
            standing, now = self._standing(name), self._clock.now()
            wait = standing.wait(now) if standing else 0.0
            if wait:
                self._clock.sleep(wait)
                continue
            until = now + timedelta(seconds=seconds + _GRACE)
            if self._shared.take(name, standing, until):
                return

    def _standing(self, name: str) -> Standing | None:
        """Return how a host stands with all processes. Raises SourceError while it rests."""
        if self._shared is None:
            return None
        standing = self._shared.standing(name)
        _refuse_for(name, standing.rest(self._clock.now()) if standing else 0.0)
        return standing

    def _leave(self, name: str, free_at: datetime) -> None:
        if self._shared is not None:
            with _logged(name):  # the turn then ends by itself
                self._shared.leave(name, free_at)

    def _let_rest(self, name: str, now: datetime, until: datetime) -> None:
        if self._shared is not None:
            with _logged(name):  # here it is remembered in any case
                self._shared.rest(name, now, until)


def _refuse_for(name: str, left: float) -> None:
    if left > 0:
        raise SourceError(
            Failure.RATE_LIMITED,
            f"{name} asked to be left alone for another {left:.0f} s and was not asked; "
            "it is asked again after that, there is nothing to do",
            retry_after=left,
        )


@contextmanager
def _logged(name: str) -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        log.warning("host_not_told", host=name, error=str(error))


_CAP = 500 * 1024  # bytes; RFC 9309, section 2.5: a reader must take at least so many


def allowed(robots_txt: bytes, url: str, user_agent: str) -> bool:
    """Whether the robots.txt of its site lets `user_agent` read `url`.

    A page in place of a robots.txt forbids nothing; one with nonsense in its rules is taken as a no.
    """
    parser = RobotFileParser()
    try:
        parser.parse(robots_txt[:_CAP].decode("utf-8-sig", "replace").splitlines())
        return parser.can_fetch(user_agent, url)
    except ValueError:  # a rule such as "Disallow: //[" that urllib cannot split
        return False
