"""One SQLite file: a connection a thread, transactions that hold, and errors in words."""

import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlite_utils import Database as Connection
from sqlite_utils.migrations import Migrations

from bot.errors import StoreError
from bot.releases.facts.memory import bytes_to_serve
from bot.releases.facts.text import mention_pattern, parts_of
from bot.store import titles
from bot.store.backup import back_up, in_words, make_private, make_room
from bot.store.file_rows import FileRows
from bot.store.forgotten import note_claims
from bot.store.rows import bound, bound_by_name

# A writer waits this long for another before it gives up, in seconds.
PATIENCE = 15.0
_OLDEST = (3, 38, 0)  # `->>`, which PostgreSQL has as well

migrations = Migrations("cadencebot")
_SCHEMA = {
    "0001 the first schema": "schema.sql",
    "0002 slack": "0002_slack.sql",
    "0003 promises": "0003_promises.sql",
    "0004 adoption": "0004_adoption.sql",
    "0005 eyes": "0005_eyes.sql",
}


def _migration(file: str) -> Callable[[Connection], None]:
    def migrate(connection: Connection) -> None:
        connection.conn.create_function("bytes_to_serve", 3, _bytes_to_serve)
        # Not executescript: that commits the migration's own transaction before it starts.
        for statement in _statements(files("bot.store").joinpath(file).read_text(encoding="utf-8")):
            connection.execute(statement)

    return migrate


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _bytes_to_serve(parameters: int | None, precision: str | None, download_bytes: int | None) -> int | None:
    return bytes_to_serve(parameters, precision or "", download_bytes)


for _name, _file in _SCHEMA.items():
    migrations(name=_name)(_migration(_file))


