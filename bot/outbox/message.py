"""What is sent, what may come of it, and what that makes of a delivery. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.model import Destination
from bot.records import Content, Delivery, Reply


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one destination.

    A reply has `thread_ts`; an edit has `edit_ts`, and then `destination` is the channel id of the post.
    `marks` are further names that it is found by, beside its delivery's id.
    """

    delivery_id: str
    destination: Destination
    content: Content
    thread_ts: str = ""
    edit_ts: str = ""
    marks: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All that it is found by."""
        return frozenset((self.delivery_id, *self.marks))


# --- what comes of sending it


@dataclass(frozen=True, slots=True)
class Sent:
    """The message stands in `channel` at `ts`; unless it was `named`, no look-up would find it there."""

    channel: Destination
    ts: str
    named: bool = True


@dataclass(frozen=True, slots=True)
class Later:
    """The message was surely not posted; it is tried again after so many seconds.

    `asked`: the server named the time, and nobody shall try sooner. `strange`: nobody knows what it means,
    so that it may never pass. `reached` is how far a look-up came, and where the next one goes on.
    """

    seconds: float
    reason: str
    asked: bool = False
    strange: bool = False
    reached: str = ""


@dataclass(frozen=True, slots=True)
class _NotSent:
    reason: str


@dataclass(frozen=True, slots=True)
class Unclear(_NotSent):
    """Nobody knows whether the message was posted.

    `unreadable`: nothing can be looked up in its destination, this message no more than any other.
    """

    unreadable: bool = False


class Refused(_NotSent):
    """This destination takes no messages now; it is paused, never unsubscribed."""


class Impossible(_NotSent):
    """This one message can never be sent, such as an edit of a deleted post."""


class Closed(_NotSent):
    """Nothing can be sent at all, such as with a revoked token."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The message was looked for and is not there."""


Outcome = Sent | Later | Unclear | Refused | Impossible | Closed
Found = Sent | Absent | Unclear | Later | Refused | Closed


@dataclass(frozen=True, slots=True)
class Search:
    """Where a message may stand: between two moments, None for now, of which `reached` tells what was read.

    The moments are by the server's clock, which dates the messages.
    """

    since: datetime
    until: datetime | None = None
    reached: str = ""  # "THREAD/TS", less the thread in the channel itself, which is read after threads

    def begun(self, place: Message) -> str:
        """Return the ts that reading came to in the place of a message, "" where it has not begun."""
        thread, _, ts = self.reached.partition("/")
        return ts if thread == place.thread_ts else ""

    def is_past(self, place: Message) -> bool:
        """Whether the place of a message was read to its end."""
        return bool(place.thread_ts) and self.reached.startswith("/")


class Notifier(Protocol):
    """What carries messages to people, and looks up whether one arrived; `interactive`: it hears buttons."""

    name: str
    interactive: bool

    def send(self, message: Message) -> Outcome:
        """Post, reply or edit once; what may have been posted is never retried here."""
        ...

    def find(self, message: Message, search: Search) -> Found:
        """Look for a message that has a name in common, among those that stand where it may stand."""
        ...

    def time_at(self, destination: Destination) -> datetime | None:
        """Return the time by the clock of the server of a destination, None where it does not tell."""
        ...

    def permalink(self, channel: Destination, ts: str) -> str:
        """Return a link to a posted message, or "" where there is none."""
        ...


# --- what that makes of its delivery

# A message may land up to a minute after the connection broke: only this long after we lost sight of it is
# "not there" believed to mean "never posted".
LANDING = timedelta(seconds=75)
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


def search_for(delivery: Delivery, ahead: timedelta = timedelta()) -> Search:
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
