"""A stand-in for the public models page of llm-stats.com, with made-up rows in its shape.

The rows stand in the flight data of a Next.js page, as docs/reference/llmstats.md#page describes it.
"""

import json
from collections.abc import Mapping
from typing import Any

from bot.demo.serving import Answer, Loopback, Request

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
    """Serve the page and its robots.txt; a row needs at least `model_id` and `name`."""

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
    """Return a page that carries `props` the way Next.js streams them to the browser.

    The stream is cut where it happens to be full, so that an object may begin in one chunk and end in the
    next.
    """
    stream = f"0:null\n5:{json.dumps(['$', '$L7', None, props], ensure_ascii=False, default=str)}\n"
    size = len(stream) // 3 + 1
    chunks = (stream[start : start + size] for start in range(0, len(stream), size))
    scripts = "".join(f"<script>self.__next_f.push([1,{_quoted(chunk)}])</script>" for chunk in chunks)
    head = "<title>AI Leaderboard</title><script>(self.__next_f=self.__next_f||[]).push([0])</script>"
    return f'<!DOCTYPE html><html lang="en"><head>{head}</head><body>{scripts}</body></html>'


def _quoted(text: str) -> str:
    """Return a string literal that cannot end the script it stands in."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\u003c")
