"""A new database is copied from one that was migrated once: the suite opens some five thousand."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlite_utils import Database as Connection

from bot.store import titles
from bot.store.sqlite import SqliteDatabase, migrations


@contextmanager
def migrated_once() -> Iterator[None]:
    """Within it, a database without tables is filled by a copy; any other is migrated as always."""
    raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    migrations.apply(Connection(raw))
    titles.index_new(raw.execute)
    migrate = SqliteDatabase._migrate

    def copied(database: SqliteDatabase) -> None:
        connection = database.connection.conn
        if database.readonly or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            migrate(database)
        else:
            raw.backup(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteDatabase, "_migrate", copied)
        yield
    raw.close()
