"""Killed at any step of adding a lab, of its baseline or of its first news, the bot tells its news once."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.demo.hub import Hub
from bot.demo.slack import Slack
from tests.crash.child import STATEMENT, added, once
from tests.crash.nursery import outlived
from tests.crash.points import DIED, TELLING
from tests.crash.world import RESTARTED, START, Time, environment, repository, state_of, the_store, whole
from tests.torture.long import LONG
from tests.torture.tally import Tally

CHANNELS = {"C0ONE": "one", "C0TWO": "two"}
MOONSHOT = {"moonshotai": "moonshot"}
ADDING = range(1, 5)  # BEGIN, the lab, its source, COMMIT
STEPS = range(1, 60) if LONG else (2, 5, 13, 21)  # which of the statements that write
FEW = ("after fetch", "before succeeded", "after keep", "after claim", "after send", "before settle")
POINTS = [point for point in TELLING if point in FEW or (LONG and "digest" not in point)]


class World:
    """A bot past its baseline of one lab, with another on the Hub that is to be added."""

    def __init__(self, directory: Path, hub: Hub, slack: Slack, time: Time) -> None:
        self.directory, self.hub, self.slack, self.time = directory, hub, slack, time
        self.variables = environment(directory, hub, slack, MOONSHOT)
        hub.put(
            repository("moonshotai/Kimi-K2.5"), repository("zai-org/GLM-5"), repository("zai-org/GLM-4.7")
        )
        self.run()
        self._kept = directory / "kept"
        shutil.copytree(state_of(directory), self._kept)

    def begin_again(self) -> None:
        """Make all as it was after __init__, with the same servers."""
        shutil.rmtree(state_of(self.directory))
        shutil.copytree(self._kept, state_of(self.directory))
        self.slack._posted = {channel: [] for channel in CHANNELS}
        self.time.now = START
        for name in ("zai-org/GLM-5.1", "zai-org/GLM-5.2"):
            if name in {one.name for one in self.hub.repositories.values()}:
                self.hub.delete(name)

    def add(self, point: str = "", hit: int = 0) -> bool:
        """Add the lab, or die at a hit of a point; tell whether it died."""
        return self._outlive(added, point, hit)

    def run(self, point: str = "", hit: int = 0) -> bool:
        return self._outlive(once, point, hit)

    def _outlive(self, task: object, point: str, hit: int) -> bool:
        log = self.directory / "errors"
        code = outlived(task, self.variables, self.time.now, log, point, hit)  # type: ignore[arg-type]
        assert code in (0, DIED), log.read_text()
        self.time.now += RESTARTED if code == DIED else timedelta()
        return code == DIED

    def publish(self, name: str) -> None:
        self.hub.put(repository(name))

    def check(self, tally: Tally, *news: str) -> None:
        """Check that each channel was told of these once, and of nothing else."""
        for channel in CHANNELS:
            told = [post.text for post in self.slack.posts(channel)]
            counts = [sum(f" released {name}:" in text for text in told) for name in news]
            tally.count("lost", "news of an added lab", counts.count(0))
            tally.count("doubled", "news of an added lab", sum(count > 1 for count in counts))
            assert counts == [1] * len(news), told
            assert len(told) == len(news), told
        with the_store(self.directory) as store:
            assert whole(store)
            assert [one.id for one in store.added.all()] == ["zai-org"]
        assert not (self.directory / "errors").read_text()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    time = Time()
    with Hub(time, quota=1_000_000) as hub, Slack(time, CHANNELS) as slack:
        yield World(tmp_path_factory.mktemp("world"), hub, slack, time)


@pytest.fixture
def world(made: World) -> World:
    made.begin_again()
    return made


@pytest.mark.parametrize("hit", ADDING)
def test_killed_while_it_is_added_it_is_added_whole_or_not_at_all(
    hit: int, world: World, tally: Tally
) -> None:
    assert world.add(STATEMENT, hit), "nothing is written so often: the test tries nothing"
    assert not world.add()
    world.run()
    world.publish("zai-org/GLM-5.1")
    world.run()
    world.check(tally, "GLM-5.1")


@pytest.mark.parametrize("hit", STEPS)
def test_killed_at_its_baseline_what_it_showed_then_is_no_news(hit: int, world: World, tally: Tally) -> None:
    world.add()
    world.run(STATEMENT, hit)
    world.run()
    world.publish("zai-org/GLM-5.1")
    world.run()
    world.check(tally, "GLM-5.1")


@pytest.mark.parametrize("point", POINTS)
def test_killed_as_it_tells_its_first_news_it_tells_them_once(point: str, world: World, tally: Tally) -> None:
    world.add()
    world.run()
    world.publish("zai-org/GLM-5.1")
    world.run(point, 1)
    world.publish("zai-org/GLM-5.2")
    world.run()
    world.run()
    world.check(tally, "GLM-5.1", "GLM-5.2")
