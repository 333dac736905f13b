"""Measure `run` by the clock: from detection to post, after a stop, and beside hosts that hang.

Run from the project's root: `python -m benchmarks.run [every [news [seconds]]]`: how many seconds are between
two polls of a blog, how many releases come one every two seconds, and for how long eight blogs hang.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.bots import bot, feeds_yaml, through
from benchmarks.slack import Post, posts_at, slack
from benchmarks.strangers import Strangers, strangers, tag_of, title_of
from bot.fetch import Response
from bot.run.engines import Engines
from bot.run.monitor import monitoring, tell_admins
from bot.run.rereading import Rereading
from bot.run.service import Service
from bot.run.wiring import App

BLOGS, HANGING = 200, 8
CHANNELS = ("C00000001", "C00000002", "C00000003")
BETWEEN = 2.0  # seconds between two releases
MEANWHILE = 8  # releases while the bot is stopped
PACE = 1.0  # seconds between two messages to a channel
PATIENCE = 60.0  # seconds for what is still to come
SLACK = 0.1  # seconds that Slack takes


class Noting:
    """The bot's client, which notes when a blog was asked, how late that was, and when its news were read."""

    def __init__(self, app: App, engines: Engines) -> None:
        self._app = app
        self._get = engines.poller.fetch.get
        self._ids = {source.url: source.id for source in engines.poller.sources}
        self.asked: dict[str, float] = {}  # for the first time
        self.late: dict[str, list[float]] = {}
        self.read: dict[str, float] = {}  # by ETag, seconds since 1970

    def get(self, url: str, **asked: Any) -> Response:
        """Return the answer."""
        due, now = self._app.store.sources.state(self._ids[url]).next_poll_at, time.time()
        self.asked.setdefault(url, now)
        if due:
            self.late.setdefault(url, []).append(now - due.timestamp())
        answer = self._get(url, **asked)
        self.read.setdefault(answer.etag, time.time())
        return answer


@contextmanager
def running(home: Path, every: float, variables: Mapping[str, str]) -> Iterator[Noting]:
    """Yield what is noted of a bot that runs until the end of the block; its first sight is over."""
    standing = "".join(f"- {{channel: {channel}, labs: all}}\n" for channel in CHANNELS)
    before = f"defaults: {{every: {every:g}s}}\nsubscriptions:\n{standing}"
    feeds = feeds_yaml((f"http://lab{lab}.example/blog/{lab}" for lab in range(BLOGS)), before)
    with bot(home, feeds, variables) as (app, engines), monitoring(app, engines) as monitor:
        engines.poller.fetch = noting = Noting(app, engines)
        if not app.store.sources.states():
            engines.poller.poll(engines.poller.due())
        service = Service(engines, monitor, partial(tell_admins, app, monitor), Rereading(app, engines).tick)
        loop = threading.Thread(target=service.run)
        loop.start()
        try:
            yield noting
        finally:
            service.stop()
            loop.join()


def came(address: str, labs: Sequence[int]) -> dict[int, list[Post]]:
    """Return the posts of these labs' releases, once each channel has them all."""
    until = time.monotonic() + PATIENCE
    while True:
        posts = posts_at(address)
        found = {lab: [post for post in posts if title_of(lab) in post.text] for lab in labs}
        if all(len(those) >= len(CHANNELS) for those in found.values()) or time.monotonic() > until:
            return found
        time.sleep(0.5)


def delays(noting: Noting, found: Mapping[int, Sequence[Post]]) -> Iterator[tuple[float, bool]]:
    """Yield the seconds from detection to each post, and whether nothing else was owed to that channel."""
    for channel in CHANNELS:
        free_at = 0.0
        read = {lab: at for lab in found if (at := noting.read.get(tag_of(lab, published=True)))}
        for lab in sorted(read, key=lambda lab: read[lab]):
            for at in [post.at for post in found[lab] if post.channel == channel][:1]:
                yield at - read[lab], read[lab] >= free_at
                free_at = max(free_at, at + PACE)


def quantiles(found: Sequence[float]) -> str:
    """Return the median and the 99th percentile in words."""
    ordered = sorted(found)
    if not ordered:
        return "none"
    return f"p50 {ordered[len(ordered) // 2]:.2f}, p99 {ordered[int(0.99 * len(ordered))]:.2f}"


def detection_to_post(blogs: Strangers, noting: Noting, address: str, labs: Sequence[int]) -> None:
    """Print how long a release takes from the bot's reading of it until Slack has it."""
    for lab in labs:
        time.sleep(BETWEEN)
        blogs.publish(lab)
    found = [*delays(noting, came(address, labs))]
    alone, all_of_them = [delay for delay, free in found if free], [delay for delay, _ in found]
    wanted = len(labs) * len(CHANNELS)
    print(f"run: detection to post where nothing else is owed {quantiles(alone)} s ({len(alone)} posts)")
    print(f"run: detection to post {quantiles(all_of_them)} s ({len(found)} of {wanted} posts)", flush=True)


def after_a_stop(noting: Noting, address: str, labs: Sequence[int], began: float) -> None:
    """Print how long it takes from a start until all is read, and until all that came meanwhile is posted."""
    found = came(address, labs)
    until = time.monotonic() + PATIENCE
    while len(noting.asked) < BLOGS and time.monotonic() < until:
        time.sleep(0.1)
    posted = [post.at - began for posts in found.values() for post in posts]
    print(
        f"run: after a stop {len(noting.asked)} of {BLOGS} asked: {max(noting.asked.values()) - began:.1f} s"
    )
    print(f"run: after a stop, posts {quantiles(posted)} s ({len(posted)} posts)", flush=True)


def beside_hanging(blogs: Strangers, noting: Noting, seconds: float) -> None:
    """Print how late the others are polled while some hang."""
    noting.late.clear()
    blogs.hang(HANGING)
    time.sleep(seconds)
    slow = {f"http://lab{lab}.example/blog/{lab}" for lab in range(HANGING)}
    late = [each for url, those in [*noting.late.items()] if url not in slow for each in those]
    print(f"run: {HANGING} of {BLOGS} hang, the others are late {quantiles(late)} s ({len(late)} polls)")
    blogs.stop()


def main(every: float = 10, news: float = 60, seconds: float = 90) -> None:
    """Print all three."""
    with tempfile.TemporaryDirectory() as directory, strangers() as blogs, slack(SLACK) as address:
        variables = {**through(blogs.proxy), "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_API_URL": address}
        home, labs = Path(directory), range(HANGING, HANGING + int(news))
        with running(home, every, variables) as noting:
            detection_to_post(blogs, noting, address, labs)
        meanwhile = range(labs.stop, labs.stop + MEANWHILE)
        for lab in meanwhile:
            blogs.publish(lab)
        time.sleep(1.1 * every)  # until each is due
        began = time.time()
        with running(home, every, variables) as noting:
            after_a_stop(noting, address, meanwhile, began)
            beside_hanging(blogs, noting, seconds)


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:]))
