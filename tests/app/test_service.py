"""The main loop: it ticks, it stops, and one failing job starves no other."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
import schedule
from rich.console import Console

from bot.errors import StoreError
from bot.model import CONSOLE
from bot.outbox.message import Message, Outcome
from bot.records import Content
from bot.run.engines import Engines, at_work
from bot.run.reports import Report
from bot.run.service import Service
from bot.run.ticks import set_ticks
from bot.run.wiring import open_app
from tests.support.clock import FakeClock
from tests.support.house import LONG, House
from tests.support.monitor import quiet_monitor
from tests.support.serving import NoChores, service_of

KIMI = "moonshotai/Kimi-K2.6"


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.later(hours=1)
    return house


def test_when_the_engines_have_stopped_none_of_their_threads_is_left(tmp_path: Path) -> None:
    file, before = tmp_path / "feeds.yaml", {*threading.enumerate()}
    file.write_text("labs: [{id: zai, name: Z.ai, sources: [{feed: 'https://z.example/rss'}]}]", "utf-8")
    variables = {"CADENCEBOT_CONFIG": str(file), "CADENCEBOT_STATE": str(tmp_path / "state")}
    with open_app(variables, FakeClock()) as app, at_work(app, Console(quiet=True)) as engines:
        with app.store.transaction():
            app.store.deliveries.owe_line("1", CONSOLE, Content("hello"), app.clock.now(), known_until=None)
        assert engines.courier.deliver_all().sent == 1
        kept = engines  # or what is not closed ended with them
    assert {*threading.enumerate()} <= before, kept


def run_until(service: Service, done: threading.Event) -> None:
    thread = threading.Thread(target=service.run)
    thread.start()
    try:
        assert done.wait(20), "the loop never got there"
    finally:
        service.stop()
        thread.join(20)
    assert not thread.is_alive()


def idle(scheduler: schedule.Scheduler) -> float:
    """Return the seconds until the next job is due."""
    seconds = scheduler.idle_seconds
    assert seconds is not None, "no job is planned"
    return seconds


def test_what_is_due_is_polled_and_what_is_owed_is_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    send = house.channel.send

    def sending(message: Message) -> Outcome:
        done.set()
        return send(message)

    monkeypatch.setattr(house.channel, "send", sending)
    house.hub.shown.append(house.repository(KIMI))
    run_until(service_of(house), done)
    assert len(house.channel.alerts) == 1


@pytest.mark.logs("task_failed", "task_crashed")
@pytest.mark.parametrize("error", [StoreError("the disk is full"), ZeroDivisionError("a bug")])
def test_a_failing_job_does_not_starve_the_other(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    done = threading.Event()
    rounds = []

    def failing() -> list[object]:
        raise error

    def deliver_due() -> tuple[int, str]:
        rounds.append(1)
        if len(rounds) >= 2:
            done.set()
        return 0, ""

    monkeypatch.setattr(house.poller, "due", failing)
    monkeypatch.setattr(house.courier, "deliver_due", deliver_due)
    run_until(service_of(house), done)


@pytest.mark.logs("source_failed")
@pytest.mark.parametrize(
    ("report", "wakes"),
    [
        pytest.param(Report("feed:blog", new=1), True, id="something new"),
        pytest.param(Report("llm_stats", announced=("zai/glm-5",)), True, id="what waited in vain"),
        pytest.param(Report("feed:blog"), False, id="nothing new"),
        pytest.param(Report("feed:blog", failure="timeout"), False, id="a failure"),
    ],
)
def test_what_a_poll_stored_is_delivered_without_waiting_for_a_tick(
    house: House, report: Report, wakes: bool
) -> None:
    service = service_of(house)
    service.polled(report)
    assert service._owed.is_set() is wakes


@pytest.mark.logs("task_failed")
def test_after_the_database_refused_the_sources_are_left_alone_for_a_minute(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def refused(_: object) -> None:
        tried.append(house.clock.now())
        raise StoreError("the disk is full")

    monkeypatch.setattr(house.poller, "poll_due", refused)
    service = service_of(house)
    for seconds in (0, 30, 31):
        house.later(seconds=seconds)
        service._start_polling()
        assert service._polling
        service._polling.result(LONG)
    service._threads.shutdown()
    assert [at - tried[0] for at in tried] == [timedelta(), timedelta(seconds=61)]


def test_it_looks_at_each_tick_whether_its_settings_have_changed(house: House) -> None:
    looked = threading.Event()
    engines = Engines(house.poller, house.courier, NoChores())
    run_until(Service(engines, quiet_monitor(house.clock), lambda: None, looked.set), looked)


def test_a_clock_set_back_by_an_hour_does_not_silence_the_ticks(house: House) -> None:
    service = service_of(house)
    scheduler = schedule.Scheduler()
    set_ticks(scheduler, service.ticks)
    for job in scheduler.jobs:
        assert job.next_run
        job.next_run += timedelta(hours=1)
    assert idle(scheduler) > 3000
    set_ticks(scheduler, service.ticks)
    assert idle(scheduler) <= 2
    assert len(scheduler.jobs) == 5


def test_once_stopped_it_begins_nothing(house: House) -> None:
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll([house.hub])
    engines = Engines(house.poller, house.courier, NoChores())
    engines.stop()
    house.later(hours=1)
    assert house.courier.deliver_due() == (0, "")
    assert house.poller.poll([house.hub]).reports == ()
    assert house.channel.alerts == []
    assert engines.under_way() == ""


def test_it_says_what_is_under_way(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    engines, looked = Engines(house.poller, house.courier, NoChores()), threading.Event()
    send = house.channel.send

    def sending(message: Message) -> Outcome:
        assert looked.wait(10)
        return send(message)

    monkeypatch.setattr(house.channel, "send", sending)
    house.courier.moment = 0
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll([house.hub])
    house.courier.deliver_due()
    assert engines.under_way() == "sends 1 message"
    engines.poller.reading.update(f"hub:{name}" for name in "abcde")
    assert engines.under_way() == "reads hub:a, hub:b, hub:c, 2 more sources and sends 1 message"
    looked.set()
    house.courier.deliver_all()
    assert engines.under_way() == "reads hub:a, hub:b, hub:c, 2 more sources"
