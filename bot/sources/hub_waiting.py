"""The queue of new repositories: each is looked at, and announced once it has weights or `hold` is over.

Labs open a repository minutes or hours before they upload to it. The queue lives in the source's cursor as
{_id: {"id": name, "since": when it was first seen}}, in the order in which they are to be looked at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import Failure, SourceError
from bot.releases.sizes import has_weights
from bot.sources.hub_api import HubApi, Listing, Repository

_DETAILS_A_POLL = 30  # of the 500 requests that the Hub grants in five minutes to those without a token
_FAILURES_A_POLL = 3
_ABSENT = (Failure.GONE, Failure.DENIED)  # without a token a missing repository is a 401

Queue = dict[str, Mapping[str, str]]


def queue_of(new: Iterable[Repository], waiting: Queue, listing: Listing, now: datetime) -> Queue:
    """Return whom to look at: the newcomers first, then those who wait, in their order.

    Who waits may have been renamed, or have become known by other ways and need no longer wait.
    """
    names = {repository.hub_id: repository.name for repository in new}
    newcomers: Queue = {
        hub_id: {"id": name, "since": now.isoformat()}
        for hub_id, name in names.items()
        if hub_id not in waiting
    }
    still = {
        hub_id: {**note, "id": names.get(hub_id, note["id"])}
        for hub_id, note in waiting.items()
        if hub_id in names or hub_id not in listing.repositories
    }
    return {**newcomers, **still}


@dataclass(slots=True)
class Inspection:
    """Look at the repositories of a queue one by one, as many as politeness allows.

    Afterwards `ready` holds those to announce with the text of their card, `waiting` the others, and
    `not_before` when the Hub will have us back, if it named a time.
    """

    api: HubApi
    listing: Listing
    now: datetime
    hold: timedelta
    ready: list[tuple[Repository, str]] = field(default_factory=list)
    waiting: Queue = field(default_factory=dict)
    not_before: datetime | None = None
    _failures: int = 0

    def run(self, queue: Queue) -> None:
        """Look at the first of the queue; who has to wait on goes to its end."""
        notes = list(queue.items())
        for place, (hub_id, note) in enumerate(notes):
            if place == _DETAILS_A_POLL or self._failures == _FAILURES_A_POLL or self.not_before:
                self.waiting = {**dict(notes[place:]), **self.waiting}
                return
            self._look_at(hub_id, note)

    def _look_at(self, hub_id: str, note: Mapping[str, str]) -> None:
        expired = self.now - datetime.fromisoformat(note["since"]) >= self.hold
        try:
            repository = self.api.detail(note["id"])
        except SourceError as error:
            self._excuse(hub_id, note, error, expired=expired)
            return
        if repository.hub_id != hub_id:
            return  # deleted and made again before it was announced: the new _id waits for itself
        if has_weights(repository.item) is False and not expired:
            self.waiting[hub_id] = note
        else:
            self.ready.append((self.api.with_configuration(repository), self.api.readme(repository)))

    def _excuse(self, hub_id: str, note: Mapping[str, str], error: SourceError, *, expired: bool) -> None:
        """Keep a repository that could not be looked at, unless it is gone; one bad answer loses nothing."""
        self._failures += 1
        if error.failure is Failure.RATE_LIMITED:
            self.not_before = self.now + timedelta(seconds=error.retry_after or 60)
        listed = self.listing.repositories.get(hub_id)
        if listed and expired:
            self.ready.append((listed, ""))
        elif listed or self.listing.not_modified or error.failure not in _ABSENT:
            self.waiting[hub_id] = note
