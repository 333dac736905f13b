"""What people know better than the sources, and what they found wrong in alerts."""

from collections.abc import Iterable
from datetime import datetime

from bot.model import Destination, Name
from bot.records import Correction, ErrorReport
from bot.releases.news.corrections import Errata
from bot.store.database import Tables
from bot.store.rows import columns, read


class Corrections(Tables):
    """The corrections in force."""

    def all(self) -> list[Correction]:
        """Return every correction in force, the oldest first."""
        return self._records(Correction, "SELECT * FROM correction ORDER BY id")

    def of(self, key: str) -> list[Correction]:
        """Return the corrections of a release: of its own facts, and of repositories split off or to it."""
        return self._records(
            Correction,
            """
            SELECT c.* FROM correction c WHERE c.subject = :key OR c.field = 'split' AND (c.value = :key
                OR EXISTS (SELECT 1 FROM artifact a JOIN release home ON home.id = a.home_id
                           WHERE lower(a.repository) = lower(c.subject) AND home.key = :key))
            ORDER BY c.id
            """,
            {"key": key},
        )

    def errata(self) -> Errata:
        """Return all corrections as deciding and merging take them."""
        corrections = self.all()
        rows = self._tuples(
            "SELECT key, name FROM release WHERE key IN (SELECT value FROM json_each(:keys))",
            {"keys": [one.value for one in corrections if one.field in ("merge", "split")]},
        )
        return Errata.respelt(
            {(one.subject, one.field): one.value for one in corrections},
            {key: read(Name, name) for key, name in rows},
        )

    def set(self, correction: Correction) -> None:
        """Store a correction in the place of an older one of the same field."""
        self._run(
            """
            INSERT INTO correction (subject, field, value, created_by, created_at)
            VALUES (:subject, :field, :value, :created_by, :created_at)
            ON CONFLICT (subject, field) DO UPDATE SET value = excluded.value,
                created_by = excluded.created_by, created_at = excluded.created_at
            """,
            columns(correction),
        )

    def remove(self, subject: str, field: str) -> bool:
        """Take a correction back; return whether there was one."""
        gone = self._run(
            "DELETE FROM correction WHERE subject = :subject AND field = :field",
            {"subject": subject, "field": field},
        )
        return gone == 1

    def ids(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids, by key, of those of the releases that exist, and of all that are corrected."""
        rows = self._tuples(
            """
            SELECT key, id FROM release WHERE key IN (SELECT value FROM json_each(:keys)
                UNION SELECT subject FROM correction
                UNION SELECT value FROM correction WHERE field IN ('merge', 'split'))
            """,
            {"keys": list(keys)},
        )
        return dict(rows)

    def leads(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the ids, by key, of releases and of those that lead their waves: alerts are theirs."""
        rows = self._tuples(
            """
            SELECT lead.key, lead.id FROM release
            JOIN release lead ON lead.id IN (release.id, release.lead_id)
            WHERE release.key IN (SELECT value FROM json_each(:keys))
            """,
            {"keys": list(keys)},
        )
        return dict(rows)

    def forget_empty(self, keys: Iterable[str]) -> None:
        """Forget those of the releases of which nothing is left, as after a split that was taken back."""
        self._run(
            """
            DELETE FROM release WHERE key IN (SELECT value FROM json_each(:keys))
              AND NOT EXISTS (SELECT 1 FROM observation WHERE release_id = release.id OR home_id = release.id)
              AND NOT EXISTS (SELECT 1 FROM artifact WHERE release_id = release.id OR home_id = release.id)
              AND NOT EXISTS (SELECT 1 FROM delivery WHERE release_id = release.id OR home_id = release.id)
              AND NOT EXISTS (SELECT 1 FROM report WHERE release_id = release.id)
              AND NOT EXISTS (SELECT 1 FROM release other WHERE other.lead_id = release.id
                              AND other.id <> release.id)
            """,
            {"keys": list(keys)},
        )


_REPORTS = """
    SELECT report.*, release.display AS release FROM report JOIN release ON release.id = report.release_id
"""


class Reports(Tables):
    """What people reported as wrong."""

    def add(
        self, release_id: int, destination: Destination, reporter: Destination, text: str, now: datetime
    ) -> int:
        """Store what somebody found wrong and return the report's id.

        The same words of the same person on the same release are one report while it is open.
        """
        # Half a surrogate pair cannot be stored, nor, on PostgreSQL, NUL.
        text = text.encode("utf-8", "replace").decode().replace("\0", "")
        found = self._query(
            """
            SELECT id FROM report WHERE release_id = :release_id AND reporter = :reporter AND text = :text
              AND closed_at IS NULL
            """,
            {"release_id": release_id, "reporter": reporter, "text": text},
        ) or self._query(
            """
            INSERT INTO report (release_id, destination, reporter, text, created_at)
            VALUES (:release_id, :destination, :reporter, :text, :now) RETURNING id
            """,
            {
                "release_id": release_id,
                "destination": destination,
                "reporter": reporter,
                "text": text,
                "now": now,
            },
        )
        return int(found[0]["id"])

    def open(self) -> list[ErrorReport]:
        """Return the reports that nobody has dealt with, the oldest first."""
        return self._records(ErrorReport, f"{_REPORTS} WHERE report.closed_at IS NULL ORDER BY report.id")

    def by_id(self, number: int) -> ErrorReport | None:
        """Return one report, open or closed, or None."""
        return self._first(ErrorReport, f"{_REPORTS} WHERE report.id = :id", {"id": number})

    def close(self, number: int, now: datetime) -> bool:
        """Mark that a report was dealt with; return whether it was still open."""
        closed = self._run(
            "UPDATE report SET closed_at = :now WHERE id = :id AND closed_at IS NULL",
            {"id": number, "now": now},
        )
        return closed == 1
