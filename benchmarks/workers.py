"""Measure what PostgreSQL and several workers cost: owing, a tick of a full outbox, throughput and takeover.

Run from the project's root: `python -m benchmarks.workers [subscriptions [owed [channels]]]`. It makes a
server of its own, for which PostgreSQL's programs have to be installed.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg
from rich.console import Console

from benchmarks.outbox import EACH, MANY
from benchmarks.questions import LABS, NOW
from benchmarks.slack import slack
from benchmarks.subscriptions import announced, subscribe
from bot.clock import SystemClock
from bot.model import ALL, Destination, Follow
from bot.ops import logs
from bot.outbox.owe import owe
from bot.records import FROM_SLACK, OPEN, Content, Subscription
from bot.releases.facts.filters import Filters
from bot.releases.news.merge import merged
from bot.run.serving import Role, serving
from bot.run.wiring import open_app
from bot.store.opening import migrate
from bot.store.shards import ALL as SHARDS
from bot.store.store import Store
from tests.support.cluster import own_cluster, programs

_OWED = """
    INSERT INTO delivery (id, destination, kind, content, created_at, due_at)
    SELECT 'n' || each || '-' || channel, 'C' || lpad(CAST(channel AS TEXT), 8, '0'), 'line',
        '{"text": "news"}', :now, :now
    FROM generate_series(1, :each) AS each, generate_series(1, :channels) AS channel
"""
_SETTLED = 5.0  # seconds, until what a start costs is over
_PATIENCE = 300.0  # seconds for what should take some


@contextmanager
def empty(server: str, name: str) -> Iterator[str]:
    """Yield the address of a schema with nothing but tables, on a server."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        url = f"{server}&options=-csearch_path%3D{name}"
        migrate(url)
        yield url
        connection.execute(f"DROP SCHEMA {name} CASCADE")


def owing(store: Store, subscriptions: int) -> float:
    """Return after how many seconds one release is owed to everybody who wants it."""
    subscribe(store, subscriptions)
    began = time.perf_counter()
    with store.transaction():
        decision = announced()
        touched = store.releases.apply(decision, NOW, merged, live=True)
        owe(store, decision, touched, NOW, known_until=None)
    return time.perf_counter() - began


def ticks(store: Store) -> float:
    """Return the ms of the clock that looking at a shard of a full outbox takes, what is due included."""

    def look() -> None:
        store.shards.due(NOW)
        for shard in SHARDS:
            shards[shard].deliveries.heads(NOW, NOW, due=(NOW, NOW + timedelta(hours=1)), most=256)

    shards = {shard: store.of_shard(shard) for shard in SHARDS}
    look()
    began = time.perf_counter()
    look()
    return 1000 * (time.perf_counter() - began) / len(SHARDS)


def work(variables: Mapping[str, str], wire: Connection) -> None:
    """Be a worker that tells its processor time whenever it is asked."""
    logs.configure("error")

    def tell() -> None:
        while wire.recv():
            wire.send(time.process_time())

    threading.Thread(target=tell, daemon=True).start()
    with open_app(variables) as app, serving(app, Console(quiet=True), Role.WORKER) as running:
        running.service.run()


class Workers:
    """So many worker processes."""

    def __init__(self, variables: Mapping[str, str], number: int) -> None:
        forks = multiprocessing.get_context("spawn")
        pairs = [forks.Pipe() for _ in range(number)]
        self._wires = [ours for ours, _ in pairs]
        self.processes = [
            forks.Process(target=work, args=(variables, theirs), daemon=True) for _, theirs in pairs
        ]
        for process in self.processes:
            process.start()
        self.busy()  # they have begun

    def busy(self) -> float:
        """Return the seconds of processor time that all of them took."""
        for wire in self._wires:
            wire.send(True)
        return float(sum(wire.recv() for wire in self._wires))

    def kill(self) -> None:
        for process in self.processes:
            process.kill()
            process.join()


def variables_of(home: Path, url: str, api: str) -> Mapping[str, str]:
    """Return the variables of a bot that reads nothing and delivers to a stand-in for Slack."""
    config = home / "feeds.yaml"
    config.write_text('labs: [{id: lab, name: Lab, sources: [{feed: "http://127.0.0.1:9/", every: 1d}]}]\n')
    return {
        "CADENCEBOT_CONFIG": str(config),
        "CADENCEBOT_STATE": str(home / "state"),
        "CADENCEBOT_HEALTH": "off",
        "CADENCEBOT_ALLOW_HOSTS": "127.0.0.1:9",
        "DATABASE_URL": url,
        "SLACK_API_URL": api,
        "SLACK_BOT_TOKEN": "xoxb-1",
    }


