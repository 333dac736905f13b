"""The index of the titles that sources showed, by every three letters in a row.

It is FTS5 with its trigram tokenizer (https://sqlite.org/fts5.html#the_trigram_tokenizer), which comes with
nearly every SQLite of 3.34 or newer; a table STRICT asks for 3.37 in any case. Where it is not compiled in,
titles are read one by one. On PostgreSQL, a pg_trgm index on observation.title will be all of this.
"""

import sqlite3

from bot.store.scripts import statements

_TRIGGERS = ("title_seen", "title_gone", "title_changed")
_STATE = """
    SELECT EXISTS (SELECT 1 FROM pragma_module_list WHERE name = 'fts5') AS possible,
        EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'title_seen') AS kept
"""
SHORTEST = 3  # letters that the index finds


def is_indexed(connection: sqlite3.Connection) -> bool:
    """Whether every title is in the index, and this SQLite can read it."""
    possible, kept = connection.execute(_STATE).fetchone()
    return bool(possible and kept)


def is_settled(connection: sqlite3.Connection) -> bool:
    """Whether the index is kept where this SQLite has it, and only there."""
    possible, kept = connection.execute(_STATE).fetchone()
    return bool(possible == kept)


def settle(connection: sqlite3.Connection) -> None:
    """Make the index where it is missing, or keep it no more where this SQLite cannot; in a transaction.

    A database may come from a machine whose SQLite is another one.
    """
    possible, kept = connection.execute(_STATE).fetchone()
    if possible and not kept:
        for statement in statements("titles.sql"):
            connection.execute(statement)
    elif kept and not possible:
        for trigger in _TRIGGERS:
            connection.execute(f"DROP TRIGGER {trigger}")
