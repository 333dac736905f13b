"""What people did lately, by request: enough to know a repetition, and how much is too much."""

from datetime import datetime

from bot.model import Destination
from bot.store.database import Tables
from bot.store.rows import moment


class Deeds(Tables):
    """The deeds of the last hour."""

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
