"""Measure commands in Slack against a large store: how soon each is acknowledged, and when it is answered.

Run from the project's root: `python -m benchmarks.ask [releases] [commands]`. The store holds ten sightings a
release and 10,000 subscriptions; eight people ask at once, and a poll keeps writing meanwhile.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from typing import ClassVar

from slack_bolt import BoltRequest

from benchmarks.questions import LABS, NOW, fill
from benchmarks.subscriptions import subscribe
from bot.desk.changes import Changes
from bot.desk.corrections import Corrector, FaultReports
from bot.desk.desk import Desk
from bot.desk.questions import Asker, Questions
from bot.records import Content
from bot.releases.naming.labs import Labs
from bot.slack.app import make_app
from bot.slack.channels import SlackChannels
from bot.slack.client import web_client
from bot.slack.wording import CommandName
from bot.slack.workspaces import OneWorkspace
from bot.store.store import Store
from tests.slack.fakes import SlackApi
from tests.slack.payloads import command
from tests.support.clock import FakeClock

TEXTS = (
    "recent", "recent lab7 since:90d", "recent license:permissive max:70b", "show Zephyr77-2.5-40B", "list",
    "cadence lab3", "status", "labs 7", "why owner27/Zephyr77-2.5-40B", "subscribe lab4", "mute lab9 7d",
    "help",
)  # fmt: skip
PEOPLE, ANSWERING = 8, 4  # threads that ask, and that answer as bot/slack/serving.py has them


class TimedDesk(Desk):
    """Note how long each answer takes."""

    times: ClassVar[dict[str, list[float]]] = defaultdict(list)

    def answer(self, asker: Asker, text: str) -> Content:
        start = time.perf_counter()
        try:
            return super().answer(asker, text)
        finally:
            self.times[text].append(1000 * (time.perf_counter() - start))


def main() -> None:
    """Fill a store, let people ask, and print what they waited for."""
    arguments = [int(argument) for argument in sys.argv[1:]]
    releases, commands = (arguments + [100_000, 600][len(arguments) :])[:2]
    with tempfile.TemporaryDirectory() as directory, SlackApi() as slack:
        store, clock, labs = Store(Path(directory), LABS), FakeClock(NOW), Labs(LABS)
        fill(store, releases)
        subscribe(store, 10_000)
        questions = Questions(Store(Path(directory), LABS, readonly=True), labs, clock)
        reporting = FaultReports(store, Corrector(store, labs, clock))
        client = web_client("", slack.api_url)
        channels = SlackChannels(client, lambda _team: "xoxb-one", clock.now)
        desk = TimedDesk(questions, Changes(store, clock), reporting, channels)
        with ThreadPoolExecutor(ANSWERING) as answers, ThreadPoolExecutor(PEOPLE) as people:
            app = make_app(lambda: desk, client, OneWorkspace("xoxb-one"), answers, CommandName())

            def ask(number: int) -> float:
                payload = command(TEXTS[number % len(TEXTS)], hook=slack.hook)
                start = time.perf_counter()
                app.dispatch(BoltRequest(body=payload, mode="socket_mode"))
                return 1000 * (time.perf_counter() - start)

            done = threading.Event()
            writer = threading.Thread(target=_write, args=(store, done))
            writer.start()
            waits = list(people.map(ask, range(commands)))
            answers.shutdown()
            done.set()
            writer.join()
            alone = {text: _alone(desk, text) for text in TEXTS}
    print(f"acknowledged: median {median(waits):.1f} ms, p99 {quantiles(waits, n=100)[98]:.1f} ms, "
          f"longest {max(waits):.1f} ms, of {len(waits)}")  # fmt: skip
    print(f"{'answered':<36} {'alone':>10} {'with seven others, median and longest':>48}")
    for text, times in alone.items():
        together = TimedDesk.times[text][: -len(times)]
        print(f"{text:<36} {median(times):7.1f} ms {median(together):38.1f} {max(together):8.1f}")


def _alone(desk: TimedDesk, text: str) -> list[float]:
    for number in range(9):
        desk.answer(Asker("UALONE", "C1", request=f"alone {number}"), text)
    return desk.times[text][-9:]


def _write(store: Store, done: threading.Event) -> None:
    while not done.wait(0.05):
        with store.transaction():
            store.sources.remember("hub:lab0", {str(time.time()): "seen"}, NOW)


if __name__ == "__main__":
    main()
