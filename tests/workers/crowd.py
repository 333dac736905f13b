"""An ordeal of several workers that share a database: killed, frozen and cut off while Slack is not well."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from bot.demo.hub import Hub
from bot.model import Lab
from bot.records import OPEN
from bot.store.opening import migrate
from bot.store.store import Store
from tests.crash.clocks import Fast
from tests.crash.nursery import born
from tests.crash.ordeal import MOMENT, PATIENCE, SPEED, Ordeal
from tests.crash.unruly import UnrulySlack
from tests.crash.world import START, environment, repository, state_of
from tests.support.cluster import Cluster
from tests.workers.child import ServersTime, servers_clock, work_for_ever

LABS = tuple(f"lab{number:02}" for number in range(60))  # a few releases of each: more would be a flood
ENOUGH = 5
SKEWS = tuple(timedelta(minutes=minutes) for minutes in (-10, 0, 10))
TAKEN_OVER = 9.0  # seconds by ours, after which a worker that is frozen has lost its turns


@dataclass(frozen=True)
class Plan:
    """What happens to the workers while so many releases come out: one thing after the other, at random."""

    releases: int
    channels: int
    kills: int = 0
    freezes: int = 0
    restarts: int = 0  # of the database
    workers: int = 4
    seed: int = 1
    pause: float = 4.0  # seconds by ours from one kill to the next, more or less


@dataclass(kw_only=True)
class Crowd(Ordeal):
    """The world in which several workers live."""

    url: str
    living: list[BaseProcess] = field(default_factory=list)
    frozen: dict[int, float] = field(default_factory=dict)  # until when, by the number of the worker
    freezes: int = 0
    restarts: int = 0

    def _settle_in(self) -> Mapping[str, str]:
        migrate(self.url)
        self.hub.put(*(repository(f"{lab}-ai/{next(self._names)}") for lab in LABS))
        owners = {f"{lab}-ai": lab for lab in LABS}
        variables = environment(self.directory, self.hub, self.slack, owners, "100s")
        self.time = ServersTime(self.url, servers_clock(self.url), self.clock.now(), self.clock.speed)
        return {**variables, "DATABASE_URL": self.url}

    def go_through(self, plan: Plan, cluster: Cluster | None = None) -> None:
        """Let the workers live and suffer as planned, and then one bot do in peace what is left."""
        self.living = [self._one() for _ in range(plan.workers)]
        left = Counter(kill=plan.kills, freeze=plan.freezes, restart=plan.restarts)
        steps = sum(left.values())
        for step in range(steps):
            self.publish(plan.releases * (step + 1) // steps - len(self.released))
            self._pass(self.dice.uniform(0.5, 1.5) * plan.pause * plan.kills / steps)
            [what] = self.dice.choices([*left], [*left.values()])
            left[what] -= 1
            if what == "kill":
                self.kill_one()
            elif what == "freeze":
                self.freeze_one()
            elif cluster:
                self.restart(cluster)
        self.end_all()
        self.settle()

    def _pass(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.look_after()
            time.sleep(MOMENT)

    def _one(self) -> BaseProcess:
        skew = self.dice.choice(SKEWS)
        return born(work_for_ever, self.variables, self.clock, self.time, skew, self.log, PATIENCE)

    def publish(self, releases: int) -> None:
        for _ in range(releases):
            lab, name = LABS[len(self.released) % len(LABS)], next(self._names)
            self._put(repository(f"{lab}-ai/{name}"))
            self.released.append(name)
        if self.released and releases:
            self.amend()

    def kill_one(self) -> None:
        number = self.dice.randrange(len(self.living))
        self._end(self.living[number])
        self.frozen.pop(number, None)
        self.kills += 1
        self.living[number] = self._one()

    def freeze_one(self) -> None:
        """Stop a worker for longer than it takes others to take over; half of them go on."""
        while len(self.frozen) >= len(self.living) // 2:
            self._pass(MOMENT)
        number = self.dice.choice([one for one in range(len(self.living)) if one not in self.frozen])
        self._signal(number, signal.SIGSTOP)
        self.frozen[number] = time.monotonic() + TAKEN_OVER
        self.freezes += 1

    def restart(self, cluster: Cluster) -> None:
        cluster.stop()
        cluster.start()
        self.restarts += 1

    def look_after(self) -> None:
        """Thaw those that were frozen for long enough, and replace those that ended by themselves."""
        for number, until in list(self.frozen.items()):
            if time.monotonic() >= until:
                self._signal(number, signal.SIGCONT)
                del self.frozen[number]
        for number, worker in enumerate(self.living):
            if not worker.is_alive():
                self.living[number] = self._one()

    def end_all(self) -> None:
        for worker in self.living:
            self._end(worker)

    def _signal(self, number: int, what: signal.Signals) -> None:
        process = self.living[number].pid
        assert process is not None
        os.kill(process, what)

    def _end(self, worker: BaseProcess) -> None:
        worker.kill()
        worker.join()
        worker.close()

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = Store(state_of(self.directory), (Lab(lab, lab) for lab in LABS), url=self.url)
        try:
            yield store
        finally:
            store.close()

    def owed(self) -> int:
        with self.store() as store:
            return sum(store.deliveries.counts().get(state, 0) for state in OPEN)

    def settle(self) -> None:
        """Let one bot do in peace all that is left to do."""
        self.slack.calm = True
        for _ in range(30):
            self.live_through()
            if not self.owed():
                return
            self.clock.skip(timedelta(minutes=11))


@contextmanager
def a_crowd(directory: Path, url: str, plan: Plan, *, readable: bool = True) -> Iterator[Crowd]:
    """Yield such a world, with a database at `url` that is empty; `readable`: the bots may read history."""
    clock, dice = Fast(START, SPEED, time.monotonic()), Random(plan.seed)
    channels = {f"C0N{number:02}": f"n{number}" for number in range(plan.channels)}
    slack = UnrulySlack(clock.now, channels, Random(plan.seed), PATIENCE, readable=readable)
    with Hub(clock.now, quota=10_000_000) as hub, slack:
        yield Crowd(directory, hub, slack, clock, dice, url=url)
