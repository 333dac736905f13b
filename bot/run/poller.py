"""Poll sources: fetch and understand in threads, decide and store in one transaction each."""

import random
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from weakref import WeakSet

import structlog

from bot.clock import Clock
from bot.errors import Failure, SourceError, StoreError
from bot.fetch import Fetcher
from bot.fetch.address import host_in
from bot.model import Destination, SourceKind
from bot.outbox.floods import announced_lately
from bot.records import SourceState
from bot.releases.naming.classify import judge
from bot.releases.naming.labs import Labs
from bot.releases.naming.repositories import Siblings
from bot.releases.news.corrections import corrected, kept_at_home
from bot.releases.news.decide import decide
from bot.releases.news.decision import Catalogue, Decision, Judged, Settings
from bot.releases.news.meant import meant_by
from bot.run.consequences import carry_out, settle_overdue
from bot.run.hints import NamesInBody, ask_about_hints
from bot.run.quiet_polls import QuietPolls, shows_nothing
from bot.run.reports import Polled, Progress, Report, unheard
from bot.run.validators import SHARES, are_left_out, weighed
from bot.sources.base import Memory, Poll, Source
from bot.store.store import Store

log = structlog.get_logger()

_JUST_READ = 5.0  # seconds; who polled the source meanwhile is noticed when this poll is stored
_LONGEST_REST = timedelta(hours=6)

Lane = Future[list[Report]]


