"""Measure delivering to a stand-in for Slack: one release to many channels, and a channel that hangs.

Run from the project's root: `python -m benchmarks.deliver [channels [channels beside a slow one]]`.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.questions import LABS
from benchmarks.slack import HANGING, SLOW, slack
from benchmarks.subscriptions import announced
from bot.clock import SystemClock
from bot.model import ALL, Destination, Follow
from bot.ops import logs
from bot.outbox.courier import Courier
from bot.outbox.message import Message, Outcome
from bot.outbox.owe import owe
from bot.records import FROM_SLACK, Content, Delivery, Subscription
from bot.releases.facts.filters import Filters
from bot.releases.news.merge import merged
from bot.run.engines import SENDERS
from bot.slack.notifier import SlackNotifier
from bot.store.store import Store

A_SECOND = timedelta(seconds=1)
EACH = 5  # messages


@contextmanager
def outbox(channels: list[str]) -> Iterator[Store]:
    """Yield a store in which all of these channels follow every lab."""
    with tempfile.TemporaryDirectory() as directory:
        store, now = Store(Path(directory), LABS), SystemClock().now()
        with store.transaction():
            for channel in map(Destination, channels):
                store.subscriptions.add(Subscription(channel, Follow(ALL), Filters(), FROM_SLACK, now, "U1"))
        yield store
        store.close()


@contextmanager
def courier_threads() -> Iterator[tuple[Executor, Executor]]:
    """Yield the threads of a courier: those that send, and the one that writes."""
    with ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(SENDERS) as senders:
        yield senders, writer


def release(store: Store) -> None:
    """Owe its alert to everybody."""
    now = SystemClock().now() + A_SECOND
    with store.transaction():
        touched = store.releases.apply(announced(), now, merged, live=True)
        owe(store, announced(), touched, now, known_until=None)


def one_release(count: int, latency: float) -> None:
    """Print what a message costs that many channels get, beside sending the same with nothing kept of it."""
    channels = [f"C{number:08}" for number in range(count)]
    with outbox(channels) as store, slack(latency) as address, courier_threads() as pools:
        release(store)
        notifier = _Keeping("xoxb-1", address)
        courier = Courier(store, notifier, SystemClock(), *pools, A_SECOND)
        ours = cost(courier.deliver_all, count)
        [said] = {message.content.text: message for message in notifier.sent}.values()
        messages = [replace(said, destination=Destination(channel)) for channel in channels]
        bare = SlackNotifier("xoxb-1", address)
        floor = cost(lambda: list(pools[0].map(bare.send, messages)), count)
    print(
        f"one release, {len(notifier.sent)} of {count} channels, answers after {1000 * latency:3.0f} ms: "
        f"{ours[0]:.2f} ms CPU a message, {ours[1]:.0f} messages a second; "
        f"{ours[0] / floor[0]:.1f} and {ours[1] / floor[1]:.2f} of sending alone"
    )


class _Keeping(SlackNotifier):
    """Keeps what it sends."""

    def __init__(self, token: str, address: str) -> None:
        super().__init__(token, address)
        self.sent: list[Message] = []

    def send(self, message: Message) -> Outcome:
        self.sent.append(message)
        return super().send(message)


def cost(work: Callable[[], object], count: int) -> tuple[float, float]:
    """Return the ms of CPU a message, and how many messages a second."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return 1000 * cpu / count, count / wall


def side_by_side(count: int, *special: str) -> float:
    """Return after how many seconds the last of the ordinary channels had all its messages."""
    ordinary = [f"C{number:08}" for number in range(count)]
    told: Counter[str] = Counter()

    def settled(delivery: Delivery, state: str, _: datetime) -> None:
        told[delivery.destination] += state == "sent"

    with outbox([]) as store, slack(0.05) as address:
        now = SystemClock().now()
        with store.transaction():
            for channel in (*special, *ordinary):
                for number in range(EACH):
                    where, said = Destination(channel), Content(f"line {number}")
                    store.deliveries.owe_line(f"{number}", where, said, now, known_until=None)
        with courier_threads() as pools:
            notifier = SlackNotifier("xoxb-1", address, timeout=10)
            courier = Courier(store, notifier, SystemClock(), *pools, A_SECOND, settled)
            start = time.perf_counter()
            while sum(told[channel] for channel in ordinary) < count * EACH:
                courier.deliver_due()
                pause = courier.next_wait()
                time.sleep(pause.total_seconds() if pause else 0)
            took = time.perf_counter() - start
            courier.stop()
    return took


def main(count: int = 1_000, beside: int = 100) -> None:
    """Measure a release for many channels, then channels beside one that hangs."""
    logs.configure("error")
    logging.disable(logging.CRITICAL)  # slack_sdk's own word on the channel that hangs
    for latency in (0, 0.1):
        one_release(count, latency)
    alone = side_by_side(beside)
    floor = (EACH - 1) * A_SECOND.total_seconds()
    print(
        f"{beside} channels x {EACH} messages: {alone:.1f} s, {alone / floor:.2f} of what the pace asks for"
    )
    for special in ((SLOW,), (HANGING,), (SLOW, HANGING)):
        took = side_by_side(beside, *special)
        print(f"  beside {' and '.join(special)}: {took:.1f} s, {took / alone:.2f} of it", flush=True)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
