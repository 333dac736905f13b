"""Poll sources: fetch and understand in threads, decide and store in one transaction each."""

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from bot.app.doubting import in_doubt
from bot.app.holding import expire, hold
from bot.app.overhearing import Listener, ask_about_hints, note_brought
from bot.app.owing import owe
from bot.clock import Clock
from bot.errors import Failure, SourceError, StoreError
from bot.fetch import Fetcher
from bot.model import SourceKind
from bot.records import SourceState
from bot.releases.classify import judge
from bot.releases.corrections import corrected
from bot.releases.decide import decide, decide_overdue
from bot.releases.hints import Names
from bot.releases.labs import Directory
from bot.releases.steps import Decision, Judged, Settings
from bot.sources.base import Memory, Poll, Source
from bot.store.store import Store

log = structlog.get_logger()

_LONGEST_REST = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Report:
    """Hold what came of polling one source."""

    source_id: str
    new: int = 0  # sightings that were not known
    baseline: bool = False
    announced: tuple[str, ...] = ()  # the keys of the releases that were announced
    held: int = 0  # releases that a flood guard kept back
    failure: str = ""
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class Polled:
    """Hold what came of polling several sources."""

    reports: tuple[Report, ...] = ()

    @property
    def failed(self) -> tuple[Report, ...]:
        """Return the reports of the sources that could not be read."""
        return tuple(report for report in self.reports if report.failure)

    @property
    def announced(self) -> tuple[str, ...]:
        """Return the keys of all announced releases, each once."""
        return tuple(dict.fromkeys(key for report in self.reports for key in report.announced))


