"""The outbox of long ago: what no promise needs is forgotten."""

from collections.abc import Sequence
from datetime import datetime

from bot.model import Destination
from bot.store.database import Tables

# Alerts stay: a release is told once, for ever. So does what a person may still settle. A note tells of a
# repository that is new once; but licences and weights come and go: what told of them stays as well.
_IS_DONE = """
    kind IN ('change', 'digest', 'edit', 'line', 'note', 'watch') AND settled_at < :before
    AND state IN ('sent', 'skipped') AND home_id IS NULL
    AND (kind <> 'note' OR instr(note, '"kind":"license"') = 0 AND instr(note, '"kind":"confirmation"') = 0)
"""


class Archive(Tables):
    """What was settled long ago, destination by destination: a whole table is never looked through."""

    def destinations_after(self, place: str, limit: int) -> list[Destination]:
        """Return the next destinations that were ever owed something, "" being before all."""
        found = self._column(
            """
            WITH RECURSIVE place AS (
                SELECT min(destination) AS id, 1 AS number FROM delivery WHERE destination > :place
                UNION ALL
                SELECT (SELECT min(destination) FROM delivery WHERE destination > place.id), number + 1
                FROM place WHERE place.id IS NOT NULL AND number < :limit)
            SELECT id FROM place WHERE id IS NOT NULL ORDER BY id
            """,
            {"place": place, "limit": limit},
        )
        return [Destination(one) for one in found]

    def forget(self, destinations: Sequence[Destination], before: datetime, limit: int) -> int:
        """Forget what was settled before then and is needed no more, so many at most; return how many."""
        return self._run(
            f"""
            DELETE FROM delivery WHERE sequence IN (
                SELECT sequence FROM json_each(:destinations) AS place CROSS JOIN delivery
                WHERE destination = place.value AND {_IS_DONE} LIMIT :limit)
            """,
            {"destinations": destinations, "before": before, "limit": limit},
        )
