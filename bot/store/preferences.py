"""How each destination wants to be told: its settings, its digest and what it has muted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from bot.records import ALL, DigestPlan, Mute, Preferences
from bot.store.database import Database
from bot.store.rows import Row, moment, time_text

# Longer than a month, whatever a change of daylight saving adds.
_FURTHEST = timedelta(days=33)

_plan: TypeAdapter[DigestPlan] = TypeAdapter(DigestPlan)
_settings: TypeAdapter[Preferences] = TypeAdapter(Preferences)


class Wishes:
    """Keep settings and mutes. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, destination: str) -> Preferences:
        """Return how a destination wants to be told; one that never said is told as all are."""
        rows = self._database.query("SELECT * FROM destination WHERE id = :id", {"id": destination})
        return _preferences_of(rows[0]) if rows else Preferences()

    def set(self, destination: str, preferences: Preferences, digest_at: datetime | None) -> None:
        """Store how a destination wants to be told, and when a digest that is new or changed is due first."""
        self._database.connection.execute(
            """
            INSERT INTO destination (id, variants, updates, digest, digest_at)
            VALUES (:id, :variants, :updates, :digest, :digest_at)
            ON CONFLICT (id) DO UPDATE SET variants = excluded.variants, updates = excluded.updates,
                digest_at = CASE WHEN digest IS excluded.digest THEN digest_at ELSE excluded.digest_at END,
                digest = excluded.digest
            """,
            {
                "id": destination,
                "variants": preferences.variants,
                "updates": preferences.updates,
                "digest": _plan.dump_json(preferences.digest).decode() if preferences.digest else None,
                "digest_at": time_text(digest_at) if digest_at else None,
            },
        )

    # --- digests

    def digests_due(self, now: datetime) -> list[tuple[str, DigestPlan, datetime]]:
        """Return the destinations whose digest is due, with their plan and when it became due.

        One that is due further ahead than any plan looks was put off by a clock that was wrong.
        """
        rows = self._database.query(
            """
            SELECT id, digest, digest_at FROM destination
            WHERE (digest_at <= :now OR digest_at > :never) AND digest IS NOT NULL ORDER BY digest_at, id
            """,
            {"now": time_text(now), "never": time_text(now + _FURTHEST)},
        )
        return [(row["id"], _plan.validate_json(row["digest"]), moment(row["digest_at"])) for row in rows]

    def advance(self, destination: str, next_at: datetime) -> None:
        """Store when the next digest of a destination is due."""
        self._database.connection.execute(
            "UPDATE destination SET digest_at = :next_at WHERE id = :id AND digest IS NOT NULL",
            {"id": destination, "next_at": time_text(next_at)},
        )

    # --- mutes

    def mute(self, mute: Mute) -> bool:
        """Mute a lab (or ALL) in a destination; return whether anything changed."""
        changed = self._database.connection.execute(
            """
            INSERT INTO mute (destination, lab, until, created_by)
            VALUES (:destination, :lab, :until, :created_by)
            ON CONFLICT (destination, lab) DO UPDATE SET until = excluded.until,
                created_by = excluded.created_by
            WHERE until IS NOT excluded.until
            """,
            {
                "destination": mute.destination,
                "lab": mute.lab,
                "until": time_text(mute.until) if mute.until else None,
                "created_by": mute.created_by,
            },
        )
        return changed.rowcount > 0

    def unmute(self, destination: str, labs: Sequence[str]) -> int:
        """End the mutes of these labs in a destination; ALL among them ends every one. Return how many."""
        ended = [mute for mute in self.mutes(destination) if ALL in labs or mute.lab in labs]
        self._database.connection.conn.executemany(
            "DELETE FROM mute WHERE destination = ? AND lab = ?",
            [(mute.destination, mute.lab) for mute in ended],
        )
        return len(ended)

    def mutes(self, destination: str | None = None, now: datetime | None = None) -> list[Mute]:
        """Return the mutes of a destination, or of all; with `now`, only those that are not over."""
        rows = self._database.query(
            """
            SELECT * FROM mute WHERE (:destination IS NULL OR destination = :destination)
              AND (:now IS NULL OR until IS NULL OR until > :now) ORDER BY destination, lab
            """,
            {"destination": destination, "now": time_text(now) if now else None},
        )
        return [_mute_of(row) for row in rows]

    def is_muted(self, destination: str, lab: str, now: datetime) -> Mute | None:
        """Return the mute that keeps a lab silent in a destination, the longest of them, or None."""
        found = [mute for mute in self.mutes(destination, now) if mute.lab in (lab, ALL)]
        endless = [mute for mute in found if mute.until is None]
        return next(iter(endless), None) or max(found, key=lambda mute: mute.until or now, default=None)


def _preferences_of(row: Row) -> Preferences:
    return _settings.validate_python(
        {
            "variants": row["variants"],
            "updates": row["updates"],
            "digest": _plan.validate_json(row["digest"]) if row["digest"] else None,
        }
    )


def _mute_of(row: Row) -> Mute:
    return Mute(
        destination=row["destination"],
        lab=row["lab"],
        until=moment(row["until"]) if row["until"] else None,
        created_by=row["created_by"],
    )
