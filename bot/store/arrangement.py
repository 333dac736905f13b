"""Moves of what is stored from one release to another, as corrections ask, and all of it home again."""

from datetime import datetime

from bot.records import LASTS, MERGED, WITHDRAWN
from bot.store.database import Tables

_KEEP_HOME = "home_id = coalesce(home_id, release_id), home_head = coalesce(home_head, head)"
# Of two alerts of one release in a destination the one that more people may have read is the better one.
_RANK = """
    CASE {}.state WHEN 'sent' THEN 0 WHEN 'claimed' THEN 1 WHEN 'doubtful' THEN 2 WHEN 'unclear' THEN 3
        WHEN 'owed' THEN 4 ELSE 5 END
"""


class Arrangement(Tables):
    """Which release artifacts, observations and deliveries belong to.

    What is moved keeps its place in home_* columns; `send_home` undoes every move at once.
    """

    def send_home(self, now: datetime) -> None:
        """Undo every move that was ever made. A message that was left out so long ago is no news any more."""
        run = self._run
        # What was seen since of a repository that was moved goes home with it.
        run(
            """
            UPDATE observation SET release_id = (SELECT home_id FROM artifact WHERE hub_id = external_id)
            WHERE source = 'hub' AND external_id IN (SELECT hub_id FROM artifact WHERE home_id IS NOT NULL)
            """
        )
        run("UPDATE observation SET release_id = home_id, home_id = NULL WHERE home_id IS NOT NULL")
        # A better head may have come since; then the one that was moved is none any more.
        run(
            """
            UPDATE artifact SET release_id = home_id, home_id = NULL, home_head = NULL,
                head = home_head AND NOT EXISTS (
                    SELECT 1 FROM artifact since WHERE since.release_id = artifact.home_id
                        AND since.head AND since.home_id IS NULL)
            WHERE home_id IS NOT NULL
            """
        )
        run(
            """
            UPDATE artifact SET provisional = home_provisional, home_provisional = NULL
            WHERE home_provisional IS NOT NULL
            """
        )
        run("UPDATE delivery SET release_id = home_id, home_id = NULL WHERE home_id IS NOT NULL")
        run(
            """
            UPDATE delivery SET state = 'owed', reason = NULL, settled_at = NULL
            WHERE state = 'skipped' AND reason IN (:merged, :withdrawn) AND created_at >= :since
            """,
            {"merged": MERGED, "withdrawn": WITHDRAWN, "since": now - LASTS},
        )
        run(
            """
            UPDATE release SET lead_id = coalesce(home_lead_id, lead_id), lab = coalesce(home_lab, lab),
                name = json_set(name, '$.lab', coalesce(home_lab, lab)),
                home_lead_id = NULL, home_lab = NULL, withdrawn = FALSE
            WHERE withdrawn = TRUE OR home_lead_id IS NOT NULL OR home_lab IS NOT NULL
            """
        )

    def merge(self, key: str, into: str, now: datetime) -> None:
        """Give everything of a release to another; alerts stay where they stand, and are not sent twice."""
        source, target = self._id(key), self._id(into)
        if source is None or target is None or source == target:
            return
        self._run(
            """
            UPDATE observation SET home_id = coalesce(home_id, release_id), release_id = :target
            WHERE release_id = :source
            """,
            {"source": source, "target": target},
        )
        self._run(
            f"UPDATE artifact SET {_KEEP_HOME}, release_id = :target WHERE release_id = :source",
            {"source": source, "target": target},
        )
        self._keep_one_head(target)
        [lead] = self._column("SELECT lead_id FROM release WHERE id = :id", {"id": target})
        self._step_down(source, target if lead == source else lead)
        self._mark_withdrawn(source, MERGED, now)

    def split(self, repository: str, key: str) -> None:
        """Give a repository, and what was seen of it, to the release with this key."""
        target = self._id(key)
        if target is None:
            return
        self._run(
            """
            UPDATE observation SET home_id = coalesce(home_id, release_id), release_id = :target
            WHERE source = 'hub' AND release_id IS NOT NULL AND external_id IN (
                SELECT hub_id FROM artifact WHERE lower(repository) = lower(:repository))
            """,
            {"repository": repository, "target": target},
        )
        self._run(
            f"""
            UPDATE artifact SET {_KEEP_HOME}, release_id = :target, head = TRUE
            WHERE lower(repository) = lower(:repository)
            """,
            {"repository": repository, "target": target},
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

    def withdraw(self, key: str, now: datetime) -> None:
        """Show a release no more; what shared its alert goes on under the next of them."""
        source = self._id(key)
        if source is None:
            return
        [heir] = self._column(
            "SELECT min(id) FROM release WHERE lead_id = :id AND id <> :id AND NOT withdrawn",
            {"id": source},
        )
        if heir is not None:
            self._step_down(source, heir)
        self._mark_withdrawn(source, WITHDRAWN, now)

    def mark_provisional(self, key: str, said_at: datetime, *, provisional: bool) -> None:
        """Mark whether the weights that a release had by then give way to better ones."""
        self._run(
            """
            UPDATE artifact SET home_provisional = provisional, provisional = :provisional
            WHERE head AND seen_at <= :said_at AND release_id = (SELECT id FROM release WHERE key = :key)
            """,
            {"key": key, "provisional": provisional, "said_at": said_at},
        )

    # --- parts of the above

    def _id(self, key: str) -> int | None:
        return next(iter(self._column("SELECT id FROM release WHERE key = :key", {"key": key})), None)

    def _keep_one_head(self, release_id: int) -> None:
        """Leave a release one repository of its own weights: its own rather than one that came to it."""
        self._run(
            f"""
            UPDATE artifact SET {_KEEP_HOME}, head = FALSE
            WHERE release_id = :id AND head AND hub_id <> (
                SELECT hub_id FROM artifact WHERE release_id = :id AND head
                ORDER BY provisional, home_id IS NOT NULL AND home_id <> release_id, seen_at, hub_id LIMIT 1)
            """,
            {"id": release_id},
        )

    def _step_down(self, source: int, lead: int) -> None:
        """Let `lead` lead the wave that a release led, or take it in, with its messages."""
        self._run(
            """
            UPDATE release SET silent = FALSE
            WHERE id = :lead AND EXISTS (SELECT 1 FROM release WHERE id = :source AND NOT silent)
            """,
            {"source": source, "lead": lead},
        )
        self._run(
            """
            UPDATE release SET home_lead_id = coalesce(home_lead_id, lead_id), lead_id = :lead
            WHERE lead_id = :source OR id = :source
            """,
            {"source": source, "lead": lead},
        )
        self._move_messages(source, lead)

    def _move_messages(self, source: int, lead: int) -> None:
        """Give a release's messages to another, and leave it the worse of two alerts in a destination.

        What answers to an alert stays with it.
        """
        worse = self._tuples(
            f"""
            SELECT theirs.sequence, theirs.destination FROM delivery ours
            JOIN delivery theirs ON theirs.destination = ours.destination AND theirs.kind = 'alert'
            WHERE ours.release_id = :source AND ours.kind = 'alert' AND theirs.release_id = :lead
              AND {_RANK.format("ours")} < {_RANK.format("theirs")}
            """,
            {"source": source, "lead": lead},
        )
        move = "UPDATE delivery SET home_id = coalesce(home_id, release_id), release_id = "
        self._run(
            f"""
            {move} :lead WHERE release_id = :source AND (
                destination IN (SELECT value FROM json_each(:better)) OR destination NOT IN (
                    SELECT destination FROM delivery WHERE release_id = :lead AND kind = 'alert'))
            """,
            {"source": source, "lead": lead, "better": [destination for _, destination in worse]},
        )
        self._run_many(f"{move} ? WHERE sequence = ?", [(source, sequence) for sequence, _ in worse])

    def _mark_withdrawn(self, release_id: int, reason: str, now: datetime) -> None:
        self._run("UPDATE release SET withdrawn = TRUE WHERE id = :id", {"id": release_id})
        self._run(
            """
            UPDATE delivery SET state = 'skipped', reason = :reason, settled_at = :now
            WHERE release_id = :id AND state = 'owed' AND kind <> 'edit'
            """,
            {"id": release_id, "reason": reason, "now": now},
        )
