"""Blogs on hosts of strangers, each with twenty old posts, which publish releases and fall silent as told."""
# ruff: noqa: INP001  # a part of scripts for people

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate

import httpx

from benchmarks.loopback import NOTHING, Answer, Request, Server, Site, serving, validated

LATENCY = 0.05  # seconds that an answer takes
OLD = 20
A_DAY = 86_400  # seconds
_ITEM = (
    "<item><title>{title}</title><link>http://lab{lab}.example/{path}</link><guid>{lab}-{path}</guid>"
    "<pubDate>{date}</pubDate><description>It is here for everybody, with a card.</description></item>"
)


def title_of(lab: int) -> str:
    """Return what this lab releases, once."""
    return f"Zephyr{lab} 1.5"


def tag_of(lab: int, *, published: bool) -> str:
    """Return the ETag of a blog before its release, and from then on."""
    return f'"{lab}-{published:d}"'


def _site() -> Site:
    """Return what serves blogs; /publish/7 has one release something, /hang/8 has the first eight hang."""
    began, published = time.time(), dict[int, float]()
    hanging = 0

    def blog(lab: int) -> Answer:
        items = [_ITEM.format(title=f"How people work with topic {at}", lab=lab, path=at,
                              date=formatdate(began - A_DAY * (30 + at))) for at in range(OLD)]  # fmt: skip
        if lab in published:
            news = f"Introducing {title_of(lab)} (40B)"
            items.insert(0, _ITEM.format(title=news, lab=lab, path="new", date=formatdate(published[lab])))
        channel = f"<channel><title>Lab {lab}</title>{''.join(items)}</channel>"
        return Answer(f'<rss version="2.0">{channel}</rss>'.encode(), after=LATENCY)

    def answer(request: Request) -> Answer:
        nonlocal hanging
        _, what, number = request.target.split("/")
        lab = int(number)
        match what:
            case "publish":
                published[lab] = time.time()
            case "hang":
                hanging = lab
            case "blog":
                tag = tag_of(lab, published=lab in published)
                return Answer(after=None) if lab < hanging else validated(request, blog(lab), tag)
            case _:
                return NOTHING
        return Answer()

    return answer


@dataclass(frozen=True, slots=True)
class Strangers:
    """The blogs; `proxy` is the `host:port` by way of which they are asked."""

    proxy: str
    _server: Server

    def publish(self, lab: int) -> None:
        """Have a lab release something, its first and only one."""
        httpx.get(f"http://{self.proxy}/publish/{lab}", trust_env=False)

    def hang(self, count: int) -> None:
        """Have the first so many never answer again."""
        httpx.get(f"http://{self.proxy}/hang/{count}", trust_env=False)

    def stop(self) -> None:
        """End them all: nobody waits for who hangs."""
        self._server.stop()


@contextmanager
def strangers() -> Iterator[Strangers]:
    """Yield blogs at http://lab0.example/blog/0 and so on."""
    with serving(_site) as server:
        yield Strangers(server.host, server)
