"""The shards of the outbox that workers deliver side by side, one worker each; only PostgreSQL has them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.model import Destination
from bot.store.database import Tables
from bot.store.delivery_queries import SKEW
from bot.store.rows import moment

ALL = range(8)  # as the column `delivery.shard` has them
_LONGEST_WAIT = timedelta(days=1)  # what is due further ahead, a wrong clock put off
_WAITS_FOR_US = """
    d.shard = CAST(one.value AS SMALLINT) AND d.state IN ('owed', 'claimed', 'doubtful')
    AND (d.wait_until IS NULL OR d.state <> 'owed' OR d.wait_until <= :now OR d.wait_until > :beyond)
    AND NOT EXISTS (
        SELECT 1 FROM destination p
        WHERE p.id = d.destination AND p.retry_at > :now AND p.retry_at <= :beyond)
"""
_OF_LATER = "SELECT shard FROM delivery WHERE state IN ('owed', 'doubtful')"


class Shards(Tables):
    """Which shards have something to do."""

    def due(self, now: datetime, among: Sequence[int] = ALL) -> list[int]:
        """Return the shards with something that is due, in a destination that is not paused.

        And those whose waits are to begin anew, as the clock was set back.

        A subquery that is asked for one row is asked shard by shard; EXISTS is made a join of everything.
        """
        rows = self._column(
            f"""
            SELECT one.value FROM json_each(:shards) AS one
            WHERE (SELECT 1 FROM delivery d WHERE d.due_at <= :now AND {_WAITS_FOR_US} LIMIT 1) = 1
               OR (SELECT 1 FROM delivery d WHERE d.due_at > :beyond AND {_WAITS_FOR_US} LIMIT 1) = 1
               OR CAST(one.value AS SMALLINT) IN (
                   {_OF_LATER} AND created_at > :soon UNION {_OF_LATER} AND claimed_at > :soon)
            """,
            {"shards": list(among), "now": now, "beyond": now + _LONGEST_WAIT, "soon": now + SKEW},
        )
        return [int(shard) for shard in rows]

    def posted_since(self, shard: int, since: datetime) -> dict[Destination, datetime]:
        """Return when the last message went to each destination of a shard that got one since then."""
        rows = self._tuples(
            """
            SELECT destination, max(settled_at) FROM delivery
            WHERE shard = :shard AND settled_at > :since AND state = 'sent' GROUP BY destination
            """,
            {"shard": shard, "since": since},
        )
        return {Destination(destination): moment(at) for destination, at in rows}
