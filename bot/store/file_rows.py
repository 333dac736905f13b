"""All rows of a file, to be moved to PostgreSQL, or as they come from there."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlite_utils import Database as Connection

from bot.store.database import Database, Kinds
from bot.store.tally import plain

# What is moved: the bot's tables, without what a database keeps for itself.
_TABLES = """
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%migrations%'
      AND name NOT LIKE 'title_index%' AND name NOT IN ('moved', 'habit')
"""
# What triggers make of the others on both sides.
DERIVED = ("habit",)
_COUNTING = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"


def tables_of(file: Database) -> Mapping[str, list[str]]:
    """Return the columns of each table that is moved; what others refer to comes first."""
    names = sorted(file.column(_TABLES), key=lambda name: name != "release")
    columns = "SELECT name FROM pragma_table_info(:table)"
    return {name: file.column(columns, {"table": name}) for name in names}


class FileRows:
    """All rows of a file, on the connection of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # A release may come before the one that it belongs to.
        connection.execute("PRAGMA defer_foreign_keys = ON")

    def read(self, table: str, kinds: Kinds) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table."""
        return plain(self._connection.execute(f"SELECT {', '.join(kinds)} FROM {table}"), kinds.values())

    def fill(self, table: str, kinds: Kinds, rows: Iterable[tuple[Any, ...]]) -> None:
        """Write rows to a table that has none."""
        values = ", ".join("?" for _ in kinds)
        statement = f"INSERT INTO {table} ({', '.join(kinds)}) VALUES ({values})"
        self._connection.conn.executemany(statement, rows)

    def empty(self, tables: Iterable[str]) -> None:
        """Take all rows away."""
        for table in tables:
            self._connection.execute(f"DELETE FROM {table}")

    def numbers(self) -> Mapping[str, int]:
        """Return the highest number that was ever given in each table in which none is given twice."""
        return dict(self._connection.execute("SELECT name, seq FROM sqlite_sequence"))

    def go_on_from(self, table: str, number: int) -> None:
        """Have the next row of a table get a higher number, if none may be given twice in it."""
        if (table,) not in self._connection.execute(_COUNTING).fetchall():
            return
        last = max(number, self.numbers().get(table, 0))
        self._connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        self._connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))