@dataclass
class Poller:
    """Poll sources into the store.

    Several threads may poll at once; a source is polled by one of them at a time as long as the caller
    does not hand it in twice.
    """

    store: Store
    sources: Sequence[Source]
    fetch: Fetcher
    labs: Directory
    clock: Clock
    settings: Settings
    threads: Executor
    own_hosts: frozenset[str] = frozenset()  # ours to poll as hard as we like
    admins: Sequence[str] = ()  # who are asked what shall become of a flood
    dice: random.Random = field(default_factory=random.Random)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Finish the sources under way and begin no other; a poll that ends early loses nothing."""
        self._stopping.set()

    def due(self) -> list[Source]:
        """Return the sources whose time has come."""
        now, states = self.clock.now(), self.store.sources.states()
        return [source for source in self.sources if _is_due(states.get(source.id), now)]

    def rested(self) -> list[Source]:
        """Return all sources but those that asked to be left alone until later."""
        now, states = self.clock.now(), self.store.sources.states()
        return [source for source in self.sources if not _is_resting(states.get(source.id), now)]

    def poll(
        self, sources: Iterable[Source], progress: Callable[[Report], None] = lambda _report: None
    ) -> Polled:
        """Poll these sources, the hosts side by side and each host's sources one after the other.

        `progress` is called from the polling threads as each source is done. Raises StoreError.
        """
        lanes = self.threads.map(lambda lane: self._poll_lane(lane, progress), self._lanes(sources))
        reports = tuple(report for lane in lanes for report in lane)
        expire(self.store, self.clock.now())
        overdue = tuple(self._settle_overdue())
        for report in overdue:
            progress(report)
        ask_about_hints(self.store, self.admins, self.clock.now())
        return Polled((*reports, *overdue))

    def _lanes(self, sources: Iterable[Source]) -> list[list[Source]]:
        """Sort sources into lanes that may run side by side: a stranger's host is one lane."""
        lanes: dict[str, list[Source]] = {}
        for source in sources:
            host = urlsplit(source.url).netloc
            lanes.setdefault(source.id if host in self.own_hosts else host, []).append(source)
        return list(lanes.values())

    def _poll_lane(self, lane: Sequence[Source], progress: Callable[[Report], None]) -> list[Report]:
        reports = []
        for source in lane:
            if self._stopping.is_set():
                break
            report = self._poll_one(source)
            progress(report)
            reports.append(report)
        return reports

    def _poll_one(self, source: Source) -> Report:
        state = self.store.sources.state(source.id)
        try:
            return self._read(source, state)
        except SourceError as error:
            return self._fail(source, state, error)
        except StoreError:
            raise
        except Exception as error:  # a bug that one source brings out must not stop the others
            log.exception("source_crashed", source=source.id)
            message = f"the bot could not make sense of it ({error!r}); please report this"
            return self._fail(source, state, SourceError(Failure.BAD_ANSWER, message))

    def _read(self, source: Source, state: SourceState) -> Report:
        poll = source.poll(self._memory(state), self.fetch, self.clock.now())
        judged = [Judged(sighting, judge(sighting, self.labs)) for sighting in poll.sightings]
        listener = Listener(self.store, self.labs, source.id, source.kind)
        return self._keep(source, state, poll, judged, listener, listener.names(poll.passages))

    def _memory(self, state: SourceState) -> Memory:
        return Memory(
            known=lambda identities: self.store.sources.known(state.id, identities),
            shown_elsewhere=lambda identities: self.store.sources.shown_elsewhere(state.id, identities),
            baselined=state.baseline_at is not None,
            etag=state.etag,
            last_modified=state.last_modified,
            cursor=state.cursor or {},
            usual_count=state.usual_count,
        )

    def _keep(
        self,
        source: Source,
        state: SourceState,
        poll: Poll,
        judged: Sequence[Judged],
        listener: Listener,
        names: Names | None,
    ) -> Report:
        """Store a good poll whole: what it showed, what that means, whom to tell, and its validators."""
        baseline = state.baseline_at is None
        now = self.clock.now()
        with self.store.transaction():
            heard = listener.overheard(names, poll.identities, silent=baseline)
            judged = [*judged, *listener.grown(heard, now)]
            decision = self._decide(source.id, state, judged, now)
            listener.keep_hints(heard, now, self.settings.confirm)
            self.store.sources.remember(source.id, {**poll.identities, **heard.remember}, now)
            self.store.sources.succeeded(self._after(source, state, poll, now), now)
        return Report(
            source.id,
            new=len(judged),
            baseline=baseline,
            announced=decision.announced(),
            held=len(decision.held),
        )

    def _decide(
        self, source_id: str, state: SourceState, judged: Sequence[Judged], now: datetime
    ) -> Decision:
        if not judged:
            return Decision()
        baseline, absence = state.baseline_at is None, now - (state.succeeded_at or now)
        errata = self.store.corrections.errata()
        judged = [Judged(one.sighting, corrected(one.verdict, one.sighting, errata)) for one in judged]
        sightings = [one.sighting for one in judged]
        hub_ids = (one.external_id for one in sightings if one.source is SourceKind.HUB)
        book = self.store.releases.book((one.lab for one in sightings), hub_ids)
        decision = decide(judged, book, now=now, settings=self.settings, silent=baseline, absence=absence)
        live = not baseline and not decision.held
        touched = self.store.releases.apply(decision, now, live=live)
        with in_doubt(self.store, state.succeeded_at):
            self._tell(source_id, decision, touched, now, live=live)
        return decision

    def _tell(
        self, source_id: str, decision: Decision, touched: Mapping[str, int], now: datetime, *, live: bool
    ) -> None:
        """Owe what a stored decision makes due: its messages, or the question what a flood is."""
        note_brought(self.store, decision.opened(), now)
        if decision.held:
            hold(self.store, source_id, decision.held, self.admins, now)
        elif live:
            owe(self.store, decision, touched, now)

    def _settle_overdue(self) -> Iterator[Report]:
        """Decide the listings that waited in vain for the Hub or the lab to confirm them."""
        now = self.clock.now()
        if not self.store.releases.overdue(now):
            return
        with self.store.transaction():
            overdue, seen_at = self.store.releases.overdue(now), self.store.releases.overdue_since(now)
            book = self.store.releases.book(waiting.judged.sighting.lab for waiting in overdue)
            decision = decide_overdue(overdue, book, now=now, settings=self.settings)
            touched = self.store.releases.apply(decision, now, live=not decision.held)
            with in_doubt(self.store, seen_at):
                self._tell(SourceKind.LLM_STATS, decision, touched, now, live=True)
        yield Report(SourceKind.LLM_STATS, announced=decision.announced(), held=len(decision.held))

    def _after(self, source: Source, state: SourceState, poll: Poll, now: datetime) -> SourceState:
        due = now + source.every * self.dice.uniform(0.9, 1.1)
        return replace(
            state,
            etag=poll.etag,
            last_modified=poll.last_modified,
            cursor=poll.cursor,
            usual_count=poll.count,
            next_poll_at=max(due, poll.not_before or due),
        )

    def _fail(self, source: Source, state: SourceState, error: SourceError) -> Report:
        now = self.clock.now()
        rest = min(source.every * 2 ** min(state.failures, 8), max(_LONGEST_REST, source.every))
        if error.retry_after is not None:
            rest = timedelta(seconds=error.retry_after)
        with self.store.transaction():
            self.store.sources.failed(source.id, error, now, now + rest * self.dice.uniform(1.0, 1.1))
        log.warning("source_failed", source=source.id, failure=error.failure, complaint=str(error))
        return Report(source.id, failure=error.failure, complaint=str(error))


def _is_due(state: SourceState | None, now: datetime) -> bool:
    """Tell whether a source is to be polled; one polled in the future was polled by a wrong clock."""
    if state is None or state.next_poll_at is None or state.polled_at is None:
        return True
    return state.next_poll_at <= now or state.polled_at > now


def _is_resting(state: SourceState | None, now: datetime) -> bool:
    if state is None or state.rested_until is None or state.polled_at is None:
        return False
    return state.polled_at <= now < state.rested_until
