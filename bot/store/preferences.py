"""How each destination wants to be told: its settings, its digest and what it has muted."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model import ALL, Destination
from bot.records import DigestPlan, Mute, Preferences
from bot.store.database import Tables
from bot.store.rows import columns, read

# Longer than a month, whatever a change of daylight saving adds.
_FURTHEST = timedelta(days=33)


class Settings(Tables):
    """The settings, digests and mutes of destinations."""

    def of(self, destination: Destination) -> Preferences:
        """Return how a destination wants to be told; one that never said is told as all are."""
        said = self._first(Preferences, "SELECT * FROM destination WHERE id = :id", {"id": destination})
        return said or Preferences()

    def set(self, destination: Destination, preferences: Preferences, digest_at: datetime | None) -> None:
        """Store how a destination wants to be told, and when a digest that is new or changed is due first."""
        self._run(
            """
            INSERT INTO destination (id, variants, updates, every, digest, digest_at, notify, quiet)
            VALUES (:id, :variants, :updates, :every, :digest, :digest_at, :notify, :quiet)
            ON CONFLICT (id) DO UPDATE SET variants = excluded.variants, updates = excluded.updates,
                every = excluded.every, notify = excluded.notify, quiet = excluded.quiet,
                digest_at = CASE WHEN coalesce(destination.digest, '') = coalesce(excluded.digest, '')
                    THEN destination.digest_at ELSE excluded.digest_at END,
                digest = excluded.digest
            """,
            {
                "id": destination,
                "variants": preferences.variants,
                "updates": preferences.updates,
                "every": preferences.every,
                "digest": preferences.digest
                and json.dumps(columns(preferences.digest), separators=(",", ":")),
                "digest_at": digest_at,
                "notify": preferences.notify,
                "quiet": preferences.quiet,
            },
        )

    # --- digests

    def digests_due(self, now: datetime) -> list[tuple[Destination, DigestPlan]]:
        """Return the destinations whose digest is due, with their plan.

        One that is due further ahead than any plan looks was put off by a clock that was wrong.
        """
        rows = self._tuples(
            """
            SELECT id, digest FROM destination
            WHERE (digest_at <= :now OR digest_at > :never) AND digest IS NOT NULL ORDER BY digest_at, id
            """,
            {"now": now, "never": now + _FURTHEST},
        )
        return [(Destination(one), read(DigestPlan, plan)) for one, plan in rows]

    def advance(self, destination: Destination, next_at: datetime) -> None:
        """Store when the next digest of a destination is due."""
        self._run(
            "UPDATE destination SET digest_at = :next_at WHERE id = :id AND digest IS NOT NULL",
            {"id": destination, "next_at": next_at},
        )

    # --- mutes

    def mute(self, mute: Mute) -> bool:
        """Mute a lab (or ALL) in a destination; return whether anything changed."""
        changed = self._run(
            """
            INSERT INTO mute (destination, lab, until, created_by)
            VALUES (:destination, :lab, :until, :created_by)
            ON CONFLICT (destination, lab) DO UPDATE SET until = excluded.until,
                created_by = excluded.created_by
            WHERE coalesce(mute.until, '') <> coalesce(excluded.until, '')
            """,
            columns(mute),
        )
        return changed > 0

    def unmute(self, destination: Destination, labs: Sequence[str]) -> int:
        """End the mutes of these labs in a destination; ALL among them ends every one. Return how many."""
        ended = [mute for mute in self.mutes(destination) if ALL in labs or mute.lab in labs]
        self._run_many(
            "DELETE FROM mute WHERE destination = ? AND lab = ?",
            [(mute.destination, mute.lab) for mute in ended],
        )
        return len(ended)

    def mutes(self, destination: Destination | None = None, now: datetime | None = None) -> list[Mute]:
        """Return the mutes of a destination, or of all; with `now`, only those that are not over."""
        return self._records(
            Mute,
            """
            SELECT * FROM mute WHERE (CAST(:destination AS TEXT) IS NULL OR destination = :destination)
              AND (CAST(:now AS TEXT) IS NULL OR until IS NULL OR until > :now) ORDER BY destination, lab
            """,
            {"destination": destination, "now": now},
        )
