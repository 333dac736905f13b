"""What the store remembers of each source: validators, due time, health, and every identity it showed."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.errors import SourceError
from bot.records import SourceState
from bot.store.database import Database
from bot.store.rows import Row, moment, time_text


class Sources:
    """Keep the state of the sources."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self, source_id: str) -> SourceState:
        """Return the state of a source; that of an unknown one is empty."""
        rows = self._database.query("SELECT * FROM source WHERE id = :id", {"id": source_id})
        return _state_of(rows[0]) if rows else SourceState(source_id)

    def states(self) -> dict[str, SourceState]:
        """Return the states of all sources ever polled, by id."""
        rows = self._database.query("SELECT * FROM source ORDER BY id")
        return {row["id"]: _state_of(row) for row in rows}

    def known(self, source_id: str, identities: Iterable[str]) -> dict[str, str]:
        """Return those of the identities that the source showed before, with the digest of what it showed."""
        rows = self._database.query(
            """
            SELECT seen.identity, seen.digest FROM json_each(:wanted) AS wanted
            JOIN seen ON seen.source_id = :source_id AND seen.identity = wanted.value
            """,
            {"source_id": source_id, "wanted": json.dumps(list(identities))},
        )
        return {row["identity"]: row["digest"] for row in rows}

    def repositories(self, source_id: str) -> list[str]:
        """Return the lower-case "owner/name" of the repositories that the source ever showed."""
        rows = self._database.query(
            """
            SELECT substr(identity, 6) AS name FROM seen
            WHERE source_id = :source_id AND identity >= 'name:' AND identity < 'name;'
            """,
            {"source_id": source_id},
        )
        return [row["name"] for row in rows]

    def shown_elsewhere(self, source_id: str, identities: Iterable[str]) -> set[str]:
        """Return those of the identities that another source showed before."""
        rows = self._database.query(
            """
            SELECT DISTINCT seen.identity FROM json_each(:wanted) AS wanted
            JOIN seen ON seen.identity = wanted.value AND seen.source_id <> :source_id
            """,
            {"source_id": source_id, "wanted": json.dumps(list(identities))},
        )
        return {row["identity"] for row in rows}

    def remember(self, source_id: str, identities: Mapping[str, str], now: datetime) -> None:
        """Add identities, or bring the digest of known ones up to date."""
        self._database.connection.conn.executemany(
            """
            INSERT INTO seen (source_id, identity, digest, seen_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (source_id, identity) DO UPDATE SET digest = excluded.digest
            WHERE digest <> excluded.digest
            """,
            [(source_id, identity, digest, time_text(now)) for identity, digest in identities.items()],
        )

    def succeeded(self, state: SourceState, now: datetime) -> None:
        """Store the outcome of a good poll: what `state` says of it, and when to poll next."""
        self._database.connection.execute(
            """
            INSERT INTO source (id, etag, last_modified, cursor, usual_count, baseline_at, polled_at,
                succeeded_at, next_poll_at, fingerprint, whole_at, outdated, distrusted_at, polls)
            VALUES (:id, :etag, :last_modified, :cursor, :count, :baseline, :now, :now, :next, :fingerprint,
                :whole, :outdated, :distrusted, 1)
            ON CONFLICT (id) DO UPDATE SET
                etag = excluded.etag, last_modified = excluded.last_modified, cursor = excluded.cursor,
                usual_count = excluded.usual_count, baseline_at = coalesce(baseline_at, excluded.baseline_at),
                polled_at = excluded.polled_at, succeeded_at = excluded.succeeded_at,
                next_poll_at = excluded.next_poll_at, fingerprint = excluded.fingerprint,
                whole_at = excluded.whole_at, outdated = excluded.outdated,
                distrusted_at = excluded.distrusted_at, polls = polls + 1,
                rested_until = NULL, failing_since = NULL, failures = 0, failure = NULL, complaint = NULL
            """,
            {
                "id": state.id,
                "etag": state.etag,
                "last_modified": state.last_modified,
                "cursor": json.dumps(state.cursor or {}),
                "count": state.usual_count,
                "now": time_text(now),
                "next": time_text(state.next_poll_at or now),
                "baseline": _text(state.baseline_at),
                "fingerprint": state.fingerprint,
                "whole": _text(state.whole_at),
                "outdated": int(state.outdated),
                "distrusted": _text(state.distrusted_at),
            },
        )

    def failed(self, source_id: str, error: SourceError, now: datetime, next_poll_at: datetime) -> None:
        """Store that a poll failed, why, and when to try again; what was remembered stays."""
        self._database.connection.execute(
            """
            INSERT INTO source
                (id, polled_at, next_poll_at, rested_until, failing_since, failures, failure, complaint,
                polls)
            VALUES (:id, :now, :next, :rested, :now, 1, :failure, :complaint, 1)
            ON CONFLICT (id) DO UPDATE SET
                polled_at = excluded.polled_at, next_poll_at = excluded.next_poll_at,
                rested_until = excluded.rested_until, failures = failures + 1,
                failing_since = coalesce(failing_since, excluded.failing_since),
                failure = excluded.failure, complaint = excluded.complaint, polls = polls + 1
            """,
            {
                "id": source_id,
                "now": time_text(now),
                "next": time_text(next_poll_at),
                "rested": time_text(next_poll_at) if error.retry_after is not None else None,
                "failure": error.failure,
                "complaint": str(error),
            },
        )


def _state_of(row: Row) -> SourceState:
    times = {
        name: moment(row[name]) if row[name] else None
        for name in (
            "baseline_at",
            "polled_at",
            "succeeded_at",
            "next_poll_at",
            "rested_until",
            "failing_since",
            "whole_at",
            "distrusted_at",
        )
    }
    return SourceState(
        id=row["id"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        cursor=json.loads(row["cursor"]),
        usual_count=row["usual_count"],
        failures=row["failures"],
        failure=row["failure"] or "",
        complaint=row["complaint"] or "",
        fingerprint=row["fingerprint"],
        outdated=bool(row["outdated"]),
        polls=row["polls"],
        **times,
    )


def _text(moment: datetime | None) -> str | None:
    return time_text(moment) if moment else None
