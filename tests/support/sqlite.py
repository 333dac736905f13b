"""A look behind the door of a store that is in a file."""

from bot.store.sqlite import SqliteDatabase
from bot.store.store import Store


def sqlite_of(store: Store) -> SqliteDatabase:
    """Return the file of a store."""
    assert isinstance(store._database, SqliteDatabase)
    return store._database
