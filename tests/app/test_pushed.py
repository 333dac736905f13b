"""What is pushed makes its source due: now, once in ten seconds at most, and for exactly one poll."""

from datetime import timedelta
from pathlib import Path

import pytest
import schedule

from bot.errors import Failure, SourceError, StoreError
from bot.model import SourceKind
from bot.records import SourceState
from bot.run.engines import Engines
from bot.run.push.due import A_MINUTE, Pushes, Verdict, verdict
from bot.run.service import Service
from tests.support.clock import START
from tests.support.house import House, ScriptedSource
from tests.support.monitor import quiet_monitor
from tests.support.serving import NoChores

KIMI = "moonshotai/Kimi-K2.6"
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
        pytest.param(state(), False, Verdict.DUE, id="polled a minute ago"),
        pytest.param(state(polled=-10), False, Verdict.DUE, id="polled ten seconds ago"),
        pytest.param(state(polled=-9.9), False, Verdict.WAITS, id="polled less than ten seconds ago"),
        pytest.param(state(polled=0), False, Verdict.WAITS, id="polled this moment"),
        pytest.param(state(), True, Verdict.WAITS, id="being read: that may have begun too early"),
        pytest.param(state(next_poll=-1), True, Verdict.WAITS, id="being read, as it was due"),
        pytest.param(state(next_poll=0), False, Verdict.WAITS, id="due: what was read is perhaps not stored"),
        pytest.param(state(next_poll=None), False, Verdict.WAITS, id="due as it begins anew"),
        pytest.param(state(polled=None, next_poll=None), False, Verdict.NEEDLESS, id="never polled"),
        pytest.param(state(polled=30), False, Verdict.NEEDLESS, id="polled in the future, by a wrong clock"),
        pytest.param(state(rested=1), False, Verdict.NEEDLESS, id="it asked to be left alone until later"),
        pytest.param(state(rested=0), False, Verdict.DUE, id="it asked to be left alone until now"),
    ],
)
def test_what_a_push_comes_to(source: SourceState, is_read: bool, came_to: Verdict) -> None:
    assert verdict(source, NOW, is_read=is_read) is came_to


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.later(seconds=30)
    return house


def polls_in(house: House, pushes: Pushes, seconds: int) -> list[str]:
    """Return what is polled in so many ticks of a second."""
    polled = []
    for _ in range(seconds):
        pushes.take()
        due = house.poller.due()
        polled += [source.id for source in due]
        house.poller.poll(due)
        house.later(seconds=1)
    return polled


def test_a_push_makes_exactly_one_poll_of_its_source(house: House) -> None:
    pushes = Pushes(house.poller)
    assert polls_in(house, pushes, 3) == []
    pushes.hear("hub:org")
    assert polls_in(house, pushes, 30) == ["hub:org"]


def test_a_flood_makes_one_poll_in_ten_seconds(house: House) -> None:
    pushes = Pushes(house.poller)
    polled = []
    for _ in range(30):
        for _ in range(1_000):
            pushes.hear("hub:org")
        polled += polls_in(house, pushes, 1)
    assert polled == ["hub:org"] * 3


def test_a_push_that_comes_too_soon_is_late_and_not_lost(house: House) -> None:
    pushes = Pushes(house.poller)
    pushes.hear("hub:org")
    assert polls_in(house, pushes, 2) == ["hub:org"]
    pushes.hear("hub:org")
    assert polls_in(house, pushes, 8) == []
    assert polls_in(house, pushes, 1) == ["hub:org"]


def test_a_push_while_its_source_is_read_is_read_after_it(house: House) -> None:
    pushes = Pushes(house.poller)
    pushes.hear("hub:org")
    house.poller.reading.add("hub:org")
    assert polls_in(house, pushes, 3) == []
    house.poller.reading.clear()
    assert polls_in(house, pushes, 1) == ["hub:org"]


def test_a_push_of_a_source_that_is_due_is_read_by_a_poll_that_began_after_it(house: House) -> None:
    """What a poll read is stored later than it was read: nobody can tell which came first."""
    pushes = Pushes(house.poller)
    house.later(minutes=11)
    pushes.hear("hub:org")
    polled = polls_in(house, pushes, 30)
    assert polled.count("hub:org") == 2
    assert len(polled) == len(house.sources) + 1


def test_what_is_watched_no_more_is_forgotten(house: House) -> None:
    pushes = Pushes(house.poller)
    pushes.hear("hub:gone")
    pushes.take()
    assert pushes._heard == set()


def test_polling_goes_on_as_before(house: House) -> None:
    pushes = Pushes(house.poller)
    pushes.hear("hub:org")
    assert polls_in(house, pushes, 1) == ["hub:org"]
    house.later(minutes=11)
    assert sorted(polls_in(house, pushes, 1)) == sorted(source.id for source in house.sources)


@pytest.mark.logs("source_failed")
def test_who_asked_to_be_left_alone_is_not_asked_by_a_push(house: House) -> None:
    house.later(hours=1)
    house.hub.error = SourceError(Failure.RATE_LIMITED, "too many", retry_after=600)
    house.poller.poll(house.poller.due())
    pushes = Pushes(house.poller)
    house.later(seconds=60)
    pushes.hear("hub:org")
    assert polls_in(house, pushes, 3) == []


def test_so_many_sources_are_made_due_in_a_minute_and_the_others_after_it(house: House) -> None:
    ids = [f"hub:{number:03}" for number in range(A_MINUTE + 5)]
    with house.store.transaction():
        for one in ids:
            waits = SourceState(one, next_poll_at=house.clock.now() + timedelta(hours=1))
            house.store.sources.succeeded(waits, house.clock.now() - timedelta(minutes=1))
    house.poller.sources = [ScriptedSource(one, SourceKind.HUB, f"https://hub.example/{one}") for one in ids]
    pushes = Pushes(house.poller)
    for one in ids:
        pushes.hear(one)
    waiting = []
    for _ in range(3):
        pushes.take()
        waiting.append(len(house.store.sources.waiting(house.clock.now()) & {*ids}))
        house.later(seconds=30)
    assert waiting == [5, 5, 0]


def test_a_database_that_refuses_leaves_the_push_for_the_next_tick(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushes = Pushes(house.poller)
    pushes.hear("hub:org")

    def refuse(*_: object) -> None:
        raise StoreError("locked")

    with monkeypatch.context() as patched:
        patched.setattr(house.store.sources, "make_due", refuse)
        with pytest.raises(StoreError):
            pushes.take()
    assert polls_in(house, pushes, 1) == ["hub:org"]


def test_what_is_pushed_is_posted_though_nothing_is_due(house: House) -> None:
    pushes = Pushes(house.poller)
    house.hub.shown.append(house.repository(KIMI))
    pushes.hear("hub:org")
    polls_in(house, pushes, 1)
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 1


def test_at_each_tick_pushes_are_taken_before_what_is_due_is_polled(house: House) -> None:
    pushes, ticks = Pushes(house.poller), schedule.Scheduler()
    engines = Engines(house.poller, house.courier, NoChores())
    service = Service(engines, quiet_monitor(house.clock), lambda: None, lambda: None, pushes.take)
    service._set_ticks(ticks)
    jobs = [job.job_func.args[0] for job in ticks.jobs if job.job_func]
    assert jobs.index(pushes.take) < jobs.index(service._start_polling)
