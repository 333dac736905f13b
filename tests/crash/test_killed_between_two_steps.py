"""Killed at any step of the way and started again, the bot leaves its channels as if nothing had happened."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import count as numbers
from pathlib import Path

import pytest

from bot.demo.hub import Hub
from bot.demo.slack import Slack
from bot.model import Destination
from bot.records import FAILED, OPEN, Content, DigestPlan, Preferences, Watch
from bot.releases.facts.filters import Filters
from tests.crash.child import STATEMENT, once
from tests.crash.nursery import outlived
from tests.crash.points import DIED, DOUBTING, OUTSIDE, TELLING, around
from tests.crash.world import (
    OWNERS,
    RESTARTED,
    Time,
    environment,
    relicensed,
    repository,
    state_of,
    the_store,
    whole,
)
from tests.torture.long import long_form
from tests.torture.tally import Tally

EDITED, THREADED = "C0EDITED", "C0THREADED"  # how the two channels are told of changed facts
CHANNELS = {EDITED: "edited", THREADED: "threaded"}
KIMI = repository("moonshotai/Kimi-K2.6")
Seen = tuple[str, str, str]  # the text of the message above it, its own, its blocks
Reading = Mapping[str, Sequence[Seen]]  # by channel


class World:
    """A bot past its baseline that has told of Kimi K2.6; a day has passed, and much happened at once."""

    def __init__(self, directory: Path, hub: Hub, slack: Slack, time: Time) -> None:
        self.directory = directory
        self.slack = slack
        self.time = time
        self.deaths = 0
        self.variables = environment(directory, hub, slack, {**OWNERS, "deepseek-ai": "deepseek"})
        hub.put(repository("moonshotai/Kimi-K2.5"), repository("zai-org/GLM-5"), repository("Qwen/Qwen3.5"))
        hub.put(repository("deepseek-ai/DeepSeek-V4"))  # which shows nothing new ever after
        self.run()  # the baseline
        hub.put(KIMI)
        self.run()
        self._prefer()
        time.now += timedelta(days=1)
        hub.put(repository("moonshotai/Kimi-K2.6-NVFP4"), relicensed(KIMI, "apache-2.0"))
        hub.put(*(repository(f"zai-org/{name}-3") for name in ("Aster", "Briar", "Cedar", "Dahlia")))
        hub.put(repository("Qwen/Elder-3"))
        self._kept, self._kept_at = directory / "kept", time.now
        shutil.copytree(state_of(directory), self._kept)
        self._posted = {channel: slack.posts(channel) for channel in CHANNELS}

    def _prefer(self) -> None:
        daily = DigestPlan("daily", hour=9)
        with the_store(self.directory) as store, store.transaction():
            store.preferences.set(
                Destination(EDITED), Preferences(digest=daily), self.time.now + timedelta(hours=21)
            )
            store.preferences.set(Destination(THREADED), Preferences(updates="thread"), None)
            for channel in CHANNELS:
                there, asked = Destination(channel), f"{channel}.1"
                wish = Watch(there, "qwen", "elder 3", Filters(), "", asked, "UANA", self.time.now)
                store.watches.add(wish)
            store.deliveries.owe_line(
                "a line", Destination(THREADED), Content("a line for you"), self.time.now, known_until=None
            )

    def begin_again(self) -> None:
        """Make all as it was after __init__, with the same servers."""
        shutil.rmtree(state_of(self.directory))
        shutil.copytree(self._kept, state_of(self.directory))
        self.deaths = 0
        self.time.now = self._kept_at
        self.slack._posted = {channel: list(posts) for channel, posts in self._posted.items()}

    def run(self, point: str = "", hit: int = 0) -> bool:
        """Poll and deliver once, or die at a hit of a point; tell whether it died."""
        log = self.directory / "errors"
        code = outlived(once, self.variables, self.time.now, log, point, hit)
        assert code in (0, DIED), log.read_text()
        if code == DIED:
            self.deaths += 1
            self.time.now += RESTARTED
        return code == DIED

    def recover(self) -> None:
        """Start again, and go on until what waits for company has gone as well."""
        for _ in range(2):
            assert not self.run()
            self.time.now += timedelta(minutes=20)

    def reading(self) -> Reading:
        """Return what people see in each channel, whatever the order of the labs."""
        return {channel: sorted(self._seen(channel)) for channel in CHANNELS}

    def _seen(self, channel: str) -> Iterator[Seen]:
        posts = self.slack.posts(channel)
        for post in posts:
            parent = next((other.text for other in posts if other.ts == post.thread_ts), "")
            yield parent, post.text, _without_numbers(str(post.blocks))

    def check(self) -> None:
        """Check that the file is whole, that nothing is left to do, and that messages went in their order."""
        log = (self.directory / "errors").read_text()
        assert not log, f"no step may fail, but:\n{log}"
        with the_store(self.directory) as store:
            assert whole(store)
            assert not any(state.failures for state in store.sources.states().values())
            assert store.deliveries.recent(100, (*OPEN, *FAILED)) == []
            assert store.watches.all() == [], "who was told waits no longer"
            told = store.deliveries.recent(1000)
        order = {one.id: one.sequence for one in told if not one.reason}  # or it says why it is out of turn
        for channel in CHANNELS:
            keys = [post.metadata["event_payload"]["delivery_key"] for post in self.slack.posts(channel)]
            sequences = [order[key] for key in keys if key in order]
            assert sequences == sorted(sequences)


def count(tally: Tally, world: World, undisturbed: Reading) -> None:
    """Count the deaths, and the messages that are missing or too many after them."""
    tally.count("kills", "at a step", world.deaths)
    seen, wanted = (
        Counter((channel, *one) for channel, posts in reading.items() for one in posts)
        for reading in (world.reading(), undisturbed)
    )
    tally.count("lost", "messages", (wanted - seen).total())
    tally.count("doubled", "messages", (seen - wanted).total())


def _without_numbers(blocks: str) -> str:
    """Return blocks without the numbers in links to messages, which Slack gives anew."""
    return re.sub(r"/p\d{16}", "", blocks)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    time = Time()
    with Hub(time, quota=1_000_000) as hub, Slack(time, CHANNELS) as slack:
        yield World(tmp_path_factory.mktemp("world"), hub, slack, time)


@pytest.fixture(scope="module")
def undisturbed(made: World) -> Reading:
    """Return what people see when nothing happens to the bot."""
    made.run()
    made.check()
    return made.reading()


@pytest.fixture
def world(made: World, undisturbed: Reading) -> World:
    made.begin_again()
    return made


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        pytest.param(EDITED, "Apache 2.0 (changed from MIT", id="an edit"),
        pytest.param(EDITED, "Zai released 4 models", id="a grouped message"),
        pytest.param(EDITED, "Qwen released Elder-3", id="an alert"),
        pytest.param(EDITED, "also available as NVFP4", id="a variant in the thread"),
        pytest.param(EDITED, "The licence of Kimi-K2.6 changed", id="a changed licence in the thread"),
        pytest.param(EDITED, "Model releases, 20 April", id="a digest"),
        pytest.param(THREADED, "More is known of Kimi-K2.6", id="an edit told in the thread"),
        pytest.param(THREADED, "a line for you", id="a line"),
        pytest.param(EDITED, "waited for elder 3, which is out", id="what somebody waited for"),
        pytest.param(THREADED, "waited for elder 3, which is out", id="the same, in the other channel"),
    ],
)
def test_a_day_has_every_kind_of_message_in_it(channel: str, words: str, undisturbed: Reading) -> None:
    assert sum(words in text for _, text, _ in undisturbed[channel]) == 1


@pytest.mark.parametrize(
    ("point", "hit"), [*((point, 1) for point in TELLING), *(("after send", hit) for hit in (3, 5, 7, 9, 11))]
)
def test_killed_at_a_step_it_says_everything_once(
    point: str, hit: int, world: World, undisturbed: Reading, tally: Tally
) -> None:
    assert world.run(point, hit), f"nothing passes {point} so often: the test tries nothing"
    world.recover()
    count(tally, world, undisturbed)
    world.check()
    assert world.reading() == undisturbed


@pytest.mark.parametrize("point", around(*DOUBTING))
def test_killed_again_while_it_looks_for_what_it_may_have_said_it_says_everything_once(
    point: str, world: World, undisturbed: Reading, tally: Tally
) -> None:
    assert world.run("after send", 2)
    assert world.run(point, 1)
    world.recover()
    count(tally, world, undisturbed)
    world.check()
    assert world.reading() == undisturbed


@long_form
@pytest.mark.parametrize("point", [*around(*OUTSIDE), STATEMENT])
def test_killed_any_time_that_it_passes_a_step_it_says_everything_once(
    point: str, world: World, undisturbed: Reading, tally: Tally
) -> None:
    for hit in numbers(1):
        world.begin_again()
        died = world.run(point, hit)
        if died:
            world.recover()
        count(tally, world, undisturbed)
        world.check()
        assert world.reading() == undisturbed, f"killed at hit {hit}"
        if not died:
            return
