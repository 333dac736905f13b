"""How the bot fares, judged from what it knows of itself, and which of that is news to its admins: pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.records import FAILED, SourceState
from bot.releases.news.coverage import Record

INTERVALS = 3  # without a good poll: two may go wrong on any day
PATIENCE = timedelta(minutes=30)  # for sources that are polled every few minutes: a site's restart is no news
STANDSTILL = timedelta(minutes=2)  # far longer than a tick that waits for the database
_NAMED = 5  # sources that a line for people names


@dataclass(frozen=True, slots=True)
class Watch:
    """Since when the bot has watched without a gap, and when it last looked."""

    since: datetime
    seen: datetime

    def at(self, now: datetime) -> "Watch":
        """Return the watch one tick on; after a gap (stopped, suspended, clock set) it begins anew."""
        return Watch(now, now) if self.is_over(now) else replace(self, seen=now)

    def is_over(self, now: datetime) -> bool:
        """Whether nobody has looked for so long that the main loop stands still."""
        return abs(now - self.seen) > STANDSTILL


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the bot knows of itself; sources are those of `every`, their intervals by id.

    `deliveries` counts them by state. `known` maps the sources that the admins were told are blind to since
    when, `known_to_miss` those that are perhaps blind; `coverage` is by the ids of the sources. `closed` and
    `unreadable` say why nothing can be sent, and why the database could not be read.
    """

    watch: Watch
    every: Mapping[str, timedelta]
    states: Mapping[str, SourceState] = field(default_factory=dict)
    deliveries: Mapping[str, int] = field(default_factory=dict)
    known: Mapping[str, datetime] = field(default_factory=dict)
    known_to_miss: Mapping[str, datetime] = field(default_factory=dict)
    coverage: Mapping[str, Record] = field(default_factory=dict)
    closed: str = ""
    unreadable: str = ""

    def state(self, source_id: str) -> SourceState:
        """Return a source as it stands; one that was never polled is empty."""
        return self.states.get(source_id, SourceState(source_id))


@dataclass(frozen=True, slots=True)
class Blind:
    """A source through which the bot sees nothing, and its last failure ("" where it never answered)."""

    source_id: str
    since: datetime  # the last good poll, or when trying began
    failure: str = ""

    def __str__(self) -> str:
        return f"{self.source_id} ({self.failure or 'no answer'}, since {_stamp(self.since)})"


def blind_sources(vitals: Vitals, now: datetime) -> tuple[Blind, ...]:
    """Return the sources that are blind.

    The rule: a source is blind once three of its intervals, and 30 minutes at least, have passed without a
    good poll while the bot was watching, except while a source that answered well is not due yet. It stays
    blind until a poll goes well, over restarts too. What was polled in the future was polled by a wrong
    clock and does not count.
    """
    looks = (_look(vitals, source_id, every, now) for source_id, every in vitals.every.items())
    return tuple(blind for blind in looks if blind)


def _look(vitals: Vitals, source_id: str, every: timedelta, now: datetime) -> Blind | None:
    state = vitals.state(source_id)
    known_since = vitals.known.get(source_id)
    if known_since:
        return None if _is_back(state, known_since) else Blind(source_id, known_since, state.failure)
    if not state.failure and any(at and now < at for at in (state.next_poll_at, state.succeeded_at)):
        return None
    good = state.succeeded_at if state.succeeded_at and state.succeeded_at <= now else None
    if now - max(good or vitals.watch.since, vitals.watch.since) < max(INTERVALS * every, PATIENCE):
        return None
    return Blind(source_id, good or state.failing_since or vitals.watch.since, state.failure)


def _is_back(state: SourceState, since: datetime) -> bool:
    # Not "later than": a clock that was set back must not keep a source blind that answers.
    return not state.failure and state.succeeded_at not in (None, since)


@dataclass(frozen=True, slots=True)
class Line:
    """One line for the admins, in plain text, and the identity under which it is owed only once.

    `since` is when the oldest of what it tells began.
    """

    identity: str
    text: str
    since: datetime


