"""The .sql files, statement by statement."""

import sqlite3
from collections.abc import Iterator
from importlib.resources import files


def statements(file: str) -> Iterator[str]:
    """Yield the statements of a file beside this one.

    They are for `execute`, one by one: executescript would commit the transaction before it starts.
    """
    statement = ""
    for line in files("bot.store").joinpath(file).read_text(encoding="utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
