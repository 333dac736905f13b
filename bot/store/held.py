"""What was held back as a flood, until a person announces or ignores it."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.records import Flood, Hint
from bot.store.database import Database
from bot.store.hints import Hints
from bot.store.rows import Row, moment, time_text

# The keys of the leads that were held back and that nobody chose to announce.
KEPT_BACK = "SELECT key.value FROM held, json_each(held.leads) AS key WHERE held.state <> 'announced'"


class Floods:
    """Keep what was held back. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database, hints: Hints) -> None:
        self._database = database
        self._hints = hints

    def add(self, source_id: str, leads: Sequence[str], now: datetime) -> Flood:
        """Store what a source showed at once, by the keys of its leads, and return it."""
        return self._add(source_id, leads, None, now)

    def add_hint(self, hint: Hint, now: datetime) -> Flood:
        """Store that a person is asked about a hint, and return the question."""
        self._hints.asked(hint.key)
        return self._add(hint.source_id, (), hint.key, now)

    def _add(self, source_id: str, leads: Sequence[str], hint: str | None, now: datetime) -> Flood:
        added = self._database.query(
            """
            INSERT INTO held (source_id, held_at, leads, hint)
            VALUES (:source_id, :now, :leads, :hint) RETURNING *
            """,
            {"source_id": source_id, "now": time_text(now), "leads": json.dumps(list(leads)), "hint": hint},
        )
        return self._flood_of(added[0])

    def grow(self, number: int, leads: Sequence[str]) -> Flood:
        """Add leads to a flood and return it as it is now."""
        rows = self._database.query("SELECT leads FROM held WHERE id = :id", {"id": number})
        both = dict.fromkeys((*json.loads(rows[0]["leads"]), *leads))
        grown = self._database.query(
            "UPDATE held SET leads = :leads WHERE id = :id RETURNING *",
            {"id": number, "leads": json.dumps(list(both))},
        )
        return self._flood_of(grown[0])

    def note_announced(self, source_id: str, releases: int, now: datetime) -> None:
        """Store how many releases a poll announced."""
        if releases:
            self._database.connection.execute(
                "INSERT INTO announced (source_id, at, releases) VALUES (:source_id, :now, :releases)",
                {"source_id": source_id, "now": time_text(now), "releases": releases},
            )

    def announced(self, source_id: str, since: datetime, until: datetime) -> int:
        """Return how many releases a source's polls announced in this time."""
        rows = self._database.query(
            """
            SELECT coalesce(sum(releases), 0) AS total FROM announced
            WHERE source_id = :source_id AND at > :since AND at <= :until
            """,
            {"source_id": source_id, "since": time_text(since), "until": time_text(until)},
        )
        return int(rows[0]["total"])

    def waiting(self) -> list[Flood]:
        """Return what nobody has settled yet, the oldest first."""
        rows = self._database.query("SELECT * FROM held WHERE state = 'waiting' ORDER BY held_at, id")
        return [self._flood_of(row) for row in rows]

    def by_id(self, number: int) -> Flood | None:
        """Return one flood, settled or not, or None."""
        rows = self._database.query("SELECT * FROM held WHERE id = :id", {"id": number})
        return self._flood_of(rows[0]) if rows else None

    def settle(self, number: int, state: str, by: str, now: datetime) -> bool:
        """Store what becomes of a flood (announced, ignored, expired); whether it still waited."""
        settled = self._database.connection.execute(
            """
            UPDATE held SET state = :state, settled_at = :now, settled_by = :by
            WHERE id = :id AND state = 'waiting'
            """,
            {"id": number, "state": state, "by": by, "now": time_text(now)},
        )
        return settled.rowcount == 1

    def count(self, flood: Flood) -> None:
        """Store on how many days a flood was seen to wait, and when the last of them was counted."""
        self._database.connection.execute(
            "UPDATE held SET days = :days, counted_at = :at WHERE id = :id",
            {"id": flood.id, "days": flood.days, "at": time_text(flood.counted_at or flood.held_at)},
        )

    def untold(self, number: int) -> list[str]:
        """Return the keys of a flood's leads that nobody was told of yet, in the order of publication.

        Of what people corrected meanwhile it is the release that the held one belongs to now, if any.
        """
        rows = self._database.query(
            """
            SELECT DISTINCT lead.key, lead.published_at, lead.id
            FROM held, json_each(held.leads) AS wanted
            JOIN release r ON r.key = wanted.value JOIN release lead ON lead.id = r.lead_id
            WHERE held.id = :id AND lead.silent AND NOT lead.withdrawn ORDER BY lead.published_at, lead.id
            """,
            {"id": number},
        )
        return [row["key"] for row in rows]

    def _flood_of(self, row: Row) -> Flood:
        leads = self._database.query(
            """
            SELECT r.key, r.display FROM json_each(:leads) AS wanted JOIN release r ON r.key = wanted.value
            ORDER BY r.published_at, r.id
            """,
            {"leads": row["leads"]},
        )
        hint = self._hints.by_key(row["hint"]) if row["hint"] else None
        return Flood(
            id=row["id"],
            source_id=row["source_id"],
            held_at=moment(row["held_at"]),
            leads=tuple(lead["key"] for lead in leads),
            names=(hint.name.display,) if hint else tuple(lead["display"] for lead in leads),
            state=row["state"],
            settled_at=moment(row["settled_at"]) if row["settled_at"] else None,
            settled_by=row["settled_by"],
            hint=hint,
            days=row["days"],
            counted_at=moment(row["counted_at"]) if row["counted_at"] else None,
        )
