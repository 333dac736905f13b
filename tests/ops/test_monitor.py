"""One tick looks at everything and gives every watcher its sign of life."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.errors import StoreError
from bot.fetch import Response
from bot.ops.health import Vitals
from bot.ops.monitor import Monitor, Pinger, Systemd
from bot.records import SourceState
from tests.support.clock import FakeClock
from tests.support.fetching import FakeFetcher

HUB = "hub:zai"
URL = "https://hc.example/uuid"


class Heard(Systemd):
    """Keep what systemd would hear."""

    def __init__(self) -> None:
        super().__init__("", "20000000")
        self.messages: list[str] = []

    def _notify(self, message: str) -> None:
        self.messages.append(message)


@dataclass
class Ward:
    """A monitor, and the database that it looks at."""

    clock: FakeClock = field(default_factory=FakeClock)
    systemd: Heard = field(default_factory=Heard)
    source: SourceState = SourceState(HUB)  # noqa: RUF009 - it is frozen
    error: str = ""
    looks: int = 0

    def monitor(self, pinger: Pinger) -> Monitor:
        every = {HUB: timedelta(minutes=2), "feed:z.ai": timedelta(days=1)}
        return Monitor(self.clock, every, self.look, self.systemd, pinger)

    def look(self, vitals: Vitals) -> Vitals:
        self.looks += 1
        if self.error:
            raise StoreError(self.error)
        return replace(vitals, states={HUB: self.source})

    def run(self, monitor: Monitor, time: timedelta) -> None:
        for _ in range(int(time.total_seconds()) // 5):
            self.clock.advance(timedelta(seconds=5))
            monitor.tick()


@pytest.fixture
def ward() -> Ward:
    return Ward()


@pytest.fixture
def monitor(ward: Ward) -> Monitor:
    with ThreadPoolExecutor(1) as threads:
        return ward.monitor(Pinger("", FakeFetcher(), threads))


def test_the_database_is_looked_at_six_times_a_minute_and_never_by_a_monitor(
    ward: Ward, monitor: Monitor
) -> None:
    ward.run(monitor, timedelta(minutes=2))
    for _ in range(100):
        monitor.health()
        monitor.metrics.page()
    assert ward.looks == 12


def test_a_loop_that_stands_still_is_seen_from_outside(ward: Ward, monitor: Monitor) -> None:
    ward.run(monitor, timedelta(minutes=1))
    assert monitor.health().ok
    ward.clock.advance(timedelta(minutes=3))
    assert not monitor.health().ok


def test_systemd_hears_of_the_loop_and_of_what_is_wrong(ward: Ward, monitor: Monitor) -> None:
    ward.error = "the disk is full"
    ward.run(monitor, timedelta(seconds=20))
    assert ward.systemd.messages == [
        "WATCHDOG=1",
        "STATUS=The database cannot be read: the disk is full",
        "WATCHDOG=1",
        "STATUS=The database cannot be read: the disk is full",
    ]
    ward.error = ""
    ward.run(monitor, timedelta(seconds=10))
    assert ward.systemd.messages[-1] == "STATUS=Sources watched: 2."


def test_what_was_told_is_no_news_any_more(ward: Ward, monitor: Monitor) -> None:
    ward.source = SourceState(HUB, failure="timeout", failing_since=ward.clock.now())
    ward.run(monitor, timedelta(minutes=31))
    news = monitor.news()
    assert news
    assert [line.identity.partition("@")[0] for line in news.lines] == [f"blind|{HUB}"]
    monitor.told(news)
    assert not monitor.news()
    ward.source = SourceState(HUB, succeeded_at=ward.clock.now())
    ward.run(monitor, timedelta(seconds=10))
    news = monitor.news()
    assert news
    assert [line.identity.partition("@")[0] for line in news.lines] == [f"back|{HUB}"]


def test_delivering_is_closed_until_something_is_sent(monitor: Monitor) -> None:
    monitor.delivered(0, "the token was revoked")
    monitor.delivered(0, "")
    assert monitor.vitals.closed == "the token was revoked"
    monitor.delivered(1, "")
    assert monitor.health().ok


def test_the_dead_man_hears_of_a_well_bot_only(ward: Ward) -> None:
    fetch = FakeFetcher({URL: Response(URL, 200, {}, b"OK")})
    with ThreadPoolExecutor(1) as threads:
        monitor = ward.monitor(Pinger(URL, fetch, threads))
        ward.error = "the disk is full"
        ward.run(monitor, timedelta(minutes=5))
        assert fetch.requests == []
        ward.error = ""
        ward.run(monitor, timedelta(seconds=50))
    assert len(fetch.requests) == 1
