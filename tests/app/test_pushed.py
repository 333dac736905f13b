"""What is pushed has its source polled: now, once in ten seconds at most, and exactly once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import Failure, SourceError, StoreError
from bot.model import SourceKind
from bot.records import SourceState
from bot.run.engines import Engines
from bot.run.push.due import A_MINUTE, Pushes, Readiness, pushes_for, readiness
from bot.run.reports import Report
from bot.run.service import Service
from tests.support.clock import START
from tests.support.house import House, ScriptedSource
from tests.support.monitor import quiet_monitor
from tests.support.serving import NoChores
from tests.support.threads import AtOnce

KIMI = "moonshotai/Kimi-K2.6"
MINUTE = timedelta(minutes=1)
NOW = START + timedelta(hours=1)


def state(
    *, polled: float | None = -60, next_poll: float | None = 60, rested: float | None = None
) -> SourceState:
    """Return a source by how many seconds from now things happened, or are to."""
    at = {None: None} | {n: NOW + timedelta(seconds=n) for n in (polled, next_poll, rested) if n is not None}
    return SourceState("hub:org", polled_at=at[polled], next_poll_at=at[next_poll], rested_until=at[rested])


@pytest.mark.parametrize(
    ("source", "is_read", "came_to"),
    [
        pytest.param(state(), False, Readiness.DUE, id="polled a minute ago"),
        pytest.param(state(polled=-10), False, Readiness.DUE, id="polled ten seconds ago"),
        pytest.param(state(polled=-9.9), False, Readiness.WAITS, id="polled less than ten seconds ago"),
        pytest.param(state(polled=0), False, Readiness.WAITS, id="polled this moment"),
        pytest.param(state(), True, Readiness.WAITS, id="being read: that may have begun too early"),
        pytest.param(state(next_poll=-1), True, Readiness.WAITS, id="being read, as it was due"),
        pytest.param(state(next_poll=0), False, Readiness.WAITS, id="due: a poll begins this moment"),
        pytest.param(state(next_poll=-2.9), False, Readiness.WAITS, id="due for less than three seconds"),
        pytest.param(state(next_poll=-3), False, Readiness.DUE, id="due, and waiting for others of its host"),
        pytest.param(state(next_poll=None), False, Readiness.WAITS, id="due as it begins anew"),
        pytest.param(state(polled=None, next_poll=None), False, Readiness.NEEDLESS, id="never polled"),
        pytest.param(state(polled=30), False, Readiness.NEEDLESS, id="polled in future, by a wrong clock"),
        pytest.param(state(rested=1), False, Readiness.NEEDLESS, id="it asked to be left alone until later"),
        pytest.param(state(rested=0), False, Readiness.DUE, id="it asked to be left alone until now"),
    ],
)
def test_what_a_push_comes_to(source: SourceState, is_read: bool, came_to: Readiness) -> None:
    assert readiness(source, NOW, is_read=is_read) is came_to


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.later(seconds=30)
    for source in house.sources:
        source.polls = 0
    return house


@pytest.fixture
def pushes(house: House) -> Pushes:
    return Pushes(house.poller, AtOnce())


def tick(house: House, pushes: Pushes, seconds: int) -> None:
    """Let time pass, a second at a time, with what the main loop does at each."""
    for _ in range(seconds):
        pushes.take()
        house.poller.poll(house.poller.due())
        house.later(seconds=1)


def polls(house: House, source: str = "hub:org") -> int:
    """Return how often a source was polled after its baseline."""
    return next(
        one.polls for one in house.poller.sources if isinstance(one, ScriptedSource) and one.id == source
    )


def test_a_push_makes_exactly_one_poll_of_its_source(house: House, pushes: Pushes) -> None:
    tick(house, pushes, 3)
    assert polls(house) == 0
    pushes.hear("hub:org")
    assert polls(house) == 1, "at once"
    tick(house, pushes, 30)
    assert polls(house) == 1
    assert polls(house, "feed:blog") == 0


def test_a_flood_makes_one_poll_in_ten_seconds(house: House, pushes: Pushes) -> None:
    for _ in range(30):
        for _ in range(1_000):
            pushes.hear("hub:org")
        tick(house, pushes, 1)
    assert polls(house) == 3


def test_a_push_that_comes_too_soon_is_late_and_not_lost(house: House, pushes: Pushes) -> None:
    pushes.hear("hub:org")
    house.later(seconds=1)
    pushes.hear("hub:org")
    tick(house, pushes, 9)
    assert polls(house) == 1
    tick(house, pushes, 1)
    assert polls(house) == 2


def test_a_push_while_its_source_is_read_is_read_after_it(house: House, pushes: Pushes) -> None:
    house.poller.reading.add("hub:org")
    pushes.hear("hub:org")
    tick(house, pushes, 3)
    assert polls(house) == 0
    house.poller.reading.clear()
    tick(house, pushes, 1)
    assert polls(house) == 1


def test_a_push_of_a_source_that_is_due_is_read_by_a_poll_that_began_after_it(
    house: House, pushes: Pushes
) -> None:
    """Nobody can tell whether the poll that was due had read what is pushed."""
    due_at = house.store.sources.state("hub:org").next_poll_at
    assert due_at
    house.clock.advance(due_at - house.clock.now())
    pushes.hear("hub:org")
    tick(house, pushes, 30)
    assert polls(house) == 2


def test_a_push_waits_for_no_other_source_of_its_host(house: House, pushes: Pushes) -> None:
    house.later(minutes=11)  # all are due, and the main loop is busy with the others
    pushes.hear("hub:org")
    assert polls(house) == 1


def test_what_is_watched_no_more_is_forgotten(house: House, pushes: Pushes) -> None:
    pushes.hear("hub:gone")
    assert pushes._heard == set()


def test_polling_goes_on_as_before(house: House, pushes: Pushes) -> None:
    pushes.hear("hub:org")
    house.later(minutes=12)
    tick(house, pushes, 1)
    assert (polls(house), polls(house, "feed:blog")) == (2, 1)


@pytest.mark.logs("source_failed")
def test_who_asked_to_be_left_alone_is_not_asked_by_a_push(house: House, pushes: Pushes) -> None:
    house.later(hours=1)
    house.hub.error = SourceError(Failure.RATE_LIMITED, "too many", retry_after=600)
    house.poller.poll(house.poller.due())
    house.later(seconds=60)
    pushes.hear("hub:org")
    tick(house, pushes, 30)
    assert polls(house) == 1


def test_so_many_sources_are_polled_in_a_minute_and_the_others_after_it(house: House, pushes: Pushes) -> None:
    ids = [f"hub:{number:03}" for number in range(A_MINUTE + 5)]
    house.poller.sources = [ScriptedSource(one, SourceKind.HUB, f"https://{one[4:]}.example/") for one in ids]
    with house.store.transaction():
        for one in ids:
            polled_at, next_poll_at = house.clock.now() - MINUTE, house.clock.now() + 60 * MINUTE
            house.store.sources.succeeded(SourceState(one, polled_at=polled_at, next_poll_at=next_poll_at))
    for one in ids:
        pushes.hear(one)
    polled = []
    for _ in range(3):
        pushes.take()
        polled.append(sum(polls(house, one) for one in ids))
        house.later(seconds=30)
    assert polled == [A_MINUTE, A_MINUTE, A_MINUTE + 5]


def refuse(*_: object) -> None:
    raise StoreError("locked")


def test_where_the_database_cannot_be_asked_the_push_waits(
    house: House, pushes: Pushes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as locked:
        locked.setattr(house.store.sources, "state", refuse)
        with pytest.raises(StoreError):
            pushes.hear("hub:org")
    tick(house, pushes, 1)
    assert polls(house) == 1


@pytest.mark.logs("push_lost")
def test_where_its_poll_cannot_be_stored_the_push_is_lost_and_nothing_else(
    house: House, pushes: Pushes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as locked:
        locked.setattr(house.store.sources, "succeeded", refuse)
        pushes.hear("hub:org")
    pushes.hear("hub:org")
    assert polls(house) == 1


def test_what_is_pushed_is_posted_though_nothing_is_due(house: House, pushes: Pushes) -> None:
    reports = list[Report]()
    pushes.polled = reports.append
    house.hub.shown.append(house.repository(KIMI))
    pushes.hear("hub:org")
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 1
    assert [len(report.announced) for report in reports] == [1]


def test_at_each_tick_pushes_are_taken_before_what_is_due_is_polled(house: House, pushes: Pushes) -> None:
    engines = Engines(house.poller, house.courier, NoChores())
    service = Service(engines, quiet_monitor(house.clock), lambda: None, lambda: None, pushes.take)
    assert service.ticks.index(pushes.take) < service.ticks.index(service._start_polling)


def test_many_that_push_at_once_make_one_poll_which_is_finished_at_the_end(house: House) -> None:
    with pushes_for(house.poller) as pushes, ThreadPoolExecutor(8) as many:
        for _ in range(100):
            many.submit(pushes.hear, "hub:org")
    assert polls(house) == 1
