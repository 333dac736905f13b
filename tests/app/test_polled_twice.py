"""Two polls of one source side by side: the first one is stored, the other one as if it had never been."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.errors import Failure, SourceError, StoreError
from bot.fetch import Fetcher
from bot.run.reports import unheard
from bot.sources.base import Memory, Poll
from tests.support.house import House, ScriptedSource, licensed

KIMI = "moonshotai/Kimi-K9"
LONG = 20  # seconds that no thread of a test that goes well has to wait


@dataclass(eq=False)
class SlowSource(ScriptedSource):
    """A source that answers nobody before two have asked; who gets an error gets it last.

    If `quiet_first`, one of the two is shown nothing, and the other one is answered after that is stored.
    """

    meeting: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))
    stored: threading.Event = field(default_factory=threading.Event)  # what one of them has read
    errors: list[SourceError] = field(default_factory=list)
    quiet_first: bool = False

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        poll = super().poll(memory, fetch, now)
        is_first = self.meeting.wait(LONG) == 0
        if self.quiet_first and is_first:
            return replace(poll, sightings=(), identities={})
        error = self.errors.pop() if self.errors else None
        if self.quiet_first:
            assert self.stored.wait(LONG)
        if error:
            assert self.stored.wait(LONG)
            raise error
        return poll


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    with ThreadPoolExecutor(4) as house.poller.threads:
        yield house


@pytest.fixture
def slow(house: House) -> SlowSource:
    return SlowSource(house.hub.id, house.hub.kind, house.hub.url, others=1)


def polled_twice(house: House, source: SlowSource) -> None:
    def poll_and_store() -> None:
        house.poller.poll([source], unheard if source.quiet_first else lambda _report: source.stored.set())
        source.stored.set()

    with ThreadPoolExecutor(2) as rounds:
        both = [rounds.submit(poll_and_store) for _ in range(2)]
    for one in both:
        one.result()
    house.courier.deliver_all()


def test_what_both_have_seen_is_told_once_and_nothing_else_is(house: House, slow: SlowSource) -> None:
    slow.shown.append(house.repository(KIMI, license=licensed("mit")))
    polled_twice(house, slow)
    assert len(house.channel.alerts) == 1
    assert house.channel.replies == [], "its own repository is no other packaging of it"
    _, [wave] = house.store.history.recent()
    assert wave.lead.license.id == "mit"
    assert house.store.sources.state(slow.id).polls == 2, "the baseline, and one of the two"


def test_one_that_showed_nothing_new_overtakes_none_that_did(house: House, slow: SlowSource) -> None:
    """As where a source is pushed while a round that has read it has not stored that yet."""
    slow.quiet_first = True
    slow.shown.append(house.repository(KIMI))
    polled_twice(house, slow)
    assert len(house.channel.alerts) == 1


def test_one_that_showed_nothing_new_is_dropped_where_one_that_did_came_first(
    house: House, slow: SlowSource
) -> None:
    polled_twice(house, slow)
    before = house.store.sources.state(slow.id)
    house.show(house.hub, house.repository(KIMI))
    after = house.store.sources.state(slow.id)
    with house.store.transaction():
        house.store.sources.showed_nothing([replace(before, etag="older")])
    assert house.store.sources.state(slow.id) == after


def test_a_failure_does_not_undo_what_was_read_meanwhile(house: House, slow: SlowSource) -> None:
    slow.shown.append(house.repository(KIMI))
    slow.errors.append(SourceError(Failure.TIMEOUT, "it was too slow"))
    polled_twice(house, slow)
    state = house.store.sources.state(slow.id)
    assert (state.polls, state.failure, state.failures) == (2, "", 0)
    assert len(house.channel.alerts) == 1


def test_nor_what_was_read_with_nothing_new(house: House, slow: SlowSource) -> None:
    slow.quiet_first = True
    slow.errors.append(SourceError(Failure.TIMEOUT, "it was too slow"))
    house.later(seconds=1)
    polled_twice(house, slow)
    state = house.store.sources.state(slow.id)
    assert (state.succeeded_at, state.failures) == (house.clock.now(), 0)


def test_what_the_dropped_poll_alone_has_seen_is_read_by_the_next(house: House, slow: SlowSource) -> None:
    house.poller.poll([house.hub])
    slow.shown.append(house.repository(KIMI))
    polled_twice(house, slow)
    house.hub.shown += [*slow.shown, house.repository("moonshotai/Kimi-Linear-48B")]
    house.show(house.hub)
    assert len(house.channel.alerts) == 2


def test_a_round_that_failed_ends_when_all_its_lanes_have(house: House) -> None:
    """Or else its sources were handed in again while one of them is still being read."""
    reading, going_on = threading.Event(), threading.Event()

    class Slow(ScriptedSource):
        def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
            reading.set()
            assert going_on.wait(LONG)
            return super().poll(memory, fetch, now)

    slow = Slow(house.hub.id, house.hub.kind, house.hub.url)
    locked = replace(house.blog, error=StoreError("the database is locked"))
    house.later(seconds=1)
    with ThreadPoolExecutor(1) as rounds:
        polling = rounds.submit(house.poller.poll, [locked, slow])
        assert reading.wait(LONG)
        assert wait([polling], timeout=0.2).not_done
        going_on.set()
        with pytest.raises(StoreError, match="locked"):
            polling.result(LONG)
    assert house.store.sources.state(slow.id).succeeded_at == house.clock.now()
    assert not house.store.sources.state(locked.id).failure, "it is still due"


def test_each_source_of_a_lane_is_polled_as_it_stands_then(house: House) -> None:
    """A lane may take a minute, and a source of it be pushed meanwhile: what is read then is not dropped."""
    one, other = house.hub, replace(house.hub, id="hub:other", shown=[])
    house.poller.poll([other])
    poll_other = house.repository("moonshotai/Kimi-Other")
    other.shown.append(house.repository(KIMI))

    class Pushing(ScriptedSource):
        def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
            house.poller.poll([other])
            other.shown.append(poll_other)
            return super().poll(memory, fetch, now)

    house.poller.poll([Pushing(one.id, one.kind, one.url, others=1), other])
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 2
