"""Decide what to do next with a delivery, and what an outcome makes of it: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.outbox.message import Absent, Closed, Impossible, Later, Outcome, Refused, Sent, Unclear
from bot.records import Delivery

# A message may land a moment after the connection broke: only this long after we lost sight of it is "not
# there" believed to mean "never posted".
LANDING = timedelta(seconds=5)
PAUSE = timedelta(hours=1)  # until a destination that takes nothing is tried again
_CLOSED = timedelta(minutes=5)
_ENOUGH = 20  # tries, over some two hours, with an answer that nobody knows: others wait behind it
_LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a delivery: its state, why, when it is due, whether its destination pauses."""

    state: str
    reason: str = ""
    due_at: datetime | None = None
    pause_until: datetime | None = None
    asked: bool = False  # the server named the time
    sent: Sent | None = None


def settle(outcome: Outcome | Absent, delivery: Delivery, now: datetime) -> Settlement:
    """Return what an attempt to send, or to look up, makes of a delivery."""
    match outcome:
        case Sent():
            settled = Settlement("sent", sent=outcome)
        case Later(strange=True, reason=reason) if delivery.attempts >= _ENOUGH:
            settled = Settlement("impossible", f"{reason}, {delivery.attempts} times")
        case Later(seconds, reason, asked):
            wait = max(timedelta(seconds=seconds), backoff(delivery))
            settled = Settlement(_as_it_was(delivery), reason, now + wait, asked=asked)
        case Unclear(reason):
            settled = _unclear(reason, delivery, now)
        case Refused(reason):
            settled = Settlement(_as_it_was(delivery), reason, now + PAUSE, pause_until=now + PAUSE)
        case Impossible(reason):
            settled = Settlement("impossible", reason)
        case Closed(reason):
            settled = Settlement(_as_it_was(delivery), reason, now + _CLOSED)
        case Absent():
            settled = Settlement("owed", "was not posted", now)
    return settled


def backoff(delivery: Delivery) -> timedelta:
    """Return how long to wait after so many attempts in a row: 1 s, 2 s, 4 s ... at most ten minutes."""
    return min(timedelta(seconds=2 ** min(delivery.attempts, 10)), _LONGEST_WAIT)


def _as_it_was(delivery: Delivery) -> str:
    """Keep looking for what was doubtful, keep owing what was about to be sent."""
    return "doubtful" if delivery.state == "doubtful" else "owed"


def _unclear(reason: str, delivery: Delivery, now: datetime) -> Settlement:
    """Look a doubtful message up; one that cannot be looked up is at most once, and says so."""
    if delivery.state == "doubtful":
        return Settlement("unclear", reason)
    return Settlement("doubtful", reason, now + LANDING)
