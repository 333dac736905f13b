"""The outbox: what is owed is claimed before it is sent, and settled after."""

from collections.abc import Iterable
from datetime import datetime

from bot.model import Destination
from bot.records import ALERT_MISSING, Delivery
from bot.store.owed import Owed
from bot.store.rows import columns

# A message and what it carries: four or more alerts at once are one message.
_MESSAGE = "(sequence = :sequence OR carrier = :sequence)"
# Why the order in a channel is not that in which its messages were owed.
_OVERTAKEN = "it was in doubt for so long that what was behind it went ahead"
_AHEAD = "it went ahead of a message that is in doubt"
_WAITED = "it waited for what else came to its thread"
_COUNT = "UPDATE claims SET made = made + 1"


class Deliveries(Owed):
    """The outbox."""

    # --- sending

    def claim(
        self,
        sequence: int,
        now: datetime,
        there: datetime | None = None,
        carried: Iterable[Delivery] = (),
        called: str = "",
    ) -> bool:
        """Mark that we are about to send a message for a delivery and those that it carries.

        Tell whether all of them were still ours to claim; if not, none is claimed. `there` is the time by the
        clock of the server, as far as that is known; `called` is whom the message mentions.
        """
        every = {sequence, *(one.sequence for one in carried)}
        chosen = {"sequences": every, "carrier": sequence, "now": now, "there": there, "called": called}
        owed = "sequence IN (SELECT CAST(value AS BIGINT) FROM json_each(:sequences)) AND state = 'owed'"
        if self._column(f"SELECT count(*) FROM delivery WHERE {owed}", chosen) != [len(every)]:
            return False
        self._run(
            f"""
            UPDATE delivery SET state = 'claimed', claimed_at = :now, attempts = attempts + 1,
                suspected = FALSE, hushed = FALSE, reached = '', posted_after = :there, posted_before = NULL,
                called = :called, carrier = nullif(:carrier, sequence)
            WHERE {owed}
            """,
            chosen,
        )
        self._run(_COUNT)
        return True

    def doubt_claims(self, due_at: datetime, busy: Iterable[Destination] = ()) -> int:
        """Mark claims that a dead process left behind: nobody knows whether those messages were posted.

        Those of `busy` destinations are under way. An edit may be made twice, so it is simply owed again; not
        before the first can no longer land, which might say less.
        """
        return self._run(
            f"""
            UPDATE delivery SET state = CASE kind WHEN 'edit' THEN 'owed' ELSE 'doubtful' END,
                due_at = :due_at, yields = yields OR kind = 'line',
                reason = 'the bot stopped while sending'
            WHERE state = 'claimed' AND {self._is_ours}
              AND destination NOT IN (SELECT value FROM json_each(:busy))
            """,
            {"due_at": due_at, "busy": list(busy)},
        )

    def lose_sight(self, sequence: int, until: datetime | None) -> None:
        """Store until when a message may have been posted by the server's clock; None is not known."""
        self._run(
            f"""
            UPDATE delivery SET posted_before = :until, yields = yields OR kind = 'line',
                posted_after = CASE WHEN CAST(:until AS TEXT) IS NULL THEN NULL ELSE posted_after END
            WHERE {_MESSAGE}
            """,
            {"sequence": sequence, "until": until},
        )

    def settle_sent(self, sequence: int, channel: str, ts: str, digest: str, now: datetime) -> None:
        """Store where the message stands, and all that it carries."""
        self._run(
            f"""
            UPDATE delivery SET state = 'sent', ts = :ts, digest = :digest,
                channel = coalesce((SELECT id FROM former_channel WHERE former = :channel), :channel),
                settled_at = :now, strange_since = NULL,
                reason = CASE WHEN yields THEN :overtaken WHEN EXISTS (
                    SELECT 1 FROM delivery past
                    WHERE past.destination = delivery.destination AND past.state IN ('owed', 'doubtful')
                      AND past.yields AND past.sequence < delivery.sequence) THEN :ahead
                    WHEN wait_until IS NOT NULL THEN :waited END
            WHERE {_MESSAGE}
            """,
            {
                "sequence": sequence,
                "channel": channel,
                "ts": ts,
                "digest": digest,
                "now": now,
                "overtaken": _OVERTAKEN,
                "ahead": _AHEAD,
                "waited": _WAITED,
            },
        )

    def settle(
        self,
        sequence: int,
        state: str,
        reason: str,
        now: datetime,
        due_at: datetime | None = None,
        *,
        asked: bool = False,
        strange_since: datetime | None = None,
    ) -> None:
        """Store that a message is owed again, doubtful, unclear, impossible or skipped, and why.

        So is all that it carries; what is owed again may be carried by another message, or by none.
        """
        self._run(
            f"""
            UPDATE delivery SET state = :state, reason = :reason, due_at = coalesce(:due_at, due_at),
                asked = :asked, strange_since = :strange_since,
                attempts = attempts + CASE state WHEN 'doubtful' THEN 1 ELSE 0 END,
                settled_at = CASE WHEN :state IN ('owed', 'doubtful') THEN NULL ELSE :now END,
                carrier = CASE :state WHEN 'owed' THEN NULL ELSE carrier END
            WHERE {_MESSAGE}
            """,
            {
                "sequence": sequence,
                "state": state,
                "reason": reason,
                "due_at": due_at,
                "asked": asked,
                "strange_since": strange_since,
                "now": now,
            },
        )

    def hush(self, sequence: int) -> None:
        """Store that a message waits for the end of quiet hours: what is behind it goes ahead."""
        self._run("UPDATE delivery SET hushed = TRUE WHERE sequence = :sequence", {"sequence": sequence})

    def note_told(self, sequences: Iterable[int], now: datetime) -> None:
        """Store that the admins heard of these."""
        self._run_many(
            "UPDATE delivery SET told_at = ? WHERE sequence = ?", [(now, sequence) for sequence in sequences]
        )

    def note_search(self, sequence: int, reached: str, *, yields: bool) -> None:
        """Store how far the look-up of a message came, and whether what is behind it goes ahead."""
        self._run(
            f"UPDATE delivery SET reached = :reached, yields = yields OR :yields WHERE {_MESSAGE}",
            {"sequence": sequence, "reached": reached, "yields": yields},
        )

    def suspect_nothing(self, destination: Destination, reason: str, now: datetime) -> None:
        """Owe again what a gap in time made doubtful in a destination where nothing can be looked up.

        Otherwise each would cost a look of its own, after every gap anew.
        """
        self._run(
            """
            UPDATE delivery SET state = 'owed', reason = :reason, due_at = :now
            WHERE destination = :destination AND state = 'doubtful' AND suspected = TRUE
            """,
            {"destination": destination, "reason": reason, "now": now},
        )

    def note_content(self, release_id: int, destination: Destination, digest: str) -> None:
        """Store the digest of the content that an edit left in the message that holds the alert."""
        self._run(
            """
            UPDATE delivery SET digest = :digest
            WHERE destination = :destination AND kind = 'alert' AND ts = (
                SELECT ts FROM delivery
                WHERE release_id = :release_id AND destination = :destination AND kind = 'alert')
            """,
            {"release_id": release_id, "destination": destination, "digest": digest},
        )

    # --- when it is due

    def hasten(self, now: datetime) -> None:
        """Make everything open due now, with all its attempts before it: somebody asked for it."""
        self._run(
            """
            UPDATE delivery SET attempts = CASE WHEN strange_since IS NULL THEN 0 ELSE attempts END,
                due_at = CASE state WHEN 'owed' THEN :now ELSE due_at END
            WHERE state IN ('owed', 'doubtful') AND NOT asked
            """,
            {"now": now},
        )

    def hasten_to(self, destination: Destination, now: datetime, soon: datetime) -> None:
        """Make what is owed to a destination due now, but for what its server named a time for.

        What is in doubt may still be on its way: it is looked up `soon` at the earliest.
        """
        self._run(
            """
            UPDATE delivery SET due_at = CASE WHEN state = 'owed' THEN :now WHEN due_at > :soon THEN :soon
                ELSE due_at END
            WHERE destination = :destination AND state IN ('owed', 'doubtful') AND NOT asked AND due_at > :now
            """,
            {"destination": destination, "now": now, "soon": soon},
        )

    def wake(self, destination: Destination, now: datetime) -> None:
        """Make due now what waits for the end of a destination's quiet hours: it may have others."""
        self._run(
            """
            UPDATE delivery SET due_at = :now
            WHERE destination = :destination AND hushed = TRUE AND state IN ('owed', 'doubtful')
              AND due_at > :now
            """,
            {"destination": destination, "now": now},
        )

    def hasten_strange(self, destination: Destination, since: datetime, now: datetime) -> None:
        """Make due what was answered strangely and not tried since then: its destination takes messages."""
        self._run(
            """
            UPDATE delivery SET due_at = :now WHERE destination = :destination AND state = 'owed'
              AND strange_since IS NOT NULL AND claimed_at <= :since AND due_at > :now
            """,
            {"destination": destination, "since": since, "now": now},
        )

    def retry(self, delivery: Delivery, now: datetime) -> None:
        """Owe a message again with all that it carried, and with an alert the replies that missed it."""
        self._run(
            f"""
            UPDATE delivery SET state = 'owed', reason = 'asked for again', attempts = 0, due_at = :now,
                settled_at = NULL, carrier = NULL, told_at = NULL, yields = FALSE, wait_until = NULL
            WHERE {_MESSAGE} OR (:kind = 'alert' AND reason = :missing AND state = 'skipped'
                AND release_id = :release_id AND destination = :destination)
            """,
            {**columns(delivery), "missing": ALERT_MISSING, "now": now},
        )

    def begin_anew(self, now: datetime) -> int:
        """Move all times of what is ahead back together, until what happened last to each happened now.

        Return how many there are. Quiet hours end by the clock on the wall: whether it is within them is
        asked anew. Belongs inside a transaction.
        """
        ahead = self.ahead_of(now)
        self._run_many(
            """
            UPDATE delivery SET created_at = :created_at, claimed_at = :claimed_at, due_at = :due_at,
                wait_until = :wait_until
            WHERE sequence = :sequence AND state IN ('owed', 'doubtful')
            """,
            [
                {
                    "sequence": one.sequence,
                    "created_at": one.created_at - shift,
                    "claimed_at": one.claimed_at and one.claimed_at - shift,
                    "due_at": now if one.hushed else one.due_at - shift,
                    "wait_until": one.wait_until and one.wait_until - shift,
                }
                for one in ahead
                for shift in [one.touched_at - now]
            ],
        )
        return len(ahead)
