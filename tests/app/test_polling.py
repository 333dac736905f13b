"""Sources that fail, rest and come back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import Failure, SourceError
from bot.fetch import Fetcher
from bot.fetch.client import HttpFetcher
from bot.model import SourceKind
from bot.sources.base import Memory, Poll
from bot.sources.feed import FeedSource
from bot.sources.specs import FeedSpec
from tests.support.house import House, ScriptedSource

pytestmark = pytest.mark.logs("source_failed")

KIMI = "moonshotai/Kimi-K2.6"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_source_that_fails_stops_no_other_and_shows_since_when_and_why(house: House) -> None:
    house.hub.error = SourceError(Failure.TIMEOUT, "hub.example did not answer in 30 s")
    house.blog.shown.append(house.post("Kimi K2.6: open agentic intelligence", "moonshot"))
    polled = house.poller.poll(house.sources)
    assert [report.failure for report in polled.failed] == ["timeout"]
    assert len(polled.announced) == 1
    state = house.store.sources.state(house.hub.id)
    first = state.failing_since
    assert (state.complaint, first) == ("hub.example did not answer in 30 s", house.clock.now())
    house.later(hours=1)
    house.poller.poll([house.hub])
    assert house.store.sources.state(house.hub.id).failing_since == first
    assert house.store.sources.state(house.hub.id).failures == 2


def test_a_source_that_recovers_is_fine_again_and_announces_what_it_missed(house: House) -> None:
    house.hub.error = SourceError(Failure.SERVER_ERROR, "503")
    house.show(house.hub, house.repository(KIMI))
    house.hub.error = None
    house.show(house.hub)
    state = house.store.sources.state(house.hub.id)
    assert (state.failure, state.failures, state.failing_since) == ("", 0, None)
    assert len(house.channel.alerts) == 1


@pytest.mark.logs("source_crashed")
def test_a_bug_in_one_source_is_reported_as_its_failure(house: House) -> None:
    house.hub.error = ZeroDivisionError("division by zero")
    polled = house.poller.poll(house.sources)
    assert [report.source_id for report in polled.failed] == [house.hub.id]
    assert "please report this" in polled.failed[0].complaint


@pytest.mark.parametrize("address", ["https://a..example/", "https://a,b.example/"])
def test_an_address_that_is_none_fails_alone(house: House, address: str) -> None:
    feed = FeedSource(FeedSpec(feed=address), "zai", timedelta(minutes=10))
    house.blog.shown.append(house.post("Kimi K2.6: open agentic intelligence", "moonshot"))
    with HttpFetcher(clock=house.clock, user_agent="x") as fetcher:
        house.poller.fetch = fetcher
        polled = house.poller.poll([feed, *house.sources])
    assert [(report.source_id, report.failure) for report in polled.failed] == [(feed.id, "bad answer")]
    assert polled.failed[0].complaint == f"{address!r} is no web address; correct it in feeds.yaml"
    assert len(polled.announced) == 1


def test_failures_space_out_the_polls(house: House) -> None:
    house.hub.error = SourceError(Failure.TIMEOUT, "no answer")
    waits = []
    for _ in range(4):
        house.poller.poll([house.hub])
        due = house.store.sources.state(house.hub.id).next_poll_at
        assert due
        waits.append((due - house.clock.now()).total_seconds() / 60)
    assert waits == pytest.approx([10, 20, 40, 80], rel=0.11)


def test_a_retry_after_is_kept_even_when_everything_is_to_be_polled(house: House) -> None:
    house.hub.error = SourceError(Failure.RATE_LIMITED, "429", retry_after=3600)
    house.poller.poll([house.hub])
    assert house.hub not in house.poller.rested()
    house.later(minutes=70)
    assert house.hub in house.poller.rested()


def test_a_source_is_due_again_after_its_interval(house: House) -> None:
    assert house.poller.due() == []
    house.later(minutes=12)
    assert house.poller.due() == house.sources


def test_a_source_that_failed_from_the_start_is_baselined_when_it_first_works(tmp_path: Path) -> None:
    house = House(tmp_path, baselined=False)
    house.hub.error = SourceError(Failure.TIMEOUT, "no answer")
    house.show(house.hub, house.repository(KIMI))
    house.hub.error = None
    assert house.show(house.hub).reports[0].baseline
    assert house.channel.messages == []


class Overtaken(ScriptedSource):
    """A source of which another poll begins and ends while the first one reads it."""

    meanwhile: Callable[[], object] | None = None

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        read, meanwhile, self.meanwhile = super().poll(memory, fetch, now), self.meanwhile, None
        if meanwhile:
            meanwhile()
        return read


def test_of_two_polls_side_by_side_the_first_to_end_counts(house: House) -> None:
    """As after a round that was given up for a locked database while its threads went on."""
    source = Overtaken("feed:blog", SourceKind.FEED, "https://blog.example/rss")
    second = replace(house.poller, threads=ThreadPoolExecutor(1))
    source.meanwhile = lambda: second.poll([source])
    polled = house.show(source, house.post("Kimi K2.6: open agentic intelligence", "moonshot"))
    assert [report.new for report in polled.reports] == [0]
    assert len(house.channel.alerts) == 1
    assert len(house.store.history.observations("Kimi K2.6")) == 1
    assert house.show(source).announced == ()


def test_what_is_begun_anew_while_it_is_read_begins_with_a_silent_baseline(house: House) -> None:
    """As a lab that is taken out and added again within the seconds that its site takes to answer."""
    source = Overtaken("feed:blog", SourceKind.FEED, "https://blog.example/rss")

    def begin_anew() -> None:
        with house.store.transaction():
            house.store.sources.begin_anew([source.id])

    source.meanwhile = begin_anew
    assert house.show(source, house.post("Kimi K2.6: open agentic intelligence", "moonshot")).announced == ()
    assert house.show(source).reports[0].baseline
    assert house.channel.alerts == []
