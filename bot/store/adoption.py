"""What was measured of the labs' use week by week, what is still to be asked, and what was never answered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from bot.cadence.adoption import Progress, Sum
from bot.cadence.measures import Change, Counted, Measure, Subject, Task
from bot.store.database import Tables
from bot.store.rows import columns

MOST_TRIES = 5  # of one task in a week
_TASKS = "SELECT *, asked_of AS of FROM adoption_task"


class Adoption(Tables):
    """The tasks, the figures and the sets that were counted."""

    # --- what there is to do

    def is_planned(self, week: date) -> bool:
        """Whether the week has its tasks."""
        return bool(self._query("SELECT 1 FROM adoption_task WHERE week = :week LIMIT 1", {"week": week}))

    def plan(self, tasks: Iterable[Task]) -> None:
        """Add tasks; those that are there stay as they are."""
        self._run_many(
            """
            INSERT INTO adoption_task (week, subject, asked_of, lab, due_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (week, subject, asked_of) DO NOTHING
            """,
            [(it.week, it.subject, it.of, it.lab, it.due_at) for it in tasks],
        )

    def next_due(self, week: date, now: datetime) -> Task | None:
        """Return the task of this week whose time came first, or None."""
        return self._first(
            Task,
            f"""
            {_TASKS}
            WHERE week = :week AND due_at <= :now AND done_at IS NULL AND tries < :most
            ORDER BY due_at, subject, asked_of LIMIT 1
            """,
            {"week": week, "now": now, "most": MOST_TRIES},
        )

    def open_tasks(self, since: date) -> list[Task]:
        """Return what was not measured in the weeks from `since` on, in the order in which it was due."""
        return self._records(
            Task,
            f"{_TASKS} WHERE week >= :since AND done_at IS NULL ORDER BY week, due_at",
            {"since": since},
        )

    def of_lab(self, week: date, lab: str, subject: Subject) -> tuple[str, ...]:
        """Return what the lab is asked about in a week."""
        asked = "SELECT asked_of FROM adoption_task WHERE week = :week AND lab = :lab AND subject = :subject"
        return tuple(self._column(asked, {"week": week, "lab": lab, "subject": subject}))

    def spent(self, week: date, subject: Subject) -> int:
        """Return how many requests a week's tasks cost so far."""
        [spent] = self._column(
            """
            SELECT CAST(coalesce(sum(requests), 0) AS BIGINT) FROM adoption_task
            WHERE week = :week AND subject = :subject
            """,
            {"week": week, "subject": subject},
        )
        return int(spent)

    def fail(
        self, task: Task, complaint: str, due_at: datetime, requests: int, *, counts: bool = True
    ) -> None:
        """Store why a task failed and when to try again, and whether that was one of its MOST_TRIES."""
        self._run(
            """
            UPDATE adoption_task SET complaint = :complaint, due_at = :due,
                tries = tries + CASE WHEN :counts THEN 1 ELSE 0 END, requests = requests + :requests
            WHERE week = :week AND subject = :subject AND asked_of = :of
            """,
            {**columns(task), "complaint": complaint, "due": due_at, "counts": counts, "requests": requests},
        )

    def put_off(self, week: date, until: datetime) -> None:
        """Let nothing of a week be due before `until`."""
        self._run(
            """
            UPDATE adoption_task SET due_at = :until
            WHERE week = :week AND done_at IS NULL AND due_at < :until
            """,
            {"week": week, "until": until},
        )

    def give_up(self, week: date, subject: Subject, complaint: str) -> None:
        """Ask for nothing more of this kind in a week, and store why."""
        self._run(
            """
            UPDATE adoption_task SET tries = :most, complaint = :complaint
            WHERE week = :week AND subject = :subject AND done_at IS NULL
            """,
            {"week": week, "subject": subject, "most": MOST_TRIES, "complaint": complaint},
        )

    def done(self, task: Task, now: datetime, requests: int) -> None:
        """Mark that a task is done, and what it cost."""
        self._run(
            """
            UPDATE adoption_task SET done_at = :now, complaint = '', requests = requests + :requests
            WHERE week = :week AND subject = :subject AND asked_of = :of
            """,
            {**columns(task), "now": now, "requests": requests},
        )

    # --- what was measured

    def repositories(self, organisation: str) -> dict[str, Counted]:
        """Return what an organisation had when last measured, and what had vanished, by the Hub's _id."""
        rows = self._query("SELECT * FROM adoption_repository WHERE organisation = :of", {"of": organisation})
        return {row["hub_id"]: Counted(row["name"], row["downloads"], bool(row["listed"])) for row in rows}

    def keep_repositories(
        self, task: Task, counted: Mapping[str, Counted], changes: Iterable[Change]
    ) -> None:
        """Store the set of an organisation's repositories that was counted, and how it changed."""
        self._run_many(
            """
            INSERT INTO adoption_change (week, lab, hub_id, kind, name, former, downloads)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (week, lab, hub_id, kind) DO UPDATE SET
                name = excluded.name, former = excluded.former, downloads = excluded.downloads
            """,
            [(task.week, task.lab, it.hub_id, it.kind, it.name, it.former, it.downloads) for it in changes],
        )
        self._run("UPDATE adoption_repository SET listed = FALSE WHERE organisation = :of", {"of": task.of})
        self._run_many(
            """
            INSERT INTO adoption_repository (organisation, hub_id, name, downloads, listed)
            VALUES (?, ?, ?, ?, TRUE)
            ON CONFLICT (organisation, hub_id) DO UPDATE SET
                name = excluded.name, downloads = excluded.downloads, listed = TRUE
            """,
            [(task.of, hub_id, it.name, it.downloads) for hub_id, it in counted.items()],
        )

    def keep_figures(
        self, task: Task, figures: Mapping[Measure, int], repositories: int, *, complete: bool
    ) -> None:
        """Store what was counted of so many repositories; the same figure of the same week is replaced."""
        self._run_many(
            """
            INSERT INTO adoption_figure (week, lab, measure, asked_of, value, repositories, complete)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (week, lab, measure, asked_of) DO UPDATE SET
                value = excluded.value, repositories = excluded.repositories, complete = excluded.complete
            """,
            [
                (task.week, task.lab, measure, task.of, value, repositories, complete)
                for measure, value in figures.items()
            ],
        )

    # --- what can be told

    def sums(self, since: date) -> list[Sum]:
        """Return each lab's figures of the weeks from `since` on, summed over what was asked."""
        return self._records(
            Sum,
            """
            SELECT week, lab, measure, CAST(sum(value) AS BIGINT) AS value,
                CAST(sum(repositories) AS BIGINT) AS repositories,
                count(*) FILTER (WHERE NOT complete) = 0 AS complete
            FROM adoption_figure WHERE week >= :since GROUP BY week, lab, measure
            """,
            {"since": since},
        )

    def progress(self, since: date) -> list[Progress]:
        """Return how much was done of what was planned for each lab in the weeks from `since` on."""
        return self._records(
            Progress,
            """
            SELECT week, lab, subject, count(*) AS planned, count(done_at) AS done
            FROM adoption_task WHERE week >= :since GROUP BY week, lab, subject
            ORDER BY week, lab, subject
            """,
            {"since": since},
        )

    def changes(self, since: date) -> list[Change]:
        """Return how the counted sets changed in the weeks from `since` on, oldest first."""
        return self._records(
            Change,
            "SELECT * FROM adoption_change WHERE week >= :since ORDER BY week, lab, kind, name",
            {"since": since},
        )

    def bases(self, labs: Sequence[str], each: int) -> dict[str, list[str]]:
        """Return the repositories of each lab's newest releases, the newest first, at most `each`.

        They are those that others build upon: the release's own weights and its base, not its packagings.
        """
        newest = """
            SELECT a.repository FROM artifact a JOIN release r ON r.id = a.release_id
            WHERE r.lab = :lab AND NOT r.withdrawn AND (a.head OR a.packaging = 'Base')
              AND coalesce(a.facts ->> 'weights', '') <> 'none'
            ORDER BY r.published_at DESC, r.id DESC, a.head DESC, a.repository LIMIT :each
        """
        found = {lab: self._column(newest, {"lab": lab, "each": each}) for lab in labs}
        return {lab: repositories for lab, repositories in found.items() if repositories}
