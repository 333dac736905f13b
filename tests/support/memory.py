"""What the store does for a source, in a dictionary."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.fetch import Fetcher
from bot.sources.base import Memory, Poll, Source

START = datetime(2026, 4, 20, 12, 0, tzinfo=UTC)


class Watch:
    """Polls one source again and again and remembers what a store would."""

    def __init__(self, source: Source, now: datetime = START) -> None:
        self.source = source
        self.now = now
        self.identities: dict[str, str] = {}
        self.memory = Memory(known=self._known, repositories=self._repositories)

    def poll(self, fetch: Fetcher, later: timedelta = timedelta(0)) -> Poll:
        """Poll once, `later` than the last time, and remember the outcome unless it is a failure."""
        self.now += later
        poll = self.source.poll(self.memory, fetch, self.now)
        self.identities.update(poll.identities)
        self.memory = replace(
            self.memory,
            baselined=True,
            etag=poll.etag,
            last_modified=poll.last_modified,
            cursor=_as_json(poll.cursor),
            usual_count=poll.count,
            fingerprint=poll.fingerprint,
        )
        return poll

    def _known(self, identities: Iterable[str]) -> Mapping[str, str]:
        return {identity: self.identities[identity] for identity in identities if identity in self.identities}

    def _repositories(self) -> list[str]:
        return [name.removeprefix("name:") for name in self.identities if name.startswith("name:")]


def _as_json(cursor: Mapping[str, Any]) -> Mapping[str, Any]:
    stored: Mapping[str, Any] = json.loads(json.dumps(cursor))
    return stored
