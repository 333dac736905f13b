"""What SQLite and the disk refuse, in words that say what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StoreError


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn SQLite's refusals into a StoreError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {_explained(error)}") from error


@contextmanager
def disk_in_words(path: Path) -> Iterator[None]:
    """Turn the disk's refusals of a file into a StoreError."""
    try:
        yield
    except OSError as error:
        said = error.strerror or error
        raise StoreError(f"{path}: {said}; make room, or let the bot's user write there") from error


def make_room(path: Path) -> None:
    """Make the directory of a file. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent}: cannot be made ({error.strerror}); set CADENCEBOT_STATE") from error


_EXPLANATIONS = {
    "SQLITE_BUSY": "is locked by another program; stop it, or try again. Nothing was lost",
    "SQLITE_LOCKED": "is locked by another program; stop it, or try again. Nothing was lost",
    "SQLITE_FULL": "the disk is full; make room. Nothing was half-written",
    "SQLITE_READONLY": "cannot be written; let the bot's user write the file and its directory",
    "SQLITE_CANTOPEN": "cannot be opened; check that the directory exists and may be written",
    "SQLITE_CORRUPT": "is damaged; restore a backup",
    "SQLITE_NOTADB": "is not a cadencebot database; move it away, or set CADENCEBOT_STATE",
    "SQLITE_IOERR": "the disk is full, or it failed; make room, or check it. Nothing was half-written",
}


def _explained(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorname", "")
    for name, explanation in _EXPLANATIONS.items():
        if code.startswith(name):
            return explanation
    return str(error)
