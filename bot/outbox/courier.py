"""Send what is owed: claim, send, settle; look up what is doubtful; never send twice."""

from collections.abc import Callable
from concurrent.futures import Executor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import StoreError
from bot.outbox.composing import Composed, Composer, Instead
from bot.outbox.message import Absent, Closed, Notifier, Outcome, Sent, Unclear
from bot.outbox.pausing import tell_subscribers
from bot.outbox.settle import LANDING, PAUSE, Settlement, settle
from bot.records import FAILED, OPEN, Delivery, Pause
from bot.store.store import Store

log = structlog.get_logger()

# `poll` waits this long for a delivery that is due again soon, and leaves the rest to the next run.
_PATIENCE = timedelta(seconds=60)
_MANY_ATTEMPTS = 5
_LONGEST_WAIT = timedelta(days=1)  # that a server ever puts anything off for


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a round of delivering came to."""

    sent: int = 0
    owed: int = 0  # still open when the round ended
    failed: int = 0  # unclear or impossible, for `deliveries` to explain
    closed: str = ""  # why nothing can be sent at all


@dataclass
class Courier:
    """Carry deliveries from the outbox to the notifier, one at a time and in order for each destination."""

    store: Store
    notifier: Notifier
    clock: Clock
    threads: Executor
    pace: timedelta = timedelta(seconds=1)  # between two posts to one destination
    settled: Callable[[Delivery, str, datetime], object] = lambda *_: None  # hears of each, with its state
    _free: dict[str, datetime] = field(default_factory=dict)
    _interrupted: bool = True  # so that the first round doubts what a killed process left

    def hasten(self) -> None:
        """Forget what was put off; whoever runs a command may have mended the reason."""
        now = self.clock.now()
        with self.store.transaction():
            self.store.deliveries.hasten(now)
            self.store.subscriptions.try_again(now)

    def deliver_all(self) -> Delivered:
        """Deliver until nothing is owed that could go soon. Raises StoreError."""
        sent, failed_before = 0, self._failed()
        while True:
            round_sent, closed = self.deliver_due()
            sent += round_sent
            pause = self._next_wait()
            if closed or pause is None:
                return Delivered(sent, self._open(), self._failed() - failed_before, closed)
            if pause:
                self.clock.sleep(pause.total_seconds())

    def deliver_due(self) -> tuple[int, str]:
        """Take one step for each destination that has something due.

        Return how many messages were sent, and why nothing can be sent at all, if so.
        """
        if self._interrupted:
            self._doubt_claims()
        self._follow_clock()
        ready = [head for head in self._heads() if self._ready_at(head) <= self.clock.now()]
        steps = [self.threads.submit(self._step, head) for head in ready]
        wait(steps)
        self._interrupted = any(step.exception() for step in steps)
        outcomes = [step.result() for step in steps]
        closed = next((reason for _, reason in outcomes if reason), "")
        return sum(sent for sent, _ in outcomes), closed

    def _doubt_claims(self) -> None:
        """Doubt what was claimed and never settled, by a process that was killed or a step that failed."""
        with self.store.transaction():
            doubted = self.store.deliveries.doubt_claims(self.clock.now() + LANDING)
        if doubted:
            log.warning("claims_doubted", count=doubted)

    # --- when

    def _follow_clock(self) -> None:
        """Begin every wait anew that began at a time which is still to come: the clock was set back."""
        now = self.clock.now()
        ahead = self.store.deliveries.ahead_of(now)
        if ahead:
            with self.store.transaction():
                self.store.deliveries.begin_anew(ahead, now)
            log.warning("clock_set_back", waiting=len(ahead))

    def _heads(self) -> list[Delivery]:
        """Return the first open delivery of each destination that is not paused and not being sent."""
        now, pauses = self.clock.now(), self.store.subscriptions.pauses()
        return [
            head
            for head in self.store.deliveries.heads()
            if head.state != "claimed"
            and (head.destination not in pauses or _is_over(pauses[head.destination], now))
        ]

    def _ready_at(self, head: Delivery) -> datetime:
        """Return when a delivery may go; what is due further ahead than any wait, a wrong clock put off."""
        now = self.clock.now()
        due = head.due_at if head.due_at - now <= (_LONGEST_WAIT if head.asked else PAUSE) else now
        free = self._free.get(head.destination, due)
        return max(due, free) if free - now <= self.pace else due

    def _next_wait(self) -> timedelta | None:
        """Return how long until something can be sent; None when nothing can, or not soon enough to wait."""
        now = self.clock.now()
        waits = [self._ready_at(head) - now for head in self._heads() if head.attempts < _MANY_ATTEMPTS]
        soonest = min(waits, default=None)
        if soonest is None or soonest > _PATIENCE:
            return None
        return max(soonest, timedelta())

    def _open(self) -> int:
        counts = self.store.deliveries.counts()
        return sum(counts.get(state, 0) for state in OPEN)

    def _failed(self) -> int:
        counts = self.store.deliveries.counts()
        return sum(counts.get(state, 0) for state in FAILED)

    # --- one delivery

    def _step(self, head: Delivery) -> tuple[int, str]:
        """Take one delivery a step on; return whether it now stands, and why everything is closed, if so."""
        composed = self._composed(head)
        if isinstance(composed, Settlement):
            self._store(head, composed, "")
            return 0, ""
        if isinstance(composed, Instead):
            self._tell_instead(head, composed)
            return 0, ""
        outcome = self._attempt(head, composed)
        if outcome is None:
            return 0, ""
        # What was found may have been rendered from less than is known now: the next edit shall compare.
        digest = "" if head.state == "doubtful" else composed.digest
        self._store(head, settle(outcome, head, self.clock.now()), digest)
        if isinstance(outcome, Sent):
            self._free[head.destination] = self.clock.now() + self.pace
        return int(isinstance(outcome, Sent)), outcome.reason if isinstance(outcome, Closed) else ""

    def _attempt(self, head: Delivery, composed: Composed) -> Outcome | Absent | None:
        """Send a message, or look a doubtful one up; None when somebody else has claimed it."""
        try:
            if head.state == "doubtful":
                return self._find(head, composed)
            return self.notifier.send(composed.message) if self._claim(head, composed) else None
        except StoreError:
            raise
        except Exception as error:  # whatever went wrong, the message may have been posted
            log.exception("notifier_crashed", delivery=head.id)
            return Unclear(f"the bot failed while sending ({error!r}); please report this")

    def _find(self, head: Delivery, composed: Composed) -> Outcome | Absent:
        """Look for a message wherever it may have been sent; it is absent when it is nowhere."""
        since = (head.claimed_at or head.created_at).timestamp()
        found = self.notifier.find(composed.message, since)
        if isinstance(found, Absent) and composed.elsewhere:
            return self.notifier.find(composed.elsewhere, since)
        return found

    def _composed(self, head: Delivery) -> Composed | Settlement | Instead:
        """Compose a message; one that cannot be rendered must not hold up those behind it."""
        try:
            return Composer(self.store, self.notifier, self.clock).compose(head)
        except StoreError:
            raise
        except Exception as error:  # a bug in rendering concerns this message alone
            log.exception("rendering_crashed", delivery=head.id)
            return Settlement("impossible", f"could not be rendered ({error!r}); please report this")

    def _claim(self, head: Delivery, composed: Composed) -> bool:
        """Claim what the message is about to bring, all of it or nothing."""
        now, carried = self.clock.now(), [one.sequence for one in composed.carried]
        with self.store.transaction():
            if carried:
                return self.store.deliveries.claim_together(carried, head.sequence, now)
            return self.store.deliveries.claim(head.sequence, now)

    def _tell_instead(self, head: Delivery, told: Instead) -> None:
        now = self.clock.now()
        with self.store.transaction():
            self.store.deliveries.owe_note_to(
                head.destination,
                head.release_id,
                told.lead_key,
                told.note,
                told.about,
                now,
                known_until=min(head.created_at, head.claimed_at or head.created_at),
            )
            self.store.deliveries.settle(head.sequence, "skipped", "the thread tells it instead", now)

    def _store(self, head: Delivery, settlement: Settlement, digest: str) -> None:
        with self.store.transaction():
            if settlement.sent:
                self._store_sent(head, settlement.sent, digest)
            else:
                self._store_unsent(head, settlement)
        self.settled(head, settlement.state, self.clock.now())
        if settlement.state not in ("sent", "skipped"):
            log.warning(
                "delivery_not_sent",
                delivery=head.id,
                destination=head.destination,
                state=settlement.state,
                reason=settlement.reason,
            )

    def _store_sent(self, head: Delivery, sent: Sent, digest: str) -> None:
        deliveries, now = self.store.deliveries, self.clock.now()
        deliveries.settle_sent(head.sequence, sent.channel, sent.ts, digest, now)
        self.store.subscriptions.resume(head.destination)
        if digest and head.kind != "alert":
            deliveries.note_content(head.release_id, head.destination, digest)

    def _store_unsent(self, head: Delivery, settlement: Settlement) -> None:
        deliveries, now = self.store.deliveries, self.clock.now()
        state, reason, due_at = settlement.state, settlement.reason, settlement.due_at
        deliveries.settle(head.sequence, state, reason, now, due_at, asked=settlement.asked)
        if settlement.pause_until:
            self.store.subscriptions.pause(head.destination, reason, now, settlement.pause_until)
            tell_subscribers(self.store, head.destination, now)


def _is_over(pause: Pause, now: datetime) -> bool:
    """Whether a destination is to be tried again; what pauses for longer, a wrong clock paused."""
    return not now < pause.retry_at <= now + PAUSE
