"""Which database a store is in: a file, or PostgreSQL where there is an address of one."""

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

_NO_DRIVER = "DATABASE_URL: PostgreSQL takes more than is installed; pip install 'cadencebot[postgres]'"


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
        return _on_postgres(url, readonly=readonly)
    refuse_lost(path)
    database = SqliteDatabase(path, readonly=readonly)
    if not readonly:
        doubt_a_copy(database, path)
    return database


def jobs_of(database: Database) -> Jobs | None:
    """Return the jobs of the workers that share a database, None for a file: it has one bot."""
    if isinstance(database, SqliteDatabase):
        return None
    from bot.store.postgres.database import PostgresDatabase  # noqa: PLC0415 - as below
    from bot.store.postgres.jobs import PostgresJobs  # noqa: PLC0415 - as below

    return PostgresJobs(database) if isinstance(database, PostgresDatabase) else None


def hosts_of(database: Database) -> "Hosts | None":
    """Return the hosts that all bots of a database read, None for a file: it has one bot."""
    if isinstance(database, SqliteDatabase):
        return None
    from bot.store.postgres.database import PostgresDatabase  # noqa: PLC0415 - as below
    from bot.store.postgres.hosts import PostgresHosts  # noqa: PLC0415 - as below

    if isinstance(database, PostgresDatabase) and not database.readonly:
        return PostgresHosts(database)
    return None


def is_new_request(database: Database, key: str) -> bool:
    """Whether no other bot of a database has heard of a request; what this one heard, it knows by itself."""
    if isinstance(database, SqliteDatabase):
        return True
    from bot.store.postgres.database import PostgresDatabase  # noqa: PLC0415 - as below
    from bot.store.postgres.requests import is_new_request as is_new  # noqa: PLC0415 - as below

    return not isinstance(database, PostgresDatabase) or is_new(database, key)


def migrate(url: str, mark: Mark | None = None) -> tuple[str, int]:
    """Bring the tables on PostgreSQL up to date; return the database's place, and by how many versions.

    Where there were none, they get the mark.
    """
    try:
        from bot.store.postgres.schema import migrate as migrated  # noqa: PLC0415 - it may not be installed
    except ImportError as error:
        raise ConfigError(_NO_DRIVER) from error
    return migrated(url, mark)


def dump(url: str, target: Path) -> int:
    """Write a proven copy of the database at `url` to a new file; return its bytes."""
    try:
        from bot.store.postgres.dump import dump as dumped  # noqa: PLC0415 - as above
    except ImportError as error:
        raise ConfigError(_NO_DRIVER) from error
    return dumped(url, target)


def _on_postgres(url: str, *, readonly: bool) -> Database:
    try:
        from bot.store.postgres.database import PostgresDatabase  # noqa: PLC0415 - as above
    except ImportError as error:
        raise ConfigError(_NO_DRIVER) from error
    return PostgresDatabase(url, readonly=readonly)
