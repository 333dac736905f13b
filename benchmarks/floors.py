"""What any program pays that polls feeds and remembers them: a client, a parser, a row a feed.

`python benchmarks/floors.py CLIENT BASE COUNT STATE`. `httpx` is what the bot is built on: httpx.Client on
eight threads, feedparser, a durable transaction a poll. `aiohttp` is the leanest: 64 at a time and expat. It
knows nothing of the bot, and runs in a virtual environment of its own.
"""
# A script for people: it is no package. Of the two clients only one is there.
# ruff: noqa: INP001, PLC0415

import asyncio
import sqlite3
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

THREADS, TOGETHER = 8, 64


class State:
    """The validators and what was seen, in one SQLite file; every poll is written."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._writing = threading.Lock()
        self._database.executescript("""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE IF NOT EXISTS feed (url TEXT PRIMARY KEY, etag TEXT, modified TEXT, polled REAL);
            CREATE TABLE IF NOT EXISTS seen (guid TEXT PRIMARY KEY, url TEXT, title TEXT);
        """)
        rows = self._database.execute("SELECT url, etag, modified FROM feed")
        self.asking = {
            url: {"If-None-Match": etag, "If-Modified-Since": modified} for url, etag, modified in rows
        }

    def keep(self, url: str, headers: Mapping[str, str], entries: Iterable[tuple[str, str]]) -> None:
        """Store a poll and its entries, all or nothing."""
        kept = (url, headers.get("ETag"), headers.get("Last-Modified"), time.time())
        with self._writing:
            self._database.execute("BEGIN IMMEDIATE")
            rows = [(guid, url, title) for guid, title in entries]
            self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", rows)
            self._database.execute("INSERT OR REPLACE INTO feed VALUES (?, ?, ?, ?)", kept)
            self._database.execute("COMMIT")


def with_httpx(urls: list[str], state: State) -> None:
    """Poll all with httpx.Client and feedparser."""
    import feedparser
    import httpx

    def poll(url: str) -> None:
        answer = client.get(url, headers=state.asking.get(url, {}))
        entries = parse(answer.content) if answer.content else []
        state.keep(url, answer.headers, [(entry.id, entry.title) for entry in entries])

    def parse(body: bytes) -> Any:
        return feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False).entries

    with httpx.Client(trust_env=False, timeout=30) as client, ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(poll, urls))


async def with_aiohttp(urls: list[str], state: State) -> None:
    """Poll all with aiohttp and expat."""
    import aiohttp  # type: ignore[import-not-found]  # it is in a virtual environment of its own

    async def poll_some() -> None:
        for url in left:
            async with session.get(url, headers=state.asking.get(url, {})) as answer:
                body = await answer.read()
                state.keep(url, answer.headers, entries_of(body))

    def entries_of(body: bytes) -> list[tuple[str, str]]:
        items = ET.fromstring(body).iter("item") if body else ()  # noqa: S314 - our own feeds
        return [(item.findtext("guid", ""), item.findtext("title", "")) for item in items]

    left = iter(urls)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=TOGETHER)) as session:
        await asyncio.gather(*(poll_some() for _ in range(TOGETHER)))


def main(client: str, base: str, count: str, path: str) -> None:
    """Poll so many feeds once."""
    urls, state = [f"{base}/feed/{number}.xml" for number in range(int(count))], State(path)
    if client == "httpx":
        with_httpx(urls, state)
    else:
        asyncio.run(with_aiohttp(urls, state))


if __name__ == "__main__":
    main(*sys.argv[1:])
