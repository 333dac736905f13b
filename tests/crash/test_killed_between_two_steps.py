"""Killed at any step of the way and started again, the bot leaves its channels as if nothing had happened."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.demo.hub import Hub
from bot.demo.slack import Posted, Slack
from bot.messages.content import Content
from bot.records import DigestPlan, Preferences
from tests.crash.child import STATEMENT, once
from tests.crash.nursery import outlived
from tests.crash.points import CARRYING, DIED, DOUBTING, KEEPING, around
from tests.crash.world import Time, environment, relicensed, repository, rows, the_store

EDITED, THREADED = "C0EDITED", "C0THREADED"  # how the two channels are told of changed facts
CHANNELS = {EDITED: "edited", THREADED: "threaded"}
KIMI = repository("moonshotai/Kimi-K2.6")
TORTURE = bool(os.environ.get("CADENCEBOT_TORTURE"))


@dataclass
class World:
    """Hold a bot past its baseline that has told of Kimi K2.6; then a day passes, and much happens at once."""

    directory: Path
    time: Time
    hub: Hub
    slack: Slack
    deaths: int = 0
    variables: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.variables = dict(environment(self.directory, self.hub, self.slack))
        assert self.run() == 0, "the baseline"
        self.hub.put(KIMI)
        assert self.run() == 0
        self._prepare()
        self.time.now += timedelta(days=1)
        self.hub.put(repository("moonshotai/Kimi-K2.6-NVFP4"), relicensed(KIMI, "apache-2.0"))
        self.hub.put(*(repository(f"zai-org/{name}-3") for name in ("Aster", "Briar", "Cedar", "Dahlia")))
        self.hub.put(repository("Qwen/Elder-3"))

    def _prepare(self) -> None:
        daily = DigestPlan("daily", hour=9)
        with the_store(self.directory) as store, store.transaction():
            store.preferences.set(EDITED, Preferences(digest=daily), self.time.now + timedelta(hours=21))
            store.preferences.set(THREADED, Preferences(updates="thread"), None)
            store.deliveries.owe_line("a line", THREADED, Content("a line for you"), self.time.now)

    def run(self, point: str = "", hit: int = 0) -> int:
        log = self.directory / "errors"
        code = outlived(once, self.variables, self.time.now, log, point, hit)
        assert code in (0, DIED), log.read_text()
        self.deaths += code == DIED
        return code

    def reading(self) -> Sequence[Sequence[Any]]:
        """Return what people see in each channel, whatever numbers Slack gave the messages."""
        return [[_seen(post, self.slack.posts(channel)) for post in self.slack.posts(channel)] for channel in CHANNELS]

    def states(self) -> Sequence[tuple[str, str]]:
        """Return what became of all deliveries, and that the file is whole."""
        with the_store(self.directory) as store:
            assert rows(store, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
            return sorted((one["kind"], one["state"]) for one in rows(store, "SELECT kind, state FROM delivery"))


def _seen(post: Posted, channel: Sequence[Posted]) -> tuple[str, str, str]:
    parent = next((other.text for other in channel if other.ts == post.thread_ts), "")
    return parent, post.text, re.sub(r"p\d{16}", "p...", str(post.blocks))


@contextmanager
def a_world(directory: Path) -> Iterator[World]:
    directory.mkdir()
    time = Time()
    with Hub(time) as hub, Slack(time, CHANNELS) as slack:
        hub.put(repository("moonshotai/Kimi-K2.5"), repository("zai-org/GLM-5"), repository("Qwen/Qwen3.5"))
        yield World(directory, time, hub, slack)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    with a_world(tmp_path_factory.mktemp("crash") / "undisturbed") as world:
        assert world.run() == 0
        return world.reading(), world.states()


def test_a_day_undisturbed_has_everything_in_it(undisturbed: tuple[Any, Any]) -> None:
    (edited, threaded), states = undisturbed
    for post in (*edited, "---", *threaded): print(post[:2])
    print(states)
    print(open(tmp_path_factory.getbasetemp()/"x").read())


@pytest.mark.parametrize("point", around(*KEEPING, *CARRYING))
def test_killed_thrice_at_a_step_it_says_everything_once(
    point: str, tmp_path: Path, undisturbed: tuple[Any, Any]
) -> None:
    with a_world(tmp_path / "world") as world:
        for hit in (1, 2, 3):
            world.run(point, hit)
        assert world.run() == 0
        assert world.deaths, f"nothing ever passes {point}: the test tries nothing"
        assert world.reading() == undisturbed[0]
