"""Which server answers: where it is another one than before, what was committed last may be lost.

So it is after a failover to a standby that lagged behind, a recovery to a point in time, and a dump that was
put into a database: the system's identifier, its timeline or the number of our own table is another one then.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg

from bot.store.forgotten import put_back
from bot.store.postgres.statements import held_values, translated
from bot.store.rows import moment, time_text

Identity = Mapping[str, str]
_FAR = 1_000_000  # more than could have been counted, and lost
_NEVER = datetime.min.replace(tzinfo=UTC)

# https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CONTROLDATA
_SYSTEM = "'system', (SELECT CAST(system_identifier AS TEXT) FROM pg_control_system())"
_TIMELINE = "'timeline', substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"  # it begins the name of a file
_TABLE = "'table', CAST(CAST(to_regclass('server') AS oid) AS TEXT)"
# What may be asked of a server depends on who runs it: the most telling question comes first.
_QUESTIONS = tuple(
    f"SELECT jsonb_build_object({', '.join(parts)}) AS identity, clock_timestamp() AS now"
    for parts in ((_SYSTEM, _TIMELINE, _TABLE), (_SYSTEM, _TABLE), (_TIMELINE, _TABLE), (_TABLE,))
)
_REFUSALS = (
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.UndefinedFunction,
)
_NOTE = """
    INSERT INTO server (id, identity, at) VALUES (1, %s, %s)
    ON CONFLICT (id) DO UPDATE SET identity = excluded.identity, at = excluded.at
"""


class Server:
    """Looks at the server, and doubts what a change of it makes doubtful."""

    def __init__(self) -> None:
        self._question = 0

    def look(self, connection: psycopg.Connection[Any]) -> None:
        """Doubt what is owed where this is another server than when it was last looked at.

        Belongs inside a transaction that holds the pen. What was stored before the last look, a minute ago or
        so while a bot works, was stored before whatever is lost.
        """
        identity, now = self._identified(connection)
        before = connection.execute("SELECT identity, at FROM server").fetchone()
        known: Identity = json.loads(before["identity"]) if before else {}
        if before and is_other(known, identity):
            _doubt(connection, moment(before["at"]), now)
        connection.execute(_NOTE, (json.dumps({**known, **identity}), time_text(now)))

    def _identified(self, connection: psycopg.Connection[Any]) -> tuple[Identity, datetime]:
        """Return what identifies the server, as far as it says, and its time."""
        while True:
            try:
                with connection.transaction():
                    row = connection.execute(_QUESTIONS[self._question]).fetchone()
                return (json.loads(row["identity"]), row["now"]) if row else ({}, _NEVER)
            except _REFUSALS:
                self._question += 1  # the last one asks nothing that may be refused


def _doubt(connection: psycopg.Connection[Any], since: datetime, now: datetime) -> None:
    """Doubt what is owed, and let nobody go on with what was counted before: the numbers come again."""

    def run(sql: str, values: Mapping[str, object]) -> None:
        connection.execute(translated(sql), held_values(values))

    put_back(lambda sql: connection.execute(sql).fetchall(), run, since, now)
    connection.execute("UPDATE turn SET epoch = epoch + %s", (_FAR,))
    connection.execute("UPDATE revision SET number = number + %s", (_FAR,))


def is_other(before: Identity, now: Identity) -> bool:
    """Whether a server is another one, by all that is known of both."""
    return any(before.get(part, what) != what for part, what in now.items())
