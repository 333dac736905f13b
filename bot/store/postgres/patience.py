"""What procrastinate's worker asks of the database, asked again where that refuses.

The worker itself ends at the first refusal of a job, and does not notice that its signs of life have ended.
"""

import asyncio
from collections.abc import Iterable

import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager, NotificationCallback
from psycopg.errors import ForeignKeyViolation

log = structlog.get_logger()

_REST = 1.0  # seconds


def _reason(error: ConnectorException) -> str:
    return next(iter(str(error.__cause__ or error).strip().splitlines()), "")


class PatientManager(JobManager):
    """Takes a refusal for an answer, and lets the worker go on."""

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """Return a job to do, None where there is none or the database refused.

        Raises ConnectorException for a worker that others took for dead: it has to begin anew.
        """
        try:
            return await super().fetch_job(queues, worker_id)
        except ConnectorException as error:
            if isinstance(error.__cause__, ForeignKeyViolation):
                raise
            log.info("no_job_fetched", error=_reason(error))
            return None

    async def update_heartbeat(self, worker_id: int) -> None:
        """Give a sign of life; where the database refuses, the next one is soon."""
        try:
            await super().update_heartbeat(worker_id)
        except ConnectorException as error:
            log.info("no_heartbeat", error=_reason(error))

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Note that a job was done; where the database refuses, whoever looks after the jobs does so."""
        try:
            await super().finish_job(job, status, delete_job)
        except ConnectorException as error:  # or others took it over
            log.info("job_not_ended", job=job.lock, error=_reason(error))

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        """Listen for ever, also after the connection was cut."""
        while True:
            try:
                await super().listen_for_jobs(on_notification=on_notification, queues=queues)
            except ConnectorException as error:
                log.info("not_listening", error=_reason(error))
            await asyncio.sleep(_REST)
