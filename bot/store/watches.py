"""What people wait for."""

from collections.abc import Sequence

from bot.model import Destination
from bot.records import Watch
from bot.store.database import Tables
from bot.store.rows import columns

_SAME = """
    destination = :destination AND lab = :lab AND name = :name AND filters = :filters
      AND packaging = :packaging
"""


class Watches(Tables):
    """The watches that are open: who is told waits no longer."""

    def all(self) -> list[Watch]:
        """Return every watch, the oldest first."""
        return self._records(Watch, "SELECT * FROM watch ORDER BY id")

    def of(self, destination: Destination) -> list[Watch]:
        """Return what is waited for in a destination, the oldest first."""
        of_it = "SELECT * FROM watch WHERE destination = :destination ORDER BY id"
        return self._records(Watch, of_it, {"destination": destination})

    def add(self, watch: Watch) -> bool:
        """Store what somebody waits for; return whether nobody waited for the same there."""
        added = self._run(
            """
            INSERT INTO watch
                (destination, lab, name, filters, packaging, request, created_by, created_at)
            VALUES (:destination, :lab, :name, :filters, :packaging, :request, :created_by, :created_at)
            ON CONFLICT DO NOTHING
            """,
            columns(watch),
        )
        return added == 1

    def remove(self, watches: Sequence[Watch]) -> None:
        """Forget these."""
        self._run_many(f"DELETE FROM watch WHERE {_SAME}", map(columns, watches))
