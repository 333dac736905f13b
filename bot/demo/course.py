"""The course of things: how a message read after each step of the story. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.demo.slack import Posted


@dataclass(frozen=True, slots=True)
class Moment:
    """What all channels held after a step, and what the step is about; `posts` are by the channel's id."""

    at: datetime
    tell: str
    posts: Mapping[str, Sequence[Posted]]


@dataclass(frozen=True, slots=True)
class Version:
    """A message as it read from one step on until another, counted from 0; `until` is None for now."""

    posted: Posted
    since: int
    until: int | None = None


def versions(course: Sequence[Moment], now: Sequence[Posted]) -> dict[str, list[Version]]:
    """Return the versions of each message that stands in a channel now, the oldest first, by its `ts`.

    `now` is one step later than the last of the course, unless the course ends with just that.
    """
    found: dict[str, list[Version]] = {}
    for posted in now:
        before = [_at(moment, posted) for moment in course]
        found[posted.ts] = list(_runs([*before, posted]))
    return found


def _at(moment: Moment, posted: Posted) -> Posted | None:
    return next((one for one in moment.posts.get(posted.channel, ()) if one.ts == posted.ts), None)


def _runs(states: Sequence[Posted | None]) -> Iterator[Version]:
    """Yield each state that lasts for some steps."""
    since = 0
    for state, steps in groupby(states):
        until = since + len(list(steps))
        if state is not None:
            yield Version(state, since, until if until < len(states) else None)
        since = until
