"""The mark that a move leaves on both its sides: of a memory and its copy only one ever starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import StoreError
from bot.store.database import Database
from bot.store.rows import columns, record

# The target while it is not wholly there, the target afterwards, and what was left behind.
FILLING, HERE, GONE = "filling", "here", "gone"

_MARK = """
    INSERT INTO moved (id, state, move, other, host, at) VALUES (1, :state, :move, :other, :host, :at)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, move = excluded.move, other = excluded.other,
        host = excluded.host, at = excluded.at
"""
GO_ON = "DELETE FROM moved WHERE state = 'gone'"  # a person says that this one is in use again


@dataclass(frozen=True, slots=True)
class Mark:
    """What a side knows of the last move that it was a part of."""

    state: str
    move: str  # both sides of a move have the same
    other: str  # the other side, as a person calls it
    host: str  # the machine on which the move was made
    at: datetime


def mark_of(database: Database) -> Mark | None:
    """Return the mark of a database, None where it was never moved."""
    rows = database.query("SELECT state, move, other, host, at FROM moved")
    return record(Mark, rows[0]) if rows else None


def put_mark(run: Callable[..., Any], mark: Mark) -> None:
    """Mark a database; belongs inside a transaction."""
    run(_MARK, columns(mark))


def refuse_moved(database: Database) -> None:
    """Raise StoreError for a database whose memory is elsewhere, or not wholly here yet."""
    mark, is_file = mark_of(database), not database.is_shared
    if mark is None or mark.state == HERE:
        return
    if mark.state == FILLING:
        command = "migrate-from" if is_file else "migrate-to"
        raise StoreError(
            f"{database.place}: holds a part of what is moved here from {mark.other} (by {mark.host}, since "
            f"{mark.at:%Y-%m-%d %H:%M} UTC); `cadencebot {command}` once more brings it to its end"
        )
    there, back = (
        ("set DATABASE_URL to that", "migrate-from")
        if is_file
        else ("unset DATABASE_URL there", "migrate-to")
    )
    raise StoreError(
        f"{database.place}: was moved to {mark.other} (by {mark.host}, {mark.at:%Y-%m-%d %H:%M} UTC), and is "
        f"kept as it was then: {there}, or `cadencebot {back}` brings it back. Where that is lost for ever, "
        "`cadencebot restored` lets this one go on"
    )
