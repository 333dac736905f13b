"""The index of the titles that sources showed, by every three letters in a row.

It is FTS5 with its trigram tokenizer (https://sqlite.org/fts5.html#the_trigram_tokenizer), which comes with
nearly every SQLite of 3.34 or newer; the statements ask for 3.38 in any case. Where it is not compiled in,
titles are read one by one. On PostgreSQL, a pg_trgm index on observation.title will be all of this.

Observations are added and never removed, and their titles stay. So what is not in the index yet has a higher
id than all that is, also after a machine without FTS5 wrote to the database.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_SHORTEST = 3  # letters that the index finds
SHOWN = 20  # of what a text was found in
# The observations `o` whose title contains the phrase.
FOUND = f"""
    o.id IN (SELECT rowid FROM title_index WHERE title_index MATCH :text ORDER BY rowid DESC LIMIT {SHOWN})
"""
_Query = Callable[[str], Sequence[Mapping[str, Any]]]
_IS_POSSIBLE = "EXISTS (SELECT 1 FROM pragma_module_list WHERE name = 'fts5')"
_IS_MADE = "EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'title_index')"
_MAKE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS title_index
        USING fts5 (title, content = 'observation', content_rowid = 'id', tokenize = 'trigram')
"""
# In docsize, FTS5 keeps a row for each title of the index.
_LAST = "(SELECT coalesce(max(id), 0) FROM title_index_docsize)"
_HAS_ALL = f"NOT EXISTS (SELECT 1 FROM observation WHERE id > {_LAST})"
# One statement for all: before each one, FTS5 writes out what it has in memory.
_ADD = f"INSERT INTO title_index (rowid, title) SELECT id, title FROM observation WHERE id > {_LAST}"


def is_possible(query: _Query) -> bool:
    """Whether this SQLite has such an index."""
    return _is_so(query, _IS_POSSIBLE)


def is_whole(query: _Query) -> bool:
    """Whether every title is in the index."""
    return _is_so(query, _IS_MADE) and _is_so(query, _HAS_ALL)


def finds(query: _Query, text: str) -> bool:
    """Whether the index finds all titles that contain the text."""
    return len(text) >= _SHORTEST and "\0" not in text and is_whole(query)


def phrase(text: str) -> str:
    """Return what FOUND takes for a text."""
    return '"{}"'.format(text.replace('"', '""'))


def index_new(run: Callable[[str], object]) -> None:
    """Add the titles that are not in the index yet, inside a transaction; where there is none, make it."""
    run(_MAKE)
    run(_ADD)


def _is_so(query: _Query, state: str) -> bool:
    return bool(query(f"SELECT {state} AS it")[0]["it"])
