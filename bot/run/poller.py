"""Poll sources: fetch and understand in threads, decide and store in one transaction each."""

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from bot.clock import Clock
from bot.errors import Failure, SourceError, StoreError
from bot.fetch import Fetcher
from bot.model import SourceKind
from bot.outbox.holding import announced_lately, expire, hold
from bot.outbox.owing import owe
from bot.records import SourceState
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Directory
from bot.releases.naming.siblings import Siblings
from bot.releases.news.corrections import corrected
from bot.releases.news.decide import decide, decide_overdue
from bot.releases.news.decision import Catalogue, Decision, Judged, Settings
from bot.releases.news.moved import kept_at_home
from bot.run.listening import Listener, ask_about_hints, note_brought
from bot.run.validators import SHARES, are_left_out, weighed
from bot.sources.base import Memory, Poll, Source
from bot.store.store import Store

log = structlog.get_logger()

_LONGEST_REST = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of polling one source."""

    source_id: str
    new: int = 0  # sightings that were not known
    baseline: bool = False
    announced: tuple[str, ...] = ()  # the keys of the releases that were announced
    held: int = 0  # releases that a flood guard kept back
    failure: str = ""
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class Polled:
    """What came of polling several sources."""

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

    Several threads may poll at once. Of two that read one source side by side, the first is heard: what the
    other one read is dropped, for it was understood without knowing what the first one stored.
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

        `progress` is called from the polling threads as each source is done. Raises StoreError, but not
        before all lanes have ended: whoever hears of it may hand the same sources in again.
        """
        lanes = [self.threads.submit(self._poll_lane, lane, progress) for lane in self._lanes(sources)]
        wait(lanes)
        reports = tuple(report for lane in lanes for report in lane.result())
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
        began = self.clock.now()
        poll = source.poll(self._memory(state, began), self.fetch, began)
        siblings = Siblings(poll.siblings)
        judged = [Judged(sighting, judge(sighting, self.labs, siblings)) for sighting in poll.sightings]
        listener = Listener.of(self.store, self.labs, source, poll.passages)
        return self._keep(state, self._after(source, state, poll, began), poll, judged, listener)

    def _memory(self, state: SourceState, now: datetime) -> Memory:
        whole = are_left_out(state, now)
        return Memory(
            known=lambda identities: self.store.sources.known(state.id, identities),
            repositories=lambda: self.store.sources.repositories(state.id),
            shown_elsewhere=lambda identities: self.store.sources.shown_elsewhere(state.id, identities),
            baselined=state.baseline_at is not None,
            etag="" if whole else state.etag,
            last_modified="" if whole else state.last_modified,
            cursor=state.cursor or {},
            usual_count=state.usual_count,
            fingerprint=state.fingerprint,
        )

    def _keep(
        self,
        state: SourceState,
        after: SourceState,
        poll: Poll,
        judged: Sequence[Judged],
        listener: Listener,
    ) -> Report:
        """Store a good poll whole: what it showed, what that means, whom to tell, and its validators."""
        now = self.clock.now()
        with self.store.transaction():
            if self._is_overtaken(state):
                return Report(state.id)
            heard = listener.overheard(poll.identities, silent=state.baseline_at is None)
            judged = [*judged, *listener.grown(heard, now)]
            decision = self._decide(state.id, state, judged, now)
            listener.keep_hints(heard, now, self.settings.confirm)
            self.store.sources.remember(state.id, {**poll.identities, **heard.remember}, now)
            self.store.sources.succeeded(after, now)
        if after.distrusted_at and not state.distrusted_at:
            log.warning("validators_distrusted", source=state.id)
        return Report(
            state.id,
            new=len(judged),
            baseline=state.baseline_at != after.baseline_at,
            announced=decision.announced(),
            held=len(decision.held),
        )

    def _is_overtaken(self, state: SourceState) -> bool:
        """Return whether another poll of the source was stored since this one began."""
        overtaken = self.store.sources.state(state.id).polls != state.polls
        if overtaken:
            log.info("poll_overtaken", source=state.id)
        return overtaken

    def _decide(
        self, source_id: str, state: SourceState, judged: Sequence[Judged], now: datetime
    ) -> Decision:
        if not judged:
            return Decision()
        baseline, absence = state.baseline_at is None, now - (state.succeeded_at or now)
        catalogue, judged = self._in_context(source_id, judged)
        decision = decide(
            judged,
            catalogue,
            now=now,
            settings=self.settings,
            silent=baseline,
            absence=absence,
            announced=announced_lately(self.store, source_id, now),
        )
        live = not baseline and not decision.held
        touched = self.store.releases.apply(decision, now, live=live)
        self._tell(source_id, decision, touched, now, live=live, known_until=state.succeeded_at)
        return decision

    def _in_context(self, source_id: str, judged: Sequence[Judged]) -> tuple[Catalogue, list[Judged]]:
        """Return what is known of the labs of these, and the verdicts as people and moves have them."""
        labs = {one.sighting.lab for one in judged}
        former = {lab: self.store.standing.former(source_id, lab) for lab in labs}
        hub_ids = (one.sighting.external_id for one in judged if one.sighting.source is SourceKind.HUB)
        catalogue = self.store.releases.catalogue(labs.union(*former.values()), hub_ids)
        errata = self.store.corrections.errata()
        known = {one.key for one in catalogue.releases} | {subject for subject, _ in errata.rules}
        at_home = (
            (one.sighting, kept_at_home(one.verdict, former[one.sighting.lab], known)) for one in judged
        )
        return catalogue, [
            Judged(sighting, corrected(verdict, sighting, errata)) for sighting, verdict in at_home
        ]

    def _tell(
        self,
        source_id: str,
        decision: Decision,
        touched: Mapping[str, int],
        now: datetime,
        *,
        live: bool,
        known_until: datetime | None,
    ) -> None:
        """Owe what a stored decision makes due: its messages, or the question what a flood is."""
        note_brought(self.store, decision.opened(), now)
        if decision.held:
            hold(self.store, source_id, decision.held, self.admins, now, known_until=known_until)
        elif live:
            self.store.held.note_announced(source_id, len(decision.announced()), now)
            owe(self.store, decision, touched, now, known_until=known_until)

    def _settle_overdue(self) -> Iterator[Report]:
        """Decide the listings that waited in vain for the Hub or the lab to confirm them."""
        now = self.clock.now()
        self._shorten_waits(now + self.settings.confirm)
        if not self.store.releases.overdue(now):
            return
        with self.store.transaction():
            overdue, seen_at = self.store.releases.overdue(now), self.store.releases.overdue_since(now)
            catalogue = self.store.releases.catalogue(waiting.judged.sighting.lab for waiting in overdue)
            announced = announced_lately(self.store, SourceKind.LLM_STATS, now)
            decision = decide_overdue(
                overdue, catalogue, now=now, settings=self.settings, announced=announced
            )
            touched = self.store.releases.apply(decision, now, live=not decision.held)
            self._tell(SourceKind.LLM_STATS, decision, touched, now, live=True, known_until=seen_at)
        yield Report(SourceKind.LLM_STATS, announced=decision.announced(), held=len(decision.held))

    def _shorten_waits(self, longest: datetime) -> None:
        """Let what was listed while the clock was ahead wait no longer than it would have."""
        if self.store.releases.waits_beyond(longest):
            with self.store.transaction():
                self.store.releases.shorten_waits(longest)

    def _after(self, source: Source, state: SourceState, poll: Poll, began: datetime) -> SourceState:
        now = self.clock.now()
        due = now + source.every * self.dice.uniform(0.9, 1.1)
        return replace(
            weighed(state, poll, began, self.dice.uniform(*SHARES)),
            baseline_at=state.baseline_at or (now if poll.count else None),
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
            if self._is_overtaken(state):
                return Report(source.id)
            self.store.sources.failed(source.id, error, now, now + rest * self.dice.uniform(1.0, 1.1))
        log.warning("source_failed", source=source.id, failure=error.failure, complaint=str(error))
        return Report(source.id, failure=error.failure, complaint=str(error))


def _is_due(state: SourceState | None, now: datetime) -> bool:
    """Whether a source is to be polled; one polled in the future was polled by a wrong clock."""
    if state is None or state.next_poll_at is None or state.polled_at is None:
        return True
    return state.next_poll_at <= now or state.polled_at > now


def _is_resting(state: SourceState | None, now: datetime) -> bool:
    if state is None or state.rested_until is None or state.polled_at is None:
        return False
    return state.polled_at <= now < state.rested_until
