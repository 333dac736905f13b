"""The clock steps, the machine sleeps, summer comes and goes: no storm, and no silence."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import schedule

from bot.outbox.digests import next_digest, owe_due_digests
from bot.outbox.message import Absent, Later, Refused, Unclear
from bot.records import Content, Delivery, DigestPlan, Preferences
from bot.run.chores import Chores
from bot.run.engines import Engines
from bot.run.service import Service
from bot.run.ticks import set_ticks
from bot.sources.hub_api import Listing
from bot.sources.hub_waiting import Queue, queue_of
from bot.store.backup import back_up
from bot.store.restore import restore
from bot.store.store import FILE_NAME, Store
from tests.support.house import LABS, House, amended, at, licensed
from tests.support.made_up import named, names
from tests.support.monitor import quiet_monitor
from tests.support.places import C1

KIMI = "moonshotai/Kimi-K2.6"
HOUR = timedelta(hours=1)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


# --- ticks


class Ticks:
    """The ticks of a job, counted, on a scheduler of its own, as `schedule` makes them."""

    def __init__(self) -> None:
        self.scheduler = schedule.Scheduler()
        self.count = 0
        self.scheduler.every(1).seconds.do(self._tick)

    def _tick(self) -> None:
        self.count += 1


def test_a_clock_that_jumps_ahead_makes_one_tick_and_no_storm() -> None:
    ticks = Ticks()
    [job] = ticks.scheduler.jobs
    assert job.next_run
    job.next_run -= timedelta(days=2)
    for _ in range(5):
        ticks.scheduler.run_pending()
    assert ticks.count == 1


@pytest.mark.parametrize("by", [-2 * HOUR, -HOUR, HOUR, timedelta(days=3)])
def test_every_job_ticks_within_two_seconds_of_any_step(house: House, by: timedelta) -> None:
    engines = Engines(house.poller, house.courier, object.__new__(Chores))
    service = Service(engines, quiet_monitor(house.clock), lambda: None, lambda: None)
    scheduler = schedule.Scheduler()
    set_ticks(scheduler, service.ticks)
    jobs = arguments_of(scheduler)
    for job in scheduler.jobs:
        assert job.next_run
        job.next_run -= by
    set_ticks(scheduler, service.ticks)
    assert arguments_of(scheduler) == jobs
    assert scheduler.idle_seconds is not None
    assert scheduler.idle_seconds <= 2


def arguments_of(scheduler: schedule.Scheduler) -> list[tuple[object, ...]]:
    """Return what each job calls its function with."""
    functions = [job.job_func for job in scheduler.jobs]
    assert None not in functions
    return [function.args for function in functions if function]


# --- polls


def polls(house: House) -> list[str]:
    due = [source.id for source in house.poller.due()]
    house.poller.poll(house.poller.due())
    return due


@pytest.mark.parametrize(
    "by",
    [
        pytest.param(timedelta(days=2), id="a laptop that slept for two days"),
        pytest.param(-HOUR, id="a clock set back by an hour"),
        pytest.param(timedelta(days=-400), id="a clock that lost its battery"),
        pytest.param(timedelta(days=400), id="a clock set to next year"),
    ],
)
def test_every_source_is_polled_once_and_no_more(house: House, by: timedelta) -> None:
    house.clock.advance(by)
    assert sorted(polls(house)) == sorted(source.id for source in house.sources)
    assert polls(house) == []
    house.later(minutes=12)
    assert len(polls(house)) == len(house.sources)


@pytest.mark.parametrize("night", ["2026-03-28T22:00", "2026-10-24T22:00"], ids=["to summer", "to winter"])
def test_no_hour_of_the_night_that_changes_the_clocks_is_left_out(house: House, night: str) -> None:
    house.clock.advance(at(night) - house.clock.now())
    for _ in range(6 * 6):  # every source is due again ten minutes after its poll, give or take one
        house.later(minutes=11)
        assert len(polls(house)) == len(house.sources)


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=30)], ids=["an hour", "a month"])
def test_what_was_listed_while_the_clock_was_ahead_waits_no_longer_for_it(
    house: House, ahead: timedelta
) -> None:
    house.clock.advance(ahead)
    house.show(house.listing, house.row("Qwen9-Max", "qwen"))
    house.clock.advance(-ahead)
    house.show(house.listing)
    house.later(hours=23)
    house.show(house.listing)
    assert house.channel.alerts == []
    house.later(hours=1)
    house.show(house.listing)
    assert len(house.channel.alerts) == 1


def test_a_repository_first_seen_while_the_clock_was_ahead_waits_no_longer_for_it() -> None:
    now = at("2026-04-01T12:00")
    future, past = (now + timedelta(days=30)).isoformat(), (now - HOUR).isoformat()
    waiting: Queue = {
        "1": {"id": KIMI, "since": future, "why": "it has no weights yet"},
        "2": {"id": KIMI, "since": past, "told": future, "why": "it has no weights yet"},
    }
    queue = queue_of([], waiting, Listing(not_modified=True), now)
    assert [(note["since"], note.get("told")) for note in queue.values()] == [
        (now.isoformat(), None),
        (past, now.isoformat()),
    ]


# --- messages


@pytest.mark.logs("clock_set_back")
def test_what_was_owed_before_the_clock_was_set_back_goes_at_once(house: House) -> None:
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll([house.hub])
    house.clock.advance(-5 * HOUR)
    assert house.courier.deliver_due() == (1, "")


def test_clocks_that_differ_by_a_moment_were_not_set_back(house: House) -> None:
    """Of several bots one is always ahead."""
    owed_at = house.clock.now()
    with house.store.transaction():
        house.store.deliveries.owe_line("r", C1, Content("news"), owed_at, known_until=None)
    house.clock.advance(timedelta(seconds=-1))
    house.courier.deliver_due()
    assert [one.created_at for one in house.store.deliveries.recent(1)] == [owed_at]


def test_what_another_bot_did_meanwhile_is_not_undone_by_a_clock_that_was_set_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries, ahead_of = house.store.deliveries, house.store.deliveries.ahead_of
    with house.store.transaction():
        deliveries.owe_line("r", C1, Content("news"), house.clock.now(), known_until=None)
    house.clock.advance(-5 * HOUR)
    now = house.clock.now()

    def and_then_another_puts_it_off(asked: datetime) -> list[Delivery]:
        found = ahead_of(asked)
        monkeypatch.setattr(deliveries, "ahead_of", ahead_of)
        with house.store.transaction():
            put_off = {"now": now, "due": now + HOUR}
            house.store._database.run("UPDATE delivery SET created_at = :now, due_at = :due", put_off)
        return found

    monkeypatch.setattr(deliveries, "ahead_of", and_then_another_puts_it_off)
    house.courier.deliver_due()
    assert [one.due_at for one in deliveries.recent(1)] == [now + HOUR]


@pytest.mark.logs("clock_set_back", "delivery_not_sent")
def test_what_has_to_wait_waits_no_longer_because_the_clock_was_set_back(house: House) -> None:
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll([house.hub])
    house.channel.outcomes = [Later(90, "ratelimited", asked=True)]
    house.courier.deliver_due()
    house.clock.advance(-5 * HOUR)
    assert house.courier.deliver_due() == (0, "")
    house.later(seconds=90)
    assert house.courier.deliver_due() == (1, "")


@pytest.mark.logs("clock_set_back", "delivery_not_sent")
@pytest.mark.parametrize("answer", [Later(30, "ratelimited", asked=True), Absent()], ids=repr)
def test_what_a_clock_ahead_put_off_after_a_look_up_goes_within_the_hour(
    house: House, answer: Later | Absent
) -> None:
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll([house.hub])
    house.channel.outcomes = [Unclear("no answer")]
    house.channel.lookups = [answer]
    house.courier.deliver_due()
    house.later(hours=20)
    house.courier.deliver_due()
    house.clock.advance(-20 * HOUR)
    house.later(minutes=61)
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 1


@pytest.mark.logs("clock_set_back", "delivery_not_sent")
def test_a_paused_channel_is_tried_again_within_the_hour_all_the_same(house: House) -> None:
    house.channel.outcomes = [Refused("is_archived")]
    house.show(house.hub, house.repository(KIMI))
    house.clock.advance(-20 * HOUR)
    house.courier.deliver_due()
    house.later(minutes=61)
    assert house.courier.deliver_due() == (1, "")


def test_the_pause_between_two_messages_does_not_last_for_as_long_as_the_clock_was_set_back(
    house: House,
) -> None:
    house.courier = replace(house.courier, pace=timedelta(seconds=1))
    house.show(house.hub, house.repository(KIMI))
    house.clock.advance(-5 * HOUR)
    house.hub.shown.append(house.repository("zai-org/GLM-5.1"))
    house.poller.poll([house.hub])
    assert house.courier.deliver_due() == (1, "")


@pytest.mark.logs("claims_doubted")
def test_an_edit_is_made_again_only_when_the_one_that_was_interrupted_can_no_longer_land(
    house: House,
) -> None:
    release = house.repository(KIMI, license=licensed("mit"))
    house.show(house.hub, release)
    house.later(minutes=10)
    house.hub.shown[:] = [amended(release, facts=replace(release.facts, license=licensed("apache-2.0")))]
    house.poller.poll([house.hub])
    [edit] = [one for one in house.store.deliveries.recent(9) if one.kind == "edit"]
    while house.store.deliveries.heads()[0].id != edit.id:
        house.courier.deliver_due()
    with house.store.transaction():
        house.store.deliveries.claim(edit.sequence, house.clock.now())
    house.restart()
    house.courier.deliver_due()
    assert house.channel.edits == []
    house.later(seconds=75)
    house.courier.deliver_due()
    assert len(house.channel.edits) == 1


@pytest.mark.logs("delivery_not_sent")
def test_a_backup_put_back_after_the_clock_was_set_back_is_still_a_backup(tmp_path: Path) -> None:
    house, backup = House(tmp_path), tmp_path / "backup.db"
    back_up(tmp_path / FILE_NAME, backup)
    house.later(minutes=1)
    house.show(house.hub, house.repository(KIMI))
    house.store.close()
    house.clock.advance(-5 * HOUR)
    restore(backup, tmp_path / FILE_NAME, tmp_path / "replaced.db", house.clock.now())
    house.store = house.poller.store = Store(tmp_path, LABS)
    house.restart()
    house.poller.poll([house.hub])
    assert [one.state for one in house.store.deliveries.heads()] == ["doubtful"]


# --- digests


@pytest.mark.parametrize("before", ["2026-03-27T12:00", "2026-10-23T12:00"], ids=["to summer", "to winter"])
@pytest.mark.parametrize("hour", [2, 9])
def test_through_a_change_of_the_clocks_every_day_has_one_digest_and_every_release_is_in_one(
    house: House, before: str, hour: int
) -> None:
    house.clock.advance(at(before) - house.clock.now())
    plan = DigestPlan("daily", hour=hour, minute=30, zone="Europe/Berlin")
    with house.store.transaction():
        due = next_digest(plan, house.clock.now())
        house.store.preferences.set(C1, Preferences(digest=plan), due)
    released = [name for name, _ in zip(names(), range(16), strict=False)]
    for name in released:
        house.show(house.hub, house.repository(f"moonshotai/{name}"))
        for _ in range(6):
            house.later(hours=1)
            owe_due_digests(house.store, house.clock.now())
            house.courier.deliver_all()
    digests = [text for text in house.channel.alerts if text.startswith("Model releases")]
    assert len(digests) == 4
    told = [name for text in digests for name in sorted(named(text))]
    assert sorted(told) == sorted(set(told))
    assert len(told) >= 12
