"""A stand-in for Slack's Web API on loopback that says yes to everything, and knows what it was told.

Each channel's answers come after the latency asked for; C0SLOW answers after three seconds, C0HANGING never.
"""
# ruff: noqa: INP001  # a part of scripts for people

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import parse_qsl

import httpx

from benchmarks.loopback import Answer, Request, Site, serving

SLOW, HANGING = "C0SLOW", "C0HANGING"
_DELAYS: dict[str, float | None] = {SLOW: 3.0, HANGING: None}  # seconds; None is for ever
_POST, _POSTS = "chat.postMessage", "bench.posts"  # the second is our own


@dataclass(frozen=True, slots=True)
class Post:
    """A message as it came, `at` seconds since 1970."""

    at: float
    channel: str
    text: str


def _site(latency: float) -> Site:
    posts: list[tuple[float, str, str]] = []

    def answer(request: Request) -> Answer:
        method = request.target.rpartition("/")[2]
        if method == _POSTS:
            return Answer(json.dumps(posts).encode())
        is_json = "json" in request.headers.get("content-type", "")
        asked = json.loads(request.body) if is_json else dict(parse_qsl(request.body.decode()))
        channel = asked.get("channel", "")
        if method == _POST:
            posts.append((time.time(), channel, asked.get("text", "")))
        ts = f"{time.time():.0f}.{len(posts):06}"
        said = {"ok": True, "channel": channel, "ts": ts, "team": "T", "user": "U"}
        headers = {"Content-Type": "application/json", "Date": formatdate(usegmt=True)}
        return Answer(json.dumps(said).encode(), 200, headers, _DELAYS.get(channel, latency))

    return answer


@contextmanager
def slack(latency: float) -> Iterator[str]:
    """Yield the address of its API; answers take `latency` seconds."""
    with serving(_site, latency) as server:
        yield f"http://{server.host}/api/"


def posts_at(address: str) -> list[Post]:
    """Return all messages that came to this API, the first one first."""
    answer = httpx.get(address + _POSTS, trust_env=False)
    return [Post(*post) for post in answer.json()]
