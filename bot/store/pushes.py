"""Who was asked to tell at once when a source changes."""

from collections.abc import Iterable
from datetime import datetime

from bot.records import Push
from bot.store.database import Tables
from bot.store.rows import columns


class Pushes(Tables):
    """The subscriptions at WebSub hubs, and the organisations that the Hub's webhook watches."""

    def all(self) -> dict[str, Push]:
        """Return who was asked, by the ids of the sources."""
        return {one.source_id: one for one in self._records(Push, "SELECT * FROM push ORDER BY source_id")}

    def by_token(self, token: str) -> Push | None:
        """Return what a WebSub hub calls by this token, or None."""
        return self._first(Push, "SELECT * FROM push WHERE token = :token AND token <> ''", {"token": token})

    def due(self, now: datetime) -> Push | None:
        """Return what is to be renewed first of all that is due for it, or None."""
        due = "SELECT * FROM push WHERE renew_at <= :now ORDER BY renew_at, source_id LIMIT 1"
        return self._first(Push, due, {"now": now})

    def ask(self, push: Push, renew_at: datetime | None) -> None:
        """Store that a hub is asked, once more where it was before, and when to ask again.

        A lease goes on for as long as its token stays.
        """
        self._run(
            """
            INSERT INTO push (source_id, hub, topic, token, asked_at, renew_at)
            VALUES (:source_id, :hub, :topic, :token, :asked_at, :renew_at)
            ON CONFLICT (source_id) DO UPDATE SET
                hub = excluded.hub, topic = excluded.topic, token = excluded.token,
                asked_at = excluded.asked_at, renew_at = excluded.renew_at, refused = '',
                lease_until = CASE WHEN push.token = excluded.token THEN push.lease_until END
            """,
            {**columns(push), "renew_at": renew_at},
        )

    def confirm(self, source_id: str, lease_until: datetime, renew_at: datetime) -> None:
        """Store until when a hub will push, and when to ask it again."""
        self._run(
            """
            UPDATE push SET lease_until = :until, renew_at = :renew_at, refused = ''
            WHERE source_id = :source_id
            """,
            {"source_id": source_id, "until": lease_until, "renew_at": renew_at},
        )

    def refuse(self, source_id: str, why: str) -> None:
        """Store why a hub would not be asked again; its lease goes on."""
        self._run(
            "UPDATE push SET refused = :why WHERE source_id = :source_id",
            {"source_id": source_id, "why": why},
        )

    def deny(self, source_id: str, why: str) -> None:
        """Store why a hub will not push, from now on."""
        self._run(
            "UPDATE push SET refused = :why, lease_until = NULL WHERE source_id = :source_id",
            {"source_id": source_id, "why": why},
        )

    def forget(self, ids: Iterable[str]) -> None:
        """Forget who was asked for these sources."""
        self._run_many("DELETE FROM push WHERE source_id = :id", [{"id": one} for one in ids])
