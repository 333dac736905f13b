"""The PostgreSQL server of the tests, and schemas of their own in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest

from bot.store.postgres.schema import migrate

NAMED = "CADENCEBOT_TEST_POSTGRES"
# Debian's own, as it stands where somebody develops: where it does not, and no other is named, tests skip.
_USUAL = "postgresql://root@127.0.0.1:5432/test"


@contextmanager
def schema() -> Iterator[str]:
    """Yield the address of an empty schema, which is dropped at the end."""
    server, name = _server(), f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            yield f"{server}{'&' if '?' in server else '?'}options={quote(f'-csearch_path={name}')}"
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


@contextmanager
def migrated_schema() -> Iterator[str]:
    """Yield the address of a schema with the bot's tables, which is dropped at the end."""
    with schema() as url:
        migrate(url)
        yield url


@cache
def _answers(server: str) -> str:
    """Return why a server does not answer, or "" where it does."""
    try:
        psycopg.connect(server, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return str(error)
    return ""


def _server() -> str:
    """Return the server of the tests; skip where none is named and the usual one is not there."""
    named = os.environ.get(NAMED, "")
    refusal = _answers(named or _USUAL)
    if refusal and named:
        pytest.fail(f"{NAMED}: {refusal}")
    if refusal:
        pytest.skip(f"no PostgreSQL is named in {NAMED}, and none answers at {_USUAL}")
    return named or _USUAL
