"""Measure what a request costs us: CPU milliseconds a request, against a server in a child process.

Run from the project's root: `python -m benchmarks.fetch [requests] [threads]`; the goal is below 0.6 ms.
"""

import asyncio
import multiprocessing
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

from bot.clock import SystemClock
from bot.fetch.client import HttpFetcher

BODY = b"<rss><channel>" + b"<item><title>Model 1.0</title></item>" * 100 + b"</channel></rss>"
ANSWER = (
    b'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "abc"\r\nCache-Control: max-age=60\r\n'
    b"Date: Wed, 01 Apr 2026 00:00:00 GMT\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


def serve(ready: Connection) -> None:
    """Answer every request with the same feed and send the port to `ready`."""

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


def measure(port: int, requests: int, threads: int) -> tuple[float, float]:
    """Return CPU and elapsed milliseconds a request."""
    host = f"127.0.0.1:{port}"
    urls = [f"http://{host}/feed/{number}.xml" for number in range(requests)]
    with (
        HttpFetcher(
            clock=SystemClock(), user_agent="cadencebot-benchmark", allowed_hosts=frozenset({host})
        ) as fetcher,
        ThreadPoolExecutor(threads) as pool,
    ):
        list(pool.map(fetcher.get, urls[:threads]))
        used, began = cpu(), time.perf_counter()
        answers = list(pool.map(fetcher.get, urls))
        used, elapsed = cpu() - used, time.perf_counter() - began
    assert all(answer.body == BODY for answer in answers)
    return used / requests * 1000, elapsed / requests * 1000


def main() -> None:
    """Print the costs."""
    requests, threads = (int(number) for number in [*sys.argv[1:], "1000", "8"][:2])
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    used, elapsed = measure(ours.recv(), requests, threads)
    server.terminate()
    server.join()
    print(f"{requests} requests, {threads} threads: {used:.3f} ms CPU, {elapsed:.3f} ms elapsed a request")


if __name__ == "__main__":
    main()
