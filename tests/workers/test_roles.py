"""What one of several processes does: look for what is due and do jobs, or answer and leave the work."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from bot.demo.hub import Hub
from bot.demo.slack import Slack
from bot.errors import ConfigError
from bot.run.serving import Role, Serving, serving
from bot.run.wiring import App, open_app
from bot.run.workers.worker import CHORES, POLL, Process, pushed
from bot.store.jobs import Job
from tests.crash.world import OWNERS, START, environment, repository
from tests.support.clock import FakeClock
from tests.support.house import LONG
from tests.support.postgres import migrated_schema

CHANNELS = {"C1": "one", "C2": "two"}


@pytest.fixture
def variables(tmp_path: Path) -> Iterator[dict[str, str]]:
    with Hub(lambda: START, quota=1_000_000) as hub, Slack(lambda: START, CHANNELS) as slack:
        hub.put(*(repository(f"{owner}/First-1") for owner in OWNERS))
        yield {**environment(tmp_path, hub, slack), "CADENCEBOT_HEALTH": "off"}


@pytest.fixture
def shared(variables: dict[str, str]) -> Iterator[dict[str, str]]:
    with migrated_schema() as url:
        yield {**variables, "DATABASE_URL": url}


@contextmanager
def bot(variables: dict[str, str], role: Role) -> Iterator[tuple[App, Serving]]:
    with (
        open_app(variables, FakeClock(START)) as app,
        serving(app, Console(quiet=True), role) as running,
    ):
        yield app, running


@pytest.mark.parametrize("role", [Role.WEB, Role.WORKER])
def test_a_file_is_one_process_work(variables: dict[str, str], role: Role) -> None:
    words = f"--role {role} is a part of the work: set DATABASE_URL"
    with pytest.raises(ConfigError, match=words), bot(variables, role):
        pass


def test_what_is_due_becomes_one_job_however_many_look(shared: dict[str, str]) -> None:
    with bot(shared, Role.WORKER) as (app, one), bot(shared, Role.ALL) as (_, other):
        jobs = app.store.jobs()
        assert jobs
        for serving_one in (one, other, one):
            assert isinstance(serving_one.service, Process)
            looks = [tick for tick in serving_one.service.ticks if tick.__name__ == "look"]
            [look] = looks
            look()
        hosts = {one.lane_of(source) for one in [other.engines.poller] for source in one.sources}
        assert jobs.pending() == {Job(CHORES), *(Job(POLL, host) for host in hosts)}


def test_a_web_process_makes_no_work_of_what_is_due_and_hands_on_what_is_pushed(
    shared: dict[str, str],
) -> None:
    with bot(shared, Role.WEB) as (app, running):
        jobs = app.store.jobs()
        assert jobs
        assert isinstance(running.service, Process)
        assert "look" not in [tick.__name__ for tick in running.service.ticks]
        pushed(jobs, "hub:Qwen")
        assert jobs.pending() == {Job("push", "hub:Qwen")}


def test_a_worker_polls_and_ends_when_it_is_stopped(shared: dict[str, str]) -> None:
    with bot(shared, Role.WORKER) as (app, running):
        working = threading.Thread(target=running.service.run)
        working.start()
        baselined = threading.Event()
        waiting = threading.Thread(target=all_polled, args=(app, baselined))
        waiting.start()
        assert baselined.wait(LONG)
        running.service.stop()
        working.join(LONG)
        assert not working.is_alive()


def all_polled(app: App, baselined: threading.Event) -> None:
    while len(app.store.sources.states()) < len(OWNERS):
        pass
    baselined.set()