def throughput(server: str, number: int, channels: int) -> None:
    """Print how fast so many workers deliver one release to many channels, and what a message costs them."""
    with tempfile.TemporaryDirectory() as home, empty(server, f"workers{number}") as url, slack(0.1) as api:
        store, now = Store(Path(home), LABS, url=url), SystemClock().now()
        with store.transaction():
            for channel in range(channels):
                where = Destination(f"C{channel:08}")
                store.subscriptions.add(Subscription(where, Follow(ALL), Filters(), FROM_SLACK, now, "U1"))
        workers = Workers(variables_of(Path(home), url, api), number)
        until(lambda: store.bots() == number)
        time.sleep(_SETTLED)
        busy = workers.busy()
        time.sleep(_SETTLED)
        idle = (workers.busy() - busy) / _SETTLED
        busy, began = workers.busy(), time.perf_counter()
        with store.transaction():
            touched = store.releases.apply(announced(), now, merged, live=True)
            owe(store, announced(), touched, now, known_until=None)
        until(lambda: not sum(store.deliveries.counts().get(state, 0) for state in OPEN))
        took, busy = time.perf_counter() - began, workers.busy() - busy
        plural = "worker" if number == 1 else "workers"
        print(f"{number} {plural}, CPU a message       {1000 * (busy - idle * took) / channels:8.2f} ms")
        print(f"{number} {plural}, messages a second   {channels / took:8.0f} where Slack takes 100 ms")
        print(f"{number} {plural}, idle, each          {1000 * idle / number:8.1f} ms CPU a second")
        workers.kill()
        store.close()


def takeover(server: str) -> None:
    """Print how long after the death of the worker that delivers a shard another one does."""
    with tempfile.TemporaryDirectory() as home, empty(server, "takeover") as url, slack(0.1) as api:
        store, now = Store(Path(home), LABS, url=url), SystemClock().now()
        one, two = (Workers(variables_of(Path(home), url, api), 1) for _ in range(2))
        until(lambda: store.bots() == 2)
        with psycopg.connect(url, autocommit=True) as connection:
            with store.transaction():  # a channel that never answers keeps its shard busy
                where, content = Destination("C0HANGING"), Content("news")
                store.deliveries.owe_line("hangs", where, content, now, known_until=None)
            claimed = "SELECT 1 FROM delivery WHERE state = 'claimed'"
            until(lambda: connection.execute(claimed).fetchone() is not None)
            epochs = "SELECT sum(epoch) FROM turn"
            before = connection.execute(epochs).fetchone()
            # whichever of them holds it: one is killed, and if it was the other one, that one
            one.kill()
            began = time.perf_counter()
            if not came(lambda: connection.execute(epochs).fetchone() != before, 12):
                three = Workers(variables_of(Path(home), url, api), 1)
                two.kill()
                began = time.perf_counter()
                until(lambda: connection.execute(epochs).fetchone() != before)
                three.kill()
        print(f"taken over after a kill -9   {time.perf_counter() - began:8.1f} s")
        two.kill()
        store.close()


def came(what: Callable[[], bool], seconds: float) -> bool:
    """Wait for something, and return whether it came."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def until(what: Callable[[], bool]) -> None:
    """Wait for something that surely comes."""
    if not came(what, _PATIENCE):
        sys.exit("what was waited for did not come")


def main(subscriptions: int = 10_000, owed: int = MANY * EACH, channels: int = 1_000) -> None:
    """Print it all."""
    if programs() is None:
        print("left out: PostgreSQL's programs (initdb, pg_ctl) are not installed")
        return
    with tempfile.TemporaryDirectory() as directory:
        store = Store(Path(directory), LABS)
        print(
            f"owed to subscriptions, SQLite     {owing(store, subscriptions):8.2f} s, {subscriptions} of them"
        )
        store.close()
    with own_cluster() as cluster:
        with empty(cluster.url, "owing") as url:
            store = Store(Path(), LABS, url=url)
            print(f"owed to subscriptions, PostgreSQL {owing(store, subscriptions):8.2f} s")
            store.close()
        with empty(cluster.url, "outbox") as url:
            store = Store(Path(), LABS, url=url)
            with store.transaction():
                store._database.run(  # noqa: SLF001  # nobody else owes so much at once
                    _OWED, {"now": NOW, "each": owed // MANY, "channels": MANY}
                )
            print(f"a look at one shard          {ticks(store):8.1f} ms, {owed} owed to {MANY} channels")
            store.close()
        for number in (1, 2, 4):
            throughput(cluster.url, number, channels)
        takeover(cluster.url)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
