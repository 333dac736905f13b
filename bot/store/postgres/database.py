"""One PostgreSQL database: a pool of connections, transactions that wait for each other, errors in words."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
import structlog
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import ConnectionPool

from bot.errors import LostTurnError, StoreError
from bot.releases.facts.text import mentions, parts_of
from bot.store.database import Values
from bot.store.postgres.presence import Connection, Presence, holders
from bot.store.postgres.rows import PostgresRows
from bot.store.postgres.schema import refuse_other_schema
from bot.store.postgres.server import Server
from bot.store.postgres.sessions import completed, configure
from bot.store.postgres.statements import held, held_values, translated
from bot.store.postgres.words import in_words, place_of

log = structlog.get_logger()

# A writer waits this long for another before it gives up, as on SQLite.
PATIENCE = 15.0
_LOOKED_FOR = 60.0  # seconds until a connection is asked again which server it leads to
_MOST_CONNECTIONS = 16  # each is held for a statement or a transaction, not for as long as a thread lives
# The lock of whoever decides: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
_PEN = 7_461_001
_TAKE_PEN = "SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))"
# A hint waits no longer, as everybody waits for the pen meanwhile: the workers' next look makes up for it.
_HURRY = "SET LOCAL lock_timeout = '1s'"
_TAKE_TURN = """
    INSERT INTO turn (name, epoch) VALUES (:name, 1)
    ON CONFLICT (name) DO UPDATE SET epoch = turn.epoch + 1 RETURNING epoch