@dataclass
class Poller:
    """Polls sources into the store.

    Several threads may poll at once. Of two that read one source side by side, the first is heard: what the
    other one read is dropped, for it was understood without knowing what the first one stored. Who showed
    nothing new has only a failure dropped.
    """

    store: Store
    sources: Sequence[Source]
    fetch: Fetcher
    labs: Labs
    clock: Clock
    settings: Settings
    threads: Executor
    slow: Executor | None = None  # what reads the hosts that hung last time, so that they hold up no other
    own_hosts: frozenset[str] = frozenset()  # ours to poll as hard as we like
    admins: Sequence[Destination] = ()  # who are asked what shall become of a flood
    dice: random.Random = field(default_factory=random.Random)
    moment: float = 0.5  # seconds for which `poll_due` waits for what takes longer than the rest
    reading: set[str] = field(default_factory=set)  # the sources that are being read this moment
    _lanes: dict[str, Lane] = field(default_factory=dict)  # under way, by whose turn it is
    _quiet: QuietPolls = field(default_factory=QuietPolls)
    _former: WeakSet[Source] = field(default_factory=WeakSet)  # of settings that were changed
    _stopping: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Finish the sources under way and begin no other; a poll that ends early loses nothing."""
        self._stopping.set()

    def go_on_with(
        self, sources: Sequence[Source], labs: Labs, settings: Settings, admins: Sequence[Destination]
    ) -> None:
        """Poll these sources from now on. What the former ones are reading is dropped, and is still due."""
        self.labs, self.settings, self.admins = labs, settings, admins
        self._former.update(self.sources)
        self._former.difference_update(sources)
        self.sources = sources

    def due(self) -> list[Source]:
        """Return the sources whose time has come."""
        waiting = self.store.sources.waiting(self.clock.now())
        return [source for source in self.sources if source.id not in waiting]

    def rested(self) -> list[Source]:
        """Return all sources but those that asked to be left alone until later."""
        resting = self.store.sources.resting(self.clock.now())
        return [source for source in self.sources if source.id not in resting]

    def poll(self, sources: Iterable[Source], progress: Progress = unheard) -> Polled:
        """Poll these sources, the hosts side by side and each stranger's sources one after the other.

        Raises StoreError, but not before all lanes have ended: whoever hears of it may hand the same sources
        in again.
        """
        lanes = self._begin(sources, progress).values()
        wait(lanes)
        return self._concluded(lanes, progress)

    def poll_due(self, progress: Progress = unheard) -> Polled:
        """Begin to poll what is due, beside what is still being read; return what came of what has ended.

        Who hangs holds up nobody but the sources of the same host: a lane is waited for a moment. Raises
        StoreError; what is under way goes on.
        """
        due = [source for source in self.due() if self.lane_of(source) not in self._lanes]
        self._lanes |= self._begin(due, progress)
        if not self._lanes:
            return Polled()
        wait(self._lanes.values(), self.moment)
        ended = [name for name, lane in self._lanes.items() if lane.done()]
        return self._concluded([self._lanes.pop(name) for name in ended], progress)

    def _begin(self, sources: Iterable[Source], progress: Progress) -> dict[str, Lane]:
        lanes: dict[str, list[Source]] = {}
        for source in sources:
            lanes.setdefault(self.lane_of(source), []).append(source)
        if not lanes:
            return {}
        states = self.store.sources.states(source.id for lane in lanes.values() for source in lane)
        read = self.clock.ticks()
        return {
            name: self._threads_for(lane, states).submit(
                self._poll_lane, lane, progress, states.get(lane[0].id), read
            )
            for name, lane in lanes.items()
        }

    def _threads_for(self, lane: Sequence[Source], states: Mapping[str, SourceState]) -> Executor:
        outcomes = {states[source.id].failure for source in lane if source.id in states}
        return self.slow if self.slow and outcomes == {Failure.TIMEOUT} else self.threads

    def lane_of(self, source: Source) -> str:
        """Return whose turn it is: a stranger's host is asked for one source at a time."""
        host = host_in(source.url)
        return source.id if host in self.own_hosts else host

    def _concluded(self, ended: Iterable[Lane], progress: Progress) -> Polled:
        """Return what came of lanes that have ended, once that is stored which is not the matter of one."""
        self._quiet.write(self.store, self._former)
        reports = [report for lane in ended for report in lane.result()]
        if overdue := settle_overdue(self.store, self.settings, self.admins, self.clock.now()):
            reports.append(overdue)
            progress(overdue)
        ask_about_hints(self.store, self.admins, self.clock.now())
        return Polled(tuple(reports))

    def _poll_lane(
        self, lane: Sequence[Source], progress: Progress, first: SourceState | None, read: float
    ) -> list[Report]:
        """Poll the sources of a host in turn; the state of the first one is known, and when it was read."""
        reports: list[Report] = []
        for source in lane:
            if self._stopping.is_set():
                break
            if source in self._former:  # the settings have changed since it was due
                continue
            is_new = source is lane[0] and self.clock.ticks() - read <= _JUST_READ
            # as it is now: a lane may wait or take minutes
            state = first if first and is_new else self.store.sources.state(source.id)
            self.reading.add(source.id)
            try:
                began = self.clock.now()
                poll = source.poll(self._memory(state, began), self.fetch, began)
                report = self._keep(source, state, poll, began)
            except SourceError as error:
                report = self._fail(source, state, error)
            except StoreError:
                raise
            except Exception as error:  # a bug that one source brings out must not stop the others
                log.exception("source_crashed", source=source.id)
                message = f"the bot could not make sense of it ({error!r}); please report this"
                report = self._fail(source, state, SourceError(Failure.BAD_ANSWER, message))
            finally:
                self.reading.discard(source.id)
            reports.append(replace(report, host=host_in(source.url)))
            progress(reports[-1])
        return reports

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

    def _keep(self, source: Source, state: SourceState, poll: Poll, began: datetime) -> Report:
        """Judge what a good poll showed, and store it whole: what it means, whom to tell, its validators.

        One that showed nothing new is stored with others of its kind: a crash forgets that it was.
        """
        after = self._after(source, state, poll, began)
        if shows_nothing(state, poll, after):
            self._quiet.add(source, after)
            return Report(state.id)
        siblings = Siblings(poll.siblings)
        judged = [Judged(sighting, judge(sighting, self.labs, siblings)) for sighting in poll.sightings]
        names = NamesInBody.of(self.store, self.labs, source, poll.passages)
        now = self.clock.now()
        with self.store.transaction():
            if self._is_overtaken(source, state):
                return Report(state.id)
            heard = names.news(poll.identities, silent=state.baseline_at is None)
            judged = [*judged, *names.grown(heard, now)]
            decision = self._decide(state, judged, now) if judged else Decision()
            names.keep_hints(heard, now, self.settings.confirm)
            self.store.sources.remember(state.id, {**poll.identities, **heard.remember}, now)
            self.store.sources.succeeded(after)
        if after.distrusted_at and not state.distrusted_at:
            log.warning("validators_distrusted", source=state.id)
        return Report(
            state.id,
            new=len(judged),
            baseline=state.baseline_at != after.baseline_at,
            announced=decision.announced(),
            held=len(decision.held),
        )

    def _decide(self, state: SourceState, judged: Sequence[Judged], now: datetime) -> Decision:
        """Return what these sightings of a source mean, once it is stored and what it makes due is owed."""
        silent = state.baseline_at is None
        catalogue, in_context = self._in_context(state.id, judged)
        decision = decide(
            in_context,
            catalogue,
            now=now,
            settings=self.settings,
            silent=silent,
            absence=now - (state.succeeded_at or now),
            announced=announced_lately(self.store, state.id, now),
        )
        known_until = state.succeeded_at
        carry_out(self.store, state.id, decision, self.admins, now, silent=silent, known_until=known_until)
        return decision

    def _is_overtaken(self, source: Source, state: SourceState, *, failed: bool = False) -> bool:
        """Return whether another poll of the source, or other settings, came since this one began."""
        stored = self.store.sources.state(state.id)
        is_undone = failed and stored.succeeded_at != state.succeeded_at
        overtaken = source in self._former or stored.polls != state.polls or is_undone
        if overtaken:
            log.info("poll_overtaken", source=state.id)
        return overtaken

    def _in_context(self, source_id: str, judged: Sequence[Judged]) -> tuple[Catalogue, list[Judged]]:
        """Return what is known of what these can mean, and the verdicts as people and moves have them."""
        labs = {one.sighting.lab for one in judged}
        former = {lab: self.store.addresses.former(source_id, lab) for lab in labs}
        hub_ids = (one.sighting.external_id for one in judged if one.sighting.source is SourceKind.HUB)
        outline = self.store.releases.outline(labs.union(*former.values()), hub_ids)
        known = {*outline.families, *(subject for subject, _ in outline.errata.rules)}
        in_context = []
        for one in judged:
            at_home = kept_at_home(one.verdict, former[one.sighting.lab], known)
            in_context.append(Judged(one.sighting, corrected(at_home, one.sighting, outline.errata)))
        return self.store.releases.filled(outline, meant_by(in_context, outline)), in_context

    def _after(self, source: Source, state: SourceState, poll: Poll, began: datetime) -> SourceState:
        now = self.clock.now()
        due = now + source.every * self.dice.uniform(0.9, 1.1)
        return replace(
            weighed(state, poll, began, self.dice.uniform(*SHARES)),
            baseline_at=state.baseline_at or (now if poll.count else None),
            cursor=poll.cursor,
            usual_count=poll.count,
            polled_at=now,
            succeeded_at=now,
            next_poll_at=max(due, poll.not_before or due),
        )

    def _fail(self, source: Source, state: SourceState, error: SourceError) -> Report:
        now = self.clock.now()
        rest = min(source.every * 2 ** min(state.failures, 8), max(_LONGEST_REST, source.every))
        if error.retry_after is not None:
            rest = timedelta(seconds=error.retry_after)
        with self.store.transaction():
            if self._is_overtaken(source, state, failed=True):
                return Report(source.id)
            self.store.sources.failed(source.id, error, now, now + rest * self.dice.uniform(1.0, 1.1))
        return Report(source.id, failure=error.failure, complaint=str(error))
