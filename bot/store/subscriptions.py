"""Who wants to hear of which lab, who waits for what, and which destinations cannot be posted to now."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from bot.model import ALL, Destination, Follow
from bot.records import FROM_FILE, Pause, Subscription, Watch
from bot.releases.facts.filters import Filters
from bot.store.database import Tables
from bot.store.rows import Row, columns, moment, read, record


class Subscriptions(Tables):
    """The subscriptions and the paused destinations."""

    def all(self) -> list[Subscription]:
        """Return every subscription, by destination."""
        rows = self._query("SELECT * FROM subscription ORDER BY destination, lab, origin")
        return [_subscription_of(row) for row in rows]

    def of_destination(self, destination: Destination) -> list[Subscription]:
        """Return what one destination follows, by lab."""
        rows = self._query(
            "SELECT * FROM subscription WHERE destination = :destination ORDER BY lab, origin",
            {"destination": destination},
        )
        return [_subscription_of(row) for row in rows]

    def last_deliveries_to(self, destination: Destination) -> dict[str, datetime]:
        """Return when a destination got its last alert of each lab."""
        rows = self._tuples(
            """
            SELECT r.lab, max(d.settled_at) FROM delivery d JOIN release r ON r.id = d.release_id
            WHERE d.kind = 'alert' AND d.state = 'sent' AND d.destination = :destination GROUP BY r.lab
            """,
            {"destination": destination},
        )
        return {lab: moment(last) for lab, last in rows}

    def of_lab(self, lab: str) -> list[Subscription]:
        """Return the subscriptions that a release of the lab may match."""
        rows = self._query(
            "SELECT * FROM subscription WHERE lab IN (:lab, 'all') ORDER BY id",
            {"lab": lab},
        )
        return [_subscription_of(row) for row in rows]

    def add(self, subscription: Subscription) -> bool:
        """Add a subscription, or change the filters of the one there; return whether anything changed."""
        changed = self._run(
            """
            INSERT INTO subscription (destination, lab, filters, origin, created_by, created_at)
            VALUES (:destination, :follow, :filters, :origin, :created_by, :created_at)
            ON CONFLICT (destination, lab, origin) DO UPDATE SET filters = excluded.filters,
                created_by = excluded.created_by
            WHERE subscription.filters <> excluded.filters
            """,
            columns(subscription),
        )
        return changed > 0

    def remove(self, destination: Destination, follows: Sequence[Follow]) -> int:
        """Remove what a destination follows of these; what feeds.yaml says stays.

        All labs among them removes everything, cadences as well. Return how many there were.
        """
        gone = [
            one
            for one in self.of_destination(destination)
            if one.origin != FROM_FILE
            and (Follow(ALL) in follows or any(follow.covers(one.follow) for follow in follows))
        ]
        self._run_many(
            "DELETE FROM subscription WHERE destination = ? AND lab = ? AND origin = ?",
            [(one.destination, one.follow, one.origin) for one in gone],
        )
        return len(gone)

    def sync(self, origin: str, wanted: Iterable[Subscription]) -> None:
        """Make the subscriptions of an origin exactly these, keeping the age of those that stay."""
        keep = {(one.destination, one.follow): one for one in wanted}
        self._run_many(
            "DELETE FROM subscription WHERE destination = ? AND lab = ? AND origin = ?",
            [
                (old.destination, old.follow, origin)
                for old in self.all()
                if old.origin == origin and (old.destination, old.follow) not in keep
            ],
        )
        for subscription in keep.values():
            self.add(subscription)

    def pauses(self) -> dict[Destination, Pause]:
        """Return the paused destinations."""
        pauses = self._records(
            Pause,
            """
            SELECT id AS destination, paused_at AS since, paused_reason AS reason, retry_at,
                told_at AS notified_at, pauses_told AS notices
            FROM destination WHERE paused_at IS NOT NULL ORDER BY id
            """,
        )
        return {pause.destination: pause for pause in pauses}

    def pause(self, destination: Destination, reason: str, now: datetime, retry_at: datetime) -> None:
        """Mark that a destination cannot be posted to, keeping since when.

        One that has another id now is not meant: what was on its way to the former one went nowhere.
        """
        self._run(
            """
            INSERT INTO destination (id, paused_at, paused_reason, retry_at)
            SELECT :id, :now, :reason, :retry
            WHERE NOT EXISTS (SELECT 1 FROM former_channel WHERE former = :id)
            ON CONFLICT (id) DO UPDATE SET paused_at = coalesce(destination.paused_at, excluded.paused_at),
                paused_reason = excluded.paused_reason, retry_at = excluded.retry_at
            """,
            {"id": destination, "now": now, "reason": reason, "retry": retry_at},
        )

    def note_notice(self, destination: Destination, now: datetime) -> None:
        """Mark that those who subscribed a paused destination were told."""
        self._run(
            """
            UPDATE destination SET told_at = :now, pauses_told = pauses_told + 1
            WHERE id = :id AND paused_at IS NOT NULL
            """,
            {"id": destination, "now": now},
        )

    def try_again(self, now: datetime) -> None:
        """Try every paused destination now: somebody asked for it."""
        self._run("UPDATE destination SET retry_at = :now WHERE paused_at IS NOT NULL", {"now": now})

    def resume(self, destination: Destination) -> None:
        """Mark that a destination takes messages again."""
        self._run(
            """
            UPDATE destination SET paused_at = NULL, paused_reason = NULL, retry_at = NULL, told_at = NULL
            WHERE id = :id
            """,
            {"id": destination},
        )


class Watches(Tables):
    """The watches that are open: who is told waits no longer."""

    def all(self) -> list[Watch]:
        """Return every watch, the oldest first."""
        return self._records(Watch, "SELECT * FROM watch ORDER BY id")

    def of(self, destination: Destination) -> list[Watch]:
        """Return what is waited for in a destination, the oldest first."""
        there = "SELECT * FROM watch WHERE destination = :destination ORDER BY id"
        return self._records(Watch, there, {"destination": destination})

    def add(self, watch: Watch) -> bool:
        """Store what somebody waits for; return whether nobody waited for the same there."""
        added = self._run(
            """
            INSERT INTO watch
                (destination, lab, name, filters, packaging, request, created_by, created_at)
            VALUES (:destination, :lab, :name, :filters, :packaging, :request, :created_by, :created_at)
            ON CONFLICT DO NOTHING
            """,
            columns(watch),
        )
        return added == 1

    def remove(self, watches: Iterable[Watch]) -> None:
        """Forget these."""
        self._run_many(
            """
            DELETE FROM watch WHERE destination = :destination AND lab = :lab AND name = :name
              AND filters = :filters AND packaging = :packaging
            """,
            map(columns, watches),
        )


@lru_cache(maxsize=1_000)  # thousands of subscriptions have the same few filters
def _filters_of(text: str) -> Filters:
    return read(Filters, text)


_follow_of = lru_cache(maxsize=1_000)(Follow.read)


def _subscription_of(row: Row) -> Subscription:
    return record(Subscription, row, follow=_follow_of(row["lab"]), filters=_filters_of(row["filters"]))
