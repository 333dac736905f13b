"""Measure what polling many feeds costs: the baseline, then rounds in which nothing changed.

Run from the project's root: `python -m benchmarks.poll [feeds]`. Feeds of 20 entries come from a server in a
child process, once with validators (304) and once without (the same body again).
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import resource
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.bots import bot, feeds_yaml
from benchmarks.loopback import Answer, Request, Site, serving, validated
from bot.run.engines import Engines

ITEM = """<item><title>How people work with topic {i} of {n}</title>
<link>https://blog.example/{n}/{i}</link>
<guid>{n}-{i}</guid><pubDate>Mon, 06 Apr 2026 10:00:00 GMT</pubDate>
<description>Words.</description></item>"""


def feeds() -> Site:
    """Return what answers /validated/N with an ETag and /plain/N without."""

    def answer(request: Request) -> Answer:
        _, kind, number = request.target.split("/")
        items = "".join(ITEM.format(n=number, i=i) for i in range(20))
        body = f'<rss version="2.0"><channel><title>{number}</title>{items}</channel></rss>'
        whole = Answer(body.encode())
        return validated(request, whole, f'"{number}"') if kind == "validated" else whole

    return answer


def measure(kind: str, count: int, host: str, directory: Path) -> None:
    """Print the cost of a baseline and of two rounds without news."""
    urls = (f"http://{host}/{kind}/{number}" for number in range(count))
    with bot(directory / kind, feeds_yaml(urls), {"CADENCEBOT_ALLOW_HOSTS": host}) as (_, engines):
        for name in ("baseline", "no news", "no news"):
            round_of(f"{count} {kind} feeds, {name}", engines, count)


def round_of(name: str, engines: Engines, count: int) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    polled = engines.poller.poll(engines.poller.rested())
    engines.courier.deliver_all()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:<34} {wall:6.2f} s   {1000 * cpu / count:5.2f} ms CPU a feed   "
        f"{memory:4.0f} MB   {len(polled.failed)} failed"
    )


def main() -> None:
    """Measure feeds with and without validators."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as directory, serving(feeds) as server:
        for kind in ("validated", "plain"):
            measure(kind, count, server.host, Path(directory))


if __name__ == "__main__":
    main()
