"""One PostgreSQL database: a pool of connections, transactions that wait for each other, errors in words."""

import os
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import ConnectionPool

from bot.errors import StoreError
from bot.releases.facts.text import mentions, parts_of
from bot.store.database import Values
from bot.store.postgres.schema import refuse_other_schema
from bot.store.postgres.statements import held, held_values, translated
from bot.store.postgres.words import in_words, place_of

Connection = psycopg.Connection[Any]

# A writer waits this long for another before it gives up, as on SQLite.
PATIENCE = 15.0
_MOST_CONNECTIONS = 16  # each is held for a statement or a transaction, not for as long as a thread lives
# The two locks of a schema's bot: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
_PEN, _BOT = 7_461_001, 7_461_002
_SETTINGS = """
    SELECT set_config('lock_timeout', %s, FALSE), set_config('default_transaction_read_only', %s, FALSE),
        set_config('application_name', %s, FALSE)
"""
_TAKE_BOT = "SELECT pg_try_advisory_lock(%s, hashtext(current_schema())) AS taken"
_IS_THERE = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = %s AND classid::bigint = %s"
_HOLDER = """
    SELECT activity.application_name FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
    WHERE locktype = 'advisory' AND classid::bigint = %s AND granted
      AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid
      AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class _Text(Loader):
    """Leaves JSON the text that the readers of rows take."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


