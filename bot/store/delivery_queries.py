"""What the outbox holds: every message that was ever owed, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.model import Destination
from bot.records import Delivery
from bot.store.database import Database, Tables
from bot.store.rows import columns, maybe_moment, record

# Bots that agree on the time do so but for what their answers took: so far ahead, no clock was set back.
SKEW = timedelta(seconds=2)
_SELECT = "SELECT d.*, r.display AS release FROM delivery d LEFT JOIN release r ON r.id = d.release_id"
_ALERT = "d.destination = :destination AND d.kind = 'alert'"
# As the partial indexes have it, so that only what is open is looked at, destination by destination.
_IS_OPEN = "state IN ('owed', 'claimed', 'doubtful')"
_IS_SUSPECTED_ALERT = "one.state = 'doubtful' AND one.suspected = TRUE AND one.kind = 'alert'"
# What is behind one that stands aside goes ahead, but for what answers to it: each is looked at by itself, as
# thousands may wait for the end of quiet hours.
_STANDS_ASIDE = """
    past.due_at > :now AND (
        past.state = 'owed' AND past.strange_since <= :strange_until
        OR past.state = 'doubtful' AND (past.yields OR past.kind = 'line')
        OR past.state IN ('owed', 'doubtful') AND past.hushed = TRUE)
    OR past.state = 'owed' AND past.wait_until > :now
"""
_HOLDS_ITS_PLACE = f"""
    NOT EXISTS (
        SELECT 1 FROM delivery past
        WHERE past.sequence IN (one.sequence, one.carrier) AND ({_STANDS_ASIDE}))
    AND NOT EXISTS (
        SELECT 1 FROM delivery past
        WHERE past.release_id = one.release_id AND past.kind = 'alert'
          AND past.destination = one.destination AND ({_STANDS_ASIDE}))
