"""Rows as both databases hold them alike, counted and hashed: what a move is proven by."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from bot.store.postgres.statements import without_nul

_BYTES = 16
_A_WORD = 5_000  # rows after which a progress bar moves
Plain = tuple[Any, ...]


@dataclass(slots=True)
class Tally:
    """How many rows a table has, and the sum of their hashes, for which their order is all the same."""

    rows: int = 0
    sum: int = 0

    @property
    def hash(self) -> str:
        """Return the hash of all rows as text."""
        return f"{self.sum:0{2 * _BYTES}x}"

    def counted(self, rows: Iterable[Plain], every: Callable[[int], None]) -> Iterator[Plain]:
        """Yield the rows and count them, and say after some thousands how many these were."""
        said = self.rows
        for row in rows:
            self.rows += 1
            self.sum += int.from_bytes(blake2b(repr(row).encode(), digest_size=_BYTES).digest())
            if self.rows - said == _A_WORD:
                every(_A_WORD)
                said = self.rows
            yield row
        self.sum %= 1 << (8 * _BYTES)
        every(self.rows - said)


def _text(value: str | None) -> str | None:
    return value if value is None else value.replace("\0", "")


def _truth(value: int | None) -> bool | None:
    return value if value is None else bool(value)


@lru_cache(maxsize=10_000)  # the same facts and names come again and again
def _document(text: str | None) -> str | None:
    """Return JSON as short as it can be, with its keys in order: PostgreSQL keeps neither as it was."""
    if text is None:
        return None
    document = json.loads(without_nul(text))
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _same(value: Any) -> Any:
    return value


# By the type that PostgreSQL gives a column.
_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "bigint": _same,
    "boolean": _truth,
    "bytea": _same,
    "jsonb": _document,
    "text": _text,
}


def plain(rows: Iterable[Sequence[Any]], kinds: Iterable[str]) -> Iterator[Plain]:
    """Yield rows as both databases hold them: truths as such, JSON in one spelling, no NUL."""
    convert = [_PLAIN[kind] for kind in kinds]
    for row in rows:
        yield tuple([change(value) for change, value in zip(convert, row, strict=True)])