class PostgresDatabase:
    """Open the database at `url`, which `migrate` has made the tables of.

    Raises ConfigError for no address, and StoreError in words for all that PostgreSQL refuses.
    """

    def __init__(self, url: str, *, readonly: bool = False) -> None:
        self.place = place_of(url)
        self.readonly = readonly
        self._url = url
        self._patience = f"{PATIENCE * 1000:.0f}ms"
        self._local = threading.local()
        self._bot: Connection | None = None
        with in_words(self.place):
            with self._connect() as first:
                refuse_other_schema(self.place, first)
            self._pool = ConnectionPool(
                url,
                min_size=1,
                max_size=_MOST_CONNECTIONS,
                timeout=PATIENCE,
                kwargs={"autocommit": True, "row_factory": dict_row},
                configure=self._configure,
                name="cadencebot",
                open=True,
            )

    @property
    def version(self) -> int:
        """What changes whenever anything is stored, by this thread as well: the next transaction's id."""
        version: int = self.column("SELECT txid_snapshot_xmax(txid_current_snapshot())")[0]
        return version

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The lock of the one bot that works with this database; it falls with the process.

        Raises StoreError naming who holds it.
        """
        with in_words(self.place):
            self._bot = self._only_bot()
        try:
            yield
        finally:
            self._bot.close()
            self._bot = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One write transaction: all of it is stored, or nothing.

        It takes the pen first, which another holds until its own is over: what is read within it stays so.
        """
        with in_words(self.place), self._pool.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", (_PEN,))
            if self._bot is not None and not _is_there(self._bot, connection):
                self._bot.close()  # the server was restarted, or the connection cut
                self._bot = self._only_bot()
            self._local.connection = connection
            try:
                yield connection
            finally:
                self._local.connection = None

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of a transaction: where it fails nothing of it is stored, and the rest is."""
        with in_words(self.place), self._connection() as connection, connection.transaction():
            yield

    @property
    def is_writing(self) -> bool:
        """Whether this thread is in a transaction; one whose connection was cut is over."""
        mine: Connection | None = getattr(self._local, "connection", None)
        return mine is not None and not mine.closed

    def query(self, sql: str, values: Values | None = None) -> list[dict[str, Any]]:
        """Return the rows of a statement as dictionaries; values are written as `statements.held` says."""
        with in_words(self.place), self._connection() as connection:
            return connection.execute(translated(sql), held_values(values or {})).fetchall()

    def tuples(self, sql: str, values: Values | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a statement as tuples."""
        with in_words(self.place), self._connection() as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            return cursor.execute(translated(sql), held_values(values or {})).fetchall()

    def column(self, sql: str, values: Values | None = None) -> list[Any]:
        """Return the first column of a statement's rows."""
        return [row[0] for row in self.tuples(sql, values)]

    def run(self, sql: str, values: Values | None = None) -> int:
        """Run a statement that writes, inside a transaction; return how many rows it changed."""
        with in_words(self.place), self._connection() as connection:
            return connection.execute(translated(sql), held_values(values or {})).rowcount

    def run_many(self, sql: str, rows: Iterable[Values | Sequence[object]]) -> None:
        """Run a statement that writes once for each of the rows: by name, or by order where it has "?"."""
        given = [held_values(row) if isinstance(row, Mapping) else [held(it) for it in row] for row in rows]
        with in_words(self.place), self._connection() as connection:
            if given:
                connection.cursor().executemany(translated(sql), given)

    def titled(self, text: str) -> tuple[str, str]:
        """Return the condition that `o.title` contains the text, whatever the case, and what it asks for."""
        return "instr(lower(o.title), lower(:text)) > 0", text

    def mentioning(self, words: Sequence[str]) -> tuple[Sequence[str], Values]:
        """Return the conditions that `model.display` mentions one of these words, and their values.

        PostgreSQL's regular expressions cannot say what releases.facts.text says: the names are read.
        """
        if not words:
            return (), {}
        parts = [max(parts_of(word), key=len, default="").lower() for word in words]
        values = {f"part{number}": part for number, part in enumerate(parts)}
        likely = [f"instr(lower(display), :{name}) > 0" for name in values]
        is_more_than_ascii = "octet_length(display) > length(display)"
        where = " OR ".join([*likely, is_more_than_ascii]) if "".join(parts).isascii() else "TRUE"
        rows = self.query(f"SELECT id, display FROM release WHERE {where}", values)
        found = [row["id"] for row in rows if mentions(words, row["display"])]
        return ("model.id IN (SELECT CAST(value AS BIGINT) FROM json_each(:mentioning))",), {
            "mentioning": found
        }

    def index_titles(self) -> None:
        """Add nothing: PostgreSQL keeps its indexes by itself."""

    def note_claims(self, now: datetime) -> None:
        """Write nothing: whoever puts an older copy back says so (see docs/scale.md)."""

    def close(self) -> None:
        """Close the connections of all threads."""
        self._pool.close()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """The connection of this thread's transaction, or any for one statement."""
        mine: Connection | None = getattr(self._local, "connection", None)
        if mine is not None:
            yield mine
        else:
            with self._pool.connection() as connection:
                yield connection

    def _connect(self) -> Connection:
        connection: Connection = psycopg.connect(self._url, autocommit=True, row_factory=dict_row)
        self._configure(connection)
        return connection

    def _configure(self, connection: Connection) -> None:
        connection.adapters.register_loader("jsonb", _Text)
        reading = "on" if self.readonly else "off"
        name = f"cadencebot {os.getpid()} on {socket.gethostname()}"
        connection.execute(_SETTINGS, (self._patience, reading, name[:63]))

    def _only_bot(self) -> Connection:
        """Return a connection that holds the lock of the one bot."""
        connection = self._connect()
        if connection.execute(_TAKE_BOT, (_BOT,)).fetchone() != {"taken": True}:
            found = connection.execute(_HOLDER, (_BOT,)).fetchone()
            connection.close()
            holder = found["application_name"] if found else "one that has just begun"
            raise StoreError(
                f"{self.place}: another bot ({holder}) works with this database; stop it first. "
                "Several at once are not there yet: docs/scale.md"
            )
        return connection


def _is_there(bot: Connection, connection: Connection) -> bool:
    """Whether the connection that holds the lock of the one bot is there, as the server sees it."""
    pid = 0 if bot.closed else bot.info.backend_pid
    return connection.execute(_IS_THERE, (pid, _BOT)).fetchone() is not None
