"""Who wants to hear of which lab, and which destinations cannot be posted to now."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from pydantic import TypeAdapter

from bot.records import ALL, CADENCE, FROM_FILE, Pause, Subscription
from bot.releases.facts.filters import Filters
from bot.store.database import Database
from bot.store.rows import Row, moment, time_text

_filters: TypeAdapter[Filters] = TypeAdapter(Filters)


class Subscriptions:
    """Keep subscriptions and paused destinations. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Subscription]:
        """Return every subscription, by destination."""
        rows = self._database.query("SELECT * FROM subscription ORDER BY destination, lab, origin")
        return [_subscription_of(row) for row in rows]

    def of_destination(self, destination: str) -> list[Subscription]:
        """Return what one destination follows, by lab."""
        rows = self._database.query(
            "SELECT * FROM subscription WHERE destination = :destination ORDER BY lab, origin",
            {"destination": destination},
        )
        return [_subscription_of(row) for row in rows]

    def last_deliveries(self, destination: str | None = None) -> dict[tuple[str, str], datetime]:
        """Return when each destination, or this one, got its last alert of each lab."""
        only = "AND d.destination = :destination" if destination is not None else ""
        rows = self._database.query(
            f"""
            SELECT d.destination, r.lab, max(d.settled_at) AS last FROM delivery d
            JOIN release r ON r.id = d.release_id WHERE d.kind = 'alert' AND d.state = 'sent' {only}
            GROUP BY d.destination, r.lab
            """,
            {"destination": destination} if only else {},
        )
        return {(row["destination"], row["lab"]): moment(row["last"]) for row in rows}

    def last_deliveries_to(self, destination: str) -> dict[str, datetime]:
        """Return when a destination got its last alert of each lab."""
        return {lab: at for (_, lab), at in self.last_deliveries(destination).items()}

    def of_lab(self, lab: str) -> list[Subscription]:
        """Return the subscriptions that a release of the lab may match."""
        rows = self._database.query(
            "SELECT * FROM subscription WHERE lab IN (:lab, 'all') ORDER BY id",
            {"lab": lab},
        )
        return [_subscription_of(row) for row in rows]

    def add(self, subscription: Subscription) -> bool:
        """Add a subscription, or change the filters of the one there; return whether anything changed."""
        changed = self._database.connection.execute(
            """
            INSERT INTO subscription (destination, lab, filters, origin, created_by, created_at)
            VALUES (:destination, :lab, :filters, :origin, :created_by, :created_at)
            ON CONFLICT (destination, lab, origin) DO UPDATE SET filters = excluded.filters,
                created_by = excluded.created_by
            WHERE filters <> excluded.filters
            """,
            {
                "destination": subscription.destination,
                "lab": subscription.lab,
                "filters": _filters.dump_json(subscription.filters, exclude_defaults=True).decode(),
                "origin": subscription.origin,
                "created_by": subscription.created_by,
                "created_at": time_text(subscription.created_at),
            },
        )
        return changed.rowcount > 0

    def remove(self, destination: str, labs: Sequence[str], origin: str | None = None) -> int:
        """Remove a destination's subscriptions to these labs, of one origin or of all but feeds.yaml.

        ALL among the labs removes every one. Return how many there were.
        """
        gone = [
            one
            for one in self.of_destination(destination)
            if (ALL in labs or one.lab in labs or (CADENCE + ALL in labs and one.lab.startswith(CADENCE)))
            and (one.origin == origin if origin is not None else one.origin != FROM_FILE)
        ]
        self._database.connection.conn.executemany(
            "DELETE FROM subscription WHERE destination = ? AND lab = ? AND origin = ?",
            [(one.destination, one.lab, one.origin) for one in gone],
        )
        return len(gone)

    def sync(self, origin: str, wanted: Iterable[Subscription]) -> None:
        """Make the subscriptions of an origin exactly these, keeping the age of those that stay."""
        wanted = list(wanted)
        keep = {(s.destination, s.lab) for s in wanted}
        for old in self.all():
            if old.origin == origin and (old.destination, old.lab) not in keep:
                self.remove(old.destination, [old.lab], origin)
        for subscription in wanted:
            self.add(subscription)

    def pauses(self) -> dict[str, Pause]:
        """Return the paused destinations."""
        rows = self._database.query("SELECT * FROM destination WHERE paused_at IS NOT NULL ORDER BY id")
        return {
            row["id"]: Pause(
                destination=row["id"],
                since=moment(row["paused_at"]),
                reason=row["paused_reason"],
                retry_at=moment(row["retry_at"]),
                told_at=moment(row["told_at"]) if row["told_at"] else None,
                told_before=row["pauses_told"],
            )
            for row in rows
        }

    def pause(self, destination: str, reason: str, now: datetime, retry_at: datetime) -> None:
        """Mark that a destination cannot be posted to, keeping since when."""
        self._database.connection.execute(
            """
            INSERT INTO destination (id, paused_at, paused_reason, retry_at)
            VALUES (:id, :now, :reason, :retry)
            ON CONFLICT (id) DO UPDATE SET paused_at = coalesce(paused_at, excluded.paused_at),
                paused_reason = excluded.paused_reason, retry_at = excluded.retry_at
            """,
            {"id": destination, "now": time_text(now), "reason": reason, "retry": time_text(retry_at)},
        )

    def told(self, destination: str, now: datetime) -> None:
        """Mark that those who subscribed a paused destination were told."""
        self._database.connection.execute(
            """
            UPDATE destination SET told_at = :now, pauses_told = pauses_told + 1
            WHERE id = :id AND paused_at IS NOT NULL
            """,
            {"id": destination, "now": time_text(now)},
        )

    def try_again(self, now: datetime) -> None:
        """Try every paused destination now: somebody asked for it."""
        self._database.connection.execute(
            "UPDATE destination SET retry_at = :now WHERE paused_at IS NOT NULL", {"now": time_text(now)}
        )

    def resume(self, destination: str) -> None:
        """Mark that a destination takes messages again."""
        self._database.connection.execute(
            """
            UPDATE destination SET paused_at = NULL, paused_reason = NULL, retry_at = NULL, told_at = NULL
            WHERE id = :id
            """,
            {"id": destination},
        )


@lru_cache(maxsize=1_000)  # thousands of subscriptions have the same few filters
def _filters_of(text: str) -> Filters:
    return _filters.validate_json(text)


def _subscription_of(row: Row) -> Subscription:
    return Subscription(
        destination=row["destination"],
        lab=row["lab"],
        filters=_filters_of(row["filters"]),
        origin=row["origin"],
        created_at=moment(row["created_at"]),
        created_by=row["created_by"],
    )
