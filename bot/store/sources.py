"""What is remembered of each source: validators, due time, health, all that it showed, and when."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from bot.errors import SourceError
from bot.records import FROM_HINT, SourceState
from bot.releases.news.coverage import Shown
from bot.store.database import Tables
from bot.store.places import rename
from bot.store.rows import Row, columns, moment, record, time_text

# The tables that know a source by its id, with the column in which it stands.
_BY_SOURCE = {
    "source": "id",
    "seen": "source_id",
    "observation": "source_id",
    "held": "source_id",
    "blind": "source_id",
    "announced": "source_id",
    "perhaps_blind": "source_id",
    "hint": "source_id",
    "push": "source_id",
}


class Sources(Tables):
    """The state of the sources."""

    def state(self, source_id: str) -> SourceState:
        """Return the state of a source; that of an unknown one is empty."""
        return self.states([source_id]).get(source_id, SourceState(source_id))

    def states(self, ids: Iterable[str] | None = None) -> dict[str, SourceState]:
        """Return the states of these sources by id, of all without ids; those never polled are left out."""
        if ids is None:
            rows = self._query("SELECT * FROM source ORDER BY id")
        else:
            rows = self._query(
                "SELECT source.* FROM json_each(:ids) AS one CROSS JOIN source WHERE source.id = one.value",
                {"ids": list(ids)},
            )
        return {row["id"]: _state_of(row) for row in rows}

    def polled_since(self, moment: datetime) -> dict[str, SourceState]:
        """Return the states of the sources that were polled since then, by id."""
        rows = self._query("SELECT * FROM source WHERE polled_at >= :since", {"since": moment})
        return {row["id"]: _state_of(row) for row in rows}

    def waiting(self, now: datetime) -> set[str]:
        """Return the sources whose next poll is to come; what was polled in the future had a wrong clock."""
        waiting = "SELECT id FROM source WHERE next_poll_at > :now AND polled_at <= :now"
        return set(self._column(waiting, {"now": now}))

    def resting(self, now: datetime) -> set[str]:
        """Return the sources that asked to be left alone until later; what was in the future did not."""
        resting = "SELECT id FROM source WHERE rested_until > :now AND polled_at <= :now"
        return set(self._column(resting, {"now": now}))

    def known(self, source_id: str, identities: Iterable[str]) -> dict[str, str]:
        """Return those of the identities that the source showed before, with the digest of what it showed.

        SQLite keeps to the order of a CROSS JOIN; left to itself it looks through all of the source for each.
        """
        rows = self._tuples(
            """
            SELECT seen.identity, seen.digest FROM json_each(:wanted) AS wanted CROSS JOIN seen
            WHERE seen.source_id = :source_id AND seen.identity = wanted.value
            """,
            {"source_id": source_id, "wanted": list(identities)},
        )
        return dict(rows)

    def repositories(self, source_id: str) -> list[str]:
        """Return the lower-case "owner/name" of the repositories that the source ever showed."""
        return self._column(
            """
            SELECT substr(identity, 6) FROM seen
            WHERE source_id = :source_id AND identity >= 'name:' AND identity < 'name;'
            """,
            {"source_id": source_id},
        )

    def shown_elsewhere(self, source_id: str, identities: Iterable[str]) -> set[str]:
        """Return those of the identities that another source showed before."""
        found = self._column(
            """
            SELECT seen.identity FROM json_each(:wanted) AS wanted CROSS JOIN seen
            WHERE seen.identity = wanted.value AND seen.source_id <> :source_id
            """,
            {"source_id": source_id, "wanted": list(identities)},
        )
        return set(found)

    def respell(self, ids: Iterable[str]) -> None:
        """Give what is remembered of an organisation to the same one, as `ids` spell it now.

        The Hub does not tell capitals from small letters.
        """
        rows = self._query(
            """
            SELECT source.id AS former, wanted.value AS now FROM json_each(:ids) AS wanted
            JOIN source ON lower(source.id) = lower(wanted.value) AND source.id LIKE 'hub:%'
            WHERE NOT EXISTS (SELECT 1 FROM source AS known WHERE known.id = wanted.value)
            """,
            {"ids": list(ids)},
        )
        for table, column in _BY_SOURCE.items():
            for row in rows:
                rename(self._run, table, column, row)

    def begin_anew(self, ids: Iterable[str]) -> None:
        """Make the next poll of these sources a silent baseline, at once; all that they showed is kept.

        What is being read of them this moment is overtaken.
        """
        self._run_many(
            """
            UPDATE source SET baseline_at = NULL, next_poll_at = NULL, polls = polls + 1
            WHERE id = :id OR (id LIKE 'hub:%' AND lower(id) = lower(:id))
            """,
            [{"id": one} for one in ids],
        )

    def remember(self, source_id: str, identities: Mapping[str, str], now: datetime) -> None:
        """Add identities, or bring the digest of known ones up to date."""
        seen_at = time_text(now)
        self._run_many(
            """
            INSERT INTO seen (source_id, identity, digest, seen_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (source_id, identity) DO UPDATE SET digest = excluded.digest
            WHERE seen.digest <> excluded.digest
            """,
            [(source_id, identity, digest, seen_at) for identity, digest in identities.items()],
        )

    def succeeded(self, state: SourceState) -> None:
        """Store the outcome of a good poll: what `state` says of it, and when to poll next."""
        self._run(
            """
            INSERT INTO source (id, etag, last_modified, cursor, usual_count, baseline_at, polled_at,
                succeeded_at, next_poll_at, fingerprint, whole_at, outdated, distrusted_at, polls)
            VALUES (:id, :etag, :last_modified, :cursor, :usual_count, :baseline_at, :polled_at,
                :succeeded_at, :next_poll_at, :fingerprint, :whole_at, :outdated, :distrusted_at, 1)
            ON CONFLICT (id) DO UPDATE SET
                etag = excluded.etag, last_modified = excluded.last_modified, cursor = excluded.cursor,
                usual_count = excluded.usual_count,
                baseline_at = coalesce(source.baseline_at, excluded.baseline_at),
                polled_at = excluded.polled_at, succeeded_at = excluded.succeeded_at,
                next_poll_at = excluded.next_poll_at, fingerprint = excluded.fingerprint,
                whole_at = excluded.whole_at, outdated = excluded.outdated,
                distrusted_at = excluded.distrusted_at, polls = source.polls + 1,
                rested_until = NULL, failing_since = NULL, failures = 0, failure = NULL, complaint = NULL
            """,
            {**columns(state), "cursor": json.dumps(state.cursor or {})},
        )

    def showed_nothing(self, states: Iterable[SourceState]) -> None:
        """Store the outcomes of good polls that showed nothing new; no other poll is overtaken by them.

        Where another poll of a source was stored since one of these began, that one is dropped.
        """
        self._run_many(
            """
            UPDATE source SET
                etag = :etag, last_modified = :last_modified, usual_count = :usual_count,
                polled_at = :polled_at, succeeded_at = :succeeded_at, next_poll_at = :next_poll_at,
                fingerprint = :fingerprint, whole_at = :whole_at, outdated = :outdated,
                rested_until = NULL, failing_since = NULL, failures = 0, failure = NULL, complaint = NULL
            WHERE id = :id AND polls = :polls
            """,
            map(columns, states),
        )

    def failed(self, source_id: str, error: SourceError, now: datetime, next_poll_at: datetime) -> None:
        """Store that a poll failed, why, and when to try again; what was remembered stays."""
        self._run(
            """
            INSERT INTO source
                (id, polled_at, next_poll_at, rested_until, failing_since, failures, failure, complaint,
                polls)
            VALUES (:id, :now, :next, :rested, :now, 1, :failure, :complaint, 1)
            ON CONFLICT (id) DO UPDATE SET
                polled_at = excluded.polled_at, next_poll_at = excluded.next_poll_at,
                rested_until = excluded.rested_until, failures = source.failures + 1,
                failing_since = coalesce(source.failing_since, excluded.failing_since),
                failure = excluded.failure, complaint = excluded.complaint, polls = source.polls + 1
            """,
            {
                "id": source_id,
                "now": now,
                "next": next_poll_at,
                "rested": next_poll_at if error.retry_after is not None else None,
                "failure": error.failure,
                "complaint": str(error),
            },
        )


def _state_of(row: Row) -> SourceState:
    return record(SourceState, row, cursor=json.loads(row["cursor"]))


class Coverage(Tables):
    """What sources showed of the releases that were announced."""

    def shown(self, since: datetime) -> list[Shown]:
        """Return the releases announced since then, with who showed them.

        What a person imported, or announced on a hint, no source has shown.
        """
        rows = self._query(
            """
            SELECT lead.id, lead.key, lead.lab, lead.display, o.source_id,
                min(o.seen_at) AS first_at, count(*) FILTER (WHERE NOT o.live) = 0 AS live,
                max(CASE WHEN o.links LIKE '%/huggingface.co/%' OR o.links LIKE '%/hf.co/%' THEN o.links END)
                    AS links
            FROM release lead JOIN release r ON r.lead_id = lead.id JOIN observation o ON o.release_id = r.id
            WHERE lead.id IN ( -- as the index release_announced has them
                    SELECT id FROM release
                    WHERE id = lead_id AND silent = FALSE AND withdrawn = FALSE AND opened_at >= :since)
              AND o.source <> 'import' AND NOT o.amends
              AND o.external_id NOT LIKE :by_hint
            GROUP BY lead.id, o.source_id ORDER BY lead.id, first_at
            """,
            {"since": since, "by_hint": f"{FROM_HINT}%"},
        )
        named = "SELECT r.lead_id, h.source_id FROM hint h JOIN release r ON r.key = h.brought"
        named_by = dict(self._tuples(named))
        return [
            _shown_of(list(sights), named_by.get(lead_id, ""))
            for lead_id, sights in groupby(rows, key=lambda row: row["id"])
        ]


def _shown_of(sights: Sequence[Row], named_by: str) -> Shown:
    return Shown(
        key=sights[0]["key"],
        lab=sights[0]["lab"],
        name=sights[0]["display"],
        by={sight["source_id"]: moment(sight["first_at"]) for sight in sights},
        links=tuple(link for sight in sights for link in (sight["links"] or "").split("\n") if link),
        named_by=named_by,
        live=bool(sights[0]["live"]),
    )
