"""What the store asks of a database: a file (bot.store.sqlite), or PostgreSQL (bot.store.postgres)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.store.rows import record, records

T = TypeVar("T")
Values = Mapping[str, object]
Kinds = Mapping[str, str]  # of columns, by name: bigint, boolean, bytea, jsonb, text


class Rows(Protocol):
    """All rows of a database, to be moved; within one transaction."""

    def read(self, table: str, kinds: Kinds) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table, as `tally.plain` has them."""

    def fill(self, table: str, kinds: Kinds, rows: Iterable[tuple[Any, ...]]) -> None:
        """Write such rows to a table that has none."""

    def empty(self, tables: Iterable[str]) -> None:
        """Take all rows away."""

    def numbers(self) -> Mapping[str, int]:
        """Return the highest number that was ever given to a row of a table, where that is known."""

    def go_on_from(self, table: str, number: int) -> None:
        """Have the next row of a table get a higher number than this, and than any that it has."""


class Database(Protocol):
    """One database, for any number of threads. Every method raises StoreError in words when it is refused.

    Statements are in the SQL that SQLite and PostgreSQL share, with ":name" for what `rows.bound` writes.
    """

    @property
    def place(self) -> str:
        """What a person calls it, without a password."""

    @property
    def is_shared(self) -> bool:
        """Whether other machines may reach it: a file is one machine's."""

    @property
    def version(self) -> int:
        """What changes whenever another connection stores something, and may do so whenever this one does."""

    when_owed: Callable[[], object] | None  # called at the end of a transaction in which something was owed

    def alone(self) -> AbstractContextManager[object]:
        """Return what keeps other bots from working with this database, beside the state directory's lock."""

    def beside(self) -> AbstractContextManager[object]:
        """Return what keeps away only who must be alone with this database: any number of bots share it."""

    def bots(self) -> int:
        """Return how many bots work with this database."""

    def time(self) -> datetime | None:
        """Return the time that counts for all bots, None where there is one bot."""

    def fenced(self, turn: str) -> "Database":
        """Take a turn, and return this database for whoever has it: it refuses to write once another has.

        Transactions raise LostTurnError then.
        """

    def note_owed(self) -> None:
        """Note that something became owed, inside the transaction that owes it."""

    def transaction(self) -> AbstractContextManager[object]:
        """Return one write transaction, the only one at its time: all of it is stored, or nothing."""

    def part(self) -> AbstractContextManager[None]:
        """Return a part of a transaction: where it fails nothing of it is stored, and the rest is."""

    @property
    def is_writing(self) -> bool:
        """Whether this thread is in a transaction, which a database may undo as a whole by itself."""

    def query(self, sql: str, values: Values | None = None) -> list[dict[str, Any]]:
        """Return the rows of a statement as dictionaries."""

    def tuples(self, sql: str, values: Values | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a statement as tuples, in less time than `query`."""

    def column(self, sql: str, values: Values | None = None) -> list[Any]:
        """Return the first column of a statement's rows, in less time than `query`."""

    def run(self, sql: str, values: Values | None = None) -> int:
        """Run a statement that writes, inside a transaction; return how many rows it changed."""

    def run_many(self, sql: str, rows: Iterable[Values | Sequence[object]]) -> None:
        """Run a statement that writes once for each of the rows: by name, or by order where it has "?"."""

    def titled(self, text: str) -> tuple[str, str]:
        """Return the condition that `o.title` contains the text, whatever the case, and what it asks for."""

    def mentioning(self, words: Sequence[str]) -> tuple[Sequence[str], Values]:
        """Return the conditions that `model.display` mentions one of these words, and their values.

        What mentions a word is as releases.facts.text has it; there are no conditions of no words.
        """

    def index_titles(self) -> None:
        """Add the titles of new observations to what `titled` reads; belongs inside their transaction."""

    def note_claims(self, now: datetime) -> None:
        """Write down outside the database that messages were claimed: an older copy does not know of them."""

    def rows(self) -> Rows:
        """Return all rows, for a move; belongs inside a transaction."""

    def close(self) -> None:
        """Close the connections of all threads."""


class Tables:
    """Some tables of the database, with the statements on them. What writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._query = database.query
        self._tuples = database.tuples
        self._column = database.column
        self._run = database.run
        self._run_many = database.run_many

    def _records(self, kind: type[T], sql: str, values: Values | None = None) -> list[T]:
        """Return the records that a statement's rows hold."""
        return records(kind, self._query(sql, values))

    def _first(self, kind: type[T], sql: str, values: Values | None = None) -> T | None:
        """Return the record that a statement's first row holds, None where it has no row."""
        rows = self._query(sql, values)
        return record(kind, rows[0]) if rows else None
