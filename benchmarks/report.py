"""Measure the report: 40 labs and 5,000 releases with two sightings each, every third listed as well.

Run from the project's root: `python -m benchmarks.report [releases] [directory to keep it in]`.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.model import DateOrigin, Facts, Kind, Lab, LicenseStatement, Published, Sighting, SourceKind, Verdict
from bot.releases.naming.names import parse
from bot.releases.news.decision import Attach, Decision, Judged, Observe, Open, Step
from bot.releases.news.merge import merged
from bot.report.exports import report_files
from bot.store.store import Store

NOW = datetime(2026, 11, 1, tzinfo=UTC)
COUNTRIES = ("CN", "US", "FR", "KR", "")
LABS = [Lab(f"lab{n}", f"Laboratory {n}", country=COUNTRIES[n % 5], owners=(f"owner{n}",)) for n in range(40)]
LICENSES = ("apache-2.0", "mit", "llama3.1", "cc-by-nc-4.0", "", "gemma")
SIZES = (1, 4, 8, 14, 32, 72, 235, 480, 1000)
YEARS = 2.5
A_TRANSACTION = 500


def steps_of(number: int, count: int, chance: random.Random) -> Iterator[Step]:
    """Yield the steps that open one release: its repository, a post, and now and then a listing."""
    # some labs ship much more than others
    lab = LABS[min(int(chance.expovariate(0.12)), len(LABS) - 1)]
    title = f"{lab.owners[0]}/Zephyr{number}-2.5-{chance.choice(SIZES)}B"
    name = replace(parse(title, lab.id), family=f"Zephyr{number % 500}")
    at = NOW - timedelta(days=365 * YEARS * number / count)
    facts = Facts(license=LicenseStatement(chance.choice(LICENSES)), download_bytes=80 * 10**9)
    head = Sighting(
        f"hub:{lab.id}", SourceKind.HUB, lab.id, f"{number:024x}", title, f"https://hub.example/{title}",
        Published(at, DateOrigin.CREATED), facts=facts,
    )  # fmt: skip
    post = replace(head, source=SourceKind.FEED, source_id=f"feed:{lab.id}", external_id=f"post{number}",
                   title=f"Introducing {title}", url=f"https://blog.example/{number}", facts=Facts(),
                   published=Published(at, DateOrigin.POSTED))  # fmt: skip
    listed = Published(at, DateOrigin.LISTED, "day")
    row = replace(post, source=SourceKind.LLM_STATS, source_id="llm_stats", external_id=f"row{number}",
                  published=listed, facts=Facts(license=LicenseStatement("mit")))  # fmt: skip
    verdict = Verdict(Kind.RELEASE, "made up", name)
    yield Open(name, name.release_key, True)
    for sighting in (head, post, row) if number % 3 == 0 else (head, post):
        yield Observe(Judged(sighting, verdict), name.release_key)
    yield Attach(name.release_key, head, True, False, "")


def fill(store: Store, count: int) -> None:
    chance = random.Random(1)  # noqa: S311 - the same every time
    for start in range(0, count, A_TRANSACTION):
        numbers = range(start, min(start + A_TRANSACTION, count))
        with store.transaction():
            steps = [step for number in numbers for step in steps_of(number, count, chance)]
            store.releases.apply(Decision(tuple(steps)), NOW, merged, live=False)


def main() -> None:
    """Fill a store, make the report, and tell how long it took and how large the files are."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as directory:
        store = Store(Path(directory), LABS)
        fill(store, count)
        start, busy = time.perf_counter(), time.process_time()
        shipments = store.shipments.all(merged)
        read = time.perf_counter() - start
        files = report_files(shipments, NOW)
        took, busy = time.perf_counter() - start, time.process_time() - busy
        print(f"{len(shipments)} releases of {len(LABS)} labs")
        print(f"{took:.1f} s ({read:.1f} s of them to read the store), {busy:.1f} s of processor time")
        for name, data in files.items():
            print(f"{name:<16} {len(data) / 1000:8.0f} kB")
            if len(sys.argv) > 2:
                (Path(sys.argv[2]) / name).write_bytes(data)
        store.close()


if __name__ == "__main__":
    main()
