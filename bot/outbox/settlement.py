"""What an attempt to send a message, or to look it up, makes of its delivery. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.outbox.message import (
    LANDING,
    Absent,
    Closed,
    Impossible,
    Later,
    Outcome,
    Refused,
    Search,
    Sent,
    Unclear,
)
from bot.records import Delivery, Pause, Reply

_KILLED = timedelta(minutes=2)  # after its claim a message that a killed process sent has landed, or never
_INEXACT = timedelta(minutes=1)  # how well we know the server's clock, which is told in answers of before
_WRONG = timedelta(days=1)  # how far ours may be from it, where it was not told
_SKEW = timedelta(minutes=5)  # the same, of two times that both come from the time that a backup forgot
PAUSE = timedelta(hours=1)  # until a destination that takes nothing is tried again
_CLOSED = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(minutes=10)
# With an answer that nobody knows: tried for so long, at least once a day; what is behind waits that long.
_STRANGE_FOR = timedelta(days=7)
_STRANGE_WAIT = timedelta(days=1)
_STRANGE_BEGINS = timedelta(seconds=30)
_STRANGE_TRIES = 10  # at least: a clock that was set says nothing of Slack
HOLDS_UP = timedelta(minutes=10)
_LONGEST_ASKED = timedelta(days=1)  # that a server ever puts anything off for
# What is behind a doubtful message waits for so many look-ups, and for none that is further ahead than that.
_LOOKS = 5
_HOLDS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a delivery: its state, why, and when it is due again.

    `update` is the thread reply that tells what an edit would have shown.
    """

    state: str
    reason: str = ""
    due_at: datetime | None = None
    pauses: bool = False  # nothing else goes to its destination until then
    asked: bool = False  # the server named the time
    strange_since: datetime | None = None  # nobody knows what is answered, from then on
    reached: str = ""  # how far a look-up came
    yields: bool = False  # what is behind it goes ahead of it
    unreadable: bool = False  # nothing can be looked up in its destination
    hushed: bool = False  # it waits for the end of quiet hours
    sent: Sent | None = None
    update: Reply | None = None  # owed in its place, or beside it


def search_for(delivery: Delivery, ahead: timedelta) -> Search:
    """Return where a message stands that was perhaps posted.

    Our own clock may have been wrong at the claim and right since, or be `ahead` of the server's now: it is
    asked only where the server's is not known.
    """
    if delivery.posted_after:
        until = delivery.posted_before or delivery.posted_after + _KILLED
        return Search(delivery.posted_after - _INEXACT, until + _INEXACT, delivery.reached)
    skew = _SKEW if delivery.is_of_forgotten_time else _WRONG
    first = min(delivery.claimed_at or delivery.created_at, delivery.created_at)
    return Search(first - skew - max(ahead, timedelta()), reached=delivery.reached)


def lands_within(delivery: Delivery, there: datetime | None) -> timedelta:
    """Return how long what was perhaps posted may take to land, by the server's clock: ours may jump."""
    posted_by = delivery.posted_before or (delivery.posted_after and delivery.posted_after + LANDING)
    return max(posted_by - there, timedelta()) if posted_by and there else timedelta()


def longest_wait(head: Delivery, now: datetime) -> timedelta:
    """Return how long a delivery may be put off at most: as long again, where its answers are strange."""
    if head.state != "owed":
        return PAUSE
    if head.asked or head.hushed:
        return _LONGEST_ASKED
    return max(PAUSE, now - head.strange_since) if head.strange_since else PAUSE


def is_over(pause: Pause, now: datetime) -> bool:
    """Whether a destination is to be tried again; what pauses for longer, a wrong clock paused."""
    return not now < pause.retry_at <= now + PAUSE


