"""What people know better than the sources: kept, and applied to what is stored already."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.model import Kind, Name
from bot.records import Correction
from bot.releases.naming.names import respelt
from bot.releases.news.corrections import NO_RELEASE, Errata
from bot.store.database import Database
from bot.store.rearranging import Rearranger
from bot.store.rows import Row, moment, name_of, time_text


class Corrections:
    """Keep corrections. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Correction]:
        """Return every correction in force, the oldest first."""
        rows = self._database.query("SELECT * FROM correction ORDER BY id")
        return [_correction_of(row) for row in rows]

    def of(self, key: str) -> list[Correction]:
        """Return the corrections of a release: of its own facts, and of repositories split off or to it."""
        rows = self._database.query(
            """
            SELECT c.* FROM correction c WHERE c.subject = :key OR c.field = 'split' AND (c.value = :key
                OR EXISTS (SELECT 1 FROM artifact a JOIN release home ON home.id = a.home_id
                           WHERE a.repository = c.subject COLLATE NOCASE AND home.key = :key))
            ORDER BY c.id
            """,
            {"key": key},
        )
        return [_correction_of(row) for row in rows]

    def errata(self) -> Errata:
        """Return all corrections as deciding and merging take them."""
        corrections = self.all()
        targets = [one.value for one in corrections if one.field in ("merge", "split")]
        # A key of old is seen under today's spelling of it; the subject of a split is no key.
        rules = {(respelt(one.subject), one.field): one.value for one in corrections if one.field != "split"}
        rules |= {(one.subject, one.field): one.value for one in corrections}
        return Errata(rules, self._names(targets))

    def set(self, correction: Correction) -> None:
        """Store a correction in the place of an older one of the same field."""
        self._database.connection.execute(
            """
            INSERT INTO correction (subject, field, value, created_by, created_at)
            VALUES (:subject, :field, :value, :created_by, :created_at)
            ON CONFLICT (subject, field) DO UPDATE SET value = excluded.value,
                created_by = excluded.created_by, created_at = excluded.created_at
            """,
            {
                "subject": correction.subject,
                "field": correction.field,
                "value": correction.value,
                "created_by": correction.created_by,
                "created_at": time_text(correction.created_at),
            },
        )

    def remove(self, subject: str, field: str) -> bool:
        """Take a correction back; return whether there was one."""
        gone = self._database.connection.execute(
            "DELETE FROM correction WHERE subject = :subject AND field = :field",
            {"subject": subject, "field": field},
        )
        return gone.rowcount == 1

    def ids(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids, by key, of those of the releases that exist, and of all that are corrected."""
        rows = self._in(
            """
            SELECT key, id FROM release WHERE key IN (SELECT value FROM json_each(:keys)
                UNION SELECT subject FROM correction
                UNION SELECT value FROM correction WHERE field IN ('merge', 'split'))
            """,
            keys,
        )
        return {row["key"]: row["id"] for row in rows}

    def leads(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids, by key, of releases and of those that lead their waves: alerts are theirs."""
        rows = self._in(
            """
            SELECT lead.key, lead.id FROM release
            JOIN release lead ON lead.id IN (release.id, release.lead_id)
            WHERE release.key IN (SELECT value FROM json_each(:keys))
            """,
            keys,
        )
        return {row["key"]: row["id"] for row in rows}

    def forget_empty(self, keys: Iterable[str]) -> None:
        """Forget those of the releases of which nothing is left, as after a split that was taken back."""
        self._database.connection.execute(
            """
            DELETE FROM release WHERE key IN (SELECT value FROM json_each(:keys))
              AND NOT EXISTS (SELECT 1 FROM observation WHERE release_id = release.id OR home_id = release.id)
              AND NOT EXISTS (SELECT 1 FROM artifact WHERE release_id = release.id OR home_id = release.id)
              AND NOT EXISTS (SELECT 1 FROM delivery WHERE release_id = release.id OR home_id = release.id)
              AND NOT EXISTS (SELECT 1 FROM report WHERE release_id = release.id)
              AND NOT EXISTS (SELECT 1 FROM release other WHERE other.lead_id = release.id
                              AND other.id <> release.id)
            """,
            {"keys": json.dumps(list(keys))},
        )

    def apply_now(self, now: datetime) -> None:
        """Bring what is stored in the order that the corrections ask for, and no other.

        Everything that was ever moved goes home first, so that taking a correction back needs no more than
        to forget it. What came to a release after a merge stays with it.
        """
        errata = self.errata()
        rearranger = Rearranger(self._database, now)
        rearranger.send_home()
        for one in self.all():
            if one.field == "split":
                rearranger.split(one.subject, one.value)
            elif one.field == "merge":
                rearranger.merge(one.subject, errata.final(one.subject))
            elif one.field == "lab":
                rearranger.give(one.subject, one.value)
            elif one.field == "kind" and one.value in NO_RELEASE:
                rearranger.withdraw(one.subject)
            elif one.field == "kind":
                rearranger.judge_head(one.subject, one.value == Kind.VARIANT, one.created_at)

    def _names(self, keys: Iterable[str]) -> dict[str, Name]:
        rows = self._in(
            "SELECT key, name FROM release WHERE key IN (SELECT value FROM json_each(:keys))", keys
        )
        return {row["key"]: name_of(row["name"]) for row in rows}

    def _in(self, statement: str, keys: Iterable[str]) -> list[dict[str, Any]]:
        return self._database.query(statement, {"keys": json.dumps(list(keys))})


def _correction_of(row: Row) -> Correction:
    return Correction(
        subject=row["subject"],
        field=row["field"],
        value=row["value"],
        created_by=row["created_by"],
        created_at=moment(row["created_at"]),
    )
