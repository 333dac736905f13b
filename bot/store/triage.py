"""What each destination made of the releases that it was told of."""

from collections.abc import Iterable

from bot.model import Destination
from bot.records import Triage
from bot.store.database import Tables
from bot.store.rows import columns, record

_OF_ITS_WAVE = """
    release_id IN (
        SELECT id FROM release WHERE lead_id = (SELECT lead_id FROM release WHERE id = :release_id))
"""


class Triages(Tables):
    """The triage of each destination: its own, and no other's."""

    def of(self, destination: Destination, leads: Iterable[int]) -> dict[int, Triage]:
        """Return what a destination made of waves, by the ids of the releases that lead them."""
        rows = self._query(
            """
            SELECT t.*, r.lead_id FROM triage t JOIN release r ON r.id = t.release_id
            WHERE t.destination = :destination
              AND r.lead_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:leads))
            ORDER BY t.id
            """,
            {"destination": destination, "leads": list(leads)},
        )
        return {row["lead_id"]: record(Triage, row) for row in rows}

    def set(self, triage: Triage) -> None:
        """Store what a destination made of a wave, by the release that leads it: the last word on it."""
        self._run(
            "DELETE FROM triage WHERE destination = :destination AND release_id = :release_id",
            columns(triage),
        )
        self._run(
            """
            INSERT INTO triage (destination, release_id, state, person, name, at)
            VALUES (:destination, :release_id, :state, :person, :name, :at)
            """,
            columns(triage),
        )

    def clear(self, destination: Destination, release_id: int) -> int:
        """Forget what a destination made of a release's wave; return how many words that were."""
        return self._run(
            f"DELETE FROM triage WHERE destination = :destination AND {_OF_ITS_WAVE}",
            {"destination": destination, "release_id": release_id},
        )
