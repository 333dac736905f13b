"""What the bot notes of itself: that it lives, and which sources the admins know to be blind."""

from collections.abc import Mapping
from datetime import datetime

from bot.store.database import Database
from bot.store.rows import moment, time_text


class WatchBook:
    """Keep the heartbeat and what was told. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, now: datetime) -> None:
        """Note that the bot lives."""
        self._database.connection.execute(
            "INSERT INTO heartbeat (id, at) VALUES (1, :now) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
            {"now": time_text(now)},
        )

    def last_beat(self) -> datetime | None:
        """Return when the bot was last alive, or None before its first day."""
        rows = self._database.query("SELECT at FROM heartbeat")
        return moment(rows[0]["at"]) if rows else None

    def blind(self) -> dict[str, datetime]:
        """Return the sources that the admins know to be blind, and since when."""
        return self._told("blind")

    def set_blind(self, known: Mapping[str, datetime]) -> None:
        """Store which sources the admins know to be blind, these and no others."""
        self._set_told("blind", known)

    def perhaps_blind(self) -> dict[str, datetime]:
        """Return the sources that the admins know to be perhaps blind, and since when."""
        return self._told("perhaps_blind")

    def set_perhaps_blind(self, known: Mapping[str, datetime]) -> None:
        """Store which sources the admins know to be perhaps blind, these and no others."""
        self._set_told("perhaps_blind", known)

    def _told(self, table: str) -> dict[str, datetime]:
        return {
            row["source_id"]: moment(row["since"]) for row in self._database.query(f"SELECT * FROM {table}")
        }

    def _set_told(self, table: str, known: Mapping[str, datetime]) -> None:
        connection = self._database.connection
        connection.execute(f"DELETE FROM {table}")
        connection.conn.executemany(
            f"INSERT INTO {table} (source_id, since) VALUES (?, ?)",
            [(source, time_text(since)) for source, since in known.items()],
        )
