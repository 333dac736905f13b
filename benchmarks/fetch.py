"""Measure what a request costs us in CPU, against a server in a child process.

Run from the project's root: `python -m benchmarks.fetch [requests [threads]]`. The goal is below 0.6 ms on a
quiet machine; plain httpx beside it tells how fast the machine is today.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import asyncio
import multiprocessing
import resource
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

import httpx

from bot.clock import SystemClock
from bot.fetch.client import HttpFetcher

ROUNDS = 10
BODY = b"<rss><channel>" + b"<item><title>Model 1.0</title></item>" * 100 + b"</channel></rss>"
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: abc\r\nCache-Control: max-age=60\r\n"
    b"Date: Wed, 01 Apr 2026 00:00:00 GMT\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


def serve(ready: Connection) -> None:
    """Answer every request with the same feed; tells `ready` the port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            writer.write(ANSWER)
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


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
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    host = f"127.0.0.1:{ours.recv()}"
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
    server.terminate()
    server.join()


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
