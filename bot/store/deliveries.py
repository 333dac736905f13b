"""The outbox: messages owed, claimed before they are sent and settled after."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from bot.model import Note
from bot.records import ALERT_MISSING, Delivery
from bot.store.database import Database
from bot.store.rows import Row, moment, note_of, note_text, time_text

# The namespace of delivery ids. It never changes: a lost database makes the same ids again.
_NAMESPACE = UUID("5f0c4f0e-6d0b-5a39-9d3f-3b1d6f7c2a11")
# Alerts older than this are not edited any more: nobody scrolls there.
_EDITABLE = timedelta(days=30)


def delivery_id(release_key: str, destination: str, kind: str) -> str:
    """Return the id that this message has for ever."""
    return str(uuid5(_NAMESPACE, f"{release_key}|{destination}|{kind}"))


_SELECT = "SELECT d.*, r.display AS release FROM delivery d JOIN release r ON r.id = d.release_id"


class Deliveries:
    """Keep the outbox. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- owing

    def owe_alert(self, lead_id: int, lead_key: str, destination: str, now: datetime) -> None:
        """Owe a destination the alert of a release, once and for all."""
        self._owe(lead_id, destination, delivery_id(lead_key, destination, "alert"), "alert", None, now)

    def owe_note(self, lead_id: int, lead_key: str, note: Note, about: str, now: datetime) -> None:
        """Owe a thread reply to every destination that has or gets the alert."""
        for row in self._alerts(lead_id):
            identity = delivery_id(lead_key, row["destination"], f"note:{about}")
            self._owe(lead_id, row["destination"], identity, "note", note, now)

    def owe_edits(self, lead_id: int, lead_key: str, now: datetime) -> None:
        """Owe an edit wherever the alert stands already; one that is still to be sent says it all anyway."""
        for row in self._alerts(lead_id):
            unsent = row["state"] not in ("sent", "claimed", "doubtful")
            old = moment(row["created_at"]) < now - _EDITABLE
            if unsent or old or row["edit_owed"]:
                continue
            identity = delivery_id(lead_key, row["destination"], f"edit:{row['edits']}")
            self._owe(lead_id, row["destination"], identity, "edit", None, now)

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
        self, release_id: int, destination: str, identity: str, kind: str, note: Note | None, now: datetime
    ) -> None:
        self._database.connection.execute(
            """
            INSERT INTO delivery (id, release_id, destination, kind, note, created_at, due_at)
            VALUES (:id, :release_id, :destination, :kind, :note, :now, :now) ON CONFLICT (id) DO NOTHING
            """,
            {
                "id": identity,
                "release_id": release_id,
                "destination": destination,
                "kind": kind,
                "note": note_text(note) if note else None,
                "now": time_text(now),
            },
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
        """Mark that we are about to send; tell whether it was still ours to claim."""
        changed = self._database.connection.execute(
            """
            UPDATE delivery SET state = 'claimed', claimed_at = :now, attempts = attempts + 1
            WHERE sequence = :sequence AND state = 'owed'
            """,
            {"sequence": sequence, "now": time_text(now)},
        )
        return changed.rowcount == 1

    def doubt_claims(self, now: datetime, due_at: datetime) -> int:
        """Mark claims that a dead process left behind: nobody knows whether those messages were posted.

        An edit may be made twice, so it is simply owed again.
        """
        changed = self._database.connection.execute(
            """
            UPDATE delivery SET state = CASE kind WHEN 'edit' THEN 'owed' ELSE 'doubtful' END,
                due_at = CASE kind WHEN 'edit' THEN :now ELSE :due_at END,
                reason = 'the bot stopped while sending' WHERE state = 'claimed'
            """,
            {"now": time_text(now), "due_at": time_text(due_at)},
        )
        return changed.rowcount

    def settle_sent(self, sequence: int, channel: str, ts: str, digest: str, now: datetime) -> None:
        """Store where the message stands."""
        self._database.connection.execute(
            """
            UPDATE delivery SET state = 'sent', channel = :channel, ts = :ts, digest = :digest,
                settled_at = :now, reason = NULL WHERE sequence = :sequence
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

    def retry(self, delivery: Delivery, now: datetime) -> None:
        """Owe a message again, and with an alert the replies that were skipped because it was missing."""
        self._database.connection.execute(
            """
            UPDATE delivery SET state = 'owed', reason = 'asked for again', attempts = 0, due_at = :now,
                settled_at = NULL
            WHERE sequence = :sequence OR (:kind = 'alert' AND reason = :missing AND state = 'skipped'
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
        """Store that the message is owed again, doubtful, unclear, impossible or skipped, and why."""
        self._database.connection.execute(
            """
            UPDATE delivery SET state = :state, reason = :reason, due_at = coalesce(:due_at, due_at),
                asked = :asked,
                attempts = attempts + (state = 'doubtful'),
                settled_at = CASE WHEN :state IN ('owed', 'doubtful') THEN NULL ELSE :now END
            WHERE sequence = :sequence
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
        """Store the digest of the content that an edit left in the alert."""
        self._database.connection.execute(
            """
            UPDATE delivery SET digest = :digest
            WHERE release_id = :release_id AND destination = :destination AND kind = 'alert'
            """,
            {"release_id": release_id, "destination": destination, "digest": digest},
        )

    # --- looking

    def alert_of(self, release_id: int, destination: str) -> Delivery | None:
        """Return the alert of a release in a destination."""
        found = self._select(
            "WHERE d.release_id = :release_id AND d.destination = :destination AND d.kind = 'alert'",
            release_id=release_id,
            destination=destination,
        )
        return found[0] if found else None

    def first_alert_of_family(self, release_id: int, destination: str) -> Delivery | None:
        """Return the alert of an earlier wave of the same family key in a destination."""
        found = self._select(
            """
            WHERE d.release_id IN (
                    SELECT other.id FROM release this JOIN release other ON other.family_key = this.family_key
                    WHERE this.id = :release_id AND other.id <> this.id AND other.opened_at < this.opened_at)
              AND d.destination = :destination AND d.kind = 'alert' AND d.state = 'sent'
            ORDER BY d.sequence LIMIT 1
            """,
            release_id=release_id,
            destination=destination,
        )
        return found[0] if found else None

    def by_id(self, identity: str) -> Delivery | None:
        """Return one delivery by its id or by a beginning of it that only one has."""
        found = self._select("WHERE d.id >= :start AND d.id < :start || 'g'", start=identity.lower())
        return found[0] if len(found) == 1 else None

    def recent(self, limit: int, states: tuple[str, ...] = ()) -> list[Delivery]:
        """Return the newest deliveries, or those in the given states."""
        marks = ", ".join(f"'{state}'" for state in states)
        where = f"WHERE d.state IN ({marks})" if states else ""
        return self._select(f"{where} ORDER BY d.sequence DESC LIMIT :limit", limit=limit)

    def of_release(self, release_id: int) -> list[Delivery]:
        """Return everything that was owed for a release."""
        return self._select("WHERE d.release_id = :release_id ORDER BY d.sequence", release_id=release_id)

    def counts(self) -> dict[str, int]:
        """Return how many deliveries are in each state."""
        rows = self._database.query("SELECT state, count(*) AS n FROM delivery GROUP BY state")
        return {row["state"]: row["n"] for row in rows}

    def _select(self, rest: str, **parameters: object) -> list[Delivery]:
        return [_delivery_of(row) for row in self._database.query(f"{_SELECT} {rest}", parameters)]


def _delivery_of(row: Row) -> Delivery:
    return Delivery(
        sequence=row["sequence"],
        id=row["id"],
        release_id=row["release_id"],
        release=row["release"],
        destination=row["destination"],
        kind=row["kind"],
        state=row["state"],
        attempts=row["attempts"],
        created_at=moment(row["created_at"]),
        due_at=moment(row["due_at"]),
        note=note_of(row["note"]) if row["note"] else None,
        claimed_at=moment(row["claimed_at"]) if row["claimed_at"] else None,
        settled_at=moment(row["settled_at"]) if row["settled_at"] else None,
        channel=row["channel"] or "",
        ts=row["ts"] or "",
        digest=row["digest"],
        reason=row["reason"] or "",
    )
