"""An ordeal: releases come out, Slack is not well, and the bot is killed over and over."""

import itertools
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from bot.demo.hub import Hub, Repository
from bot.demo.slack import Posted
from bot.records import OPEN
from tests.crash.child import for_ever, once
from tests.crash.clocks import Fast
from tests.crash.nursery import born, outlived
from tests.crash.unruly import UnrulySlack
from tests.crash.world import START, environment, relicensed, repository, the_store
from tests.support.made_up import named, names

CHANNELS = {"C0ONE": "one", "C0TWO": "two"}
LABS = ("amber", "basil", "cedar", "dahlia", "elder", "fennel", "ginger", "hazel")
OWNERS = {f"{lab}-ai": lab for lab in LABS}
SPEED = 20  # seconds by the bot's clock in one of ours
PATIENCE = 1.0  # seconds by ours, which is more than a stand-in on a busy machine needs
LONGEST_LIFE = 0.9  # seconds by ours
PATIENT = 600  # seconds by ours for all that is left to do, on a busy machine
MOMENT = 0.25  # seconds by ours


def _nothing(_process: int) -> None:
    return


@dataclass
class Ordeal:
    """The world in which it takes place, and what has come out in it."""

    directory: Path
    hub: Hub
    slack: UnrulySlack
    clock: Fast
    dice: Random
    released: list[str] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)
    kills: int = 0

    def __post_init__(self) -> None:
        self._repositories: dict[str, Repository] = {}
        self._names = names()
        self.variables = self._settle_in()
        self.live_through()  # the baseline

    def _settle_in(self) -> Mapping[str, str]:
        """Let the world have something in it; return the variables that lead the bot there."""
        self.hub.put(*(repository(f"{owner}/{next(self._names)}") for owner in OWNERS))
        return environment(self.directory, self.hub, self.slack, OWNERS, every="3s")

    def live_through(self) -> None:
        code = outlived(once, self.variables, self.clock.now(), self.log, patience=PATIENT)
        assert code == 0, self.log.read_text()

    @property
    def log(self) -> Path:
        return self.directory / "errors"

    def publish(self, releases: int) -> None:
        """Put this many new repositories on the Hub, and change some that are there."""
        for _ in range(releases):
            name = next(self._names)
            self._put(repository(f"{self.dice.choice(list(OWNERS))}/{name}"))
            self.released.append(name)
        if self._changeable():
            self.amend()

    def amend(self) -> None:
        """Give now and then a release another licence or a variant."""
        if self.dice.random() < 0.3:
            former = self._repositories[self.dice.choice(self._changeable())]
            if former.card["license"] == "mit":
                self._put(relicensed(former, "apache-2.0"))
        if self.dice.random() < 0.3:
            name = self.dice.choice(self._changeable())
            if f"{name}-FP8" not in self.variants:
                self._put(repository(f"{self._repositories[name].name}-FP8"))
                self.variants.append(f"{name}-FP8")

    def _changeable(self) -> Sequence[str]:
        """Return the releases whose repositories are there to be changed."""
        return self.released

    def _put(self, one: Repository) -> None:
        self.hub.put(one)
        self._repositories[one.name.partition("/")[2]] = one

    def kill_once(self) -> None:
        """Let a bot work for a moment and kill it: after some time, or as one of its calls reaches Slack."""
        on_call = self.dice.random() < 0.5
        seconds = self.dice.uniform(0.1, LONGEST_LIFE) * (3 if on_call else 1)
        self.live(seconds, self.dice.randint(1, 8) if on_call else 0)

    def live(self, seconds: float, calls: int = 0, meanwhile: Callable[[int], object] = _nothing) -> None:
        """Let a bot work for so long, or until so many calls have reached Slack, and kill it.

        `meanwhile` is done now and then as long as it lives, and told its process.
        """
        call = self.slack.call_after(calls)
        child = born(for_ever, self.variables, self.clock, self.log, PATIENCE)
        assert child.pid is not None
        end = time.monotonic() + seconds
        while not call.wait(min(MOMENT, max(0, end - time.monotonic()))) and time.monotonic() < end:
            meanwhile(child.pid)
        child.kill()
        child.join()
        assert child.exitcode == -signal.SIGKILL, self.log.read_text()
        child.close()
        time.sleep(MOMENT)  # what it had sent has arrived before the clock skips: nothing travels for hours
        self.kills += 1

    def settle(self) -> None:
        """Let the bot do in peace all that is left to do."""
        self.slack.calm = True
        for _ in range(30):
            self.live_through()
            with the_store(self.directory) as store:
                if not sum(store.deliveries.counts().get(state, 0) for state in OPEN):
                    return
            self.clock.skip(timedelta(minutes=11))

    # --- what people see

    def alerts(self, channel: str) -> Counter[str]:
        """Return how many messages of a channel announce each release."""
        return Counter(name for _, told in self._announcing(channel) for name in told)

    def notes(self, channel: str) -> Counter[str]:
        """Return how many replies in a channel tell of each variant."""
        replies = [post.text for post in self.slack.posts(channel) if post.thread_ts]
        return Counter(variant for variant in self.variants for text in replies if f"/{variant}," in text)

    def untold(self, channel: str) -> list[str]:
        """Return the variants that neither a reply nor the alert itself tells of."""
        alerts = [(told, str(post.blocks)) for post, told in self._announcing(channel)]
        said = {f"{name}-FP8" for told, blocks in alerts for name in told if "FP8" in blocks}
        return [variant for variant in self.variants if variant not in said | set(self.notes(channel))]

    def outdated(self, channel: str) -> list[str]:
        """Return the releases whose alert states the licence that they had before."""
        relicensed = {
            name for name in self.released if self._repositories[name].card["license"] == "apache-2.0"
        }
        return [
            *itertools.chain.from_iterable(
                told
                for post, told in self._announcing(channel)
                if told <= relicensed and "Apache 2.0" not in str(post.blocks)
            )
        ]

    def _announcing(self, channel: str) -> Iterator[tuple[Posted, set[str]]]:
        for post in self.slack.posts(channel):
            if not post.thread_ts:
                yield post, named(f"{post.text} {post.blocks}") & set(self.released)


def keys(posts: Sequence[Posted]) -> list[str]:
    return [post.metadata["event_payload"]["delivery_key"] for post in posts]


@contextmanager
def an_ordeal(directory: Path, seed: int, *, readable: bool = True) -> Iterator[Ordeal]:
    """Yield an ordeal whose dice are thrown by `seed`; `readable` says whether the bot may read history."""
    clock = Fast(START, SPEED, time.monotonic())
    slack = UnrulySlack(clock.now, CHANNELS, Random(seed), PATIENCE, readable=readable)
    with Hub(clock.now, quota=1_000_000) as hub, slack:
        yield Ordeal(directory, hub, slack, clock, Random(seed))
