"""A server of many feeds on loopback, of the size that labs' feeds have: 25 entries, some 33 kB.

`python -m benchmarks.feeds COUNT` prints its port and serves until it is killed. Answers are made before the
first request: each costs the same, whoever asks.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import asyncio
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

ENTRIES = 25
MODIFIED = b"Mon, 06 Apr 2026 10:00:00 GMT"
_WORDS = (
    "model", "release", "weights", "open", "license", "context", "window", "tokens", "experts", "parameters",
    "billion", "coding", "reasoning", "chat", "inference", "serving", "training", "data", "safety", "vision",
    "tool", "long", "horizon", "repository", "available", "today", "evaluation",
)  # fmt: skip
_TARGET = re.compile(rb"GET (?:http://[^/ ]+)?/feed/(\d+)\.xml ")
_SAME = re.compile(rb"\r\nif-(?:none-match|modified-since): *([^\r]*)", re.IGNORECASE)


def body(number: int) -> bytes:
    """Return the feed of this number, always the same."""
    chance = random.Random(number)  # noqa: S311 - the same every time
    entries = "".join(_entry(number, at, chance) for at in range(ENTRIES))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Lab {number}</title><link>http://lab{number}.example/</link>{entries}</channel></rss>"
    ).encode()


def _entry(number: int, at: int, chance: random.Random) -> str:
    said = "".join(f"<p>{' '.join(chance.choices(_WORDS, k=38)).capitalize()}.</p>" for _ in range(4))
    link = f"http://lab{number}.example/blog/{at}"
    return (
        f"<item><title>Introducing Zephyr{number} 1.{at} ({chance.randint(1, 400)}B)</title>"
        f'<link>{link}</link><guid isPermaLink="false">{number}-{at}</guid>'
        f"<pubDate>Mon, 06 Apr 2026 {23 - at % 24:02}:00:00 GMT</pubDate>"
        f"<content:encoded><![CDATA[{said}"
        f'<p><a href="{link}/card">The card</a></p>]]></content:encoded></item>'
    )


@dataclass(frozen=True, slots=True)
class Answers:
    """What is answered for one feed: whole, and to whoever has it already."""

    tag: bytes
    whole: bytes
    unchanged: bytes


def _answers(number: int) -> Answers:
    content, tag = body(number), b'"%d-1"' % number
    validators = b"ETag: %b\r\nLast-Modified: %b\r\n" % (tag, MODIFIED)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nContent-Length: %d\r\n"
    unchanged = b"HTTP/1.1 304 Not Modified\r\n%b\r\n" % validators
    return Answers(tag, head % len(content) + validators + b"\r\n" + content, unchanged)


class Connection(asyncio.Protocol):
    """One connection that is kept; requests have no body."""

    def __init__(self, answers: list[Answers]) -> None:
        self._answers = answers
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            request, _, self._heard = self._heard.partition(b"\r\n\r\n")
            if isinstance(self._transport, asyncio.WriteTransport):
                self._transport.write(self._answer(request))
                if b"connection: close" in request.lower():
                    self._transport.close()

    def _answer(self, request: bytes) -> bytes:
        target = _TARGET.match(request)
        if not target or int(target[1]) >= len(self._answers):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        answers = self._answers[int(target[1])]
        told = {value.strip() for value in _SAME.findall(request)}
        return answers.unchanged if told & {answers.tag, MODIFIED} else answers.whole


async def serve(count: int) -> None:
    """Print the port, and serve for ever."""
    answers = [_answers(number) for number in range(count)]
    server = await asyncio.get_running_loop().create_server(lambda: Connection(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def serving(count: int) -> Iterator[str]:
    """Have a process serve so many feeds; yield its host, with the port."""
    command = [sys.executable, "-m", "benchmarks.feeds", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - ourselves
        try:
            assert server.stdout  # noqa: S101 - it is piped
            yield f"127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
