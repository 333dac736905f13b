"""The queue of new repositories: each is looked at, and announced once it has weights or `hold` is over.

Labs open a repository minutes or hours before they upload to it. One that has neither weights nor a card that
says anything is a placeholder, of which the lab has said nothing: it waits, however long. What is announced
before it could be seen whole stays in the queue, so that the announcement can be completed.

The queue lives in the source's cursor as {_id: note}, in the order in which they are to be looked at. A note
says the repository's name ("id"), when it was first seen ("since"), "why" it waits, when it was looked at
last ("asked") and what row of the listing it had then ("row"), since when it is known to be "empty", and when
it was announced ("told").
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.errors import Failure, SourceError
from bot.records import NO_WEIGHTS, NOTHING_YET
from bot.releases.facts.cards import summary
from bot.releases.facts.weights import has_weights
from bot.sources.hub_api import HubApi, Listing, Repository, stable_digest

_DETAILS_A_POLL = 30  # of the 500 requests that the Hub grants in five minutes to those without a token
_FAILURES_A_POLL = 3
_ABSENT = (Failure.GONE, Failure.DENIED)  # without a token a missing repository is a 401
_LOOKED_AFTER = timedelta(days=14)  # since it was told: some repositories never get any weights
_LONGEST_REST = timedelta(days=1)
_RESTS = 20  # one waiting for twenty hours more than `hold` is looked at every hour
_LONGEST_REASON = 200

Queue = dict[str, Mapping[str, str]]


def queue_of(new: Iterable[Repository], waiting: Queue, listing: Listing, now: datetime) -> Queue:
    """Return whom to look at: the newcomers first, then those who wait, in their order.

    Who waits may have been renamed, or have become known by other ways and need no longer wait. Who was told
    is known, and is looked after for a while.
    """
    shown, names = listing.repositories, {repository.hub_id: repository.name for repository in new}
    queue: Queue = {
        hub_id: {"id": name, "since": now.isoformat(), "why": "it was not looked at yet"}
        for hub_id, name in names.items()
        if hub_id not in waiting
    }
    for hub_id, note in waiting.items():
        # Times in the future were written by a wrong clock.
        times = {it: min(datetime.fromisoformat(note[it]), now) for it in ("since", "told") if it in note}
        is_known = hub_id in shown and hub_id not in names
        if now - times["told"] < _LOOKED_AFTER if "told" in times else not is_known:
            name = shown[hub_id].name if hub_id in shown else note["id"]
            queue[hub_id] = {**note, **{it: at.isoformat() for it, at in times.items()}, "id": name}
    return queue


@dataclass(slots=True)
class Inspection:
    """What comes of looking at the repositories of a queue, as many as politeness allows.

    `ready` are those to announce and `completed` those whose announcement can be completed, each with the
    text of its card.
    """

    api: HubApi
    listing: Listing
    now: datetime
    hold: timedelta
    ready: list[tuple[Repository, str]] = field(default_factory=list)
    completed: list[tuple[Repository, str]] = field(default_factory=list)
    waiting: Queue = field(default_factory=dict)  # to be looked at again
    not_before: datetime | None = None  # when the Hub will have us back, if it named a time
    _failures: int = 0

    def run(self, queue: Queue) -> None:
        """Look at the first of the queue; who has to wait on goes to its end."""
        resting = {hub_id: note for hub_id, note in queue.items() if self._rests(hub_id, note)}
        notes = [(hub_id, note) for hub_id, note in queue.items() if hub_id not in resting]
        for place, (hub_id, note) in enumerate(notes):
            if place == _DETAILS_A_POLL or self._failures == _FAILURES_A_POLL or self.not_before:
                self.waiting = {**dict(notes[place:]), **self.waiting}
                break
            self._look_at(hub_id, note)
        self.waiting |= resting

    def _rests(self, hub_id: str, note: Mapping[str, str]) -> bool:
        """Whether a repository need not be looked at yet: the longer it waits, the more rarely it is.

        Within `hold`, and when its row in the listing changes, it is looked at with every poll.
        """
        if "asked" not in note or note.get("row", "") != self._row(hub_id, note):
            return False
        overtime = self.now - datetime.fromisoformat(note["since"]) - self.hold
        rested = self.now - datetime.fromisoformat(note["asked"])
        return timedelta(0) <= rested < min(overtime / _RESTS, _LONGEST_REST)

    def _row(self, hub_id: str, note: Mapping[str, str]) -> str:
        """Return what the listing shows of a repository; one that has not changed shows what it did."""
        listed = self.listing.repositories.get(hub_id)
        return stable_digest(listed) if listed else note.get("row", "")

    def _look_at(self, hub_id: str, note: Mapping[str, str]) -> None:
        try:
            repository = self.api.detail(note["id"])
        except SourceError as error:
            self._excuse(hub_id, note, error)
            return
        if repository.hub_id != hub_id:
            return  # deleted and made again before it was complete: the new _id waits for itself
        empty, due = has_weights(repository.item) is False, self._is_due(note)
        card = self.api.readme(repository) if due or not empty else ""
        says_so = due and bool(summary(card))
        if empty:
            why = NOTHING_YET if due and not says_so else NO_WEIGHTS
            self._keep(hub_id, {"empty": self.now.isoformat(), **note}, why, told=says_so)
        if says_so or not empty:
            whole = (self.api.with_configuration(repository), card)
            (self.completed if "told" in note else self.ready).append(whole)

    def _excuse(self, hub_id: str, note: Mapping[str, str], error: SourceError) -> None:
        """Keep a repository that could not be looked at, unless it is gone; one bad answer loses nothing.

        One that could never be looked at is announced by its row when `hold` is over.
        """
        self._failures += 1
        if error.failure is Failure.RATE_LIMITED:
            self.not_before = self.now + timedelta(seconds=error.retry_after or 60)
        listed = self.listing.repositories.get(hub_id)
        if listed and self._is_due(note) and "empty" not in note:
            self.ready.append((listed, ""))
            self._keep(hub_id, note, str(error), told=True)
        elif listed or self.listing.not_modified or error.failure not in _ABSENT:
            self._keep(hub_id, note, str(error))

    def _is_due(self, note: Mapping[str, str]) -> bool:
        """Whether a repository has waited long enough to be announced as it is."""
        return "told" not in note and self.now - datetime.fromisoformat(note["since"]) >= self.hold

    def _keep(self, hub_id: str, note: Mapping[str, str], why: str, *, told: bool = False) -> None:
        now = self.now.isoformat()
        news = {"why": why[:_LONGEST_REASON], "asked": now, "row": self._row(hub_id, note)}
        self.waiting[hub_id] = {**note, **news, **({"told": now} if told else {})}
