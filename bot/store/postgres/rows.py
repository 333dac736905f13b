"""All rows of a PostgreSQL database, moved by COPY: https://www.postgresql.org/docs/current/sql-copy.html"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from bot.store.database import Kinds
from bot.store.tally import plain

_COUNTERS = """
    SELECT table_name, pg_get_serial_sequence(quote_ident(table_name), column_name), column_name
    FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES'
"""
# Whatever the server has for quick statements: while one side is read, the other one waits. And what is
# committed is on the disk before the other side is left.
_CAREFUL = """
    SELECT set_config('statement_timeout', '0', TRUE),
        set_config('idle_in_transaction_session_timeout', '0', TRUE),
        set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), TRUE)
"""
_READ_AS = {"bigint": "int8", "boolean": "bool", "bytea": "bytea", "jsonb": "text", "text": "text"}


class PostgresRows:
    """All rows of a database, on the connection of a transaction."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._cursor = connection.cursor(row_factory=tuple_row)
        self._cursor.execute(_CAREFUL)
        self._counters = {
            table: (sequence, column) for table, sequence, column in self._cursor.execute(_COUNTERS)
        }

    def read(self, table: str, kinds: Kinds) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table."""
        columns = ", ".join(
            f"CAST({name} AS TEXT)" if kind == "jsonb" else name for name, kind in kinds.items()
        )
        with self._cursor.copy(f"COPY (SELECT {columns} FROM {table}) TO STDOUT") as copy:
            copy.set_types([_READ_AS[kind] for kind in kinds.values()])
            yield from plain(copy.rows(), kinds.values())

    def fill(self, table: str, kinds: Kinds, rows: Iterable[tuple[Any, ...]]) -> None:
        """Write rows to a table that has none."""
        with self._cursor.copy(f"COPY {table} ({', '.join(kinds)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self._cursor.execute(f"ANALYZE {table}")

    def empty(self, tables: Iterable[str]) -> None:
        """Take all rows away."""
        self._cursor.execute(f"TRUNCATE {', '.join(tables)}")

    def numbers(self) -> Mapping[str, int]:
        """Return the highest number that was ever given to a row of a table."""
        return {
            table: last
            for table, (sequence, _) in self._counters.items()
            for (last,) in self._cursor.execute(f"SELECT last_value FROM {sequence} WHERE is_called")
        }

    def go_on_from(self, table: str, number: int) -> None:
        """Have the next row of a table get a higher number."""
        if table in self._counters:
            sequence, column = self._counters[table]
            self._cursor.execute(
                f"""
                SELECT setval('{sequence}', greatest(last, 1), last > 0)
                FROM (SELECT greatest(%(number)s, coalesce(max({column}), 0)) AS last FROM {table}) AS given
                """,
                {"number": number},
            )
