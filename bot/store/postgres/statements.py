"""The store's statements as psycopg takes them, and what they hold as PostgreSQL takes it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from bot.store.rows import bound

# What may hold a colon or a question mark that is no parameter comes first.
_PIECE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|(?<!:):(?P<name>[a-z]\w*)|\?|%")
# The NUL of a JSON text, behind any number of backslashes that each escape the next one.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


@lru_cache(maxsize=1_000)  # the store's statements are some three hundred
def translated(sql: str) -> str:
    """Return a statement with psycopg's parameters for ":name" and "?".

    https://www.psycopg.org/psycopg3/docs/basic/params.html
    """
    return _PIECE.sub(_translated_piece, sql)


def _translated_piece(found: re.Match[str]) -> str:
    if found["name"]:
        return f"%({found['name']})s"
    return "%s" if found[0] == "?" else found[0].replace("%", "%%")


def held(value: object) -> Any:
    """Return a value as a column holds it, as `rows.bound` says, without NUL: PostgreSQL stores none."""
    written = bound(value)
    if not isinstance(written, str):
        return written
    if not isinstance(value, str):
        written = without_nul(written)
    return str.replace(written, "\0", "")


def without_nul(document: str) -> str:
    """Return JSON without the NUL in its texts."""
    return _NUL.sub(r"\1", document) if r"\u0000" in document else document


def held_values(values: Mapping[str, object]) -> dict[str, Any]:
    """Return the values of a statement by name, as columns hold them."""
    return {name: held(value) for name, value in values.items()}
