"""Stand-ins for the labs' blogs, in the five shapes in which labs publish, and for llm-stats.com."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from bot.demo.server import Answer, Loopback, Request, validated

_XML = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True, slots=True)
class Post:
    """One post; `guid` is its link unless given."""

    title: str
    link: str
    at: datetime
    summary: str = ""
    guid: str = ""


def rss(posts: Sequence[Post]) -> str:
    """Return the posts as RSS 2.0."""
    items = "\n".join(
        f"<item><title>{escape(post.title)}</title><link>{escape(post.link)}</link>"
        f'<guid isPermaLink="false">{escape(post.guid or post.link)}</guid>'
        f"<pubDate>{format_datetime(post.at, usegmt=True)}</pubDate>"
        f"<description>{escape(post.summary)}</description></item>"
        for post in posts
    )
    head = "<title>News</title><link>https://example.com/</link><description>News</description>"
    return f'{_XML}\n<rss version="2.0"><channel>{head}\n{items}\n</channel></rss>\n'


def atom(posts: Sequence[Post]) -> str:
    """Return the posts as an Atom feed."""
    entries = "\n".join(
        f'<entry><title>{escape(post.title)}</title><link href="{escape(post.link)}"/>'
        f"<id>{escape(post.guid or post.link)}</id><updated>{post.at.isoformat()}</updated>"
        f"<summary>{escape(post.summary)}</summary></entry>"
        for post in posts
    )
    updated = max((post.at.isoformat() for post in posts), default="")
    head = f"<title>News</title><id>urn:cadencebot:demo</id><updated>{updated}</updated>"
    return f'{_XML}\n<feed xmlns="http://www.w3.org/2005/Atom">{head}\n{entries}\n</feed>\n'


def cards(posts: Sequence[Post]) -> str:
    """Return the posts as a page of cards, the shape of kimi.com/en/blog (docs/reference/blogs.md#sites)."""
    items = "\n".join(
        f'<a class="menu-card" href="{escape(post.link)}"><img src="/covers/2025-01-01.png" alt="">'
        f'<div class="card-title">{escape(post.title)}</div>'
        f'<div class="card-date">{post.at:%Y-%m-%d}</div></a>'
        for post in posts
    )
    return f'<!doctype html><html lang="en"><title>Blog</title><body><main>\n{items}\n</main></body></html>\n'


def articles(posts: Sequence[Post]) -> str:
    """Return the posts as the JSON of qwen.ai, which is in no order of date (labs.tsv)."""
    rows = [
        {
            "id": post.guid,
            "path": post.link.rpartition("=")[2],
            "title": post.title,
            "extra": {"date": post.at.isoformat(), "introduction": post.summary},
        }
        for post in sorted(posts, key=lambda post: post.title)
    ]
    return json.dumps({"success": True, "data": {"articles": rows}}, ensure_ascii=False)


def markdown(posts: Sequence[Post]) -> str:
    """Return the posts as dated headings over cards, the shape of MiniMax's release notes."""
    sections = "\n".join(
        f'## {post.at:%b %d, %Y}\n\n<Card title="{escape(post.title)}" href="{escape(post.link)}">\n'
        f"{post.summary}\n</Card>\n"
        for post in posts
    )
    return f"# Models\n\n{sections}"


_SHAPES: Mapping[str, tuple[str, Callable[[Sequence[Post]], str]]] = {
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "atom": ("application/atom+xml; charset=utf-8", atom),
    "cards": ("text/html; charset=utf-8", cards),
    "articles": ("application/json; charset=utf-8", articles),
    "markdown": ("text/markdown; charset=utf-8", markdown),
}


class Sites(Loopback):
    """The blogs, an address each; `shapes` says in which shape, by the site's name."""

    def __init__(self, now: Callable[[], datetime], shapes: Mapping[str, str]) -> None:
        super().__init__(self._handle)
        self._now = now
        self._shapes = dict(shapes)
        self._posts: dict[str, tuple[Post, ...]] = dict.fromkeys(shapes, ())
        self._changed: dict[str, datetime] = dict.fromkeys(shapes, now())

    def address(self, site: str) -> str:
        """Return where the site's posts are listed."""
        return f"{self.url}/{site}"

    def publish(self, site: str, *posts: Post) -> None:
        """Add posts, to be listed newest first."""
        in_order = sorted([*self._posts[site], *posts], key=lambda post: post.at, reverse=True)
        self._posts[site], self._changed[site] = tuple(in_order), self._now()

    def migrate(self, site: str) -> None:
        """Move the blog: every link, guid and date changes, as DeepMind's did in October 2025."""
        now, moved = self._now(), []
        for post in self._posts[site]:
            guid = hashlib.sha256(post.link.encode()).hexdigest()[:24]
            moved.append(replace(post, link=post.link.replace("/blog/", "/discover/"), guid=guid, at=now))
        self._posts[site], self._changed[site] = tuple(moved), now

    def _handle(self, request: Request) -> Answer:
        site = request.path.strip("/")
        if site not in self._posts:
            return Answer(404, b"Not Found", {"Content-Type": "text/plain"})
        kind, shape = _SHAPES[self._shapes[site]]
        body = shape(self._posts[site]).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        changed = format_datetime(self._changed[site].replace(microsecond=0), usegmt=True)
        return validated(request, Answer(200, body, {"Content-Type": kind}), etag, changed)


_ROBOTS = """User-agent: *
Allow: /
Disallow: /api/
Disallow: /playground/share/
Disallow: /share/
"""
# What a row has even where nothing is known.
_UNKNOWN: Mapping[str, Any] = {
    "params": None,
    "is_moe": False,
    "context": None,
    "canonical_model_id": None,
    "multimodal": False,
    "knowledge_cutoff": None,
}


class Listing(Loopback):
    """The public models page of llm-stats.com and its robots.txt; a row needs `model_id` and `name`."""

    def __init__(self) -> None:
        super().__init__(self._handle)
        self.rows: tuple[Mapping[str, Any], ...] = ()

    @property
    def page_url(self) -> str:
        """Return the value for LLM_STATS_PAGE_URL."""
        return f"{self.url}/models"

    def add(self, *rows: Mapping[str, Any]) -> None:
        """List more models, the newest first."""
        self.rows = (*({**_UNKNOWN, **row} for row in rows), *self.rows)

    def _handle(self, request: Request) -> Answer:
        pages = {
            "/models": ("text/html; charset=utf-8", flight_page({"models": self.rows})),
            "/robots.txt": ("text/plain; charset=utf-8", _ROBOTS),
        }
        kind, body = pages.get(request.path, ("text/plain", ""))
        return Answer(200 if body else 404, body.encode(), {"Content-Type": kind})


def flight_page(props: Mapping[str, Any]) -> str:
    """Return a page that carries `props` the way Next.js streams them (docs/reference/llmstats.md#page).

    The stream is cut where it happens to be full, so that an object may begin in one chunk and end in the
    next.
    """
    stream = f"0:null\n5:{json.dumps(['$', '$L7', None, props], ensure_ascii=False, default=str)}\n"
    size = len(stream) // 3 + 1
    chunks = (json.dumps(stream[at : at + size], ensure_ascii=False) for at in range(0, len(stream), size))
    # a text cannot end the script that it stands in
    quoted = (chunk.replace("<", "\\u003c") for chunk in chunks)
    scripts = "".join(f"<script>self.__next_f.push([1,{chunk}])</script>" for chunk in quoted)
    head = "<title>AI Leaderboard</title><script>(self.__next_f=self.__next_f||[]).push([0])</script>"
    return f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{scripts}</body></html>'
