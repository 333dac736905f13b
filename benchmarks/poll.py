"""Measure what polling many feeds costs: the baseline, then rounds in which nothing changed.

Run from the project's root: `python -m benchmarks.poll [feeds]`. Feeds of 20 entries come from a server in a
child process, once with validators (304) and once without (the same body again).
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import multiprocessing
import resource
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

import yaml
from rich.console import Console

from bot.run.engines import Engines, at_work
from bot.run.wiring import open_app

ITEM = """<item><title>How people work with topic {i} of {n}</title>
<link>https://blog.example/{n}/{i}</link>
<guid>{n}-{i}</guid><pubDate>Mon, 06 Apr 2026 10:00:00 GMT</pubDate>
<description>Words.</description></item>"""


class Feeds(BaseHTTPRequestHandler):
    """Answer /validated/N with an ETag and /plain/N without."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        number, tag = self.path.rsplit("/", 1)[1], f'"{self.path}"'
        if self.path.startswith("/validated/") and self.headers.get("If-None-Match") == tag:
            self.answer(304, b"", tag)
        else:
            items = "".join(ITEM.format(n=number, i=i) for i in range(20))
            body = f'<rss version="2.0"><channel><title>{number}</title>{items}</channel></rss>'
            self.answer(200, body.encode(), tag if self.path.startswith("/validated/") else "")

    def answer(self, status: int, body: bytes, tag: str) -> None:
        self.send_response(status)
        if tag:
            self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True


def serve(ready: Connection) -> None:
    """Serve until killed; tells `ready` the port."""
    server = Server(("127.0.0.1", 0), Feeds)
    ready.send(server.server_port)
    server.serve_forever()


def measure(kind: str, count: int, host: str, directory: Path) -> None:
    """Print the cost of a baseline and of two rounds without news."""
    labs = [
        {"id": f"lab{n}", "name": f"Lab {n}", "sources": [{"feed": f"http://{host}/{kind}/{n}"}]}
        for n in range(count)
    ]
    config = directory / f"{kind}.yaml"
    config.write_text(yaml.safe_dump({"labs": labs}), encoding="utf-8")
    variables = {
        "CADENCEBOT_CONFIG": str(config),
        "CADENCEBOT_STATE": str(directory / kind),
        "CADENCEBOT_ALLOW_HOSTS": host,
    }
    with open_app(variables) as app, at_work(app, Console(quiet=True)) as engines:
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
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as directory:
        host = f"127.0.0.1:{ours.recv()}"
        for kind in ("validated", "plain"):
            measure(kind, count, host, Path(directory))
    server.kill()


if __name__ == "__main__":
    main()
