"""Measure how the work grows: with sources in which nothing changed, with what was stored before, with news.

Run from the project's root: `python -m benchmarks.growth [largest]`. Each is measured at a hundredth, a tenth
and the whole of `largest`, and told as the exponent of a fitted power: 0 is flat, 1 is linear. Then a feed
with a tenth of `largest` gets one new entry. No network is in it.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from math import log
from pathlib import Path
from statistics import linear_regression

from benchmarks.questions import LABS, fill
from bot.fetch import Response
from bot.ops import logs
from bot.releases.naming.labs import Labs
from bot.sources.feed import FeedSource
from bot.sources.specs import FeedSpec
from bot.store.store import Store
from tests.support.fetching import FakeFetcher
from tests.support.house import House

ENTRIES = 20  # in each feed
FRESH = 10  # new ones in a feed: a few more would be held as a flood
ROUNDS = 3  # of which the quickest counts: whatever else the machine does can only add to it
NOTHING_NEW = "unchanged sources, a source"
HISTORY = "one new entry, by what is stored"
NEWS = "new entries, all of them"
ITEM = """<item><title>Introducing Zephyr{feed} 1.{at}</title><link>https://lab.example/{feed}/{at}</link>
<guid>{feed}-{at}</guid><pubDate>Sat, 31 Oct 2026 10:00:00 GMT</pubDate></item>"""


class World:
    """A bot with a store of its own, and feeds from memory."""

    def __init__(self, directory: Path, feeds: int) -> None:
        self.house = House(directory)
        self.house.store.close()
        self.house.store = self.house.courier.store = self.house.poller.store = Store(directory, LABS)
        self.house.poller.labs = Labs(LABS)
        self.sources = [
            FeedSource(FeedSpec(feed=f"https://lab{n}.example/rss"), LABS[n % len(LABS)].id, timedelta(1))
            for n in range(feeds)
        ]
        self.house.poller.fetch = self.fetcher = FakeFetcher()

    def publish(self, feed: int, entries: Sequence[int]) -> None:
        """Have a feed show these entries."""
        items = "".join(ITEM.format(feed=feed, at=at) for at in entries)
        content = f'<rss version="2.0"><channel><title>Lab</title>{items}</channel></rss>'.encode()
        url = self.sources[feed].url
        self.fetcher.answers[url] = Response(url, 200, {"etag": f'"{entries[-1]}"'}, content)

    def poll(self) -> float:
        """Return the CPU seconds of polling every source once, a day later."""
        self.house.later(days=1)
        start = time.process_time()
        polled = self.house.poller.poll(self.sources)
        spent = time.process_time() - start
        if polled.failed:
            sys.exit(f"a feed could not be read: {polled.failed[0].complaint}")
        return spent


def unchanged(directory: Path, count: int) -> float:
    """Return the CPU milliseconds of a source in which nothing changed, beside so many others."""
    world = World(directory, count)
    for feed in range(count):
        world.publish(feed, [0])
    world.poll()
    return 1000 * min(world.poll() for _ in range(ROUNDS)) / count


def after_years(directory: Path, count: int, entries: int = ENTRIES) -> float:
    """Return the CPU milliseconds of a feed with one new entry, with so many releases in the store."""
    world = World(directory, 1)
    fill(world.house.store, count)
    world.publish(0, range(entries))
    world.poll()
    times = []
    for new in range(ROUNDS):
        world.publish(0, range(new + 1, new + 1 + entries))
        times.append(1000 * world.poll())
    return min(times)


def new_entries(directory: Path, count: int) -> float:
    """Return the CPU milliseconds of reading so many new entries, of feeds that were read before."""
    world = World(directory, count // FRESH)
    for feed in range(count // FRESH):
        world.publish(feed, [0])
    world.poll()
    for feed in range(count // FRESH):
        world.publish(feed, range(1 + FRESH))
    return 1000 * world.poll()


def exponent(counts: Sequence[int], costs: Sequence[float]) -> float:
    """Return the power of the count with which the cost grows, as the least squares of logarithms have it."""
    return linear_regression([log(count) for count in counts], [log(cost) for cost in costs]).slope


def main(largest: int = 10_000) -> None:
    """Print each exponent, and the costs that it is fitted to."""
    logs.configure("error")
    counts = (largest // 100, largest // 10, largest)
    measures: dict[str, Callable[[Path, int], float]] = {
        NOTHING_NEW: unchanged,
        HISTORY: after_years,
        NEWS: new_entries,
    }
    for name, measure in measures.items():
        costs = []
        for count in counts:
            with tempfile.TemporaryDirectory() as directory:
                costs.append(measure(Path(directory), count))
        told = ", ".join(f"{cost:.2f} ms at {count}" for count, cost in zip(counts, costs, strict=True))
        print(f"growth: {name:<34} exponent {exponent(counts, costs):5.2f} ({told})", flush=True)
    for stored in (0, largest):
        with tempfile.TemporaryDirectory() as directory:
            cost = after_years(Path(directory), stored, largest // 10)
        when = "where much is stored" if stored else "in a new store"
        print(f"long feed: one new entry {when:<20} {cost:8.1f} ms CPU ({stored} releases)", flush=True)


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
