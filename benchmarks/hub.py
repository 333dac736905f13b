"""Measure polls of Hub organisations in which nothing changed: large ones, and many on their one polite host.

Run from the project's root: `python -m benchmarks.hub [organisations [seconds that an answer takes]]`.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import gzip
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.bots import bot, through
from benchmarks.loopback import Answer, Request, Site, serving, validated
from bot.run.engines import Engines

ENDPOINT = "http://hub.example"
OURS = {"CADENCEBOT_ALLOW_HOSTS": "hub.example:80"}  # nothing waits for the sake of politeness
A_PAGE = 1_000  # rows, as the Hub has it
ROUNDS = 3
FEW = 50  # repositories of each of many organisations
# An organisation's name has how many repositories it holds; those of plain ones have no ETag. One whose last
# page is full would be read whole, as what comes behind it does not change it.
LARGE = {
    "670 repositories, unchanged by its ETag": "tagged-670",
    "670 repositories, the same body again": "plain-670",
    "4990 repositories on five pages": "tagged-4990",
}
ENDINGS = ("", "-Instruct", "-FP8", "-GGUF", "-Base")


def row(owner: str, number: int) -> dict[str, object]:
    """Return a repository as the Hub lists it: some 900 bytes."""
    size = (7, 14, 32, 72, 235)[number % 5]
    name = f"{owner}/Zephyr{3 + number // 40}.{number % 40}-{size}B{ENDINGS[number % len(ENDINGS)]}"
    return {
        "_id": hashlib.sha256(name.encode()).hexdigest()[:24],
        "id": name,
        "createdAt": f"2025-{1 + number % 12:02}-{1 + number % 28:02}T10:00:00.000Z",
        "private": False,
        "gated": False,
        "pipeline_tag": "text-generation",
        "library_name": "transformers",
        "tags": ["transformers", "safetensors", "text-generation", "conversational", "arxiv:2505.09388",
                 f"base_model:{owner}/Zephyr", "license:apache-2.0", "endpoints_compatible", "region:us"],
        "cardData": {"license": "apache-2.0", "license_link": f"{ENDPOINT}/{name}/blob/main/LICENSE",
                     "base_model": [f"{owner}/Zephyr"], "language": ["en", "zh", "fr"]},
        "safetensors": {"parameters": {"BF16": size * 10**9}, "total": size * 10**9},
    }  # fmt: skip


def hub(seconds: float) -> Site:
    """Return what lists organisations as the Hub does; each answer takes so many seconds."""

    @cache
    def page(owner: str, start: int) -> tuple[bytes, str]:
        count = min(int(owner.partition("-")[2]), start + A_PAGE)
        body = json.dumps([row(owner, number) for number in range(start, count)]).encode()
        return gzip.compress(body), f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'

    def answer(request: Request) -> Answer:
        query = parse_qs(urlsplit(request.target).query)
        [owner], start = query["author"], int(query.get("cursor", ["0"])[0])
        body, tag = page(owner, start)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        if start + A_PAGE < int(owner.partition("-")[2]):
            following = urlencode({"author": owner, "cursor": start + A_PAGE})
            headers["Link"] = f'<{ENDPOINT}/api/models?{following}>; rel="next"'
        whole = Answer(body, headers=headers, after=seconds)
        return whole if owner.startswith("plain") else validated(request, whole, tag)

    return answer


def feeds_of(owners: Iterable[str]) -> str:
    """Return a feeds.yaml of these organisations."""
    return "labs:\n" + "".join(f"- {{id: {it}, name: {it}, sources: [{{hub: {it}}}]}}\n" for it in owners)


def polled(engines: Engines) -> tuple[float, float]:
    """Poll all, and return the seconds on the clock and those of the processor."""
    clock, busy = time.perf_counter(), time.process_time()
    done = engines.poller.poll(engines.poller.rested())
    clock, busy = time.perf_counter() - clock, time.process_time() - busy
    if done.failed:
        sys.exit(f"an organisation could not be read: {done.failed[0].complaint}")
    return clock, busy


def large(proxy: str) -> None:
    """Print what an unchanged poll of each large organisation costs."""
    for name, owner in LARGE.items():
        with (
            tempfile.TemporaryDirectory() as home,
            bot(Path(home), feeds_of([owner]), {"HF_ENDPOINT": ENDPOINT, **through(proxy), **OURS}) as (
                _,
                engines,
            ),
        ):
            polled(engines)
            busy = min(polled(engines)[1] for _ in range(ROUNDS))
        print(f"hub: {name:<40} {1000 * busy:8.2f} ms CPU", flush=True)


def many(proxy: str, count: int, seconds: float) -> None:
    """Print how long a round of many organisations takes on the clock, asked with all politeness."""
    feeds = feeds_of(f"tagged{number}-{FEW}" for number in range(count))
    variables = {"HF_ENDPOINT": ENDPOINT, **through(proxy)}
    with tempfile.TemporaryDirectory() as home:
        with bot(Path(home), feeds, {**variables, **OURS}) as (_, engines):
            polled(engines)
        with bot(Path(home), feeds, variables) as (_, engines):
            clock, busy = polled(engines)
    print(
        f"hub: organisations on one host {clock:6.1f} s on the clock for {count}, of which answers took "
        f"{count * seconds:.1f} s; {1000 * busy / count:.2f} ms CPU each"
    )


def main(organisations: int = 59, seconds: float = 0.25) -> None:
    """Measure large organisations, then many."""
    with serving(hub, 0.0) as server:
        large(server.host)
    with serving(hub, seconds) as server:
        many(server.host, organisations, seconds)


if __name__ == "__main__":
    main(*(kind(word) for kind, word in zip((int, float), sys.argv[1:], strict=False)))
