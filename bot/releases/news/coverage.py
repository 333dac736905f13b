"""Which releases a source showed of those that it should have, and whether it is perhaps blind. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from bot.releases.facts.text import mentions
from bot.releases.naming.addresses import repository_in

WITHIN = timedelta(days=3)  # of the first sight: blogs are a day or two behind the Hub
_SUSPICIOUS = 3  # missed in a row
_ESTABLISHED = 8  # releases after which it is known how much a source shows
_IMPROBABLE = 0.05


@dataclass(frozen=True, slots=True)
class Watched:
    """What a source can be expected to show: releases of these labs, with a word of `include` in the name.

    An organisation of the Hub (`organisation`, lower-case) shows only what has weights there.
    """

    source_id: str
    labs: frozenset[str]
    include: tuple[str, ...] = ()
    organisation: str = ""


@dataclass(frozen=True)
class Shown:
    """A release that was announced, and when each source showed it first.

    `links` are those of the posts on it. `named_by` is the source that named it in its text before another
    one brought it, or "". Of what is not `live`, a first poll had shown it before.
    """

    key: str
    lab: str
    name: str  # that people read
    by: Mapping[str, datetime]
    links: tuple[str, ...] = ()
    named_by: str = ""
    live: bool = True

    @cached_property
    def at(self) -> datetime:
        """Return when the first source showed it."""
        return min(self.by.values())

    @cached_property
    def organisations(self) -> frozenset[str]:
        """Return the organisations of the Hub, lower-case, that posts on it link."""
        repositories = filter(None, map(repository_in, self.links))
        return frozenset(repository.partition("/")[0].lower() for repository in repositories)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a source showed a release that it should have."""

    release: Shown
    showed: bool


@dataclass(frozen=True)
class Record:
    """What a source showed of the releases that it should have, the oldest first."""

    source_id: str
    outcomes: tuple[Outcome, ...] = ()

    @property
    def expected(self) -> int:
        """Return how many releases it should have shown."""
        return len(self.outcomes)

    @cached_property
    def showed(self) -> int:
        """Return how many of them it did show."""
        return sum(outcome.showed for outcome in self.outcomes)

    @cached_property
    def missed_last(self) -> tuple[Shown, ...]:
        """Return the releases that it missed since the last one that it showed."""
        shown = [at for at, outcome in enumerate(self.outcomes) if outcome.showed]
        return tuple(outcome.release for outcome in self.outcomes[shown[-1] + 1 if shown else 0 :])

    @property
    def is_perhaps_blind(self) -> bool:
        """Return whether it missed so many in a row that it may see nothing, though it answers.

        Three do, but for a source that is known to show less than half: that one must have missed so many
        that by chance it would in one case of twenty.
        """
        run = len(self.missed_last)
        before = self.outcomes[: len(self.outcomes) - run]
        if run < _SUSPICIOUS:
            return False
        if len(before) < _ESTABLISHED or self.showed * 2 >= len(before):
            return True
        return (1 - self.showed / len(before)) ** run < _IMPROBABLE


def records(
    watched: Iterable[Watched], baselines: Mapping[str, datetime], releases: Sequence[Shown], now: datetime
) -> dict[str, Record]:
    """Return the record of each source by its id; `baselines` tell since when each one is watched.

    A release counts once the source has shown it, or its time to do so is over.
    """
    by_lab: dict[str, list[Shown]] = defaultdict(list)
    for release in releases:
        if release.live:
            by_lab[release.lab].append(release)
    found = {}
    for one in watched:
        since = baselines.get(one.source_id)
        its = (release for lab in one.labs for release in by_lab[lab] if since and release.at >= since)
        found[one.source_id] = Record(one.source_id, tuple(_outcomes(one, its, now)))
    return found


def _outcomes(one: Watched, releases: Iterable[Shown], now: datetime) -> Iterator[Outcome]:
    for release in sorted(releases, key=lambda release: release.at):
        at = release.by.get(one.source_id)
        if at is not None and at - release.at <= WITHIN:
            yield Outcome(release, showed=True)
        elif now - release.at > WITHIN and _is_expected(one, release):
            yield Outcome(release, showed=False)


def _is_expected(one: Watched, release: Shown) -> bool:
    if release.named_by == one.source_id:
        return True
    has_weights = not one.organisation or one.organisation in release.organisations
    return has_weights and mentions(one.include, release.name)
