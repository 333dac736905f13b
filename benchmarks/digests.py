"""Measure the digests of one round: the first, and each further one, in a large store.

Run from the project's root: `python -m benchmarks.digests [releases]`.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.questions import LABS, NOW, fill
from bot.model import ALL, Destination, Follow
from bot.outbox.digests import Due, next_digest, period_before
from bot.records import FROM_SLACK, DigestPlan, Subscription
from bot.releases.facts.filters import Filters
from bot.run.chores import keep_habits
from bot.store.store import Store

FOLLOWS = (ALL, ALL, LABS[1].id, LABS[2].id, ALL)
WEEKLY = DigestPlan("weekly")


def main() -> None:
    """Fill a store, and compose the digests of five channels."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    due = period_before(WEEKLY, next_digest(WEEKLY, NOW))[0]
    start, end = period_before(WEEKLY, due)
    with tempfile.TemporaryDirectory() as directory:
        store = Store(Path(directory), LABS)
        fill(store, count)
        keep_habits(store)  # as `run` does each hour
        channels = {Destination(f"C{number:08}"): follow for number, follow in enumerate(FOLLOWS)}
        with store.transaction():
            for channel, follow in channels.items():
                store.subscriptions.add(
                    Subscription(channel, Follow(follow), Filters(), FROM_SLACK, NOW, "U1")
                )
        digests, taken = Due(store, NOW), list[float]()
        for channel, follow in channels.items():
            busy = time.process_time()
            digests.content(channel, WEEKLY, period_before(WEEKLY, start)[0], start, end)
            taken.append(1000 * (time.process_time() - busy))
            print(f"a digest of {follow:<6} {taken[-1]:8.1f} ms CPU")
        print(f"digest, the first of a round {taken[0]:8.1f} ms CPU")
        print(f"digest, each further one at most {max(taken[1:]):8.1f} ms CPU")
        store.close()


if __name__ == "__main__":
    main()
