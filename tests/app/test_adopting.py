"""Measuring week by week, against a Hub on loopback."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.adoption import measure as adopting
from bot.adoption.measure import adoption_of
from bot.cadence.adoption import Adoption
from bot.cadence.measures import ChangeKind, Subject, week_of
from bot.errors import Failure, SourceError
from bot.fetch.client import HttpFetcher
from bot.run.chores import measuring_of
from bot.run.wiring import App, open_app
from tests.support.clock import FakeClock
from tests.support.loopback import Answer, Asked, Loopback
from tests.support.releases import open_release
from tests.support.sqlite import sqlite_of

CONFIG = """
labs:
  - {id: qwen, name: Qwen, country: CN, sources: [hub: Qwen]}
  - {id: google, name: Google, country: US, sources: [hub: google]}
"""


@dataclass
class FakeHub:
    """Answer listings by organisation and by base; `refuses` are answered with a 429."""

    downloads: dict[str, dict[str, int]] = field(default_factory=dict)  # "id name" -> downloads
    derived: dict[str, list[str]] = field(default_factory=dict)  # base -> names
    refuses: bool = False

    def answer(self, asked: Asked) -> Answer:
        if self.refuses:
            return Answer(b"{}", 429, {"Retry-After": "120"})
        query = parse_qs(urlsplit(asked.target).query)
        if "author" in query:
            theirs = self.downloads.get(query["author"][0], {})
            rows = [_row(*name.split(), downloads=number) for name, number in theirs.items()]
        else:
            base = query["filter"][0].removeprefix("base_model:")
            tags = [f"base_model:finetune:{base}"]
            rows = [_row(f"f{at}", name, tags=tags) for at, name in enumerate(self.derived.get(base, []))]
        return Answer(json.dumps(rows).encode())


def _row(hub_id: str, name: str, **fields: Any) -> dict[str, Any]:
    return {"_id": hub_id, "id": name, "private": False, **fields}


@dataclass
class Bench:
    """A bot with its own clock and Hub."""

    app: App
    clock: FakeClock
    hub: FakeHub
    server: Loopback
    fetch: HttpFetcher

    def step(self) -> bool:
        return measuring_of(self.app).measure_due(self.fetch, self.clock.now())

    def run(self, **span: float) -> int:
        """Take whatever steps are due over a span, a sixtieth of it apart; return how many there were."""
        steps = 0
        for _ in range(61):
            steps += self.step()
            self.clock.advance(timedelta(**span) / 60)
        return steps

    def told(self) -> Adoption:
        now = self.clock.now()
        return adoption_of(self.app.store, self.app.labs, (), now - timedelta(days=365), now)

    def poll(self) -> None:
        """Let every source have been polled."""
        now = self.clock.now()
        with self.app.store.transaction():
            for source in self.app.config.source_ids:
                error = SourceError(Failure.TIMEOUT, "too slow")
                self.app.store.sources.failed(source, error, now, now)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "feeds.yaml").write_text(CONFIG, encoding="utf-8")
    clock, hub = FakeClock(), FakeHub()
    hub.downloads = {"Qwen": {"a1 Qwen/Qwen3-8B": 100}, "google": {"b1 google/gemma-4-31B": 40}}
    hub.derived = {"Qwen/Qwen3-8B": ["ann/x", "bob/y", "eve/z"], "google/gemma-4-31B": ["ann/g"]}
    with Loopback() as server:
        server.handle("/api/models", hub.answer)
        variables = {
            "CADENCEBOT_CONFIG": str(tmp_path / "feeds.yaml"),
            "CADENCEBOT_STATE": str(tmp_path / "state"),
            "HF_ENDPOINT": server.url("/"),
            "CADENCEBOT_ALLOW_HOSTS": server.endpoint,
        }
        allowed = frozenset({server.endpoint})
        with (
            open_app(variables, clock) as app,
            HttpFetcher(clock=clock, user_agent="test", allowed_hosts=allowed) as fetch,
        ):
            open_release(app.store, "Qwen/Qwen3-8B", "qwen", clock.now())
            open_release(app.store, "google/gemma-4-31B", "google", clock.now())
            bench = Bench(app, clock, hub, server, fetch)
            bench.poll()
            yield bench


def test_a_week_is_measured_step_by_step_and_once(bench: Bench) -> None:
    assert bench.run(hours=1) == 5  # the plan, two organisations, two repositories
    told = bench.told()
    assert [(row.lab.id, row.last) for row in told.downloads] == [("qwen", 100), ("google", 40)]
    assert [(row.lab.id, row.total) for row in told.derivatives] == [("qwen", 3), ("google", 1)]
    assert told.missing == []
    assert bench.run(days=3) == 0
    assert len(bench.server.asked) == 4


def test_a_step_asks_no_more_than_one_thing(bench: Bench) -> None:
    for asked in (0, 1):
        assert bench.step()
        assert len(bench.server.asked) == asked
    assert not bench.step()  # the next is due in two minutes


def test_nothing_is_planned_before_every_organisation_was_polled(bench: Bench) -> None:
    sqlite_of(bench.app.store).connection.execute("DELETE FROM source WHERE id = 'hub:google'")
    assert not bench.step()
    bench.poll()
    assert bench.step()


def test_the_next_week_is_measured_anew(bench: Bench) -> None:
    bench.run(hours=1)
    bench.hub.downloads["Qwen"]["a1 Qwen/Qwen3-8B"] = 130
    bench.run(days=7)
    (row, _) = bench.told().downloads
    assert list(row.weeks.values()) == [100, 130]
    assert row.growth == 30


def test_new_vanished_and_renamed_repositories_are_stated(bench: Bench) -> None:
    bench.hub.downloads["Qwen"] = {"a1 Qwen/Old": 100, "a2 Qwen/Gone": 7}
    bench.run(hours=1)
    bench.hub.downloads["Qwen"] = {"a1 Qwen/New-Name": 100, "a3 Qwen/Fresh": 9}
    bench.run(days=7)
    assert {(it.kind, it.former, it.name, it.downloads) for it in bench.told().changes} == {
        (ChangeKind.RENAMED, "Qwen/Old", "Qwen/New-Name", 100),
        (ChangeKind.VANISHED, "", "Qwen/Gone", 7),
        (ChangeKind.NEW, "", "Qwen/Fresh", 9),
    }


@pytest.mark.logs("measuring_failed")
def test_an_empty_organisation_is_a_gap_with_its_reason_and_not_zero(bench: Bench) -> None:
    bench.hub.downloads["Qwen"] = {}
    bench.run(days=4)  # the first of April is a Wednesday
    told = bench.told()
    (missing,) = told.missing
    assert (missing.of, missing.tries) == ("Qwen", 5)
    assert "was it renamed" in missing.complaint
    assert [row.last for row in told.downloads if row.lab.id == "qwen"] == [None]


@pytest.mark.logs("measuring_failed")
def test_a_failure_is_tried_again_in_the_same_week(bench: Bench) -> None:
    listed, bench.hub.downloads["Qwen"] = bench.hub.downloads["Qwen"], {}
    bench.run(minutes=20)
    bench.hub.downloads["Qwen"] = listed
    bench.run(hours=1)
    assert bench.told().missing == []


def test_weeks_in_which_the_bot_slept_are_gaps(bench: Bench) -> None:
    bench.run(hours=1)
    bench.clock.advance(timedelta(weeks=3))
    bench.run(hours=1)
    (row, _) = bench.told().downloads
    assert (len(row.weeks), len(row.gaps)) == (2, 2)


@pytest.mark.logs("measuring_failed")
def test_a_rate_limit_puts_everything_off_and_costs_no_try(bench: Bench) -> None:
    bench.hub.refuses = True
    assert bench.run(minutes=1) == 2  # the plan, and one question
    asked = len(bench.server.asked)
    bench.hub.refuses = False
    assert not bench.step()
    assert len(bench.server.asked) == asked
    bench.run(hours=1)
    told = bench.told()
    assert (told.missing, len(told.derivatives)) == ([], 2)


@pytest.mark.logs("measuring_failed")
def test_beyond_the_budget_nothing_is_asked_and_that_is_said(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adopting, "BUDGET", 3)  # one repository may take three pages
    bench.run(days=1)
    told = bench.told()
    assert len(told.derivatives) == 1
    assert ["beyond the budget of 3 requests a week" in task.complaint for task in told.missing] == [True]
    assert bench.app.store.adoption.spent(week_of(bench.clock.now()), Subject.DERIVATIVES) == 1


def test_everything_at_once_does_not_wait_for_its_time(bench: Bench) -> None:
    seen: list[int] = []
    assert len(measuring_of(bench.app).measure_all(bench.fetch, lambda _, of: seen.append(of))) == 4
    assert seen == [4, 4, 4, 4]
    assert measuring_of(bench.app).measure_all(bench.fetch) == []


def test_everything_at_once_ends_where_the_hub_says_so(bench: Bench) -> None:
    bench.hub.refuses = True
    (only,) = measuring_of(bench.app).measure_all(bench.fetch)
    assert only.stops


def test_measuring_again_in_a_week_changes_nothing(bench: Bench) -> None:
    """A crash after the Hub's answer and before the transaction's end costs a repetition, nothing else."""
    bench.run(hours=1)
    before = bench.app.store.adoption.sums(week_of(bench.clock.now()))
    sqlite_of(bench.app.store).connection.execute("UPDATE adoption_task SET done_at = NULL")
    bench.run(hours=1)
    assert bench.app.store.adoption.sums(week_of(bench.clock.now())) == before
    assert bench.told().changes == []