"""


class DeliveryQueries(Tables):
    """The deliveries as they stand, or those of one shard that are to be sent. Nothing here writes."""

    def __init__(self, database: Database, shard: int | None = None) -> None:
        super().__init__(database)
        self._is_ours = "TRUE" if shard is None else f"shard = {shard:d}"

    def heads(
        self,
        now: datetime | None = None,
        strange_until: datetime | None = None,
        due: tuple[datetime, datetime] | None = None,
        apart_from: Sequence[Destination] = (),
        most: int = 1_000_000,
    ) -> list[Delivery]:
        """Return the first open delivery of each destination but some: the order within one is kept.

        With `due`, only those are among them that are due by the first of these times, or after the second;
        the latter come last. There are `most` of them.

        Alerts that are only suspected to stand there are looked up first: what is absent may go together.
        What is in doubt and yields, as every line does, holds up nothing until it is due `now`, but for what
        answers to it; nor does what has been answered strangely since before `strange_until`, or waits for
        the end of quiet hours, nor a reply that waits for company.
        """
        holds = _HOLDS_ITS_PLACE if now else "TRUE"
        return self._select(
            f"""
            WHERE d.sequence IN (
                WITH RECURSIVE place AS (
                    SELECT min(destination) AS id FROM delivery WHERE {_IS_OPEN} AND {self._is_ours}
                    UNION ALL
                    SELECT (SELECT min(destination) FROM delivery
                        WHERE {_IS_OPEN} AND {self._is_ours} AND destination > place.id)
                    FROM place WHERE place.id IS NOT NULL)
                SELECT coalesce(
                    (SELECT one.sequence FROM delivery one
                        WHERE one.destination = place.id AND {_IS_SUSPECTED_ALERT} AND {holds}
                        ORDER BY one.sequence LIMIT 1),
                    (SELECT one.sequence FROM delivery one
                        WHERE one.destination = place.id AND {_IS_OPEN} AND {holds}
                        ORDER BY one.sequence LIMIT 1))
                FROM place
                WHERE place.id IS NOT NULL AND place.id NOT IN (SELECT value FROM json_each(:apart_from)))
              AND (CAST(:by AS TEXT) IS NULL OR d.due_at <= :by OR d.due_at > :beyond)
            ORDER BY d.due_at > CAST(:by AS TEXT), d.sequence LIMIT :most
            """,
            {
                "now": now,
                "strange_until": strange_until,
                "by": due and due[0],
                "beyond": due and due[1],
                "apart_from": apart_from,
                "most": most,
            },
        )

    def companions(self, head: Delivery, lab: str, since: datetime) -> list[Delivery]:
        """Return the alerts of the lab behind `head` that its destination was owed since then."""
        return self._select(
            f"""
            WHERE {_ALERT} AND d.state = 'owed' AND r.lab = :lab
              AND d.sequence > :sequence AND d.created_at >= :since ORDER BY d.sequence
            """,
            {"destination": head.destination, "lab": lab, "sequence": head.sequence, "since": since},
        )

    def company(self, head: Delivery) -> list[Delivery]:
        """Return the notes on the release of this one that its destination is still owed.

        They are behind it, or ahead of it and waiting for company.
        """
        return self._select(
            """
            WHERE d.release_id = :release_id AND d.destination = :destination AND d.kind = 'note'
              AND d.state = 'owed' AND (d.sequence > :sequence OR d.sequence < :sequence
                AND d.wait_until IS NOT NULL AND d.attempts = 0) ORDER BY d.sequence
            """,
            columns(head),
        )

    def alerted(self, release_id: int) -> list[Destination]:
        """Return the destinations that have or get the alert of a release."""
        found = self._column(
            "SELECT destination FROM delivery WHERE release_id = :id AND kind = 'alert' ORDER BY sequence",
            {"id": release_id},
        )
        return [Destination(one) for one in found]

    def last_reply(self, release_id: int, destination: Destination) -> datetime | None:
        """Return when the last note on a release went to a destination, or may have gone."""
        [at] = self._column(
            """
            SELECT max(coalesce(settled_at, claimed_at)) FROM delivery
            WHERE release_id = :id AND destination = :destination AND kind = 'note'
              AND state IN ('claimed', 'doubtful', 'sent', 'unclear')
            """,
            {"id": release_id, "destination": destination},
        )
        return maybe_moment(at)

    def ahead_of(self, now: datetime) -> list[Delivery]:
        """Return what is open and was owed or claimed at a time that is to come, in more than a moment."""
        ours = f"SELECT sequence FROM delivery WHERE state IN ('owed', 'doubtful') AND {self._is_ours}"
        return self._select(
            f"WHERE d.sequence IN ({ours} AND created_at > :soon UNION {ours} AND claimed_at > :soon)",
            {"soon": now + SKEW},
        )

    def alert_of(self, release_id: int, destination: Destination) -> Delivery | None:
        """Return the alert of a release in a destination."""
        found = self._select(
            f"WHERE {_ALERT} AND d.release_id = :id", {"destination": destination, "id": release_id}
        )
        return found[0] if found else None

    def is_told_otherwise(self, alert: Delivery) -> bool:
        """Whether another alert of the same wave may stand in its destination: two releases were merged."""
        found = self._query(
            """
            SELECT 1 FROM delivery d JOIN release r ON r.id = d.release_id
            WHERE d.destination = :destination AND d.kind = 'alert' AND d.sequence <> :sequence
              AND d.state IN ('claimed', 'doubtful', 'sent', 'unclear')
              AND r.lead_id = (SELECT lead_id FROM release WHERE id = :release_id)
            """,
            columns(alert),
        )
        return bool(found)

    def alerts_at(self, destination: Destination, ts: str) -> list[Delivery]:
        """Return the alerts that one message holds, in order: one, or those of a grouped message."""
        return self._select(
            f"WHERE {_ALERT} AND d.ts = :ts AND d.state = 'sent' ORDER BY d.sequence",
            {"destination": destination, "ts": ts},
        )

    def carried_by(self, sequence: int) -> list[Delivery]:
        """Return the deliveries that this one's message carries as well, in order."""
        return self._select("WHERE d.carrier = :sequence ORDER BY d.sequence", {"sequence": sequence})

    def untold_change(self, destination: Destination) -> Delivery | None:
        """Return the line on what people changed that a destination is still to be sent."""
        found = self._select(
            "WHERE d.destination = :destination AND d.kind = 'change' AND d.state = 'owed'",
            {"destination": destination},
        )
        return found[-1] if found else None

    def notes_of(self, release_id: int, destination: Destination) -> list[Delivery]:
        """Return the notes on a release that a destination was owed, in order."""
        return self._select(
            """
            WHERE d.release_id = :id AND d.destination = :destination AND d.kind = 'note'
            ORDER BY d.sequence
            """,
            {"id": release_id, "destination": destination},
        )

    def earlier_of_family(self, release_id: int) -> list[int]:
        """Return the ids of the releases of earlier waves with the same family key."""
        return self._column(
            """
            SELECT other.id FROM release this JOIN release other ON other.family_key = this.family_key
            WHERE this.id = :id AND other.id <> this.id AND other.opened_at < this.opened_at
            """,
            {"id": release_id},
        )

    def first_alert_of(self, release_ids: Sequence[int], destination: Destination) -> Delivery | None:
        """Return the first alert of any of these releases in a destination."""
        found = self._select(
            f"""
            WHERE d.release_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))
              AND {_ALERT} AND d.state = 'sent'
            ORDER BY d.sequence LIMIT 1
            """,
            {"ids": release_ids, "destination": destination},
        )
        return found[0] if found else None

    def by_id(self, identity: str) -> Delivery | None:
        """Return one delivery by its id or by a beginning of it that only one has."""
        found = self._select("WHERE d.id >= :start AND d.id < :start || 'g'", {"start": identity.lower()})
        return found[0] if len(found) == 1 else None

    def recent(self, limit: int, states: Sequence[str] = ()) -> list[Delivery]:
        """Return the newest deliveries, or those in the given states."""
        where = "WHERE d.state IN (SELECT value FROM json_each(:states))" if states else ""
        return self._select(
            f"{where} ORDER BY d.sequence DESC LIMIT :limit", {"limit": limit, "states": states}
        )

    def unclear(self) -> list[Delivery]:
        """Return the messages of which nobody knows whether they arrived, in order."""
        return self._select("WHERE d.carrier IS NULL AND d.state = 'unclear' ORDER BY d.sequence")

    def puzzling(self) -> list[Delivery]:
        """Return what is unclear and not told to the admins, and all whose answer nobody knows, in order."""
        return self._select(
            """
            WHERE d.carrier IS NULL AND d.sequence IN (
                SELECT sequence FROM delivery WHERE state = 'unclear' AND told_at IS NULL
                UNION ALL
                SELECT sequence FROM delivery WHERE strange_since IS NOT NULL AND state = 'owed')
            ORDER BY d.sequence
            """
        )

    def of_release(self, release_id: int) -> list[Delivery]:
        """Return everything that was owed for a release."""
        return self._select("WHERE d.release_id = :id ORDER BY d.sequence", {"id": release_id})

    def declined(self, release_id: int) -> dict[Destination, str]:
        """Return why destinations were owed no alert of a release, by destination."""
        declined = "SELECT destination, why FROM declined WHERE release_id = :id"
        return {Destination(one): why for one, why in self._tuples(declined, {"id": release_id})}

    def declined_for_good(self, release_id: int) -> set[Destination]:
        """Return the destinations that no fact on a release can win any more."""
        final = "SELECT destination FROM declined WHERE release_id = :id AND final = TRUE"
        return {Destination(one) for one in self._column(final, {"id": release_id})}

    def counts(self, team: str = "") -> dict[str, int]:
        """Return how many deliveries are in each state, of a workspace or, where that is "", of all."""
        there = "AND substr(destination, 1, length(:place)) = :place" if team else ""
        place = {"place": Destination.at(team, "")}
        settled = self._tuples(
            f"SELECT state, count(*) FROM delivery WHERE settled_at IS NOT NULL {there} GROUP BY state",
            place,
        )
        [still_open] = self._query(
            f"""
            SELECT count(*) FILTER (WHERE state = 'owed') AS owed,
                count(*) FILTER (WHERE state = 'claimed') AS claimed,
                count(*) FILTER (WHERE state = 'doubtful') AS doubtful FROM delivery WHERE {_IS_OPEN} {there}
            """,
            place,
        )
        return dict(settled) | {state: n for state, n in still_open.items() if n}

    def _select(self, rest: str, values: Mapping[str, object] | None = None) -> list[Delivery]:
        return [
            record(Delivery, row, release_id=row["release_id"] or 0, release=row["release"] or "")
            for row in self._query(f"{_SELECT} {rest}", values)
        ]
