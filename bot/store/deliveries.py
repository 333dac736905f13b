"""The outbox: messages owed, claimed before they are sent and settled after."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from bot.model import Note
from bot.records import ALERT_MISSING, Content, Delivery
from bot.store.delivery_queries import DeliveryQueries
from bot.store.restoring import forgotten_since
from bot.store.rows import content_text, moment, note_text, time_text

# The namespace of delivery ids. It never changes: a lost database makes the same ids again.
_NAMESPACE = UUID("5f0c4f0e-6d0b-5a39-9d3f-3b1d6f7c2a11")
# Alerts older than this are not edited any more: nobody scrolls there.
_EDITABLE = timedelta(days=30)


def delivery_id(release_key: str, destination: str, kind: str) -> str:
    """Return the id that this message has for ever."""
    return str(uuid5(_NAMESPACE, f"{release_key}|{destination}|{kind}"))


def line_id(identity: str, destination: str) -> str:
    """Return the id that a message about no release has for ever."""
    return delivery_id(f"line|{identity}", destination, "line")


_DOUBT_COLUMNS = "state, claimed_at, reason"
_DOUBT_VALUES = ":state, :claimed_at, :reason"
_RESTORED = "a backup was put back: it may have been sent before"

# A message and what it carries: four or more alerts at once are one message.
_MESSAGE = "(sequence = :sequence OR carrier = :sequence)"


class Deliveries(DeliveryQueries):
    """Keep the outbox. Every method that writes belongs inside a transaction."""

    # --- owing: the one door. What is owed may stand in its channel already where a backup was put back
    # after `known_until`, the last time that this database knows its cause to have been looked at; it is
    # then looked up before it is sent. None is for what a person asks for now: that was never sent before.

    def owe_alerts(
        self,
        lead_id: int,
        lead_key: str,
        destinations: Iterable[str],
        now: datetime,
        *,
        known_until: datetime | None,
    ) -> None:
        """Owe each destination the alert of a release, once and for all.

        One that has it under another name, because two releases were merged, is owed nothing.
        """
        rows = self._database.query(
            "SELECT destination FROM delivery WHERE release_id = :id AND kind = 'alert'", {"id": lead_id}
        )
        having = {row["destination"] for row in rows}
        doubt, first_key = self._doubt(known_until, "alert"), self._first_key(lead_id, lead_key)
        self._database.connection.conn.executemany(
            f"""
            INSERT INTO delivery (id, release_id, destination, kind, created_at, due_at, {_DOUBT_COLUMNS})
            VALUES (:id, :lead_id, :destination, 'alert', :now, :now, {_DOUBT_VALUES})
            ON CONFLICT (id) DO NOTHING
            """,
            [
                {
                    "id": delivery_id(first_key, destination, "alert"),
                    "lead_id": lead_id,
                    "destination": destination,
                    "now": time_text(now),
                    **doubt,
                }
                for destination in destinations
                if destination not in having
            ],
        )

    def owe_line(
        self,
        identity: str,
        destination: str,
        content: Content,
        now: datetime,
        *,
        known_until: datetime | None,
    ) -> bool:
        """Owe a destination one message that is about no release; return whether it is new.

        `identity` names it for ever: the request or the event that it comes from.
        """
        key = line_id(identity, destination)
        return self._owe(key, destination, "line", now, known_until, content=content_text(content))

    def owe_digest(
        self,
        destination: str,
        period: str,
        content: Content,
        now: datetime,
        *,
        known_until: datetime | None,
    ) -> bool:
        """Owe a destination the digest of a period ("2026-W16"), once for all; return whether it is new."""
        key = delivery_id(f"digest|{period}", destination, "digest")
        return self._owe(key, destination, "digest", now, known_until, content=content_text(content))

    def owe_note(
        self,
        lead_id: int,
        lead_key: str,
        note: Note,
        about: str,
        now: datetime,
        *,
        known_until: datetime | None,
    ) -> None:
        """Owe a thread reply to every destination that has or gets the alert."""
        for row in self._alerts(lead_id):
            self.owe_note_to(row["destination"], lead_id, lead_key, note, about, now, known_until=known_until)

    def owe_note_to(
        self,
        destination: str,
        release_id: int,
        lead_key: str,
        note: Note,
        about: str,
        now: datetime,
        *,
        known_until: datetime | None,
    ) -> None:
        """Owe one destination a note, whether or not it has the alert."""
        first_key = self._first_key(release_id, lead_key)
        identity = delivery_id(first_key, destination, f"note:{about}")
        self._owe(
            identity, destination, "note", now, known_until, release_id=release_id, note=note_text(note)
        )

    def owe_edits(self, lead_id: int, lead_key: str, now: datetime, *, known_until: datetime | None) -> None:
        """Owe an edit wherever the alert stands already; one that is still to be sent says it all anyway.

        It may be made twice, so that a doubt only concerns what is told instead of it.
        """
        first_key = self._first_key(lead_id, lead_key)
        for row in self._alerts(lead_id):
            unsent = row["state"] not in ("sent", "claimed", "doubtful")
            old = moment(row["created_at"]) < now - _EDITABLE
            if unsent or old or row["edit_owed"]:
                continue
            identity = delivery_id(first_key, row["destination"], f"edit:{row['edits']}")
            self._owe(identity, row["destination"], "edit", now, known_until, release_id=lead_id)

    def _first_key(self, release_id: int, key: str) -> str:
        """Return the key under which a release began: its lab may have been renamed since."""
        rows = self._database.query("SELECT first_key FROM release WHERE id = :id", {"id": release_id})
        return next((row["first_key"] for row in rows if row["first_key"]), key)

    def _alerts(self, lead_id: int) -> list[dict[str, str]]:
        return self._database.query(
            """
            SELECT a.destination, a.state, a.created_at,
                (SELECT count(*) FROM delivery e WHERE e.release_id = a.release_id
                    AND e.destination = a.destination AND e.kind = 'edit') AS edits,
                (SELECT count(*) FROM delivery e WHERE e.release_id = a.release_id
                    AND e.destination = a.destination AND e.kind = 'edit' AND e.state = 'owed') AS edit_owed
            FROM delivery a WHERE a.release_id = :id AND a.kind = 'alert' ORDER BY a.sequence
            """,
            {"id": lead_id},
        )

    def _owe(
        self,
        identity: str,
        destination: str,
        kind: str,
        now: datetime,
        known_until: datetime | None,
        **what: str | int,
    ) -> bool:
        owed = self._database.connection.execute(
            f"""
            INSERT INTO delivery
                (id, release_id, destination, kind, note, content, created_at, due_at, {_DOUBT_COLUMNS})
            VALUES (:id, :release_id, :destination, :kind, :note, :content, :now, :now, {_DOUBT_VALUES})
            ON CONFLICT (id) DO NOTHING
            """,
            {
                "id": identity,
                "destination": destination,
                "kind": kind,
                "now": time_text(now),
                **{column: what.get(column) for column in ("release_id", "note", "content")},
                **self._doubt(known_until, kind),
            },
        )
        return owed.rowcount == 1

    def _doubt(self, known_until: datetime | None, kind: str) -> dict[str, str | None]:
        """Return the state in which something becomes owed, and from when on it may stand in its channel."""
        since = forgotten_since(self._database, known_until) if known_until else None
        if since is None:
            return {"state": "owed", "claimed_at": None, "reason": None}
        state = "owed" if kind == "edit" else "doubtful"
        return {"state": state, "claimed_at": time_text(since), "reason": _RESTORED}

    def note_declined(
        self, release_id: int, declined: Iterable[tuple[str, str, bool]], now: datetime
    ) -> None:
        """Store why destinations are owed no alert of a release; the last word counts.

        Each is a destination, the reason in words, and whether that is final. One that was owed its alert
        before declines nothing any more.
        """
        self._database.connection.conn.executemany(
            """
            INSERT INTO declined (release_id, destination, why, final, decided_at)
            SELECT :id, :destination, :why, :final, :now WHERE NOT EXISTS (
                SELECT 1 FROM delivery
                WHERE release_id = :id AND destination = :destination AND kind = 'alert')
            ON CONFLICT (release_id, destination) DO UPDATE SET
                why = excluded.why, final = excluded.final, decided_at = excluded.decided_at
            """,
            [
                {
                    "id": release_id,
                    "destination": where,
                    "why": why,
                    "final": int(final),
                    "now": time_text(now),
                }
                for where, why, final in declined
            ],
        )

    # --- sending

    def heads(self) -> list[Delivery]:
        """Return the first open delivery of each destination: the order within one is kept."""
        return self._select(
            """
            WHERE d.sequence IN (SELECT min(sequence) FROM delivery
                                 WHERE state IN ('owed', 'claimed', 'doubtful') GROUP BY destination)
            ORDER BY d.sequence
            """
        )

    def claim(self, sequence: int, now: datetime) -> bool:
        """Mark that we are about to send; return whether it was still ours to claim."""
        changed = self._database.connection.execute(
            """
            UPDATE delivery SET state = 'claimed', claimed_at = :now, attempts = attempts + 1
            WHERE sequence = :sequence AND state = 'owed'
            """,
            {"sequence": sequence, "now": time_text(now)},
        )
        return changed.rowcount == 1

    def companions(self, head: Delivery, lab: str, since: datetime) -> list[Delivery]:
        """Return the alerts of the lab behind `head` that its destination was owed since then."""
        return self._select(
            """
            WHERE d.destination = :destination AND d.kind = 'alert' AND d.state = 'owed' AND r.lab = :lab
              AND d.sequence > :sequence AND d.created_at >= :since ORDER BY d.sequence
            """,
            destination=head.destination,
            lab=lab,
            sequence=head.sequence,
            since=time_text(since),
        )

    def claim_together(self, sequences: Sequence[int], carrier: int, now: datetime) -> bool:
        """Mark that one message is about to be sent for the carrier and those that it carries.

        Tell whether all of them were still ours to claim; if not, none is claimed.
        """
        every = {carrier, *sequences}
        chosen = {"sequences": json.dumps(sorted(every)), "carrier": carrier, "now": time_text(now)}
        owed = "sequence IN (SELECT value FROM json_each(:sequences)) AND state = 'owed'"
        found = self._database.query(f"SELECT count(*) AS n FROM delivery WHERE {owed}", chosen)
        if found[0]["n"] != len(every):
            return False
        self._database.connection.execute(
            f"""
            UPDATE delivery SET state = 'claimed', claimed_at = :now, attempts = attempts + 1,
                carrier = nullif(:carrier, sequence) WHERE {owed}
            """,
            chosen,
        )
        return True

    def ahead_of(self, now: datetime) -> list[Delivery]:
        """Return what is open and was owed or claimed at a time that is still to come."""
        return self._select(
            "WHERE d.state IN ('owed', 'doubtful') AND (d.created_at > :now OR d.claimed_at > :now)",
            now=time_text(now),
        )

    def begin_anew(self, ahead: Iterable[Delivery], now: datetime) -> None:
        """Move all times of these back together, until what happened last to each happened now."""
        for one in ahead:
            shift = one.touched_at - now
            self._database.connection.execute(
                """
                UPDATE delivery SET created_at = :created_at, claimed_at = :claimed_at, due_at = :due_at
                WHERE sequence = :sequence AND state IN ('owed', 'doubtful')
                """,
                {
                    "sequence": one.sequence,
                    "created_at": time_text(one.created_at - shift),
                    "claimed_at": time_text(one.claimed_at - shift) if one.claimed_at else None,
                    "due_at": time_text(one.due_at - shift),
                },
            )

    def doubt_claims(self, due_at: datetime) -> int:
        """Mark claims that a dead process left behind: nobody knows whether those messages were posted.

        An edit may be made twice, so it is simply owed again; not before the first can no longer land, which
        might say less.
        """
        changed = self._database.connection.execute(
            """
            UPDATE delivery SET state = CASE kind WHEN 'edit' THEN 'owed' ELSE 'doubtful' END,
                due_at = :due_at, reason = 'the bot stopped while sending' WHERE state = 'claimed'
            """,
            {"due_at": time_text(due_at)},
        )
        return changed.rowcount

    def settle_sent(self, sequence: int, channel: str, ts: str, digest: str, now: datetime) -> None:
        """Store where the message stands, and all that it carries."""
        self._database.connection.execute(
            f"""
            UPDATE delivery SET state = 'sent', channel = :channel, ts = :ts, digest = :digest,
                settled_at = :now, reason = NULL WHERE {_MESSAGE}
            """,
            {"sequence": sequence, "channel": channel, "ts": ts, "digest": digest, "now": time_text(now)},
        )

    def hasten(self, now: datetime) -> None:
        """Make everything open due now, with all its attempts before it: somebody asked for it."""
        self._database.connection.execute(
            """
            UPDATE delivery SET attempts = 0, due_at = CASE state WHEN 'owed' THEN :now ELSE due_at END
            WHERE state IN ('owed', 'doubtful') AND NOT asked
            """,
            {"now": time_text(now)},
        )

    def hasten_to(self, destination: str, now: datetime) -> None:
        """Make what is owed to a destination due now, but for what its server named a time for."""
        self._database.connection.execute(
            """
            UPDATE delivery SET due_at = :now
            WHERE destination = :destination AND state IN ('owed', 'doubtful') AND NOT asked AND due_at > :now
            """,
            {"destination": destination, "now": time_text(now)},
        )

    def retry(self, delivery: Delivery, now: datetime) -> None:
        """Owe a message again with all that it carried, and with an alert the replies that missed it."""
        self._database.connection.execute(
            f"""
            UPDATE delivery SET state = 'owed', reason = 'asked for again', attempts = 0, due_at = :now,
                settled_at = NULL, carrier = NULL
            WHERE {_MESSAGE} OR (:kind = 'alert' AND reason = :missing AND state = 'skipped'
                AND release_id = :release_id AND destination = :destination)
            """,
            {
                "sequence": delivery.sequence,
                "kind": delivery.kind,
                "missing": ALERT_MISSING,
                "release_id": delivery.release_id,
                "destination": delivery.destination,
                "now": time_text(now),
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
    ) -> None:
        """Store that a message is owed again, doubtful, unclear, impossible or skipped, and why.

        So is all that it carries; what is owed again may be carried by another message, or by none.
        """
        self._database.connection.execute(
            f"""
            UPDATE delivery SET state = :state, reason = :reason, due_at = coalesce(:due_at, due_at),
                asked = :asked,
                attempts = attempts + (state = 'doubtful'),
                settled_at = CASE WHEN :state IN ('owed', 'doubtful') THEN NULL ELSE :now END,
                carrier = CASE :state WHEN 'owed' THEN NULL ELSE carrier END
            WHERE {_MESSAGE}
            """,
            {
                "sequence": sequence,
                "state": state,
                "reason": reason,
                "due_at": time_text(due_at) if due_at else None,
                "asked": int(asked),
                "now": time_text(now),
            },
        )

    def note_content(self, release_id: int, destination: str, digest: str) -> None:
        """Store the digest of the content that an edit left in the message that holds the alert."""
        self._database.connection.execute(
            """
            UPDATE delivery SET digest = :digest
            WHERE destination = :destination AND kind = 'alert' AND ts = (
                SELECT ts FROM delivery
                WHERE release_id = :release_id AND destination = :destination AND kind = 'alert')
            """,
            {"release_id": release_id, "destination": destination, "digest": digest},
        )
