"""Copies of the database that `run` makes day by day, and how many stay."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.run.upkeep import copy_daily, copy_of
from bot.run.wiring import App, open_app
from bot.store.backup import prove
from tests.support.clock import START, FakeClock

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


def opened(tmp_path: Path, clock: FakeClock, keep: str) -> Iterator[App]:
    config = tmp_path / "feeds.yaml"
    config.write_text("labs: [{id: zai, name: Z.ai, sources: [{hub: zai-org}]}]", encoding="utf-8")
    variables = {
        "CADENCEBOT_CONFIG": str(config),
        "CADENCEBOT_STATE": str(tmp_path / "state"),
        "CADENCEBOT_BACKUPS": keep,
    }
    with open_app(variables, clock) as app:
        yield app


@pytest.fixture
def app(tmp_path: Path, clock: FakeClock) -> Iterator[App]:
    yield from opened(tmp_path, clock, "2")


@pytest.fixture
def app_without(tmp_path: Path, clock: FakeClock) -> Iterator[App]:
    yield from opened(tmp_path, clock, "")


def copies(app: App) -> list[str]:
    return sorted(path.name for path in (app.state / "backups").glob("*"))


def test_one_is_made_a_day_proven_and_the_newest_stay(app: App, clock: FakeClock) -> None:
    for _ in range(3):
        copy_daily(app)
        copy_daily(app)
        clock.advance(DAY)
    assert copies(app) == [f"cadencebot-{START + n * DAY:%Y%m%dT%H%M%SZ}.db" for n in (1, 2)]
    prove(app.state / "backups" / copies(app)[-1])


def test_none_is_made_unless_the_environment_says_how_many(app_without: App) -> None:
    copy_daily(app_without)
    assert copies(app_without) == []


def test_what_somebody_else_put_there_stays(app: App, clock: FakeClock) -> None:
    copy_of(app.state, clock.now())
    theirs = app.state / "backups" / "before-the-move.db"
    theirs.touch()
    for day in (1, 2):
        copy_of(app.state, START + day * DAY, keep=1)
    assert copies(app) == [theirs.name, f"cadencebot-{START + 2 * DAY:%Y%m%dT%H%M%SZ}.db"]


def test_one_that_failed_is_made_an_hour_later_and_costs_no_older_one(app: App, clock: FakeClock) -> None:
    copy_daily(app)
    clock.advance(DAY)
    blocking = app.state / "backups" / f"cadencebot-{clock.now():%Y%m%dT%H%M%SZ}.db"
    blocking.touch()
    with pytest.raises(StoreError, match="is there already"):
        copy_daily(app)
    clock.advance(HOUR)
    copy_daily(app)
    assert len(copies(app)) == 2
    prove(app.state / "backups" / copies(app)[-1])
