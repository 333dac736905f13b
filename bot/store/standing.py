"""Under which labs the addresses of feeds.yaml stand and stood, and which labs the store knows."""

from collections.abc import Mapping
from datetime import datetime

from bot.records import ALL, CADENCE
from bot.store.database import Database
from bot.store.rows import time_text


class Standing:
    """The labs of addresses, over time. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, addresses: Mapping[str, str], now: datetime) -> None:
        """Store under which lab each address stands now; what it stood under before stays."""
        self._database.connection.conn.executemany(
            """
            INSERT INTO standing (address, lab, seen_at) VALUES (?, ?, ?)
            ON CONFLICT (address, lab) DO UPDATE SET seen_at = excluded.seen_at
            """,
            [(address, lab, time_text(now)) for address, lab in addresses.items()],
        )

    def all(self) -> list[tuple[str, str]]:
        """Return every address with every lab under which it ever stood."""
        rows = self._database.query("SELECT address, lab FROM standing ORDER BY address, lab")
        return [(row["address"], row["lab"]) for row in rows]

    def former(self, source_id: str, lab: str) -> list[str]:
        """Return the other labs under which a source stood, the latest first."""
        rows = self._database.query(
            """
            SELECT lab FROM standing WHERE address IN (:id, lower(:id)) AND lab <> :lab
            ORDER BY seen_at DESC, lab
            """,
            {"id": source_id, "lab": lab},
        )
        return [row["lab"] for row in rows]

    def known_labs(self) -> frozenset[str]:
        """Return the ids of all labs that something is stored of: releases, subscriptions, mutes."""
        rows = self._database.query(
            """
            SELECT lab FROM release UNION SELECT home_lab FROM release WHERE home_lab IS NOT NULL
            UNION SELECT lab FROM subscription UNION SELECT lab FROM mute
            """
        )
        return frozenset(row["lab"].removeprefix(CADENCE) for row in rows) - {ALL}