@dataclass(frozen=True, slots=True)
class News:
    """What the admins do not know yet; `forgotten` sources left feeds.yaml while they were blind."""

    blind: tuple[Blind, ...] = ()
    back: tuple[Blind, ...] = ()
    forgotten: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.blind or self.back or self.forgotten)

    def after(self, known: Mapping[str, datetime]) -> dict[str, datetime]:
        """Return which sources the admins know to be blind, since when, once they were told."""
        gone = {*(blind.source_id for blind in self.back), *self.forgotten}
        kept = {source_id: since for source_id, since in known.items() if source_id not in gone}
        return kept | {blind.source_id: blind.since for blind in self.blind}

    def lines(self) -> Iterator[Line]:
        """Yield what to tell: one line for all that went blind together, one for all that came back."""
        if self.blind:
            what = f"{_named([str(one) for one in self.blind])} blind: what is released there goes unseen"
            yield Line(_identity("blind", self.blind), f"{what}; `status` tells more", _oldest(self.blind))
        if self.back:
            names = [f"{one.source_id} (blind since {_stamp(one.since)})" for one in self.back]
            yield Line(_identity("back", self.back), f"{_named(names)} back", _oldest(self.back))


def news(vitals: Vitals, now: datetime) -> News:
    """Return what changed since the admins were told `vitals.known`: each source once blind, once back.

    There is none while the database cannot be read: what is known of the sources is then out of date.
    """
    if vitals.unreadable:
        return News()
    blind = blind_sources(vitals, now)
    still = {one.source_id for one in blind}
    return News(
        blind=tuple(one for one in blind if one.source_id not in vitals.known),
        back=tuple(
            Blind(source_id, since)
            for source_id, since in vitals.known.items()
            if source_id in vitals.every and source_id not in still
        ),
        forgotten=tuple(source_id for source_id in vitals.known if source_id not in vitals.every),
    )


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the bot does its work at all, and in sentences all that is wrong, the worst first."""

    ok: bool
    sentences: tuple[str, ...] = ()
    blind: tuple[Blind, ...] = ()


def health(vitals: Vitals, now: datetime) -> Health:
    """Return how the bot fares.

    It is not ok when it stands still, cannot read its database, can send nothing, or sees through no source
    at all: a single blind source is worth a sentence, but no restart.
    """
    blind = blind_sources(vitals, now)
    failures = tuple(_failures(vitals, blind, now))
    return Health(not failures, (*failures, *_remarks(vitals, blind)), blind)


def _failures(vitals: Vitals, blind: Sequence[Blind], now: datetime) -> Iterator[str]:
    if vitals.watch.is_over(now):
        yield f"The main loop stands still: it last ticked at {_stamp(vitals.watch.seen)}."
    if vitals.unreadable:
        yield f"The database cannot be read: {vitals.unreadable}"
    if vitals.closed:
        yield f"Nothing can be sent: {vitals.closed}"
    if blind and len(blind) == len(vitals.every):
        yield "No source at all can be read: is this machine offline?"


def _remarks(vitals: Vitals, blind: Sequence[Blind]) -> Iterator[str]:
    for one in blind:
        yield f"Blind: {one}."
    failed = sum(vitals.deliveries.get(state, 0) for state in FAILED)
    if failed:
        yield f"Unclear or impossible messages: {failed}; `cadencebot deliveries --open` says why."


def _named(names: Sequence[str]) -> str:
    """Return the first few names with the verb that fits them all."""
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return f"{', '.join([*names[:_NAMED], *more])} {'is' if len(names) == 1 else 'are'}"


def _identity(what: str, sources: Sequence[Blind]) -> str:
    return "|".join([what, *(f"{one.source_id}@{one.since.isoformat()}" for one in sources)])


def _oldest(sources: Sequence[Blind]) -> datetime:
    return min(one.since for one in sources)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
