"""Send what is owed: claim, send, settle; look up what is doubtful; never send twice."""

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.model import Destination
from bot.outbox.case import Case, Composed
from bot.outbox.compose import compose
from bot.outbox.known import Known
from bot.outbox.message import LANDING, Absent, Closed, Found, Later, Notifier, Outcome, Sent, Unclear
from bot.outbox.pace import Paces
from bot.outbox.settle import loses_sight, store_settled
from bot.outbox.settlement import (
    HOLDS_UP,
    PAUSE,
    Settlement,
    is_over,
    lands_within,
    longest_wait,
    search_for,
    settlement,
)
from bot.records import FAILED, OPEN, Delivery
from bot.store.installations import METADATA
from bot.store.store import Store
from bot.store.together import Together

log = structlog.get_logger()

# `poll` waits this long for a delivery that is due again soon, and leaves the rest to the next run.
_PATIENCE = timedelta(minutes=2)
_MANY_ATTEMPTS = 5
_AT_ONCE, _ALL = 256, 1_000_000  # deliveries that a round looks at: it begins no more than threads can send


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a round of delivering came to."""

    sent: int = 0
    owed: int = 0  # still open when the round ended
    failed: int = 0  # unclear or impossible, for `deliveries` to explain
    closed: str = ""  # why nothing can be sent at all


@dataclass
class Courier:
    """Carries deliveries from the outbox to the notifier, one at a time and in order for each destination."""

    store: Store
    notifier: Notifier
    clock: Clock
    threads: Executor
    writer: Executor  # of one thread: what they claim and settle is stored there
    pace: timedelta = timedelta(seconds=1)  # between two posts to one destination
    settled: Callable[[Delivery, str, datetime], object] = lambda *_: None  # hears of each, by its state
    moment: float = 0.2  # seconds that a round waits for those of its steps that take longer than others
    claims_last: float | None = None  # seconds until another may have taken it over; None: never
    posted: Mapping[Destination, datetime] = field(default_factory=dict)  # when to each last, before we began
    # --- of this one alone
    _steps: dict[Destination, Future[Outcome | Absent | None]] = field(init=False, default_factory=dict)
    _paces: Paces = field(init=False)
    _stopping: threading.Event = field(init=False, default_factory=threading.Event)
    _has_more: bool = field(init=False, default=False)  # than the last round looked at
    _interrupted: bool = field(init=False, default=True)  # the first round doubts what a killed process left
    _known: Known | None = field(init=False, default=None)  # what is composed has in common, for the writes
    _claimed_at: datetime | None = field(init=False, default=None)  # if a transaction claims something
    _writes: Together = field(init=False)

    def __post_init__(self) -> None:
        self._writes = self.store.together(self.writer, self._note_claims)
        self._paces = Paces(self.pace, self.posted)

    def stop(self) -> None:
        """Settle what is on its way and send nothing else."""
        self._stopping.set()

    @property
    def under_way(self) -> int:
        """How many deliveries are on their way this moment."""
        return sum(not step.done() for step in self._steps.copy().values())

    def hasten(self) -> None:
        """Forget what was put off; whoever runs a command may have mended the reason."""
        now = self.clock.now()
        with self.store.transaction():
            self.store.deliveries.hasten(now)
            self.store.subscriptions.try_again(now)

    def deliver_all(self) -> Delivered:
        """Deliver until nothing is owed that could go soon. Raises StoreError."""
        sent, failed_before = 0, self._count(FAILED)
        while True:
            round_sent, closed = self.deliver_due()
            sent += round_sent
            pause = self.next_wait()
            if closed or pause is None:
                return Delivered(sent, self._count(OPEN), self._count(FAILED) - failed_before, closed)
            if pause:
                self.clock.sleep(pause.total_seconds())

    def deliver_due(self) -> tuple[int, str]:
        """Take one step for each destination that has something due, beside those that are under way.

        Return how many messages were sent, and why nothing can be sent at all, if so. A destination that
        hangs holds up no other: a step is waited for until the next destination is due, and a moment at most.
        """
        if self._interrupted:
            self._doubt_claims()
        self._follow_clock()
        soonest = self.moment
        heads = self._heads(timedelta(seconds=self.moment), at_once=True)
        self._has_more = len(heads) == _AT_ONCE
        for head in heads:
            ahead = (self._ready_at(head) - self.clock.now()).total_seconds()
            if ahead > 0:
                soonest = min(soonest, ahead)
            else:
                self._steps[head.destination] = self.threads.submit(self._deliver, head)
        wait(self._steps.values(), soonest)
        return self._ended()

    def finish(self) -> tuple[int, str]:
        """Wait for the steps that are under way, and return what came of them as `deliver_due` does."""
        wait(self._steps.values())
        return self._ended()

    def _ended(self) -> tuple[int, str]:
        """Return what came of the steps that have ended, as `deliver_due` does."""
        ended = [where for where, step in self._steps.items() if step.done()]
        steps = [self._steps.pop(where) for where in ended]
        self._interrupted = any(step.exception() for step in steps)
        outcomes = [step.result() for step in steps]
        closed = next((outcome.reason for outcome in outcomes if isinstance(outcome, Closed)), "")
        return sum(isinstance(outcome, Sent) for outcome in outcomes), closed

    def _doubt_claims(self) -> None:
        """Doubt what was claimed and never settled, by a process that was killed or a step that failed."""
        with self.store.transaction():
            doubted = self.store.deliveries.doubt_claims(self.clock.now() + LANDING, self._steps)
        if doubted:
            log.warning("claims_doubted", count=doubted)

    # --- when

    def _follow_clock(self) -> None:
        """Begin every wait anew that began at a time which is still to come: the clock was set back."""
        now = self.clock.now()
        if self.store.deliveries.ahead_of(now):
            with self.store.transaction():
                waiting = self.store.deliveries.begin_anew(now)
            if waiting:  # no other has done so meanwhile
                log.warning("clock_set_back", waiting=waiting)

    def _heads(self, within: timedelta, *, aside: bool = True, at_once: bool = False) -> list[Delivery]:
        """Return what is first in each destination that is not paused nor under way, if it is due by then.

        What steps `aside` while it waits is among them when it is due. `at_once`: only as many as a round
        begins, in destinations that take a message by then.
        """
        now, deliveries = self.clock.now(), self.store.deliveries
        pauses = self.store.subscriptions.pauses()
        paused = [where for where, pause in pauses.items() if not is_over(pause, now)]
        rest = self._paces.resting(now, within) if at_once else []
        heads = deliveries.heads(
            now if aside else None,
            now - HOLDS_UP,
            due=(now + within, now + PAUSE),
            apart_from=[*self._steps, *paused, *rest],
            most=_AT_ONCE if at_once else _ALL,
        )
        return [head for head in heads if head.state != "claimed"]

    def _ready_at(self, head: Delivery) -> datetime:
        """Return when a delivery may go; what is due further ahead than any wait, a wrong clock put off."""
        now = self.clock.now()
        waits = head.wait_until if head.state == "owed" else None  # what is in doubt is looked up at once
        wanted = max(head.due_at, waits or head.due_at)
        due = wanted if wanted - now <= longest_wait(head, now) else now
        return self._paces.ready(head.destination, due, now)

    def next_wait(self) -> timedelta | None:
        """Return how long until something can be sent; None when nothing can, or not soon enough to wait."""
        if self._steps or self._has_more:
            return timedelta()  # a round waits for the former, and begins the latter
        now = self.clock.now()
        # those that let others by are waited for, too
        heads = [*self._heads(_PATIENCE), *self._heads(_PATIENCE, aside=False)]
        waits = [self._ready_at(head) - now for head in heads if head.attempts < _MANY_ATTEMPTS]
        soonest = min(waits, default=None)
        return None if soonest is None or soonest > _PATIENCE else max(soonest, timedelta())

    def _count(self, states: Iterable[str]) -> int:
        counts = self.store.deliveries.counts()
        return sum(counts.get(state, 0) for state in states)

    # --- one delivery

    def _deliver(self, head: Delivery) -> Outcome | Absent | None:
        """Take one delivery a step on; return what came of sending or looking it up, None without either."""
        if self._stopping.is_set():
            return None
        owed = head.state == "owed"
        there = self.notifier.time_at(head.destination) if owed else None
        began = self.clock.ticks()
        composed = self._writes.do(lambda: self._claim(head, there))
        if composed is None:
            return None  # somebody else has
        is_old = self.claims_last is not None and self.clock.ticks() - began > self.claims_last
        if owed and is_old and isinstance(composed, Composed):
            composed = Settlement("owed", "the claim had grown old", self.clock.now())
        if isinstance(composed, Settlement):
            self._settle(head, composed)
            return None
        began_at = self.clock.now()
        try:
            outcome = self.notifier.send(composed.message) if owed else self._find(head, composed)
        except StoreError:
            raise
        except Exception as error:  # whatever went wrong, the message may have been posted
            log.exception("notifier_crashed", delivery=head.id)
            outcome = Unclear(f"the bot failed while sending ({error!r}); please report this")
        self._paces.posted(head.destination, began_at)
        update = composed.update if isinstance(outcome, Sent) else None
        settled = replace(settlement(outcome, head, self.clock.now()), update=update)
        # What was found may have been rendered from less than is known now: the next edit shall compare.
        self._settle(head, settled, composed.digest if owed else "")
        return outcome

    def _claim(self, head: Delivery, there: datetime | None) -> Composed | Settlement | None:
        """Compose and claim, in a transaction: a fact that comes later owes an edit. None if it is gone."""
        now = self.clock.now()
        if self._known is None or self._known.is_outdated(now):
            self._known = Known(self.store, now)
        try:
            composed = compose(Case(self.store, self.notifier, self._known, now, head))
        except StoreError:
            raise
        except Exception as error:  # a bug in rendering concerns this message alone: others wait behind it
            log.exception("rendering_crashed", delivery=head.id)
            composed = Settlement("impossible", f"could not be rendered ({error!r}); please report this")
        whole = (composed.carried, composed.called) if isinstance(composed, Composed) else ((), "")
        if head.state == "owed":
            if not self.store.deliveries.claim(head.sequence, now, there, *whole):
                return None
            self._claimed_at = now
        return composed

    def _note_claims(self) -> None:
        """Note what was claimed by now, before any of it is sent."""
        if self._claimed_at is None:
            return
        try:
            self.store.note_claims(self._claimed_at)
        except StoreError as error:  # news does not wait for what only guards against an older copy
            log.warning("claims_not_noted", error=str(error))
        self._claimed_at = None

    def _find(self, head: Delivery, composed: Composed) -> Found:
        """Look for a message wherever it may have been sent; it is absent when it is nowhere."""
        there = self.notifier.time_at(head.destination)
        if lands := lands_within(head, there):
            return Later(lands.total_seconds(), "it may still land")
        search = search_for(head, self.clock.now() - there if there else timedelta())
        found: Found = Absent()
        places = [one for one in (composed.message, composed.elsewhere) if one]
        for place in sorted(places, key=lambda one: one.thread_ts, reverse=True):
            if not search.is_past(place):
                found = self.notifier.find(place, search)
            if not isinstance(found, Absent):
                return found
        lacking = self.store.installations.lacking().get(head.destination.team, ())
        if METADATA in lacking and head.destination.is_slack_id:
            return Unclear("Slack keeps nothing there by which a message could be found", unreadable=True)
        return found

    def _settle(self, head: Delivery, settled: Settlement, digest: str = "") -> None:
        """Store what became of a delivery; `digest` is of what the alert says from now on."""
        now = self.clock.now()
        there = self.notifier.time_at(head.destination) if loses_sight(head, settled) else None
        self._writes.do(lambda: store_settled(self.store, head, settled, now, digest=digest, there=there))
        self.settled(head, settled.state, now)
        if settled.state not in ("sent", "skipped"):
            # as in every night, or after one off
            note = log.info if head.suspected or settled.hushed else log.warning
            note(
                "delivery_not_sent",
                delivery=head.id,
                destination=head.destination,
                state=settled.state,
                reason=settled.reason,
            )