def settlement(outcome: Outcome | Absent, delivery: Delivery, now: datetime) -> Settlement:
    """Return what an attempt to send, or to look up, makes of a delivery."""
    again = delivery.state  # it was owed, or in doubt
    odd = _odd(outcome, delivery)
    if odd:
        return _strange(odd, delivery, now)
    match outcome:
        case Sent():
            settled = Settlement("sent", sent=outcome)
        case Later() | Unclear() if again == "doubtful":
            settled = _sought_in_vain(outcome, delivery, now)
        case Later(seconds, reason, asked):
            wait = max(timedelta(seconds=seconds), _backoff(delivery))
            settled = Settlement("owed", reason, now + wait, asked=asked)
        case Unclear(reason):
            settled = Settlement(
                "doubtful",
                reason,
                now + LANDING,
                strange_since=delivery.strange_since,
                yields=_never_lands(delivery, now),
            )
        case Refused(reason):
            settled = Settlement(again, reason, now + PAUSE, pauses=True)
        case Impossible(reason):
            settled = Settlement("impossible", reason)
        case Closed(reason):
            settled = Settlement(again, reason, now + _CLOSED)
        case Absent():
            settled = _not_there(delivery, now)
    return settled


def _not_there(delivery: Delivery, now: datetime) -> Settlement:
    """Return what becomes of a delivery that was looked for and not found: it is sent again.

    Ever more rarely where that goes on, but never given up: nothing speaks against it but lost answers.
    """
    since = None if delivery.suspected else min(delivery.strange_since or now, now)
    if since is None or not _never_lands(delivery, now):
        return Settlement("owed", "was not posted", now, strange_since=since)
    due_at = now + _as_long_again(delivery, since, now)
    return Settlement(
        "owed", f"{delivery.reason}; it was not posted", due_at, strange_since=since, yields=True
    )


def _never_lands(delivery: Delivery, now: datetime) -> bool:
    """Whether its answers are lost, and it is found not to be there, for so long that it may be its fault."""
    return delivery.strange_since is not None and now - delivery.strange_since >= HOLDS_UP


def _odd(outcome: Outcome | Absent, delivery: Delivery) -> Later | None:
    """Return an answer that may never pass, None for all others."""
    match outcome:
        case Later(strange=True) if delivery.state != "doubtful":
            return outcome
        case Refused(reason) if delivery.kind == "edit":  # whether posts are refused only a post can tell
            return Later(PAUSE.total_seconds(), reason)
        case _:
            return None


def _strange(answer: Later, delivery: Delivery, now: datetime) -> Settlement:
    """Return what becomes of a delivery whose answer nobody knows: it waits as long again as it has."""
    since = min(delivery.strange_since or now, now)
    if now - since >= _STRANGE_FOR and delivery.attempts >= _STRANGE_TRIES:
        return Settlement("impossible", f"{answer.reason}, for {_STRANGE_FOR.days} days")
    wait = max(_as_long_again(delivery, since, now), timedelta(seconds=answer.seconds))
    return Settlement("owed", answer.reason, now + min(wait, _STRANGE_WAIT), strange_since=since)


def _as_long_again(delivery: Delivery, since: datetime, now: datetime) -> timedelta:
    """Return how long to wait where answers are lost or strange since then.

    A clock that was set, or a bot that was off, is told by few attempts in a long time.
    """
    tried = _STRANGE_BEGINS * (1 << min(delivery.attempts, 12))
    return min(now - since, tried, _STRANGE_WAIT)


def _sought_in_vain(outcome: Later | Unclear, delivery: Delivery, now: datetime) -> Settlement:
    """Return what becomes of a delivery that could not be looked up; others do not wait for it for long."""
    if isinstance(outcome, Unclear) and delivery.suspected:
        reason = f"it cannot be looked up ({outcome.reason})"
        return Settlement("owed", reason, now, unreadable=outcome.unreadable)
    if isinstance(outcome, Unclear):  # nor ever can be: at most once, and it says so
        return Settlement("unclear", outcome.reason)
    wait = timedelta(seconds=outcome.seconds)
    if outcome.reached == delivery.reached:  # it came no further
        wait = max(wait, _backoff(delivery))
    yields = delivery.attempts >= _LOOKS or wait > _HOLDS
    return Settlement(
        "doubtful",
        f"{outcome.reason}; what is behind it goes ahead" if yields else outcome.reason,
        now + wait,
        asked=outcome.asked,
        strange_since=delivery.strange_since,
        reached=outcome.reached or delivery.reached,
        yields=yields,
    )


def _backoff(delivery: Delivery) -> timedelta:
    """Return 1 s, 2 s, 4 s ... after so many attempts in a row."""
    return min(timedelta(seconds=2 ** min(delivery.attempts, 10)), _LONGEST_WAIT)
