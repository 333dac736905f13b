"""Which database a store is in: a file, or PostgreSQL where there is an address of one.

What is PostgreSQL's is imported where it is needed: its driver may not be installed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ConfigError, StoreError
from bot.store.database import Database
from bot.store.forgotten import doubt_a_copy, refuse_lost
from bot.store.jobs import Jobs
from bot.store.moved import Mark, refuse_moved
from bot.store.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from bot.fetch.hosts import Hosts  # which loads httpx: a question needs none
    from bot.store.postgres.database import PostgresDatabase


def opened(path: Path, url: str, *, readonly: bool) -> Database:
    """Return the PostgreSQL database at `url`, or without one the file at `path`, made or migrated.

    A readonly file is neither, and the tables on PostgreSQL are made by `migrate` alone. Raises ConfigError
    and StoreError, also for a memory that was moved away.
    """
    database = reached(path, url, readonly=readonly)
    try:
        refuse_moved(database)
    except StoreError:
        database.close()
        raise
    return database


def reached(path: Path, url: str, *, readonly: bool = False) -> Database:
    """Return what `opened` does, also where its memory was moved away."""
    if url:
        with _driver_in_words():
            from bot.store.postgres.database import PostgresDatabase
        return PostgresDatabase(url, readonly=readonly)
    refuse_lost(path)
    database = SqliteDatabase(path, readonly=readonly)
    if not readonly:
        doubt_a_copy(database, path)
    return database


def jobs_of(database: Database) -> Jobs | None:
    """Return the jobs of the workers that share a database, None for a file: it has one bot."""
    if shared := _shared(database):
        from bot.store.postgres.jobs import PostgresJobs

        return PostgresJobs(shared)
    return None


def hosts_of(database: Database) -> "Hosts | None":
    """Return the hosts that all bots of a database read, None for a file: it has one bot."""
    shared = _shared(database)
    if shared and not shared.readonly:
        from bot.store.postgres.hosts import PostgresHosts

        return PostgresHosts(shared)
    return None


def is_new_request(database: Database, key: str) -> bool:
    """Whether no other bot of a database has heard of a request; what this one heard, it knows by itself."""
    if shared := _shared(database):
        from bot.store.postgres import requests

        return requests.is_new_request(shared, key)
    return True


def migrate(url: str, mark: Mark | None = None) -> tuple[str, int]:
    """Bring the tables on PostgreSQL up to date; return the database's place, and by how many versions.

    Where there were none, they get the mark.
    """
    with _driver_in_words():
        from bot.store.postgres import schema
    return schema.migrate(url, mark)


def dump(url: str, target: Path) -> int:
    """Write a proven copy of the database at `url` to a new file; return its bytes."""
    with _driver_in_words():
        from bot.store.postgres import dump as programs
    return programs.dump(url, target)


def _shared(database: Database) -> "PostgresDatabase | None":
    """Return a database that several bots may share, None for a file."""
    if isinstance(database, SqliteDatabase):
        return None
    from bot.store.postgres.database import PostgresDatabase

    return database if isinstance(database, PostgresDatabase) else None


@contextmanager
def _driver_in_words() -> Iterator[None]:
    """Turn the lack of PostgreSQL's driver into a ConfigError that says what to install."""
    try:
        yield
    except ImportError as error:
        raise ConfigError(
            "DATABASE_URL: PostgreSQL takes more than is installed; pip install 'cadencebot[postgres]'"
        ) from error
