"""One SQLite file: a connection a thread, transactions that hold, and errors in words."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlite_utils import Database as Connection
from sqlite_utils.migrations import Migrations

from bot.errors import StoreError

# A writer waits this long for another before it gives up, in seconds.
PATIENCE = 15.0

migrations = Migrations("cadencebot")


@migrations(name="0001 the first schema")
def _first_schema(connection: Connection) -> None:
    _run("schema.sql", connection)


@migrations(name="0002 slack")
def _slack(connection: Connection) -> None:
    _run("0002_slack.sql", connection)


@migrations(name="0003 promises")
def _promises(connection: Connection) -> None:
    _run("0003_promises.sql", connection)


def _run(file: str, connection: Connection) -> None:
    script = files("bot.store").joinpath(file).read_text(encoding="utf-8")
    # Not executescript: that commits the migration's own transaction before it starts.
    for statement in _statements(script):
        connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


class Database:
    """Open the file at `path`, create or migrate it, and lend each thread a connection of its own.

    A readonly one makes and migrates nothing. Raises StoreError in words for all that SQLite refuses.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self.readonly = readonly
        self._local = threading.local()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._connections: list[Connection] = []
        if readonly:
            self._refuse_missing()
        else:
            _make_room(path)
        with in_words(path):
            connection = self.connection
            self._refuse_newer(connection)
            if migrations.pending(connection):
                self._migrate()

    @property
    def connection(self) -> Connection:
        """Return this thread's connection."""
        found: Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._connect()
            with self._lock:
                self._connections.append(found)
        return found

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Hold one write transaction: all of it is stored, or nothing.

        BEGIN IMMEDIATE takes the write lock at once; a deferred one fails under contention, too late to wait.
        Our own threads queue for it: SQLite lets waiters poll, and starves some of them.
        """
        with self._writing, in_words(self.path):
            connection = self.connection
            connection.conn.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.conn.execute("COMMIT")
            except BaseException:
                if connection.conn.in_transaction:
                    connection.conn.execute("ROLLBACK")
                raise

    def query(self, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of a SELECT as dictionaries."""
        with in_words(self.path):
            return list(self.connection.query(sql, parameters or {}))

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _connect(self) -> Connection:
        # The connections are closed from the thread that ends the program, hence check_same_thread.
        raw = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode={'ro' if self.readonly else 'rwc'}",
            uri=True,
            timeout=PATIENCE,
            isolation_level=None,
            check_same_thread=False,
        )
        if self.readonly:
            raw.execute("PRAGMA query_only = ON")
            return Connection(raw)
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA foreign_keys = ON")
        return Connection(raw)

    def _migrate(self) -> None:
        """Apply what is pending in one transaction: another process may be about to do the same."""
        if self.readonly:
            raise StoreError(f"{self.path}: was written by an older cadencebot; `cadencebot poll` updates it")
        with self.transaction() as connection:
            migrations.apply(connection)

    def _refuse_missing(self) -> None:
        if not self.path.exists():
            raise StoreError(f"{self.path}: is not there yet; `cadencebot poll` makes it")

    def _refuse_newer(self, connection: Connection) -> None:
        ours = {migration.name for migration in migrations.pending(Connection(memory=True))}
        if {migration.name for migration in migrations.applied(connection)} - ours:
            raise StoreError(
                f"{self.path}: was written by a newer cadencebot; update this one, or set CADENCEBOT_STATE"
            )


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn SQLite's refusals into a StoreError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {_explained(error)}") from error


def _make_room(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent}: cannot be made ({error.strerror}); set CADENCEBOT_STATE") from error


_EXPLANATIONS = {
    "SQLITE_BUSY": "is locked by another program; stop it, or try again. Nothing was lost",
    "SQLITE_LOCKED": "is locked by another program; stop it, or try again. Nothing was lost",
    "SQLITE_FULL": "the disk is full; make room. Nothing was half-written",
    "SQLITE_READONLY": "cannot be written; let the bot's user write the file and its directory",
    "SQLITE_CANTOPEN": "cannot be opened; check that the directory exists and may be written",
    "SQLITE_CORRUPT": "is damaged; restore a backup",
    "SQLITE_NOTADB": "is not a cadencebot database; move it away, or set CADENCEBOT_STATE",
    "SQLITE_IOERR": "the disk is full, or it failed; make room, or check it. Nothing was half-written",
}


def _explained(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorname", "")
    for name, explanation in _EXPLANATIONS.items():
        if code.startswith(name):
            return explanation
    return str(error)
