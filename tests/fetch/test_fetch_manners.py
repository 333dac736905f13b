"""When a host may be asked, by a clock that the test moves."""

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Failure, SourceError, StoreError
from bot.fetch import client, wire
from bot.fetch.client import HttpFetcher
from bot.fetch.hosts import LONGEST_REST, Standing
from bot.fetch.manners import Manners, asked_rest
from tests.support.clock import START, FakeClock

DAY = 86_400.0
OURS = "127.0.0.1:8000"
STRANGER = "blog.example:443"


@pytest.fixture
def manners(clock: FakeClock) -> Manners:
    return Manners(clock, pause=1.0, exempt=frozenset({OURS}))


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        pytest.param(200, {}, None, id="most answers ask for nothing"),
        pytest.param(429, {}, None, id="a 429 need not name a time"),
        pytest.param(429, {"retry-after": "120"}, 120.0, id="seconds"),
        pytest.param(429, {"retry-after": " 0 "}, 0.0, id="no seconds"),
        pytest.param(503, {"retry-after": "Wed, 01 Apr 2026 00:01:30 GMT"}, 90.0, id="a date"),
        pytest.param(502, {"retry-after": "Wednesday, 01-Apr-26 00:01:30 GMT"}, 90.0, id="a date of old"),
        pytest.param(
            429, {"retry-after": "Wed, 01 Apr 2026 02:00:00 +0100"}, 3600.0, id="a date of elsewhere"
        ),
        pytest.param(429, {"retry-after": "Tue, 31 Mar 2026 23:00:00 GMT"}, 0.0, id="a date that is past"),
        pytest.param(429, {"retry-after": "99999999"}, DAY, id="a year is cut to a day"),
        pytest.param(429, {"retry-after": "9" * 5000}, DAY, id="a silly number is cut to a day"),
        pytest.param(
            429, {"retry-after": "Fri, 01 Apr 2126 00:00:00 GMT"}, DAY, id="a century is cut to a day"
        ),
        pytest.param(429, {"retry-after": "-5"}, None, id="a negative number says nothing"),
        pytest.param(429, {"retry-after": "\u0661\u0662"}, None, id="digits of another script say nothing"),
        pytest.param(429, {"retry-after": "soon"}, None, id="words say nothing"),
        pytest.param(200, {"retry-after": "120"}, None, id="Retry-After beside a good answer is ignored"),
        pytest.param(500, {"retry-after": "120"}, None, id="Retry-After beside a plain fault is ignored"),
        pytest.param(200, {"ratelimit": '"api";r=499;t=120'}, None, id="the Hub: requests are left"),
        pytest.param(200, {"ratelimit": '"api";r=0;t=120'}, 120.0, id="the Hub: none is left"),
        pytest.param(
            200, {"ratelimit": '"api"; r=0; t=9, "pages"; r=0; t=60'}, 60.0, id="the longest counts"
        ),
        pytest.param(
            429, {"ratelimit": '"api";r=0;t=60', "retry-after": "5"}, 60.0, id="the longer of both counts"
        ),
        pytest.param(
            429, {"ratelimit": '"api";r=7;t=60', "retry-after": "5"}, 5.0, id="the Hub's other limiter"
        ),
    ],
)
def test_what_an_answer_asks_for(status: int, headers: dict[str, str], seconds: float | None) -> None:
    assert asked_rest(status, headers, START) == seconds


@given(st.sampled_from([200, 429, 502, 503]), st.text(), st.text())
def test_no_header_makes_us_wait_longer_than_a_day_or_stumble(
    status: int, retry_after: str, quota: str
) -> None:
    rest = asked_rest(status, {"retry-after": retry_after, "ratelimit": quota}, START)
    assert rest is None or 0 <= rest <= LONGEST_REST


DATE_PARTS = st.sampled_from(
    ["Wed,", "01", "Apr", "2026", "00:00:00", "GMT", "+9999", "-0000", "99", ":", "99999"]
)


@given(st.lists(DATE_PARTS, max_size=8).map(" ".join))
def test_no_date_makes_us_wait_longer_than_a_day_or_stumble(date: str) -> None:
    rest = asked_rest(429, {"retry-after": date}, START)
    assert rest is None or 0 <= rest <= LONGEST_REST


def ask(manners: Manners, host: str) -> None:
    with manners.turn(host):
        pass


def test_a_stranger_gets_a_pause_between_two_requests(manners: Manners, clock: FakeClock) -> None:
    for _ in range(3):
        ask(manners, STRANGER)
    assert len(clock.slept) == 2
    assert all(1.0 <= pause <= 1.5 for pause in clock.slept)


@pytest.mark.parametrize(
    ("statuses", "pauses"),
    [
        pytest.param([304, 304, 304], 0, id="none after answers that nothing has changed"),
        pytest.param([304, 200, 304], 1, id="one after an answer that it has"),
        pytest.param([200, 304, 200], 1, id="one before them"),
        pytest.param([304, None, 304], 1, id="one after no answer"),
        pytest.param([304, 429, 304], 1, id="one after too many requests"),
    ],
)
def test_a_304_is_followed_by_no_pause(
    manners: Manners, clock: FakeClock, statuses: list[int | None], pauses: int
) -> None:
    for status in statuses:
        with manners.turn(STRANGER):
            if status:
                manners.heed(STRANGER, status, {})
    assert len(clock.slept) == pauses


def test_the_pauses_differ(manners: Manners, clock: FakeClock) -> None:
    for _ in range(10):
        ask(manners, STRANGER)
    assert len(set(clock.slept)) > 5


