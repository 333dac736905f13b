"""Move what is stored between releases, as corrections ask, and send it home again."""

from datetime import datetime
from typing import Any

from bot.store.database import Database
from bot.store.rows import time_text

_KEEP_HOME = "home_id = coalesce(home_id, release_id), home_head = coalesce(home_head, head)"


# Why a message of a release that is moved away is left out; taking the correction back owes it again.
_MERGED = "it is the same release as another"
_WITHDRAWN = "a person withdrew it"


class Rearranger:
    """Move artifacts, observations and deliveries; all of it belongs inside one transaction.

    What is moved keeps its place in home_* columns; `send_home` undoes every move at once.
    """

    def __init__(self, database: Database, now: datetime) -> None:
        self._database = database
        self._now = time_text(now)

    def send_home(self) -> None:
        """Undo every move that was ever made."""
        # What was seen since of a repository that was moved goes home with it.
        self._run(
            """
            UPDATE observation SET release_id = (SELECT home_id FROM artifact WHERE hub_id = external_id)
            WHERE source = 'hub' AND external_id IN (SELECT hub_id FROM artifact WHERE home_id IS NOT NULL)
            """
        )
        self._run(
            "UPDATE observation SET release_id = home_id, home_id = NULL WHERE home_id IS NOT NULL",
        )
        # A better head may have come since; then the one that was moved is none any more.
        self._run(
            """
            UPDATE artifact SET release_id = home_id, home_id = NULL, home_head = NULL,
                head = home_head AND NOT EXISTS (
                    SELECT 1 FROM artifact since WHERE since.release_id = artifact.home_id
                        AND since.head AND since.home_id IS NULL)
            WHERE home_id IS NOT NULL
            """
        )
        self._run(
            """
            UPDATE artifact SET provisional = home_provisional, home_provisional = NULL
            WHERE home_provisional IS NOT NULL
            """
        )
        self._run("UPDATE delivery SET release_id = home_id, home_id = NULL WHERE home_id IS NOT NULL")
        self._run(
            f"""
            UPDATE delivery SET state = 'owed', reason = NULL, settled_at = NULL
            WHERE state = 'skipped' AND reason IN ('{_MERGED}', '{_WITHDRAWN}')
            """
        )
        self._run(
            """
            UPDATE release SET lead_id = coalesce(home_lead_id, lead_id), lab = coalesce(home_lab, lab),
                name = json_set(name, '$.lab', coalesce(home_lab, lab)),
                home_lead_id = NULL, home_lab = NULL, withdrawn = 0
            WHERE withdrawn = 1 OR home_lead_id IS NOT NULL OR home_lab IS NOT NULL
            """
        )

    def merge(self, key: str, into: str) -> None:
        """Give everything of a release to another; alerts stay where they stand, and are not sent twice."""
        source, target = self._id(key), self._id(into)
        if source is None or target is None or source == target:
            return
        places = {"source": source, "target": target}
        self._run(
            """
            UPDATE observation SET home_id = coalesce(home_id, release_id), release_id = :target
            WHERE release_id = :source
            """,
            places,
        )
        self._run(
            f"""
            UPDATE artifact SET {_KEEP_HOME},
                release_id = :target
            WHERE release_id = :source
            """,
            places,
        )
        self._keep_one_head(target)
        lead = self._lead(target)
        self._step_down(source, target if lead == source else lead)
        self._mark_withdrawn(source, _MERGED)

    def split(self, repository: str, key: str) -> None:
        """Give a repository, and what was seen of it, to the release with this key."""
        target = self._id(key)
        if target is None:
            return
        places = {"repository": repository, "target": target}
        self._run(
            """
            UPDATE observation SET home_id = coalesce(home_id, release_id), release_id = :target
            WHERE source = 'hub' AND release_id IS NOT NULL AND external_id IN (
                SELECT hub_id FROM artifact WHERE repository = :repository COLLATE NOCASE)
            """,
            places,
        )
        self._run(
            f"""
            UPDATE artifact SET {_KEEP_HOME},
                release_id = :target, head = 1
            WHERE repository = :repository COLLATE NOCASE
            """,
            places,
        )
        self._keep_one_head(target)

    def give(self, key: str, lab: str) -> None:
        """Give a release to another lab; its key stays."""
        self._run(
            """
            UPDATE release SET home_lab = coalesce(home_lab, lab), lab = :lab,
                name = json_set(name, '$.lab', :lab) WHERE key = :key
            """,
            {"key": key, "lab": lab},
        )

    def withdraw(self, key: str) -> None:
        """Show a release no more; what shared its alert goes on under the next of them."""
        source = self._id(key)
        if source is None:
            return
        heirs = self._database.query(
            "SELECT min(id) AS id FROM release WHERE lead_id = :id AND id <> :id AND NOT withdrawn",
            {"id": source},
        )
        if heirs[0]["id"] is not None:
            self._step_down(source, heirs[0]["id"])
        self._mark_withdrawn(source, _WITHDRAWN)

    def judge_head(self, key: str, provisional: bool, said_at: datetime) -> None:
        """Mark whether the weights that a release had by then give way to better ones."""
        self._run(
            """
            UPDATE artifact SET home_provisional = provisional, provisional = :provisional
            WHERE head AND seen_at <= :said_at AND release_id = (SELECT id FROM release WHERE key = :key)
            """,
            {"key": key, "provisional": provisional, "said_at": time_text(said_at)},
        )

    # --- parts of the above

    def _keep_one_head(self, release_id: int) -> None:
        """Leave a release one repository of its own weights: its own rather than one that came to it."""
        heads = self._database.query(
            """
            SELECT hub_id FROM artifact WHERE release_id = :id AND head
            ORDER BY provisional, home_id IS NOT NULL AND home_id <> release_id, seen_at, hub_id
            """,
            {"id": release_id},
        )
        for row in heads[1:]:
            self._run(
                f"""
                UPDATE artifact SET {_KEEP_HOME},
                    head = 0
                WHERE hub_id = :hub_id
                """,
                {"hub_id": row["hub_id"]},
            )

    def _step_down(self, source: int, lead: int) -> None:
        """Let `lead` lead the wave that a release led, or take it in, with its alerts.

        An alert stays with its release where the new lead's own stands in the same destination.
        """
        places = {"source": source, "lead": lead}
        self._run(
            """
            UPDATE release SET silent = 0
            WHERE id = :lead AND EXISTS (SELECT 1 FROM release WHERE id = :source AND NOT silent)
            """,
            places,
        )
        self._run(
            """
            UPDATE release SET home_lead_id = coalesce(home_lead_id, lead_id), lead_id = :lead
            WHERE lead_id = :source OR id = :source
            """,
            places,
        )
        self._run(
            """
            UPDATE delivery SET home_id = coalesce(home_id, release_id), release_id = :lead
            WHERE release_id = :source AND destination NOT IN (
                SELECT destination FROM delivery WHERE release_id = :lead AND kind = 'alert')
            """,
            places,
        )

    def _mark_withdrawn(self, release_id: int, reason: str) -> None:
        self._run("UPDATE release SET withdrawn = 1 WHERE id = :id", {"id": release_id})
        self._run(
            """
            UPDATE delivery SET state = 'skipped', reason = :reason, settled_at = :now
            WHERE release_id = :id AND state = 'owed' AND kind <> 'edit'
            """,
            {"id": release_id, "reason": reason, "now": self._now},
        )

    def _id(self, key: str) -> int | None:
        rows = self._database.query("SELECT id FROM release WHERE key = :key", {"key": key})
        return rows[0]["id"] if rows else None

    def _lead(self, release_id: int) -> int:
        rows = self._database.query("SELECT lead_id FROM release WHERE id = :id", {"id": release_id})
        return int(rows[0]["lead_id"])

    def _run(self, statement: str, values: dict[str, Any] | None = None) -> None:
        self._database.connection.execute(statement, values or {})
