"""A server of many feeds on loopback, of the size that labs' feeds have: 25 entries, some 33 kB.

They are written before the first request: each costs the same, whoever asks.
"""
# ruff: noqa: INP001  # a part of scripts for people

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.loopback import NOTHING, Answer, Request, Site, serving, validated

ENTRIES = 25
MODIFIED = "Mon, 06 Apr 2026 10:00:00 GMT"
_WORDS = (
    "model", "release", "weights", "open", "license", "context", "window", "tokens", "experts", "parameters",
    "billion", "coding", "reasoning", "chat", "inference", "serving", "training", "data", "safety", "vision",
    "tool", "long", "horizon", "repository", "available", "today", "evaluation",
)  # fmt: skip
_TARGET = re.compile(r"/feed/(\d+)\.xml")
_HEADERS = {"Content-Type": "application/rss+xml; charset=utf-8"}


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


def _site(count: int) -> Site:
    answers = [Answer(body(number), headers=_HEADERS) for number in range(count)]

    def answer(request: Request) -> Answer:
        target = _TARGET.fullmatch(request.target)
        if not target or int(target[1]) >= count:
            return NOTHING
        return validated(request, answers[int(target[1])], f'"{target[1]}-1"', MODIFIED)

    return answer


@contextmanager
def serving_feeds(count: int) -> Iterator[str]:
    """Have a process serve so many feeds; yield its host, with the port."""
    with serving(_site, count) as server:
        yield server.host
