"""Measure what a request costs us in CPU, against a server in a child process.

Run from the project's root: `python -m benchmarks.fetch [requests [threads]]`. The goal is below 0.6 ms on a
quiet machine; plain httpx beside it tells how fast the machine is today.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import resource
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from benchmarks.loopback import Answer, Site, serving
from bot.clock import SystemClock
from bot.fetch.client import HttpFetcher

ROUNDS = 10
BODY = b"<rss><channel>" + b"<item><title>Model 1.0</title></item>" * 100 + b"</channel></rss>"
HEADERS = {
    "Content-Type": "application/rss+xml",
    "ETag": "abc",
    "Cache-Control": "max-age=60",
    "Date": "Wed, 01 Apr 2026 00:00:00 GMT",
}


def same() -> Site:
    """Return what answers every request with the same feed."""
    return lambda _request: Answer(BODY, headers=HEADERS)


def cpu() -> float:
    """Return the CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def costs(get: Callable[[str], object], urls: list[str], threads: int) -> list[float]:
    """Return the CPU milliseconds a request, one number a round."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(get, urls[:threads]))  # opens the connections
        found = []
        for _ in range(ROUNDS):
            before = cpu()
            list(pool.map(get, urls))
            found.append((cpu() - before) / len(urls) * 1000)
    return found


def main(requests: int = 1000, threads: int = 8) -> None:
    """Print the costs."""
    with serving(same) as server:
        compare(server.host, requests, threads)


def compare(host: str, requests: int, threads: int) -> None:
    """Print what a request costs us and what it costs with httpx.Client."""
    urls = [f"http://{host}/feed/{number}.xml" for number in range(requests // ROUNDS)]
    allowed = frozenset({host})
    with (
        HttpFetcher(clock=SystemClock(), user_agent="benchmark", allowed_hosts=allowed) as fetcher,
        httpx.Client(trust_env=False) as client,
    ):
        for name, get in (("HttpFetcher.get", fetcher.get), ("httpx.Client.get", client.get)):
            found = costs(get, urls, threads)
            print(
                f"{name:16}  {requests} requests, {threads} threads: "
                f"{min(found):.2f} ms CPU a request at best, {statistics.median(found):.2f} ms usually"
            )


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
