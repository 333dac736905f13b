"""A host that hangs delays its own sources and nobody else's."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from bot.errors import Failure, SourceError, StoreError
from bot.fetch import Fetcher
from bot.model import SourceKind
from bot.run.reports import Report
from bot.sources.base import Memory, Poll
from tests.support.house import House, ScriptedSource

LONG = 20  # seconds that no thread of a test that goes well has to wait
HANGING = 8

pytestmark = pytest.mark.logs("source_failed")


@dataclass(eq=False)
class Watched(ScriptedSource):
    """A source that counts its polls, and hangs while it has been told to."""

    polls: int = 0
    goes_on: threading.Event | None = None

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        self.polls += 1
        if self.goes_on:
            assert self.goes_on.wait(LONG)
            raise SourceError(Failure.TIMEOUT, "it took longer than 30 s")
        return super().poll(memory, fetch, now)


@dataclass
class World:
    """A bot, eight hosts that hang, one that answers, and a second source of one that hangs."""

    house: House
    goes_on: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.hanging = [self.source(f"http://{number}.example/rss") for number in range(HANGING)]
        self.good, self.behind = self.source("http://good.example/rss"), self.source("http://0.example/2")
        for source in self.hanging:
            source.goes_on = self.goes_on
        self.house.poller.sources = [*self.hanging, self.behind, self.good]
        self.house.poller.moment = 0.01

    def source(self, url: str) -> Watched:
        return Watched(f"feed:{url}", SourceKind.FEED, url, others=1)

    def ticks_until_good_was_polled(self, times: int) -> list[Report]:
        """Poll what is due, once an hour and then some, until the good source was polled so often."""
        reports: list[Report] = []
        for _ in range(LONG * 100):
            reports += self.house.poller.poll_due().reports
            if len(reports) == times:
                return reports
            if not self.house.poller.reading - {source.id for source in self.hanging}:
                self.house.later(minutes=20)
        raise AssertionError(f"the good one was polled {self.good.polls} times")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    house = House(tmp_path, baselined=False)
    with ThreadPoolExecutor(HANGING + 2) as house.poller.threads:
        world = World(house)
        yield world
        world.goes_on.set()


def test_others_are_polled_whenever_they_are_due_while_hosts_hang(world: World) -> None:
    reports = world.ticks_until_good_was_polled(3)
    assert {report.source_id for report in reports} == {world.good.id}
    assert [source.polls for source in world.hanging] == [1] * HANGING, "nobody asks them again meanwhile"
    assert world.behind.polls == 0, "of one host one source is read at a time"


def test_what_hung_is_reported_when_it_ends_and_asked_again_in_its_time(world: World) -> None:
    world.ticks_until_good_was_polled(1)
    world.goes_on.set()
    failed: set[str] = set()
    while len(failed) < HANGING:
        failed |= {report.source_id for report in world.house.poller.poll_due().failed}
    assert failed == {source.id for source in world.hanging}
    state = world.house.store.sources.state(world.hanging[0].id)
    assert (state.failure, state.failures) == ("timeout", 1)


def test_those_that_hung_last_time_hold_no_thread_of_the_others(world: World) -> None:
    world.goes_on.set()
    world.house.poller.poll(world.hanging)
    world.goes_on.clear()
    world.house.later(days=1)
    with ExitStack() as stack:
        few, world.house.poller.slow = (stack.enter_context(ThreadPoolExecutor(1)) for _ in range(2))
        stack.callback(world.goes_on.set)
        world.house.poller.threads = few
        reports = world.ticks_until_good_was_polled(3)
        assert {report.source_id for report in reports} == {world.good.id}
        assert sum(source.polls for source in world.hanging) == HANGING + 1, "one hangs, and the rest waits"


def test_a_refused_commit_leaves_what_is_under_way_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ticks_until_good_was_polled(2)

    def refused(*_: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(world.house.poller._quiet, "write", refused)
        world.house.later(minutes=20)
        with pytest.raises(StoreError, match="full"):
            world.house.poller.poll_due()
    world.ticks_until_good_was_polled(1)
    assert [source.polls for source in world.hanging] == [1] * HANGING
