"""Polls that showed nothing new: many are stored in one transaction, as a commit costs more than one of them.

Each was understood before it comes here. A crash forgets that they were, and their sources are polled again.
"""

from collections.abc import Container, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue

from bot.records import SourceState
from bot.sources.base import Poll, Source
from bot.store.store import Store


def shows_nothing(state: SourceState, poll: Poll, after: SourceState) -> bool:
    """Return whether a poll leaves nothing to remember but that it was, and validators of what is known."""
    shown = poll.sightings or poll.identities or poll.passages
    before = state.baseline_at, state.cursor, state.distrusted_at
    return not shown and state.polls > 0 and before == (after.baseline_at, after.cursor, after.distrusted_at)


class QuietPolls:
    """Those that are not stored yet. Any thread may add one."""

    def __init__(self) -> None:
        self._unwritten = SimpleQueue[tuple[Source, SourceState]]()

    def add(self, source: Source, after: SourceState) -> None:
        """Keep how a poll left its source."""
        self._unwritten.put((source, after))

    def write(self, store: Store, former: Container[Source]) -> None:
        """Store those that were added, but for sources that were given up meanwhile. Raises StoreError."""
        polls = list(self._taken())
        if polls:
            with store.transaction():
                store.sources.showed_nothing(after for source, after in polls if source not in former)

    def _taken(self) -> Iterator[tuple[Source, SourceState]]:
        with suppress(Empty):
            while True:
                yield self._unwritten.get_nowait()
