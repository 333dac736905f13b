"""The ids of channels: which ones Slack has changed, and how all that is stored of one gets another."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.model import Destination
from bot.store.database import Tables

# The columns in which a channel's id stands.
_TABLES = (
    ("delivery", "destination"),
    ("delivery", "channel"),
    ("report", "destination"),
    ("destination", "id"),
    ("subscription", "destination"),
    ("mute", "destination"),
    ("declined", "destination"),
    ("watch", "destination"),
    ("triage", "destination"),
)
# The columns that tell the rows of a table apart, of tables in which a former id may meet that of today.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "added_lab": ("lab",),
    "adoption_change": ("week", "lab", "hub_id", "kind"),
    "adoption_figure": ("week", "lab", "measure", "asked_of"),
    "declined": ("release_id", "destination"),
    "destination": ("id",),
    "lab_address": ("address", "lab"),
    "mute": ("destination", "lab"),
    "subscription": ("destination", "lab", "origin"),
    "triage": ("destination", "release_id"),
    "watch": ("destination", "lab", "name", "filters", "packaging"),
}


def rename(run: Callable[..., int], table: str, column: str, ids: Mapping[str, object]) -> int:
    """Give the rows of the `former` id in a column the one of `now`; return how many these were.

    Where the new id has the same row already, that one stays.
    """
    key = _KEYS.get(table, ())
    if column in key:
        same = " AND ".join(f"there.{one} = {table}.{one}" for one in key if one != column) or "TRUE"
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
        for table, column in _TABLES:
            rename(self._run, table, column, ids)
