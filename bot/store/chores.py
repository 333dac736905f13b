"""When what is done now and then is due again; due-ness lives here, whatever restarts."""

from datetime import datetime, timedelta

from bot.store.database import Database
from bot.store.rows import moment, time_text

_LONGEST = timedelta(days=8)  # between two times; what is further ahead, a wrong clock put there


class Chores:
    """Keep due times. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_due(self, name: str, now: datetime) -> bool:
        """Whether a chore is due; one that was never done is."""
        rows = self._database.query("SELECT due_at FROM chore WHERE name = :name", {"name": name})
        return not rows or not now < moment(rows[0]["due_at"]) <= now + _LONGEST

    def done(self, name: str, due_at: datetime) -> None:
        """Store when a chore is due again."""
        self._database.connection.execute(
            """
            INSERT INTO chore (name, due_at) VALUES (:name, :due)
            ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at
            """,
            {"name": name, "due": time_text(due_at)},
        )
