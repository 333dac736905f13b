"""Pages that list posts, for labs that have no feed."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

from bot.errors import Failure, SourceError
from bot.fetch import Fetcher
from bot.fetch.address import shown
from bot.model import SourceKind
from bot.settings.environment import Environment
from bot.settings.feeds import Config
from bot.sources.base import Memory, Poll
from bot.sources.dated import with_names
from bot.sources.extract import extractor
from bot.sources.passages import page_passage
from bot.sources.posts import Reader, poll_of, unchanged
from bot.sources.specs import PageSpec

_MAX_BYTES = 5_000_000
_ENOUGH_TO_JUDGE = 6  # a page of fewer posts may well lose two thirds of them
_FINDS_NOTHING = {
    "html": "its selectors match nothing that has a title",
    "next": "its expressions match nothing that has a title",
    "json": "its expressions match nothing that has a title",
    "markdown": "it has no dated heading, no card and no list of links",
}


class PageSource:
    """Watches a page."""

    kind = SourceKind.PAGE

    def __init__(self, spec: PageSpec, lab: str, every: timedelta) -> None:
        self.id = spec.id
        self.url = spec.page
        self.every = every
        self._spec = spec
        self._extract = extractor(spec)
        self._selectors = hashlib.sha256(spec.model_dump_json().encode()).hexdigest()[:16]
        self._reader = Reader(spec.id, self.kind, lab, spec.include)

    @classmethod
    def of(cls, spec: PageSpec, lab: str, config: Config, _environment: Environment) -> Self:
        """Return what polls it for the lab of this id."""
        return cls(spec, lab, spec.every or config.defaults.every)

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        """Return the posts never seen before.

        Raises SourceError when the page shows no posts, or far fewer than it used to: pages are redesigned
        without notice, and then silence would look like "no news".
        """
        if memory.cursor.get("selectors") != self._selectors:
            # A person has changed how the page is read: what it says unchanged must be read all the same.
            memory = replace(memory, etag="", last_modified="", fingerprint="", usual_count=0)
        answer = fetch.get(
            self.url,
            etag=memory.etag,
            last_modified=memory.last_modified,
            headers=self._spec.headers,
            max_bytes=_MAX_BYTES,
        )
        nothing_new = unchanged(answer, memory)
        if nothing_new:
            return nothing_new
        entries, usual = with_names(self._extract(answer, now), answer.url, now), memory.usual_count
        complaint = "" if entries else _FINDS_NOTHING[self._spec.format]
        if entries and usual >= _ENOUGH_TO_JUDGE and len(entries) * 3 < usual:
            complaint = f"found {len(entries)} items where there were {usual}"
        if complaint:
            raise SourceError(Failure.EMPTY, f"{shown(self.url)}: {complaint}: has the page changed?")
        poll = poll_of(answer, entries, (self.url,), self._reader, memory, now)
        return replace(
            poll,
            cursor={"selectors": self._selectors},
            passages=(*poll.passages, page_passage(answer, self._reader.lab)),
        )
