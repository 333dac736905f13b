"""What a person is asked about: floods that were held back, and names that no item carried."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.model import Name
from bot.records import Flood, Hint
from bot.store.database import Database, Tables
from bot.store.rows import Row, columns, read, record

# The keys of the leads that were held back and that nobody chose to announce.
KEPT_BACK = "SELECT key.value FROM held, json_each(held.leads) AS key WHERE held.state <> 'announced'"


class Hints(Tables):
    """The names that stood in a text and that no item carried, each once for ever."""

    def add(self, hint: Hint) -> None:
        """Store a name that stood in a text."""
        self._run(
            """
            INSERT INTO hint (key, lab, name, source_id, source, words, url, seen_at, wait_until)
            VALUES (:key, :lab, :name, :source_id, :source, :words, :url, :seen_at, :wait_until)
            """,
            {**columns(hint), "key": hint.key, "lab": hint.name.lab},
        )

    def names(self, lab: str) -> list[Name]:
        """Return the names of all hints of a lab, whatever became of them."""
        names = self._column("SELECT name FROM hint WHERE lab = :lab", {"lab": lab})
        return [read(Name, name) for name in names]

    def waiting(self) -> list[Hint]:
        """Return those that wait for a source to bring the release, the oldest first."""
        return self._select("WHERE state = 'waiting' ORDER BY seen_at, key")

    def due(self, now: datetime) -> list[Hint]:
        """Return those that waited in vain; one that was seen in the future was seen by a wrong clock."""
        return self._select(
            "WHERE state = 'waiting' AND (wait_until <= :now OR seen_at > :now) ORDER BY seen_at, key",
            now=now,
        )

    def open(self) -> list[Hint]:
        """Return those that no source has brought, asked about or not, the oldest first."""
        return self._select("WHERE state <> 'brought' ORDER BY seen_at, key")

    def by_key(self, key: str) -> Hint | None:
        """Return the hint of this release key, or None."""
        return self._first(Hint, "SELECT * FROM hint WHERE key = :key", {"key": key})

    def asked(self, key: str) -> None:
        """Note that a person was asked."""
        self._run("UPDATE hint SET state = 'asked' WHERE key = :key", {"key": key})

    def brought(self, key: str, release_key: str, now: datetime) -> None:
        """Note which release another source has brought; the question, if there is one, is settled."""
        self._run(
            "UPDATE hint SET state = 'brought', brought = :release WHERE key = :key",
            {"key": key, "release": release_key},
        )
        self._run(
            "UPDATE held SET state = 'brought', settled_at = :now WHERE hint = :key AND state = 'waiting'",
            {"key": key, "now": now},
        )

    def _select(self, which: str, **values: object) -> list[Hint]:
        return self._records(Hint, f"SELECT * FROM hint {which}", values)


class Floods(Tables):
    """What was held back."""

    def __init__(self, database: Database, hints: Hints) -> None:
        super().__init__(database)
        self._hints = hints

    def add(self, source_id: str, leads: Sequence[str], now: datetime, hint: str | None = None) -> Flood:
        """Store what a source showed at once, by the keys of its leads, and return it."""
        added = self._query(
            """
            INSERT INTO held (source_id, held_at, leads, hint)
            VALUES (:source_id, :now, :leads, :hint) RETURNING *
            """,
            {"source_id": source_id, "now": now, "leads": leads, "hint": hint},
        )
        return self._flood_of(added[0])

    def add_hint(self, hint: Hint, now: datetime) -> Flood:
        """Store that a person is asked about a hint, and return the question."""
        self._hints.asked(hint.key)
        return self.add(hint.source_id, (), now, hint.key)

    def grow(self, number: int, leads: Sequence[str]) -> Flood:
        """Add leads to a flood and return it as it is now."""
        [known] = self._column("SELECT leads FROM held WHERE id = :id", {"id": number})
        both = dict.fromkeys((*json.loads(known), *leads))
        grown = self._query(
            "UPDATE held SET leads = :leads WHERE id = :id RETURNING *", {"id": number, "leads": list(both)}
        )
        return self._flood_of(grown[0])

    def note_announced(self, source_id: str, releases: int, now: datetime) -> None:
        """Store how many releases a poll announced."""
        if releases:
            self._run(
                "INSERT INTO announced (source_id, at, releases) VALUES (:source_id, :now, :releases)",
                {"source_id": source_id, "now": now, "releases": releases},
            )

    def announced(self, source_id: str, since: datetime, until: datetime) -> int:
        """Return how many releases a source's polls announced in this time."""
        [releases] = self._column(
            """
            SELECT CAST(coalesce(sum(releases), 0) AS BIGINT) FROM announced
            WHERE source_id = :source_id AND at > :since AND at <= :until
            """,
            {"source_id": source_id, "since": since, "until": until},
        )
        return int(releases)

    def waiting(self) -> list[Flood]:
        """Return what nobody has settled yet, the oldest first."""
        rows = self._query("SELECT * FROM held WHERE state = 'waiting' ORDER BY held_at, id")
        return [self._flood_of(row) for row in rows]

    def by_id(self, number: int) -> Flood | None:
        """Return one flood, settled or not, or None."""
        rows = self._query("SELECT * FROM held WHERE id = :id", {"id": number})
        return self._flood_of(rows[0]) if rows else None

    def settle(self, number: int, state: str, by: str, now: datetime) -> bool:
        """Store what becomes of a flood (announced, ignored, expired); whether it still waited."""
        settled = self._run(
            """
            UPDATE held SET state = :state, settled_at = :now, settled_by = :by
            WHERE id = :id AND state = 'waiting'
            """,
            {"id": number, "state": state, "by": by, "now": now},
        )
        return settled == 1

    def count(self, flood: Flood) -> None:
        """Store on how many days a flood was seen to wait, and when the last of them was counted."""
        self._run(
            "UPDATE held SET days = :days, counted_at = :at WHERE id = :id",
            {"id": flood.id, "days": flood.days, "at": flood.counted_at or flood.held_at},
        )

    def not_announced(self, number: int) -> list[str]:
        """Return the keys of a flood's leads that are silent still, in the order of publication.

        Of what people corrected meanwhile it is the release that the held one belongs to now, if any.
        """
        rows = self._tuples(
            """
            SELECT DISTINCT lead.key, lead.published_at, lead.id
            FROM held, json_each(held.leads) AS wanted
            JOIN release r ON r.key = wanted.value JOIN release lead ON lead.id = r.lead_id
            WHERE held.id = :id AND lead.silent AND NOT lead.withdrawn ORDER BY lead.published_at, lead.id
            """,
            {"id": number},
        )
        return [key for key, *_ in rows]

    def _flood_of(self, row: Row) -> Flood:
        leads = self._tuples(
            """
            SELECT r.key, r.display FROM json_each(:leads) AS wanted JOIN release r ON r.key = wanted.value
            ORDER BY r.published_at, r.id
            """,
            {"leads": row["leads"]},
        )
        hint = self._hints.by_key(row["hint"]) if row["hint"] else None
        return record(
            Flood,
            row,
            leads=tuple(key for key, _ in leads),
            names=(hint.name.display,) if hint else tuple(display for _, display in leads),
            hint=hint,
        )
