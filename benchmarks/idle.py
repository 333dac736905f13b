"""Measure a tick of `run` in which nothing is due: what it asks, with many sources.

Run from the project's root: `python -m benchmarks.idle [sources]`.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks.bots import bot, feeds_yaml
from bot.ops.monitor import Monitor
from bot.records import SourceState
from bot.run.engines import Engines
from bot.run.monitor import monitoring
from bot.run.rereading import Rereading
from bot.run.wiring import App
from tests.support.clock import FakeClock

TICKS = 30
LOOK = timedelta(seconds=10)  # the monitor looks that often; here at every tick


def polled_just_now(app: App, engines: Engines) -> None:
    """Have all sources be due in a day."""
    now = app.clock.now()
    with app.store.transaction():
        for source in engines.poller.sources:
            app.store.sources.succeeded(
                SourceState(
                    source.id, etag='"1"', usual_count=20, baseline_at=now, polled_at=now, succeeded_at=now,
                    next_poll_at=now + timedelta(days=1),
                )
            )  # fmt: skip


def jobs_of(app: App, engines: Engines, monitor: Monitor) -> dict[str, Callable[[], object]]:
    """Return what the main loop does in a tick."""
    return {
        "what is due": engines.poller.poll_due,
        "what is owed": lambda: (engines.courier.deliver_due(), engines.courier.next_wait()),
        "chores": engines.chores.do,
        "the monitor's look, each 10 s": monitor.tick,
        "feeds.yaml, if it changed": Rereading(app, engines).tick,
    }


def main(sources: int = 1_000) -> None:
    """Print what each job of a tick costs, and all of them."""
    clock = FakeClock()
    feeds = feeds_yaml(f"http://lab{number}.example/feed.xml" for number in range(sources))
    with (
        tempfile.TemporaryDirectory() as home,
        bot(Path(home), feeds, {}, clock) as (app, engines),
        monitoring(app, engines) as monitor,
    ):
        polled_just_now(app, engines)
        jobs = jobs_of(app, engines, monitor)
        taken: dict[str, list[float]] = {name: [] for name in jobs}
        for _ in range(TICKS):
            clock.advance(LOOK)
            for name, job in jobs.items():
                busy = time.process_time()
                job()
                taken[name].append(1000 * (time.process_time() - busy))
    print(f"a tick in which nothing is due, {sources} sources")
    costs = {name: median(found) for name, found in taken.items()}
    for name, cost in {**costs, "all of it": sum(costs.values())}.items():
        print(f"tick: {name:<30} {cost:7.2f} ms CPU")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
