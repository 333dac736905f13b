"""What the outbox holds: every message that was ever owed, and what became of it."""

from bot.records import Delivery
from bot.store.database import Database
from bot.store.rows import Row, content_of, moment, note_of

_SELECT = "SELECT d.*, r.display AS release FROM delivery d LEFT JOIN release r ON r.id = d.release_id"


class DeliveryQueries:
    """Look deliveries up. Nothing here writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alert_of(self, release_id: int, destination: str) -> Delivery | None:
        """Return the alert of a release in a destination."""
        found = self._select(
            "WHERE d.release_id = :release_id AND d.destination = :destination AND d.kind = 'alert'",
            release_id=release_id,
            destination=destination,
        )
        return found[0] if found else None

    def alerts_at(self, destination: str, ts: str) -> list[Delivery]:
        """Return the alerts that one message holds, in order: one, or those of a grouped message."""
        return self._select(
            """
            WHERE d.destination = :destination AND d.ts = :ts AND d.kind = 'alert' AND d.state = 'sent'
            ORDER BY d.sequence
            """,
            destination=destination,
            ts=ts,
        )

    def carried_by(self, sequence: int) -> list[Delivery]:
        """Return the deliveries that this one's message carries as well, in order."""
        return self._select("WHERE d.carrier = :sequence ORDER BY d.sequence", sequence=sequence)

    def notes_of(self, release_id: int, destination: str) -> list[Delivery]:
        """Return the notes on a release that a destination was owed, in order."""
        return self._select(
            """
            WHERE d.release_id = :release_id AND d.destination = :destination AND d.kind = 'note'
            ORDER BY d.sequence
            """,
            release_id=release_id,
            destination=destination,
        )

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

    def declined(self, release_id: int) -> dict[str, str]:
        """Return why destinations were owed no alert of a release, by destination."""
        rows = self._database.query(
            "SELECT destination, why FROM declined WHERE release_id = :id", {"id": release_id}
        )
        return {row["destination"]: row["why"] for row in rows}

    def declined_for_good(self, release_id: int) -> set[str]:
        """Return the destinations that no fact on a release can win any more."""
        rows = self._database.query(
            "SELECT destination FROM declined WHERE release_id = :id AND final = 1", {"id": release_id}
        )
        return {row["destination"] for row in rows}

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
        release_id=row["release_id"] or 0,
        release=row["release"] or "",
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
        content=content_of(row["content"]) if row["content"] else None,
        carrier=row["carrier"],
        asked=bool(row["asked"]),
    )
