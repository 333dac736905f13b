"""The hosts that all processes read, as bot.fetch.hosts has them; each statement stands alone."""

from datetime import datetime, timedelta
from uuid import uuid4

from bot.fetch.hosts import Standing
from bot.store.database import Tables
from bot.store.postgres.database import PostgresDatabase
from bot.store.rows import maybe_moment, moment

_KEPT = timedelta(days=2)  # longer than any host may ask for


class PostgresHosts(Tables):
    """The hosts, for one of those who read them. They bear no pen: whoever polls waits for no writer."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__(database)
        self._holder = uuid4().hex

    def standing(self, name: str) -> Standing | None:
        """Return how a host stands."""
        rows = self._tuples(
            "SELECT free_at, holder, rests_until FROM host WHERE name = :name", {"name": name}
        )
        found = (Standing(moment(free), holder != "", maybe_moment(rests)) for free, holder, rests in rows)
        return next(found, None)

    def take(self, name: str, seen: Standing | None, until: datetime) -> bool:
        """Take the turn at a host that stands as `seen`."""
        taken = self._run(
            """
            INSERT INTO host (name, holder, free_at) VALUES (:name, :holder, :until)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, free_at = excluded.free_at
            WHERE host.free_at = :seen
            """,
            {"name": name, "holder": self._holder, "until": until, "seen": seen and seen.free_at},
        )
        return taken == 1

    def leave(self, name: str, free_at: datetime) -> None:
        """Let go of the turn; another may have taken it after its time."""
        self._run(
            "UPDATE host SET holder = '', free_at = :free_at WHERE name = :name AND holder = :holder",
            {"name": name, "holder": self._holder, "free_at": free_at},
        )

    def rest(self, name: str, now: datetime, until: datetime) -> None:
        """Have everybody leave a host alone."""
        self._run(
            """
            INSERT INTO host (name, free_at, rests_until) VALUES (:name, :now, :until)
            ON CONFLICT (name) DO UPDATE SET rests_until = excluded.rests_until,
                free_at = greatest(host.free_at, excluded.free_at)
            """,
            {"name": name, "now": now, "until": until},
        )

    def forget_idle(self, now: datetime) -> None:
        """Forget the hosts that nobody asked for days."""
        self._run("DELETE FROM host WHERE free_at < :before", {"before": now - _KEPT})
