"""What the bot notes by the way: that it lives, what it is blind to, what is due again, what people did."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.model import Destination
from bot.store.database import Tables
from bot.store.rows import moment

_LONGEST = timedelta(days=8)  # between two times; what is further ahead, a wrong clock put there


class Watch(Tables):
    """The heartbeat, the command's name, and what the admins were told."""

    def beat(self, now: datetime) -> None:
        """Note that the bot lives."""
        self._run(
            "INSERT INTO heartbeat (id, at) VALUES (1, :now) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
            {"now": now},
        )

    def last_beat(self) -> datetime | None:
        """Return when the bot was last alive, or None before its first day."""
        found = self._column("SELECT at FROM heartbeat")
        return moment(found[0]) if found else None

    def command_name(self) -> str:
        """Return the command as it was typed last, "" before anybody typed it."""
        found = self._column("SELECT name FROM command")
        return str(found[0]) if found else ""

    def set_command_name(self, name: str) -> None:
        """Store how the command was typed."""
        self._run(
            """
            INSERT INTO command (id, name) VALUES (1, :name)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name
            """,
            {"name": name},
        )

    def blind(self, *, perhaps: bool = False) -> dict[str, datetime]:
        """Return the sources that the admins know to be blind, or perhaps blind, and since when."""
        rows = self._tuples(f"SELECT source_id, since FROM {'perhaps_blind' if perhaps else 'blind'}")
        return {source_id: moment(since) for source_id, since in rows}

    def set_blind(self, known: Mapping[str, datetime], *, perhaps: bool = False) -> None:
        """Store which sources the admins know to be blind, or perhaps blind: these and no others."""
        table = "perhaps_blind" if perhaps else "blind"
        self._run(f"DELETE FROM {table}")
        self._run_many(f"INSERT INTO {table} (source_id, since) VALUES (?, ?)", known.items())


class Chores(Tables):
    """When chores are due again, whatever restarts."""

    def is_due(self, name: str, now: datetime) -> bool:
        """Whether a chore is due; one that was never done is."""
        found = self._column("SELECT due_at FROM chore WHERE name = :name", {"name": name})
        return not found or not now < moment(found[0]) <= now + _LONGEST

    def done(self, name: str, due_at: datetime) -> None:
        """Store when a chore is due again."""
        self._run(
            """
            INSERT INTO chore (name, due_at) VALUES (:name, :due)
            ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at
            """,
            {"name": name, "due": due_at},
        )


class Deeds(Tables):
    """What people did within the last hour: enough to know a repetition, and how much is too much."""

    def times(self, person: Destination, kind: str) -> list[datetime]:
        """Return when somebody did things of a kind lately."""
        times = "SELECT at FROM deed WHERE person = :person AND kind = :kind"
        return [moment(at) for at in self._column(times, {"person": person, "kind": kind})]

    def add(
        self, request: str, what: str, person: Destination, kind: str, now: datetime, since: datetime
    ) -> bool:
        """Note a deed and forget those before `since`; return whether the request had not done it before."""
        self._run("DELETE FROM deed WHERE at <= :since OR at > :now", {"since": since, "now": now})
        added = self._run(
            """
            INSERT INTO deed (request, what, person, kind, at) VALUES (:request, :what, :person, :kind, :now)
            ON CONFLICT (request, what) DO NOTHING
            """,
            {"request": request, "what": what, "person": person, "kind": kind, "now": now},
        )
        return added == 1
