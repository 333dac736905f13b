"""Measure what a tick asks of a full outbox: much owed to one channel, and something to each of many.

Run from the project's root: `python -m benchmarks.outbox [owed to the one]`.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from benchmarks.questions import LABS, NOW
from bot.model import Destination
from bot.outbox.console import ConsoleNotifier
from bot.outbox.courier import Courier
from bot.records import Content
from bot.store.store import Store
from tests.support.clock import FakeClock

MANY, EACH = 5_000, 40  # channels, and what each of them is owed
LATER = NOW + timedelta(minutes=5)


def fill(store: Store, channels: int, each: int) -> None:
    """Owe each channel so much; the first of it was put off for five minutes."""
    with store.transaction():
        for number in range(each):
            for channel in range(channels):
                where, said = Destination(f"C{channel:08}"), Content("news")
                store.deliveries.owe_line(f"{number}", where, said, NOW, known_until=None)
        for head in store.deliveries.heads():
            store.deliveries.settle(head.sequence, "owed", "try again", NOW, LATER)


def cost(question: Callable[[], object]) -> float:
    """Return the least CPU that it takes of three times, in ms."""
    taken = []
    for _ in range(3):
        busy = time.process_time()
        question()
        taken.append(time.process_time() - busy)
    return 1000 * min(taken)


def main(owed: int = 100_000) -> None:
    """Fill an outbox in two ways, and ask it."""
    for channels, each in ((1, owed), (MANY, EACH * owed // 100_000 or 1)):
        pools = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        with tempfile.TemporaryDirectory() as directory, pools[0], pools[1]:
            store, clock = Store(Path(directory), LABS), FakeClock(NOW)
            fill(store, channels, each)
            notifier = ConsoleNotifier(Path(directory) / "out", Console(quiet=True), clock)
            courier, deliveries = Courier(store, notifier, clock, *pools), store.deliveries
            questions: dict[str, Callable[[], object]] = {
                "what is first in each": lambda: deliveries.heads(NOW, NOW),  # noqa: B023  # asked at once
                "what a wrong clock put off": lambda: deliveries.ahead_of(LATER),  # noqa: B023
                "how much there is": deliveries.counts,
                "a tick in which nothing is due": lambda: (courier.deliver_due(), courier.next_wait()),  # noqa: B023
            }
            print(f"{channels} channels, each owed {each}")  # the first lines are those of the table
            for name, question in questions.items():
                print(f"  {name:<32}{cost(question):8.2f} ms CPU")
            store.close()


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
