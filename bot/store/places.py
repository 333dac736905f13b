"""The ids of channels: which ones Slack has changed, and how all that is stored of one gets another."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.model import Destination
from bot.store.database import Tables

# The columns in which a channel's id stands, with those that tell its rows apart (see `rename`).
_TABLES: Mapping[tuple[str, str], tuple[str, ...] | None] = {
    ("delivery", "destination"): None,
    ("delivery", "channel"): None,
    ("report", "destination"): None,
    ("destination", "id"): (),
    ("subscription", "destination"): ("lab", "origin"),
    ("mute", "destination"): ("lab",),
    ("declined", "destination"): ("release_id",),
    ("watch", "destination"): ("lab", "name", "filters", "packaging"),
    ("triage", "destination"): ("release_id",),
}


def rename(
    run: Callable[..., int], table: str, column: str, apart: tuple[str, ...] | None, ids: Mapping[str, object]
) -> int:
    """Give the rows of the `former` id in a column the one of `now`; return how many these were.

    `apart` are the columns that tell the rows of one id apart: where the new id has such a row already, that
    one stays. With None there may be any number.
    """
    if apart is not None:
        same = " AND ".join(f"there.{one} = {table}.{one}" for one in apart) or "TRUE"
        run(
            f"""
            DELETE FROM {table} WHERE {column} = :former AND EXISTS (
                SELECT 1 FROM {table} AS there WHERE there.{column} = :now AND {same})
            """,
            ids,
        )
    return run(f"UPDATE {table} SET {column} = :now WHERE {column} = :former", ids)


def first_ids(tuples: Callable[[str], list[tuple[Any, ...]]]) -> dict[Destination, Destination]:
    """Return the first id of each channel whose id Slack has changed, by the one of today.

    The ids of its messages are made of it for ever: one that was sent before must not be owed again.
    """
    rows = tuples("SELECT id, former FROM former_channel ORDER BY moved_at DESC, former DESC")
    return {Destination(now): Destination(former) for now, former in rows}


class Places(Tables):
    """The channels whose id Slack has changed, by the ids that they had."""

    def now(self) -> dict[Destination, Destination]:
        """Return the ids of today by the former ones."""
        rows = self._tuples("SELECT former, id FROM former_channel ORDER BY moved_at, former")
        return {Destination(former): Destination(now) for former, now in rows}

    def move(self, former: Destination, now: Destination, at: datetime) -> None:
        """Move all that is stored of a channel to its new id, and remember the former one."""
        ids = {"former": former, "now": now, "at": at}
        self._run("DELETE FROM former_channel WHERE former = :now", ids)  # Slack took a change back
        self._run("UPDATE former_channel SET id = :now WHERE id = :former", ids)
        self._run(
            """
            INSERT INTO former_channel (former, id, moved_at) VALUES (:former, :now, :at)
            ON CONFLICT (former) DO UPDATE SET id = excluded.id
            """,
            ids,
        )
        for (table, column), apart in _TABLES.items():
            rename(self._run, table, column, apart, ids)
