"""Measure questions to a large store: 100,000 releases, ten sightings each, and their deliveries.

Run from the project's root: `python -m benchmarks.questions [releases]`.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.model import DateOrigin, Facts, Kind, Lab, LicenseStatement, Published, Sighting, SourceKind, Verdict
from bot.releases.facts.filters import Filters
from bot.releases.naming.names import parse
from bot.releases.news.decision import Attach, Decision, Judged, Observe, Open, Step
from bot.releases.news.merge import merged
from bot.store.store import Store
from tests.support.places import C1

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LABS = [Lab(f"lab{n}", f"Lab {n}", owners=(f"owner{n}",)) for n in range(50)]
SIGHTINGS = 10
A_TRANSACTION = 1_000


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


def timed(name: str, question: Callable[[], object]) -> None:
    start = time.perf_counter()
    question()
    print(f"{name:<44} {1000 * (time.perf_counter() - start):8.1f} ms")


def main() -> None:
    """Fill a store and ask it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as directory:
        store = Store(Path(directory), LABS)
        timed(f"{count} releases, {count * SIGHTINGS} sightings written", lambda: fill(store, count))
        history, month, year = store.history, NOW - timedelta(days=30), NOW - timedelta(days=365)
        timed("recent since:30d", lambda: history.recent((), month, limit=20))
        timed("recent since:1y", lambda: history.recent((), year, limit=20))
        timed("recent lab7 since:1y license:mit max:70b",
              lambda: history.recent(["lab7"], year, Filters("mit", max=70 * 10**9), 20))  # fmt: skip
        timed("cadence since:1y", store.shipments.history)
        timed("show, by name", lambda: history.find("Zephyr77-2.5-40B"))
        timed("show, by a part of the name", lambda: history.find("zephyr770"))
        timed("why, by repository", lambda: history.observations("owner27/Zephyr77-2.5-40B"))
        timed("why, by a part of the title", lambda: history.observations("zephyr77-"))
        timed("list", store.subscriptions.all)
        timed("status: messages by state", store.deliveries.counts)
        timed("the outbox's heads", store.deliveries.heads)
        timed("the catalogue of a lab", lambda: store.releases.catalogue(["lab7"]))
        store.close()


if __name__ == "__main__":
    main()
