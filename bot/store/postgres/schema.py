"""The tables on PostgreSQL, which a command makes and changes: no bot does so by itself."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from bot.errors import StoreError
from bot.store.moved import Mark, put_mark
from bot.store.postgres.statements import held_values, translated
from bot.store.postgres.words import in_words, place_of

# The packages of our scripts and of procrastinate's.
_OURS, _JOBS = "bot.store.postgres", "procrastinate.sql"


@dataclass(frozen=True, slots=True)
class Version:
    """What a version of the schema adds to the one before it, and who may work with it.

    `oldest` is the first version whose bots do: they neither need what it took away nor fail to write what it
    added. It is left at the version before while a change expands (a new column with a default), so that old
    and new workers live side by side; a later version contracts (takes the old column away) and raises it.
    """

    scripts: tuple[tuple[str, str], ...]  # by package and file
    oldest: int


VERSIONS = (
    Version(
        (
            (_OURS, "functions.sql"),
            (_OURS, "tables.sql"),
            (_OURS, "indexes.sql"),
            (_OURS, "triggers.sql"),
            (_JOBS, "schema.sql"),
        ),
        oldest=1,
    ),
)
_MAKING = 7_461_003  # the lock of whoever changes the tables
_ADD = "INSERT INTO schema_version (version, oldest) VALUES (%s, %s)"
_KNOWN = "SELECT version, oldest FROM schema_version ORDER BY version DESC LIMIT 1"


def migrate(url: str, mark: Mark | None = None) -> tuple[str, int]:
    """Bring the tables up to date in one transaction; return the database's place, and by how many versions.

    Where there were none, they get the mark. Raises ConfigError for no address, and StoreError: then nothing
    was changed.
    """
    place = place_of(url)
    with in_words(place), psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", (_MAKING,))
        known, oldest = _version(connection)
        _refuse_newer(place, oldest)
        for number, version in enumerate(VERSIONS[known:], known + 1):
            for package, script in version.scripts:
                text = files(package).joinpath(script).read_text(encoding="utf-8")
                connection.execute(text)
            connection.execute(_ADD, (number, version.oldest))
        if mark and known == 0:
            put_mark(lambda sql, values: connection.execute(translated(sql), held_values(values)), mark)
        return place, max(0, len(VERSIONS) - known)


def refuse_other_schema(place: str, connection: psycopg.Connection[Any]) -> None:
    """Raise StoreError for tables of an older version than this one's, and of one that leaves it behind."""
    known, oldest = _version(connection)
    _refuse_newer(place, oldest)
    if known == 0:
        raise StoreError(f"{place}: holds no tables of cadencebot; `cadencebot migrate` makes them")
    if known < len(VERSIONS):
        raise StoreError(f"{place}: was made by an older cadencebot; `cadencebot migrate` updates it")


def _refuse_newer(place: str, oldest: int) -> None:
    if oldest > len(VERSIONS):
        raise StoreError(f"{place}: was made by a newer cadencebot; update this one, or correct DATABASE_URL")


def _version(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    """Return the version of the tables, 0 where there are none, and the oldest that works with them."""
    cursor = connection.cursor(row_factory=tuple_row)
    if cursor.execute("SELECT to_regclass('schema_version')").fetchone() == (None,):
        return 0, 0
    return cursor.execute(_KNOWN).fetchone() or (0, 0)