class Unreadable:
    """A table of hosts in a database that is being restarted."""

    def standing(self, name: str) -> Standing | None:
        raise StoreError("PostgreSQL was stopped")

    def take(self, name: str, seen: Standing | None, until: datetime) -> bool:
        raise StoreError("PostgreSQL was stopped")

    def leave(self, name: str, free_at: datetime) -> None:
        raise StoreError("PostgreSQL was stopped")

    def rest(self, name: str, now: datetime, until: datetime) -> None:
        raise StoreError("PostgreSQL was stopped")

    def forget_idle(self, now: datetime) -> None:
        raise StoreError("PostgreSQL was stopped")


@pytest.mark.parametrize("host", [OURS, STRANGER])
def test_a_database_that_cannot_be_read_is_no_failure_of_a_host(clock: FakeClock, host: str) -> None:
    """It would put off a source by hours: what is polled is to be dropped, and is still due."""
    manners = Manners(clock, 1.0, frozenset({OURS}), Unreadable())
    with pytest.raises(StoreError, match="was stopped"):
        ask(manners, host)


def test_another_host_and_a_later_request_wait_for_nothing(manners: Manners, clock: FakeClock) -> None:
    ask(manners, STRANGER)
    ask(manners, "other.example:443")
    clock.advance(timedelta(seconds=2))
    ask(manners, STRANGER)
    assert clock.slept == []


def test_a_failed_request_is_followed_by_a_pause_too(manners: Manners, clock: FakeClock) -> None:
    with pytest.raises(OSError, match="reset"), manners.turn(STRANGER):
        raise OSError("reset")
    ask(manners, STRANGER)
    assert len(clock.slept) == 1


def test_a_clock_that_is_set_back_does_not_stretch_the_pause(manners: Manners, clock: FakeClock) -> None:
    ask(manners, STRANGER)
    clock.advance(timedelta(hours=-1))
    ask(manners, STRANGER)
    assert sum(clock.slept) <= 2.0


def test_our_own_hosts_get_no_pause(manners: Manners, clock: FakeClock) -> None:
    for _ in range(3):
        ask(manners, OURS)
    assert clock.slept == []


def entered_beside(manners: Manners, host: str, *, wait: float) -> tuple[bool, bool]:
    """Return whether a second request gets in within `wait` seconds of a first one, and whether after it."""
    entered = threading.Event()

    def second() -> None:
        with manners.turn(host):
            entered.set()

    thread = threading.Thread(target=second)
    with manners.turn(host):
        thread.start()
        during = entered.wait(wait)
    thread.join()
    return during, entered.is_set()


def test_a_stranger_is_asked_one_thing_at_a_time(manners: Manners) -> None:
    assert entered_beside(manners, STRANGER, wait=0.1) == (False, True)


def test_our_own_host_is_asked_several_things_at_once(manners: Manners) -> None:
    assert entered_beside(manners, OURS, wait=5.0) == (True, True)


@pytest.mark.parametrize("host", [STRANGER, OURS])
def test_a_host_is_left_alone_for_as_long_as_it_asked(manners: Manners, clock: FakeClock, host: str) -> None:
    assert manners.heed(host, 429, {"retry-after": "60"}) == 60.0
    clock.advance(timedelta(seconds=59))
    with pytest.raises(SourceError) as caught:
        ask(manners, host)
    assert (caught.value.failure, caught.value.retry_after) == (Failure.RATE_LIMITED, 1.0)
    assert host in str(caught.value)
    clock.advance(timedelta(seconds=1))
    ask(manners, host)
    ask(manners, "other.example:443")


def test_a_clock_that_is_set_back_does_not_stretch_the_rest(manners: Manners, clock: FakeClock) -> None:
    manners.heed(STRANGER, 429, {"retry-after": "60"})
    clock.advance(timedelta(hours=-1))
    with pytest.raises(SourceError) as caught:
        ask(manners, STRANGER)
    assert caught.value.retry_after == 60.0


def test_who_waits_for_a_turn_hears_of_a_rest_that_was_asked_for_meanwhile(manners: Manners) -> None:
    told: list[SourceError] = []
    waiting = threading.Event()

    def second() -> None:
        waiting.set()
        try:
            ask(manners, STRANGER)
        except SourceError as error:
            told.append(error)

    thread = threading.Thread(target=second)
    with manners.turn(STRANGER):
        thread.start()
        waiting.wait()
        manners.heed(STRANGER, 429, {"retry-after": "60"})
    thread.join()
    assert [error.failure for error in told] == [Failure.RATE_LIMITED]


def test_the_pause_belongs_to_the_fetcher_and_is_not_taken_off_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = FakeClock(datetime(2026, 4, 1, tzinfo=UTC))
    for module in (client, wire):  # requests are timed by the clock that sleeps in the pause
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=clock.ticks))
    with HttpFetcher(clock=clock, user_agent="x") as fetcher:
        for _ in range(2):
            with pytest.raises(SourceError) as caught:
                fetcher.get("http://10.0.0.1/", deadline=0.4)
            assert caught.value.failure is Failure.FORBIDDEN_ADDRESS  # and not a timeout
    assert len(clock.slept) == 1


def test_hosts_are_forgotten_that_are_owed_nothing(manners: Manners, clock: FakeClock) -> None:
    manners.heed(STRANGER, 429, {"retry-after": "7200"})
    with manners.turn("busy.example:443"):
        for number in range(2_100):
            ask(manners, f"{number}.example:443")
            clock.advance(timedelta(seconds=2))
        assert len(manners._hosts) <= 1_000
        assert {STRANGER, "busy.example:443"} <= manners._hosts.keys()
