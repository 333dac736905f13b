"""Which bots work with a database: any number beside each other, or one alone.

Each holds a lock in a connection of its own, which falls with its process:
https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg

from bot.errors import StoreError

Connection = psycopg.Connection[Any]

_BOT = 7_461_002
_TAKE = "SELECT pg_try_advisory_lock(%s, hashtext(current_schema())) AS taken"
_TAKE_BESIDE = "SELECT pg_try_advisory_lock_shared(%s, hashtext(current_schema())) AS taken"
_IS_THERE = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = %s AND classid::bigint = %s"
_HOLDERS = """
    SELECT activity.application_name FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
    WHERE locktype = 'advisory' AND classid::bigint = %s AND granted
      AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid
      AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY activity.application_name
"""


class Presence:
    """The lock of one bot, alone or beside others; `connect` opens a connection for it alone.

    Raises StoreError naming who is in the way.
    """

    def __init__(self, place: str, connect: Callable[[], Connection], *, alone: bool) -> None:
        self._place = place
        self._connect = connect
        self._alone = alone
        self._held = self._taken()

    def take_again(self, connection: Connection) -> None:
        """Take the lock again where it is gone: the server was restarted, or its connection cut."""
        pid = 0 if self._held.closed else self._held.info.backend_pid
        if connection.execute(_IS_THERE, (pid, _BOT)).fetchone() is None:
            self._held.close()
            self._held = self._taken()

    def close(self) -> None:
        """Let go of the lock: by a word, as the server hears of a closed connection only later."""
        with suppress(psycopg.Error):  # it is gone with its connection
            self._held.execute("SELECT pg_advisory_unlock_all()")
        self._held.close()

    def _taken(self) -> Connection:
        connection = self._connect()
        answer = connection.execute(_TAKE if self._alone else _TAKE_BESIDE, (_BOT,)).fetchone()
        if answer != {"taken": True}:
            holder = next(iter(holders(connection)), "one that has just begun")
            connection.close()
            wants = "no other may" if self._alone else "it wants no other to"
            raise StoreError(
                f"{self._place}: another bot ({holder}) works with this database, and {wants} work with it "
                "at the same time; stop it first, or wait for its end"
            )
        return connection


def holders(connection: Connection) -> list[str]:
    """Return the names of the bots that work with the database, each connection's."""
    return [row["application_name"] for row in connection.execute(_HOLDERS, (_BOT,)).fetchall()]
