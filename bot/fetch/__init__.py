"""Fetching over HTTP: what a request may ask, what an answer holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.errors import Failure, SourceError
from bot.fetch.address import shown

_MOST_VALUES = 500_000  # in one JSON body: some 50 MB of memory; a full page of the Hub's listing has 40,000


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer: `url` after redirects, header names in lower case, the body decompressed."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def not_modified(self) -> bool:
        """Whether the server said that nothing changed."""
        return self.status == 304

    @property
    def etag(self) -> str:
        """Return the validator to send back next time, or ""."""
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        """Return the date to send back next time, or ""."""
        return self.headers.get("last-modified", "")

    @property
    def values(self) -> int:
        """Return about how many values the body holds, read as JSON: what it costs in memory."""
        return self.body.count(b",") + self.body.count(b"[") + self.body.count(b"{")

    def json(self) -> Any:
        """Return the body as JSON.

        Raises SourceError when it is none, as with a captive portal's page, or holds too many values.
        """
        if self.values > _MOST_VALUES:
            raise SourceError(
                Failure.TOO_LARGE,
                f"{shown(self.url)} was not read: it holds {self.values:,} values; choose a shorter listing",
            )
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            start = self.body[:60].decode("utf-8", "replace").strip()
            raise SourceError(
                Failure.BAD_ANSWER,
                f"{shown(self.url)} answered {self.status} with no JSON ({error}): {start!r}",
            ) from error


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of posting something; `retry_after` is in seconds, where a time was named."""

    status: int
    retry_after: float | None = None


class Poster(Protocol):
    """What posts something to an address, once, within limits."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, deadline: float) -> Posted:
        """Return how it was answered, redirects included: none is followed.

        `deadline` is the total number of seconds. Raises SourceError, without the address, for no answer, and
        StoreError, with nothing posted, where the hosts that are shared with others cannot be read.
        """
        ...


class Fetcher(Protocol):
    """What gets an address politely, within limits."""

    def get(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        headers: Mapping[str, str] | None = None,
        deadline: float = 30.0,
        max_bytes: int | None = None,
    ) -> Response:
        """Return the answer, which is 200 or 304.

        `deadline` is the total number of seconds for everything, redirects included, but for waiting until
        it is our turn at the host; `max_bytes` caps the body. Raises SourceError for every other ending, and
        StoreError where the hosts that are shared with others cannot be read.
        """
        ...


class Web(Fetcher, Poster, Protocol):
    """What does both."""
