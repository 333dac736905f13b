"""Measure one release against many subscriptions: matching them and writing what is owed, in one transaction.

Run from the project's root: `python -m benchmarks.subscriptions [subscriptions] [releases]`. With releases,
the store holds so many of them before, with ten sightings each.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.questions import LABS, NOW, SIGHTINGS, fill, steps_of
from bot.model import ALL, Destination, Follow
from bot.outbox.owe import owe
from bot.records import FROM_SLACK, Subscription
from bot.releases.facts.filters import Filters
from bot.releases.news.decision import Announce, Decision, Open
from bot.releases.news.merge import merged
from bot.store.store import Store

FILTERS = (
    Filters(),
    Filters(license="permissive"),
    Filters(license="apache-2.0", max=70 * 10**9),
    Filters(min=7 * 10**9, fits=80 * 10**9),
    Filters(type="text", weights="open"),
    Filters(match=("zephyr", "coder")),
    Filters(license="non-commercial"),
    Filters(max=10**9),
)


def subscribe(store: Store, count: int) -> None:
    """Give each of `count` destinations a subscription, every second to the lab that releases."""
    with store.transaction():
        for number in range(count):
            lab = LABS[0].id if number % 2 else ALL
            filters = FILTERS[number % len(FILTERS)]
            store.subscriptions.add(
                Subscription(Destination(f"C{number:08}"), Follow(lab), filters, FROM_SLACK, NOW, "U1")
            )


def announced() -> Decision:
    """Return the decision that a new repository makes: open, attach, announce."""
    steps = steps_of(10**6 * len(LABS))
    opened = [replace(step, silent=False) if isinstance(step, Open) else step for step in steps]
    return Decision((*opened, Announce(opened[0].name.release_key)))  # type: ignore[union-attr]  # the first opens


def main() -> None:
    """Fill a store, release one model, and tell how long it took to owe everybody."""
    arguments = [int(argument) for argument in sys.argv[1:]]
    subscriptions, releases = (arguments + [10_000, 0][len(arguments) :])[:2]
    with tempfile.TemporaryDirectory() as directory:
        store = Store(Path(directory), LABS)
        fill(store, releases)
        subscribe(store, subscriptions)
        before = sum(store.deliveries.counts().values())
        start, busy = time.perf_counter(), time.process_time()
        with store.transaction():
            decision = announced()
            owe(
                store, decision, store.releases.apply(decision, NOW, merged, live=True), NOW, known_until=None
            )
        took, busy = time.perf_counter() - start, time.process_time() - busy
        owed = sum(store.deliveries.counts().values()) - before
        print(f"{releases} releases and {releases * SIGHTINGS} sightings in the store before")
        print(f"{subscriptions} subscriptions matched, {owed} deliveries owed")
        print(f"in {1000 * took:.0f} ms, {1000 * busy:.0f} ms of them at work, in one transaction")
        store.close()


if __name__ == "__main__":
    main()