class SqliteDatabase:
    """Open the file at `path`, create or migrate it, and lend each thread a connection of its own.

    A readonly one makes and migrates nothing. Raises StoreError in words for all that SQLite refuses.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path, self.place = path, str(path.absolute())
        self.is_shared = False
        self.readonly = readonly
        self.when_owed: Callable[[], object] | None = None
        self._local = threading.local()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._connections: list[Connection] = []
        refuse_old(sqlite3.sqlite_version_info)
        if readonly:
            self._refuse_missing()
        else:
            make_room(path)
            make_private(path)
        with in_words(path):
            connection = self.connection
            refuse_newer(path, connection)
            if migrations.pending(connection):
                self._migrate()
            self.indexes_titles = titles.is_possible(self.query)
            if not readonly and self.indexes_titles and not titles.is_whole(self.query):
                with self.transaction():
                    titles.index_new(self.run)

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
        """One write transaction: all of it is stored, or nothing.

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
                if self.is_writing:
                    connection.conn.execute("ROLLBACK")
                raise

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of a transaction: where it fails nothing of it is stored, and the rest is."""
        with in_words(self.path):
            connection = self.connection.conn
            connection.execute("SAVEPOINT part")
            try:
                yield
            except BaseException:
                if self.is_writing:
                    connection.execute("ROLLBACK TO part")
                    connection.execute("RELEASE part")
                raise
            connection.execute("RELEASE part")

    @property
    def is_writing(self) -> bool:
        """Whether this thread is in a transaction, which SQLite may undo by itself, as on a full disk."""
        return self.connection.conn.in_transaction

    @property
    def version(self) -> int:
        """What changes whenever another connection stores something: another thread's, another process's."""
        version: int = self.query("PRAGMA data_version")[0]["data_version"]
        return version

    def query(self, sql: str, values: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
        """Return the rows of a statement as dictionaries; values are written as `rows.bound` says."""
        with in_words(self.path):
            cursor = self.connection.execute(sql, bound_by_name(values or {}))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def tuples(self, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a statement as tuples, in half the time of `query`."""
        with in_words(self.path):
            return self.connection.execute(sql, bound_by_name(values or {})).fetchall()

    def column(self, sql: str, values: Mapping[str, object] | None = None) -> list[Any]:
        """Return the first column of a statement's rows, in a third of the time of `query`."""
        with in_words(self.path):
            return [row[0] for row in self.connection.execute(sql, bound_by_name(values or {}))]

    def run(self, sql: str, values: Mapping[str, object] | None = None) -> int:
        """Run a statement that writes, inside a transaction; return how many rows it changed."""
        return self.connection.execute(sql, bound_by_name(values or {})).rowcount

    def run_many(self, sql: str, rows: Iterable[Mapping[str, object] | Sequence[object]]) -> None:
        """Run a statement that writes once for each of the rows: by name, or by order where it has "?"."""
        given = [bound_by_name(row) if isinstance(row, Mapping) else list(map(bound, row)) for row in rows]
        self.connection.conn.executemany(sql, given)

    def alone(self) -> AbstractContextManager[object]:
        """Return nothing that locks: the lock of the state directory is that of the file in it."""
        return nullcontext()

    def beside(self) -> AbstractContextManager[object]:
        """Return nothing that locks: no other bot works with the file."""
        return nullcontext()

    def bots(self) -> int:
        """Return that there is one."""
        return 1

    def time(self) -> None:
        """Return nothing: the bot has a clock."""

    def fenced(self, turn: str) -> "SqliteDatabase":
        """Return this database: there is nobody else who could take a turn."""
        del turn
        return self

    def note_owed(self) -> None:
        """Note nothing: the one bot looks for what is owed at each tick."""

    def titled(self, text: str) -> tuple[str, str]:
        """Return the condition that `o.title` contains the text, whatever the case, and what it asks for."""
        if self.indexes_titles and titles.finds(self.query, text):
            return titles.FOUND, titles.phrase(text)
        return "instr(lower(o.title), lower(:text)) > 0", text

    def mentioning(self, words: Sequence[str]) -> tuple[Sequence[str], Mapping[str, object]]:
        """Return the conditions that `model.display` mentions one of these words, and their values.

        It is the pattern of releases.facts.text. What lacks the longest part of every word is passed over
        before: only where words and names are ASCII, beyond which letters have more than one other case.
        """
        if not words:
            return (), {}
        parts = [max(parts_of(word), key=len, default="") for word in words]
        values = {f"part{number}": f"%{part}%" for number, part in enumerate(parts)}
        likely = [f"model.display LIKE :{name}" for name in values] if "".join(parts).isascii() else ["true"]
        is_more_than_ascii = "length(CAST(model.display AS BLOB)) > length(model.display)"
        conditions = f"({' OR '.join([*likely, is_more_than_ascii])})", "model.display REGEXP :mention"
        return conditions, {**values, "mention": mention_pattern(words)}

    def index_titles(self) -> None:
        """Add the titles of new observations to the index, where this SQLite has one."""
        if self.indexes_titles:
            titles.index_new(self.run)

    def note_claims(self, now: datetime) -> None:
        """Write down beside the file that messages were claimed: an older copy does not know of them."""
        note_claims(self, self.path, now)

    def rows(self) -> FileRows:
        """Return all rows, for a move; belongs inside a transaction."""
        return FileRows(self.connection)

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
        raw.create_function("regexp", 2, _is_found, deterministic=True)
        if self.readonly:
            raw.execute("PRAGMA query_only = ON")
            return Connection(raw)
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA foreign_keys = ON")
        # kB, a fifth of the default, in each of the 50 threads of `run`: the system caches the file as well.
        raw.execute("PRAGMA cache_size = -400")
        return Connection(raw)

    def _migrate(self) -> None:
        """Apply what is pending in one transaction: another process may be about to do the same.

        What was there before is kept beside it: there is no way back but that copy.
        """
        if self.readonly:
            raise StoreError(f"{self.path}: was written by an older cadencebot; `cadencebot poll` updates it")
        with self.transaction() as connection:
            pending = migrations.pending(connection)
            if pending and migrations.applied(connection):
                name = pending[0].name.replace(" ", "-")
                back_up(self.path, self.path.with_name(f"{self.path.name}.before-{name}"), replacing=True)
            migrations.apply(connection)

    def _refuse_missing(self) -> None:
        if not self.path.exists():
            raise StoreError(f"{self.path}: is not there yet; `cadencebot poll` makes it")


def _is_found(pattern: str, text: str) -> bool:
    """Answer `text REGEXP pattern`, which SQLite leaves to its users."""
    return re.search(pattern, text) is not None


def refuse_old(version: tuple[int, ...]) -> None:
    """Raise StoreError for a SQLite that does not know our statements."""
    if version < _OLDEST:
        needed, found = (".".join(map(str, one)) for one in (_OLDEST, version))
        raise StoreError(f"SQLite {needed} or newer is needed, this Python has {found}: take a newer one")


def refuse_newer(path: Path, connection: Connection) -> None:
    """Raise StoreError for a schema that this version does not know: there is only a way forwards."""
    ours = {*_SCHEMA}
    if {migration.name for migration in migrations.applied(connection)} - ours:
        raise StoreError(
            f"{path}: was written by a newer cadencebot; update this one, or set CADENCEBOT_STATE"
        )