"""


class PostgresDatabase:
    """Open the database at `url`, which `migrate` has made the tables of.

    Raises ConfigError for no address, and StoreError in words for all that PostgreSQL refuses.
    """

    def __init__(self, url: str, *, readonly: bool = False) -> None:
        self.place = place_of(url)
        self.is_shared = True
        self.readonly = readonly
        self.url = completed(url)
        self._patience = PATIENCE
        self._local = threading.local()
        self._writing = threading.Lock()
        self._presence: Presence | None = None
        self._turn: tuple[str, int] | None = None
        self._server, self._looked = Server(), WeakKeyDictionary[Connection, float]()
        self.when_owed: Callable[[], object] | None = None
        with in_words(self.place):
            with self._connect() as first:
                refuse_other_schema(self.place, first)
            self.pool = ConnectionPool(
                self.url,
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
        """What changes whenever anything is stored but by whoever has a turn."""
        return int(self.column("SELECT number FROM revision")[0])

    def alone(self) -> AbstractContextManager[object]:
        """Return the lock of the only bot that works with this database. Raises StoreError naming another."""
        return self._present(alone=True)

    def beside(self) -> AbstractContextManager[object]:
        """Return the lock of one of the bots that share this database. Raises StoreError for one alone."""
        return self._present(alone=False)

    def bots(self) -> int:
        """Return how many bots work with this database."""
        with self.lent() as connection:
            return len(holders(connection))

    def time(self) -> datetime:
        """Return the time by the server's clock."""
        time: datetime = self.column("SELECT clock_timestamp()")[0]
        return time.astimezone(UTC)

    def fenced(self, turn: str) -> "PostgresDatabase":
        """Take a turn, whoever had it: his transactions are refused, and ours once another has taken it."""
        with self.transaction():
            epoch: int = self.column(_TAKE_TURN, {"name": turn})[0]
        fenced = copy(self)
        fenced._turn = turn, epoch  # noqa: SLF001  # its own, in a copy
        return fenced

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One write transaction: all of it is stored, or nothing.

        It takes the pen first, which another holds until its own is over: what is read within it stays so.
        Our own threads queue for it with no connection, which others need to read. Raises StoreError for who
        waits too long, and LostTurnError where another has taken this one's turn.
        """
        with (
            in_words(self.place),
            self._queued(),
            self._looked_at() as connection,
            connection.transaction(),
        ):
            connection.execute(_TAKE_PEN, (_PEN,))
            if self._presence is not None:
                self._presence.take_again(connection)
            self._local.connection, self._local.owes = connection, False
            try:
                self._refuse_lost_turn()
                yield connection
                if self._turn is None:
                    connection.execute("UPDATE revision SET number = number + 1")
                if self._local.owes and self.when_owed:
                    self._wake(connection, self.when_owed)
                if connection.closed:  # psycopg says nothing where there is nothing left to commit
                    raise psycopg.errors.ConnectionFailure
            finally:
                self._local.connection = None

    @contextmanager
    def _queued(self) -> Iterator[None]:
        """The place of the one thread of this process that writes; as for other processes, patience ends."""
        if not self._writing.acquire(timeout=self._patience):
            raise psycopg.errors.LockNotAvailable
        try:
            yield
        finally:
            self._writing.release()

    def _wake(self, connection: Connection, when_owed: Callable[[], object]) -> None:
        """Give a hint that something is owed, which is owed without it just the same."""
        try:
            with self.part():
                connection.execute(_HURRY)
                when_owed()
        except StoreError as error:
            log.warning("nobody_was_woken", error=str(error))

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of a transaction: where it fails nothing of it is stored, and the rest is."""
        with self.lent() as connection, connection.transaction():
            yield

    @property
    def is_writing(self) -> bool:
        """Whether this thread is in a transaction; one whose connection was cut is over."""
        mine: Connection | None = getattr(self._local, "connection", None)
        return mine is not None and not mine.closed

    def query(self, sql: str, values: Values | None = None) -> list[dict[str, Any]]:
        """Return the rows of a statement as dictionaries; values are written as `statements.held` says."""
        with self.lent() as connection:
            return connection.execute(translated(sql), held_values(values or {})).fetchall()

    def tuples(self, sql: str, values: Values | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a statement as tuples."""
        with self.lent() as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            return cursor.execute(translated(sql), held_values(values or {})).fetchall()

    def column(self, sql: str, values: Values | None = None) -> list[Any]:
        """Return the first column of a statement's rows."""
        return [row[0] for row in self.tuples(sql, values)]

    def run(self, sql: str, values: Values | None = None) -> int:
        """Run a statement that writes, inside a transaction; return how many rows it changed."""
        with self.lent() as connection:
            return connection.execute(translated(sql), held_values(values or {})).rowcount

    def run_many(self, sql: str, rows: Iterable[Values | Sequence[object]]) -> None:
        """Run a statement that writes once for each of the rows: by name, or by order where it has "?"."""
        given = [held_values(row) if isinstance(row, Mapping) else [held(it) for it in row] for row in rows]
        with self.lent() as connection:
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

    def note_owed(self) -> None:
        """Have `when_owed` called at the end of this transaction."""
        self._local.owes = True

    def note_claims(self, now: datetime) -> None:
        """Write nothing: an older copy that was put back is known as another server is (see `Server`)."""

    def rows(self) -> PostgresRows:
        """Return all rows, for a move; belongs inside a transaction."""
        return PostgresRows(self._local.connection)

    def close(self) -> None:
        """Close the connections of all threads."""
        self.pool.close()

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        """The connection of this thread's transaction, or any for one statement. Raises StoreError."""
        mine: Connection | None = getattr(self._local, "connection", None)
        lent = self.pool.connection() if mine is None else nullcontext(mine)
        with in_words(self.place), lent as connection:
            yield connection

    @contextmanager
    def _looked_at(self) -> Iterator[Connection]:
        """Lend a connection that led, within the last minute, to the server that is known, and to our tables.

        Where it is another server, what is owed is in doubt before anybody writes.
        """
        with self.pool.connection() as connection:
            now = time.monotonic()
            if not self.readonly and now - self._looked.get(connection, -_LOOKED_FOR) >= _LOOKED_FOR:
                with connection.transaction():
                    refuse_other_schema(self.place, connection)
                    connection.execute(_TAKE_PEN, (_PEN,))
                    self._server.look(connection)
                self._looked[connection] = now
            yield connection

    def _connect(self) -> Connection:
        connection: Connection = psycopg.connect(self.url, autocommit=True, row_factory=dict_row)
        self._configure(connection)
        return connection

    def _configure(self, connection: Connection) -> None:
        configure(connection, readonly=self.readonly, patience=self._patience)

    @contextmanager
    def _present(self, *, alone: bool) -> Iterator[None]:
        with in_words(self.place):
            self._presence = Presence(self.place, self._connect, alone=alone)
        try:
            yield
        finally:
            self._presence.close()
            self._presence = None

    def _refuse_lost_turn(self) -> None:
        if self._turn is None:
            return
        name, epoch = self._turn
        if self.column("SELECT epoch FROM turn WHERE name = :name", {"name": name}) != [epoch]:
            raise LostTurnError(f"{self.place}: another worker has taken over {name}; it does the rest")
