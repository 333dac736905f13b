"""Measure questions to ever larger stores: up to 100,000 releases, ten sightings each, and their deliveries.

Run from the project's root: `python -m benchmarks.questions [releases ...]`.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log, nan
from pathlib import Path
from statistics import linear_regression, median

from bot.desk.changes import Changes
from bot.desk.corrections import Corrector, FaultReports
from bot.desk.desk import Desk
from bot.desk.questions import Asker, Questions
from bot.model import DateOrigin, Facts, Kind, Lab, LicenseStatement, Published, Sighting, SourceKind, Verdict
from bot.releases.naming.labs import Labs
from bot.releases.naming.names import parse
from bot.releases.news.decision import Attach, Decision, Judged, Observe, Open, Step
from bot.releases.news.merge import merged
from bot.run.chores import keep_habits
from bot.slack.channels import SlackChannels
from bot.slack.client import web_client
from bot.store.store import Store
from tests.support.clock import FakeClock
from tests.support.places import C1

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LABS = [Lab(f"lab{n}", f"Lab {n}", owners=(f"owner{n}",)) for n in range(50)]
SIGHTINGS = 10
A_TRANSACTION = 1_000
TIMES = 5
LINEAR = 1.1  # a power of the releases, with some room for what else the machine does
# The milliseconds that each question may take of 100,000 releases; None: as long as it takes.
GOALS: Mapping[str, int | None] = {
    "recent": 10, "recent since:1y": None, "recent lab7 since:90d": None,
    "recent license:permissive max:70b": None, "recent license:mit since:1y": 50,
    "recent fits:80gb since:1y": 50, "recent type:vision since:1y": 50, "recent weights:open since:1y": None,
    "recent match:zephyr7 since:1y": 50, "recent match:coder since:1y": 50,
    "show Zephyr77-2.5-40B": 10, "show zephyr77": 50, "show Zephr77-2.5-4OB": 100,
    "why owner27/Zephyr77-2.5-40B": 20, "why https://blog.example/77/3": 20, "why zephyr77-": 100,
    "why zephyr77 2.5": 100, "why Nothing-Like-It-9B": 100, "why zy": None,
    "cadence lab3": 100, "cadence": 100, "cadence by:month": None,
    "list": None, "status": None, "labs 7": None, "digest preview": None, "help": None,
}  # fmt: skip


def steps_of(number: int) -> list[Step]:
    """Return the steps that open one release: its repository, and posts that speak of it."""
    lab = LABS[number % len(LABS)]
    title = f"{lab.owners[0]}/Zephyr{number}-2.5-40B"
    name = replace(parse(title, lab.id), family=f"Zephyr{number % 500}")
    created = Published(NOW - timedelta(minutes=5 * number), DateOrigin.CREATED)
    facts = Facts(license=LicenseStatement("apache-2.0"), parameters=40 * 10**9, download_bytes=80 * 10**9)
    head = Sighting(
        f"hub:{lab.id}", SourceKind.HUB, lab.id, f"{number:024x}", title, f"https://hub.example/{title}",
        created, facts=facts,
    )  # fmt: skip
    posts = [
        replace(head, source=SourceKind.FEED, source_id=f"feed:{n}", external_id=f"{number}-{n}",
                url=f"https://blog.example/{number}/{n}", published=None, facts=Facts())
        for n in range(SIGHTINGS - 1)
    ]  # fmt: skip
    verdict = Verdict(Kind.RELEASE, "made up", name)
    seen = [Observe(Judged(sighting, verdict), name.release_key) for sighting in (head, *posts)]
    return [Open(name, name.release_key, True), *seen, Attach(name.release_key, head, True, False, "")]


def fill(store: Store, count: int) -> None:
    for start in range(0, count, A_TRANSACTION):
        steps = [
            step for number in range(start, min(start + A_TRANSACTION, count)) for step in steps_of(number)
        ]
        with store.transaction():
            touched = store.releases.apply(Decision(tuple(steps)), NOW, merged, live=False)
            for key, release_id in touched.items():
                store.deliveries.owe_alerts(release_id, key, [C1], NOW, known_until=None)


def desk_of(directory: Path) -> Desk:
    """Return a desk for a store that is filled; nothing here goes to Slack."""
    store, clock, labs = Store(directory, LABS), FakeClock(NOW), Labs(LABS)
    questions = Questions(Store(directory, LABS, readonly=True), labs, clock, ("hub:lab0",))
    channels = SlackChannels(web_client("", "http://127.0.0.1:9/"), lambda _team: "", clock.now)
    reports = FaultReports(store, Corrector(store, labs, clock))
    return Desk(questions, Changes(store, clock), reports, channels)


def asked(directory: Path, count: int) -> dict[str, float]:
    """Return the milliseconds of processor time of each question to so many releases: the median."""
    with closing(Store(directory, LABS)) as store:
        start = time.process_time()
        fill(store, count)
        keep_habits(store)  # as `run` does each hour
        print(f"{count:,} releases written: {1000 * (time.process_time() - start) / count:.2f} ms each")
    desk = desk_of(directory)
    return {text: median(taken(desk, text) for _ in range(TIMES)) for text in GOALS}


def taken(desk: Desk, text: str) -> float:
    """Return the milliseconds of processor time that one answer takes."""
    start = time.process_time()
    desk.answer(Asker("U1", C1.place, request=text), text)
    return 1000 * (time.process_time() - start)


def growth(times: Mapping[int, float]) -> float:
    """Return by which power of the releases the time grows: the slope of both their logarithms."""
    if len(times) < 2:
        return nan
    slope, _ = linear_regression([log(count) for count in times], [log(it) for it in times.values()])
    return slope


def main() -> None:
    """Fill a store of each size, ask all of them, and print the times beside the goals."""
    sizes = [int(argument) for argument in sys.argv[1:]] or [1_000, 10_000, 100_000]
    times: dict[int, dict[str, float]] = {}
    for count in sizes:
        with tempfile.TemporaryDirectory() as directory:
            times[count] = asked(Path(directory), count)
    columns = "".join(f"{count:>10,}" for count in sizes)
    print(f"{'milliseconds of processor time':<36}{columns}   grows by N^   goal at 100,000")
    for text, goal in GOALS.items():
        of_sizes = {count: answered[text] for count, answered in times.items()}
        row = "".join(f"{it:10.1f}" for it in of_sizes.values())
        power = growth(of_sizes)
        print(f"{text:<36}{row}{power:14.2f}{goal or '-':>18}{'  grows too fast' if power > LINEAR else ''}")


if __name__ == "__main__":
    main()
