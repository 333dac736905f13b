"""What people found wrong in alerts, until somebody has dealt with it."""

from datetime import datetime

from bot.records import ErrorReport
from bot.store.database import Database
from bot.store.rows import Row, moment, time_text

_SELECT = """
    SELECT report.*, release.display AS release FROM report JOIN release ON release.id = report.release_id
"""


class Reports:
    """Keep reports of wrong details. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, release_id: int, destination: str, reporter: str, text: str, now: datetime) -> int:
        """Store what somebody found wrong and return the report's id.

        The same words of the same person on the same release are one report while it is open.
        """
        values = {
            "release_id": release_id,
            "destination": destination,
            "reporter": reporter,
            "text": text.encode("utf-8", "replace").decode(),  # half a surrogate pair cannot be stored
            "now": time_text(now),
        }
        same = self._database.query(
            """
            SELECT id FROM report WHERE release_id = :release_id AND reporter = :reporter AND text = :text
              AND closed_at IS NULL
            """,
            values,
        )
        if same:
            return int(same[0]["id"])
        added = self._database.query(
            """
            INSERT INTO report (release_id, destination, reporter, text, created_at)
            VALUES (:release_id, :destination, :reporter, :text, :now) RETURNING id
            """,
            values,
        )
        return int(added[0]["id"])

    def open(self) -> list[ErrorReport]:
        """Return the reports that nobody has dealt with, the oldest first."""
        rows = self._database.query(f"{_SELECT} WHERE report.closed_at IS NULL ORDER BY report.id")
        return [_report_of(row) for row in rows]

    def by_id(self, number: int) -> ErrorReport | None:
        """Return one report, open or closed, or None."""
        rows = self._database.query(f"{_SELECT} WHERE report.id = :id", {"id": number})
        return _report_of(rows[0]) if rows else None

    def close(self, number: int, now: datetime) -> bool:
        """Mark that a report was dealt with; return whether it was still open."""
        closed = self._database.connection.execute(
            "UPDATE report SET closed_at = :now WHERE id = :id AND closed_at IS NULL",
            {"id": number, "now": time_text(now)},
        )
        return closed.rowcount == 1


def _report_of(row: Row) -> ErrorReport:
    return ErrorReport(
        id=row["id"],
        release_id=row["release_id"],
        release=row["release"],
        destination=row["destination"],
        reporter=row["reporter"],
        text=row["text"],
        created_at=moment(row["created_at"]),
        closed_at=moment(row["closed_at"]) if row["closed_at"] else None,
    )
