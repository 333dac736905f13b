"""What PostgreSQL refuses, in words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bot.errors import ConfigError, StoreError

# By SQLSTATE or the class that it begins with, the longest first:
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_EXPLANATIONS: Mapping[str, str] = {
    "55P03": "another program holds a lock on it for too long; stop it, or try again. Nothing was lost",
    "57014": "took too long, and was cancelled; try again. Nothing was lost",
    "25P03": "ended a transaction in which nothing was done for too long; try again. Nothing was lost",
    "25006": "cannot be written: it is a standby, or for reading only; name the primary in DATABASE_URL",
    "55000": "is not ready for that, as a standby never is; name the primary in DATABASE_URL",
    "42P01": "lacks a table; `cadencebot migrate` makes what is missing",
    "42501": "does not let this user do that; grant it, or name another user in DATABASE_URL",
    "3D000": "is not there; create it, or correct DATABASE_URL",
    "28": "refuses this user or password; correct DATABASE_URL",
    "40": "another transaction was at the same rows; try again. Nothing was lost",
    "53": "has no room or no connections left; make room, or allow more. Nothing was half-written",
    "57": "was stopped, or is starting; try again when it runs. Nothing was half-written",
    "08": "cannot be reached; start it, or correct DATABASE_URL",
}


def place_of(url: str) -> str:
    """Return what a person calls a database, without its password. Raises ConfigError for no address."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise ConfigError(
            "DATABASE_URL: is no address of a PostgreSQL database; write postgresql://user:password@host/name"
        ) from None  # which would show the password
    return f"PostgreSQL at {parts.get('host', 'localhost')}, database {parts.get('dbname', 'of the user')}"


@contextmanager
def in_words(place: str) -> Iterator[None]:
    """Turn PostgreSQL's refusals into a StoreError that says what to do."""
    try:
        yield
    except psycopg.Error as error:
        raise StoreError(f"{place}: {_explained(error)}") from error


def _explained(error: psycopg.Error) -> str:
    state, said = error.sqlstate or "", (str(error) or type(error).__name__).splitlines()[0]
    if isinstance(error, psycopg.OperationalError) and not state:  # nothing was asked of a server yet
        return f"cannot be reached ({said.rsplit(': ')[-1].strip()}); start it, or correct DATABASE_URL"
    for beginning, explanation in _EXPLANATIONS.items():
        if state.startswith(beginning):
            return explanation
    return said
