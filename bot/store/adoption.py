"""What was measured of the labs' use week by week, what is still to be asked, and what was never answered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from bot.cadence.adoption import Progress, Sum
from bot.cadence.measuring import Change, ChangeKind, Counted, Former, Measure, Subject, Task, changes_between
from bot.store.database import Database
from bot.store.rows import Row, moment, time_text

MOST_TRIES = 5  # of one task in a week


class Adoption:
    """Keep tasks, figures and the sets that were counted. Whatever writes belongs in a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- what there is to do

    def is_planned(self, week: date) -> bool:
        """Whether the week has its tasks."""
        rows = self._database.query(
            "SELECT 1 FROM adoption_task WHERE week = :week LIMIT 1", {"week": week.isoformat()}
        )
        return bool(rows)

    def plan(self, tasks: Iterable[Task]) -> None:
        """Add tasks; those that are there stay as they are."""
        self._database.connection.conn.executemany(
            """
            INSERT INTO adoption_task (week, subject, asked_of, lab, due_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (week, subject, asked_of) DO NOTHING
            """,
            [(it.week.isoformat(), it.subject, it.of, it.lab, time_text(it.due_at)) for it in tasks],
        )

    def next_due(self, week: date, now: datetime) -> Task | None:
        """Return the task of this week whose time came first, or None."""
        rows = self._database.query(
            """
            SELECT * FROM adoption_task
            WHERE week = :week AND due_at <= :now AND done_at IS NULL AND tries < :most
            ORDER BY due_at, subject, asked_of LIMIT 1
            """,
            {"week": week.isoformat(), "now": time_text(now), "most": MOST_TRIES},
        )
        return _task_of(rows[0]) if rows else None

    def open_tasks(self, since: date) -> list[Task]:
        """Return what was not measured in the weeks from `since` on, in the order in which it was due."""
        rows = self._database.query(
            "SELECT * FROM adoption_task WHERE week >= :since AND done_at IS NULL ORDER BY week, due_at",
            {"since": since.isoformat()},
        )
        return [_task_of(row) for row in rows]

    def of_lab(self, week: date, lab: str, subject: Subject) -> tuple[str, ...]:
        """Return what the lab is asked about in a week."""
        rows = self._database.query(
            "SELECT asked_of FROM adoption_task WHERE week = :week AND lab = :lab AND subject = :subject",
            {"week": week.isoformat(), "lab": lab, "subject": subject},
        )
        return tuple(row["asked_of"] for row in rows)

    def spent(self, week: date, subject: Subject) -> int:
        """Return how many requests a week's tasks cost so far."""
        rows = self._database.query(
            "SELECT sum(requests) AS spent FROM adoption_task WHERE week = :week AND subject = :subject",
            {"week": week.isoformat(), "subject": subject},
        )
        return rows[0]["spent"] or 0

    def fail(
        self, task: Task, complaint: str, due_at: datetime, requests: int, *, counts: bool = True
    ) -> None:
        """Store why a task failed and when to try again, and whether that was one of its MOST_TRIES."""
        self._database.connection.execute(
            """
            UPDATE adoption_task SET complaint = :complaint, due_at = :due, tries = tries + :counts,
                requests = requests + :requests
            WHERE week = :week AND subject = :subject AND asked_of = :of
            """,
            {
                **_key(task),
                "complaint": complaint,
                "due": time_text(due_at),
                "counts": int(counts),
                "requests": requests,
            },
        )

    def put_off(self, week: date, until: datetime) -> None:
        """Let nothing of a week be due before `until`."""
        self._database.connection.execute(
            """
            UPDATE adoption_task SET due_at = :until
            WHERE week = :week AND done_at IS NULL AND due_at < :until
            """,
            {"week": week.isoformat(), "until": time_text(until)},
        )

    def give_up(self, week: date, subject: Subject, complaint: str) -> None:
        """Ask for nothing more of this kind in a week, and store why."""
        self._database.connection.execute(
            """
            UPDATE adoption_task SET tries = :most, complaint = :complaint
            WHERE week = :week AND subject = :subject AND done_at IS NULL
            """,
            {"week": week.isoformat(), "subject": subject, "most": MOST_TRIES, "complaint": complaint},
        )

    # --- what was measured

    def keep_downloads(
        self, task: Task, counted: Mapping[str, Counted], now: datetime, requests: int
    ) -> None:
        """Store an organisation's downloads, and how the set that was counted changed."""
        self._keep_changes(task, changes_between(self._former(task.of), counted))
        self._database.connection.execute(
            "UPDATE adoption_repository SET listed = 0 WHERE organisation = :of", {"of": task.of}
        )
        self._database.connection.conn.executemany(
            """
            INSERT INTO adoption_repository (organisation, hub_id, name, downloads, listed)
            VALUES (?, ?, ?, ?, 1)
            ON CONFLICT (organisation, hub_id) DO UPDATE SET
                name = excluded.name, downloads = excluded.downloads, listed = 1
            """,
            [(task.of, hub_id, it.name, it.downloads) for hub_id, it in counted.items()],
        )
        total = sum(it.downloads for it in counted.values())
        self._keep_figure(task, Measure.DOWNLOADS, total, len(counted), complete=True)
        self._close(task, now, requests)

    def keep_derivatives(
        self, task: Task, counts: Mapping[Measure, int], now: datetime, requests: int, *, complete: bool
    ) -> None:
        """Store how many repositories others built upon one."""
        for measure, value in counts.items():
            self._keep_figure(task, measure, value, 1, complete=complete)
        self._close(task, now, requests)

    def _former(self, organisation: str) -> dict[str, Former]:
        rows = self._database.query(
            "SELECT * FROM adoption_repository WHERE organisation = :of", {"of": organisation}
        )
        return {row["hub_id"]: Former(row["name"], row["downloads"], bool(row["listed"])) for row in rows}

    def _keep_changes(self, task: Task, changes: Iterable[Change]) -> None:
        self._database.connection.conn.executemany(
            """
            INSERT OR REPLACE INTO adoption_change (week, lab, hub_id, kind, name, former, downloads)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                (task.week.isoformat(), task.lab, it.hub_id, it.kind, it.name, it.former, it.downloads)
                for it in changes
            ],
        )

    def _keep_figure(
        self, task: Task, measure: Measure, value: int, repositories: int, *, complete: bool
    ) -> None:
        self._database.connection.execute(
            """
            INSERT OR REPLACE INTO adoption_figure
                (week, lab, measure, asked_of, value, repositories, complete)
            VALUES (:week, :lab, :measure, :of, :value, :count, :complete)
            """,
            {
                "week": task.week.isoformat(),
                "lab": task.lab,
                "measure": measure,
                "of": task.of,
                "value": value,
                "count": repositories,
                "complete": int(complete),
            },
        )

    def _close(self, task: Task, now: datetime, requests: int) -> None:
        self._database.connection.execute(
            """
            UPDATE adoption_task SET done_at = :now, complaint = '', requests = requests + :requests
            WHERE week = :week AND subject = :subject AND asked_of = :of
            """,
            {**_key(task), "now": time_text(now), "requests": requests},
        )

    # --- what can be told

    def sums(self, since: date) -> list[Sum]:
        """Return each lab's figures of the weeks from `since` on, summed over what was asked."""
        rows = self._database.query(
            """
            SELECT week, lab, measure, sum(value) AS value, sum(repositories) AS repositories,
                min(complete) AS complete
            FROM adoption_figure WHERE week >= :since GROUP BY week, lab, measure
            """,
            {"since": since.isoformat()},
        )
        return [
            Sum(
                date.fromisoformat(row["week"]),
                row["lab"],
                Measure(row["measure"]),
                row["value"],
                row["repositories"],
                bool(row["complete"]),
            )
            for row in rows
        ]

    def progress(self, since: date) -> list[Progress]:
        """Return how much was done of what was planned for each lab in the weeks from `since` on."""
        rows = self._database.query(
            """
            SELECT week, lab, subject, count(*) AS planned, count(done_at) AS done
            FROM adoption_task WHERE week >= :since GROUP BY week, lab, subject
            """,
            {"since": since.isoformat()},
        )
        return [
            Progress(
                date.fromisoformat(row["week"]),
                row["lab"],
                Subject(row["subject"]),
                row["planned"],
                row["done"],
            )
            for row in rows
        ]

    def changes(self, since: date) -> list[Change]:
        """Return how the counted sets changed in the weeks from `since` on, oldest first."""
        rows = self._database.query(
            "SELECT * FROM adoption_change WHERE week >= :since ORDER BY week, lab, kind, name",
            {"since": since.isoformat()},
        )
        return [
            Change(
                ChangeKind(row["kind"]),
                row["hub_id"],
                row["name"],
                row["former"],
                row["downloads"],
                date.fromisoformat(row["week"]),
                row["lab"],
            )
            for row in rows
        ]

    def bases(self, labs: Sequence[str], each: int) -> dict[str, list[str]]:
        """Return the repositories of each lab's newest releases, the newest first, at most `each`.

        They are those that others build upon: the release's own weights and its base, not its packagings.
        """
        found: dict[str, list[str]] = {}
        for lab in labs:
            rows = self._database.query(
                """
                SELECT a.repository FROM artifact a JOIN release r ON r.id = a.release_id
                WHERE r.lab = :lab AND NOT r.withdrawn AND (a.head OR a.packaging = 'Base')
                  AND json_extract(a.facts, '$.weights') IS NOT 'none'
                ORDER BY r.published_at DESC, r.id DESC, a.head DESC, a.repository LIMIT :each
                """,
                {"lab": lab, "each": each},
            )
            found[lab] = [row["repository"] for row in rows]
        return {lab: repositories for lab, repositories in found.items() if repositories}


def _key(task: Task) -> dict[str, str]:
    return {"week": task.week.isoformat(), "subject": task.subject, "of": task.of}


def _task_of(row: Row) -> Task:
    return Task(
        date.fromisoformat(row["week"]),
        row["lab"],
        Subject(row["subject"]),
        row["asked_of"],
        moment(row["due_at"]),
        row["tries"],
        row["complaint"],
    )
