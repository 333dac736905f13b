"""How the bot fares, judged from what it knows of itself, and which of that is news to its admins: pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.records import FAILED, SourceState
from bot.releases.news.coverage import Record

INTERVALS = 3  # without a good poll: two may go wrong on any day
PATIENCE = timedelta(minutes=30)  # for sources that are polled every few minutes: a site's restart is no news
STANDSTILL = timedelta(minutes=2)  # far longer than a tick that waits for the database
_NAMED = 5  # sources that a line for people names
_NAMED_RELEASES = 3  # releases that one names, the newest


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
    when, `known_to_miss` those that are perhaps blind; `coverage` is by the ids of the sources. At
    `read_at` this process read all sources. `closed`, `unreadable` and `idle` say why nothing can be sent,
    why the database could not be read, and why this process does no jobs where it should.
    """

    watch: Watch
    every: Mapping[str, timedelta]
    states: Mapping[str, SourceState] = field(default_factory=dict)
    deliveries: Mapping[str, int] = field(default_factory=dict)
    known: Mapping[str, datetime] = field(default_factory=dict)
    known_to_miss: Mapping[str, datetime] = field(default_factory=dict)
    coverage: Mapping[str, Record] = field(default_factory=dict)
    read_at: datetime | None = None
    closed: str = ""
    unreadable: str = ""
    idle: str = ""

    def state(self, source_id: str) -> SourceState:
        """Return a source as it stands; one that was never polled is empty."""
        return self.states.get(source_id) or SourceState(source_id)


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
        # Not "later than": a clock that was set back must not keep a source blind that answers.
        is_back = not state.failure and state.succeeded_at not in (None, known_since)
        return None if is_back else Blind(source_id, known_since, state.failure)
    if not state.failure and any(at and now < at for at in (state.next_poll_at, state.succeeded_at)):
        return None
    good = state.succeeded_at if state.succeeded_at and state.succeeded_at <= now else None
    if now - max(good or vitals.watch.since, vitals.watch.since) < max(INTERVALS * every, PATIENCE):
        return None
    return Blind(source_id, good or state.failing_since or vitals.watch.since, state.failure)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the bot does its work at all, and in sentences all that is wrong, the worst first."""

    ok: bool
    sentences: tuple[str, ...] = ()
    blind: tuple[Blind, ...] = ()


def alive(vitals: Vitals, now: datetime) -> Health:
    """Return whether the main loop ticks: where it does not, only a restart helps."""
    stands_still = f"The main loop stands still: it last ticked at {_stamp(vitals.watch.seen)}."
    return _unless({stands_still: vitals.watch.is_over(now)})


def ready(vitals: Vitals, now: datetime) -> Health:
    """Return whether this process can do its part, whatever becomes of the sources and of Slack."""
    troubles = {
        f"The database cannot be read: {vitals.unreadable}": vitals.unreadable,
        f"No jobs are done here: {vitals.idle}": vitals.idle,
    }
    return _unless(troubles, alive(vitals, now))


def health(vitals: Vitals, now: datetime) -> Health:
    """Return how the bot fares.

    It is not ok when it stands still, cannot read its database, can send nothing, or sees through no source
    at all: a single blind source is worth a sentence, but no restart.
    """
    blind = blind_sources(vitals, now)
    troubles = {
        f"Nothing can be sent: {vitals.closed}": vitals.closed,
        "No source at all can be read: is this machine offline?": len(blind) == len(vitals.every) > 0,
    }
    fares = _unless(troubles, ready(vitals, now))
    remarks = [f"Blind: {one}." for one in blind]
    failed = sum(vitals.deliveries.get(state, 0) for state in FAILED)
    if failed:
        remarks.append(f"Unclear or impossible messages: {failed}; `cadencebot deliveries --open` says why.")
    return Health(fares.ok, (*fares.sentences, *remarks), blind)


def _unless(troubles: Mapping[str, object], otherwise: Health = Health(ok=True)) -> Health:
    """Return `otherwise`, and that it is not ok where one of these sentences is true."""
    failures = tuple(sentence for sentence, fails in troubles.items() if fails)
    return Health(otherwise.ok and not failures, (*otherwise.sentences, *failures))


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
    """What the admins do not know yet, and which sources they know to be blind, or perhaps, once they do.

    The sources are mapped to since when. There is a line for all that went blind together, one for all that
    came back, and one for each that is perhaps blind or shows again what comes out.
    """

    lines: tuple[Line, ...]
    known: Mapping[str, datetime]
    known_to_miss: Mapping[str, datetime]


def news(vitals: Vitals, now: datetime) -> News | None:
    """Return what changed since the admins were told what `vitals` says that they know, None for nothing.

    Each source is told of once, and once more when it is back; one that left feeds.yaml is forgotten. There
    is no news while the database cannot be read: what is known of the sources is then out of date.
    """
    if vitals.unreadable:
        return None
    blind = blind_sources(vitals, now)
    known = {one.source_id: one.since for one in blind}
    missing, turned = _missing(vitals, known.keys())
    if known == vitals.known and missing == vitals.known_to_miss:
        return None
    return News((*_blind_lines(vitals, blind), *turned), known, missing)


def _blind_lines(vitals: Vitals, blind: Sequence[Blind]) -> Iterator[Line]:
    new = [one for one in blind if one.source_id not in vitals.known]
    still = {one.source_id for one in blind}
    back = [
        Blind(source_id, since)
        for source_id, since in vitals.known.items()
        if source_id in vitals.every and source_id not in still
    ]
    gone = _named([str(one) for one in new])
    seen = _named([f"{one.source_id} (blind since {_stamp(one.since)})" for one in back])
    for what, sources, text in (
        ("blind", new, f"{gone} blind: what is released there goes unseen; `status` tells more"),
        ("back", back, f"{seen} back"),
    ):
        if sources:
            identity = "|".join([what, *(f"{one.source_id}@{one.since.isoformat()}" for one in sources)])
            yield Line(identity, text, min(one.since for one in sources))


def _missing(vitals: Vitals, blind: Collection[str]) -> tuple[dict[str, datetime], list[Line]]:
    """Return which sources are perhaps blind, since when, and the lines for what is new of that.

    A source is told of while it answers well, and is back with the next release that it shows in time.
    """
    if not vitals.coverage:  # before the database was read
        return dict(vitals.known_to_miss), []
    missing: dict[str, datetime] = {}
    lines = []
    for source_id, record in vitals.coverage.items():
        known_since = vitals.known_to_miss.get(source_id)
        last = record.outcomes[-1] if record.outcomes else None
        fails = source_id in blind or vitals.state(source_id).failure
        if known_since and last and last.showed:
            text = f"{source_id} is back: it showed {last.release.name}"
            lines.append(Line(f"sees again|{source_id}@{last.release.key}", text, last.release.at))
        elif known_since:
            missing[source_id] = known_since
        elif record.is_perhaps_blind and not fails:
            first = record.missed_last[0]
            missing[source_id] = first.at
            text = f"{explained(record)}; `cadencebot check` tells more"
            lines.append(Line(f"perhaps blind|{source_id}@{first.key}", text, first.at))
    return missing, lines


def explained(record: Record) -> str:
    """Return in one sentence why a source is perhaps blind."""
    missed = record.missed_last
    names = ", ".join(one.name for one in missed[-_NAMED_RELEASES:])
    return (
        f"{record.source_id} is perhaps blind: it answers, but missed the last {len(missed)} releases that "
        f"others brought ({names}); it showed {record.showed} of {record.expected}"
    )


def _named(names: Sequence[str]) -> str:
    """Return the first few names with the verb that fits them all."""
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return f"{', '.join([*names[:_NAMED], *more])} {'is' if len(names) == 1 else 'are'}"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
