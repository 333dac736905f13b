"""The tables on PostgreSQL, which a command makes and changes: no bot does so by itself."""

from importlib.resources import files
from typing import Any

import psycopg
from psycopg.rows import scalar_row

from bot.errors import StoreError
from bot.store.postgres.words import in_words, place_of

# What each version of the schema adds to the one before it, by package and file.
_OURS = "bot.store.postgres"
_VERSIONS = (
    (
        (_OURS, "functions.sql"),
        (_OURS, "tables.sql"),
        (_OURS, "indexes.sql"),
        (_OURS, "triggers.sql"),
        ("procrastinate.sql", "schema.sql"),
    ),
)
_MAKING = 7_461_003  # the lock of whoever changes the tables


def migrate(url: str) -> tuple[str, int]:
    """Bring the tables up to date in one transaction; return the database's place, and by how many versions.

    Raises ConfigError for no address, and StoreError, having changed nothing.
    """
    place = place_of(url)
    with in_words(place), psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", (_MAKING,))
        known = _version(connection)
        _refuse_newer(place, known)
        for version, scripts in enumerate(_VERSIONS[known:], known + 1):
            for package, script in scripts:
                text = files(package).joinpath(script).read_text(encoding="utf-8")
                connection.execute(text)
            connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (version,))
        return place, len(_VERSIONS) - known


def refuse_other_schema(place: str, connection: psycopg.Connection[Any]) -> None:
    """Raise StoreError for tables of another version than this one's."""
    known = _version(connection)
    _refuse_newer(place, known)
    if known == 0:
        raise StoreError(f"{place}: holds no tables of cadencebot; `cadencebot migrate` makes them")
    if known < len(_VERSIONS):
        raise StoreError(f"{place}: was made by an older cadencebot; `cadencebot migrate` updates it")


def _refuse_newer(place: str, known: int) -> None:
    if known > len(_VERSIONS):
        raise StoreError(f"{place}: was made by a newer cadencebot; update this one, or correct DATABASE_URL")


def _version(connection: psycopg.Connection[Any]) -> int:
    """Return the version of the tables, 0 where there are none."""
    cursor = connection.cursor(row_factory=scalar_row)
    if cursor.execute("SELECT to_regclass('schema_version')").fetchone() is None:
        return 0
    return int(cursor.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone() or 0)
