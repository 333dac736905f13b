"""What every kind of source is: it remembers, it polls, it yields sightings."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.fetch import Fetcher
from bot.model import Sighting, SourceKind
from bot.releases.news.names_in_text import Passage


def know_nothing(_identities: Iterable[str]) -> Mapping[str, str]:
    """What a source that was never polled knows."""
    return {}


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store remembers of a source between two polls.

    `known` maps those of the given identities that were seen before to the digest of what was seen;
    `repositories` returns the "owner/name" of every repository that was ever seen here, in lower case;
    `shown_elsewhere` returns those of the given identities that another source showed before.
    """

    known: Callable[[Iterable[str]], Mapping[str, str]] = know_nothing
    repositories: Callable[[], Sequence[str]] = tuple
    shown_elsewhere: Callable[[Iterable[str]], Collection[str]] = know_nothing
    baselined: bool = False
    etag: str = ""
    last_modified: str = ""
    cursor: Mapping[str, Any] = field(default_factory=dict)  # the source's own small JSON object
    usual_count: int = 0  # items in the last good poll
    fingerprint: str = ""  # of the last body


@dataclass(frozen=True, slots=True)
class Poll:
    """What a poll found: only what is new or changed, and what to remember of it.

    All of it is stored in the transaction that stores the sightings: a crash forgets both or neither.
    """

    sightings: tuple[Sighting, ...] = ()
    identities: Mapping[str, str] = field(default_factory=dict)  # all that are to be remembered, to a digest
    etag: str = ""
    last_modified: str = ""
    cursor: Mapping[str, Any] = field(default_factory=dict)
    count: int = 0
    siblings: Sequence[str] = ()  # names listed beside the sightings, where they mean something only so
    fingerprint: str = ""  # the same for bodies that say the same
    not_before: datetime | None = None  # the source asks not to be polled again sooner
    passages: tuple[Passage, ...] = ()  # all that a changed body says, for names that no item carried


class Source(Protocol):
    """One address that is polled on a schedule."""

    id: str
    kind: SourceKind
    url: str
    every: timedelta

    def poll(self, memory: Memory, fetch: Fetcher, now: datetime) -> Poll:
        """Return what is new since `memory`; the first poll returns everything, as the baseline.

        Raises SourceError when the source cannot be read or makes no sense.
        """
        ...
