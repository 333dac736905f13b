"""The jobs of the workers, as procrastinate has them: https://procrastinate.readthedocs.io

It brings fair fetching, notifications and heartbeats. It does not bring correctness: a job may be lost, or
done twice, and that may matter to nobody.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import procrastinate
import psycopg
import structlog
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job as Deferred
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from bot.errors import StoreError
from bot.store.jobs import Job
from bot.store.postgres.database import PostgresDatabase
from bot.store.postgres.patience import PatientManager

log = structlog.get_logger()

HEARTBEAT = 2.0  # seconds between two signs of life
TAKEN_OVER = 6.0  # seconds without one, after which a worker's jobs are others'
_LOOK = 1.0  # seconds between two looks for such workers, and for jobs that no notification told of
_REST = 2.0  # seconds after the database refused
_CONNECTIONS = 6  # that fetch jobs; three more listen


class PostgresJobs:
    """The jobs in a database."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._deferring = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
        self._deferring.open(database.pool)
        self._stopping = threading.Event()
        self._end: Callable[[], object] = lambda: None
        self._looked: float | None = None  # when all jobs were last looked after, by time.monotonic()
        self._fetching = False  # while none of our workers has failed
        self._doing: set[int | None] = set()  # the numbers of the jobs that are done here
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # what it tells, we tell in words

    def pending(self) -> set[Job]:
        """Return the jobs that wait, or are being done."""
        locks = self._database.column("SELECT lock FROM procrastinate_jobs WHERE lock IS NOT NULL")
        return {Job(*lock.split(":", 1)) for lock in locks}

    def defer(self, jobs: Iterable[Job]) -> None:
        """Have jobs done; see bot.store.jobs."""
        deferred = [_deferred(job) for job in jobs]
        try:
            self._defer(deferred)
        except AlreadyEnqueued:  # one of them: somebody else was quicker
            for one in deferred:
                with suppress(AlreadyEnqueued):
                    self._defer([one])

    def _defer(self, jobs: list[Deferred]) -> None:
        """Defer all of these or none. Raises AlreadyEnqueued, which leaves the transaction as it was."""
        if not jobs:
            return
        try:
            with self._database.lent() as connection, connection.transaction():
                self._deferring.job_manager.batch_defer_jobs(jobs, connection=connection)
        except ConnectorException as error:
            raise StoreError(f"{self._database.place}: no job can be deferred ({error})") from error

    def idle(self) -> str:
        """Return why this process does no jobs, "" while it does."""
        if self._looked is None:
            return "none was looked for yet"
        if not self._fetching:
            return "none is fetched until those that have begun have ended"
        seconds = time.monotonic() - self._looked
        return f"none was looked for in {seconds:.0f} seconds" if seconds > TAKEN_OVER else ""

    def stop(self) -> None:
        """Begin no other job."""
        self._stopping.set()
        with suppress(RuntimeError):  # the loop has just ended by itself
            self._end()

    def work(
        self, tasks: Mapping[str, Callable[[str], object]], slots: Mapping[tuple[str, ...], int]
    ) -> None:
        """Do jobs until `stop`, whatever the database does meanwhile."""
        while not self._stopping.is_set():
            try:
                asyncio.run(self._work(tasks, slots))
            except (ConnectorException, psycopg.Error) as error:
                log.warning("jobs_stand_still", place=self._database.place, error=str(error))
            except Exception:  # nobody else hears of this thread's end
                log.exception("jobs_crashed")
            if not self._stopping.is_set():
                self._stopping.wait(_REST)

    async def _work(
        self, tasks: Mapping[str, Callable[[str], object]], slots: Mapping[tuple[str, ...], int]
    ) -> None:
        loop = asyncio.get_running_loop()
        connector = procrastinate.PsycopgConnector(
            conninfo=self._database.url, min_size=1, max_size=_CONNECTIONS, timeout=_REST
        )
        app = procrastinate.App(connector=connector)
        app.job_manager = PatientManager(connector)
        for name, do in tasks.items():
            app.task(name=name, pass_context=True)(self._noted(do))
        with ThreadPoolExecutor(sum(slots.values()), thread_name_prefix="job") as threads:
            loop.set_default_executor(threads)
            async with app.open_async():
                await self._run(app, slots)

    def _noted(self, do: Callable[[str], object]) -> Callable[[JobContext, str], None]:
        """Return what does a job, and has it known as being done here meanwhile."""

        def task(context: JobContext, subject: str) -> None:
            self._doing.add(context.job.id)
            try:
                do(subject)
            finally:
                self._doing.discard(context.job.id)

        return task

    async def _run(self, app: procrastinate.App, slots: Mapping[tuple[str, ...], int]) -> None:
        """Let workers work until one of them fails, or until `stop`; what they have begun is done first."""
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        self._end = lambda: loop.call_soon_threadsafe(stopped.set)
        if self._stopping.is_set():
            stopped.set()
        workers = [
            Worker(
                app,
                queues=list(queues),
                concurrency=number,
                delete_jobs="always",
                fetch_job_polling_interval=_LOOK,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=TAKEN_OVER,
                install_signal_handlers=False,
            )
            for queues, number in slots.items()
        ]
        running = [asyncio.create_task(worker.run()) for worker in workers]  # type: ignore[no-untyped-call]
        others = [asyncio.create_task(part) for part in (stopped.wait(), self._look_after(app, workers))]
        try:
            await asyncio.wait((*running, *others), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._end = lambda: None
            self._fetching = False
            for worker in workers:
                worker.stop()  # type: ignore[no-untyped-call]  # as above, procrastinate has no types there
            outcomes = await asyncio.gather(*running, return_exceptions=True)
            for other in others:  # signs of life are given until the last job has ended
                other.cancel()
            outcomes += await asyncio.gather(*others, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _look_after(self, app: procrastinate.App, workers: Sequence[Worker]) -> None:
        """Give signs of life, and let go of jobs that nobody does: of workers that died, or ended unnoted.

        They are not tried again, which would meet the one that was deferred after it: where something is due,
        the next look defers another.
        """
        manager, orphans = app.job_manager, set[int | None]()
        while True:
            await asyncio.sleep(_LOOK)
            ours = {worker.worker_id for worker in workers if worker.worker_id is not None}
            for number in ours:
                await manager.update_heartbeat(number)
            try:
                stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=TAKEN_OVER)
                doing = await manager.list_jobs_async(status=Status.DOING.value)
            except ConnectorException:
                continue  # which `idle` tells of
            unknown = {job.id for job in doing if job.worker_id in ours} - self._doing
            gone = [*stalled, *(job for job in doing if job.id in unknown & orphans)]
            orphans = unknown  # one that has just begun or ended is known at the next look
            for job in gone:
                await _let_go(manager, job)
            self._looked, self._fetching = time.monotonic(), True


def _deferred(job: Job) -> Deferred:
    return Deferred(
        id=None,
        queue=job.task,
        lock=job.key,
        queueing_lock=job.key,
        task_name=job.task,
        task_kwargs={"subject": job.subject},
    )


async def _let_go(manager: JobManager, job: Deferred) -> None:
    with suppress(ConnectorException):  # somebody else did
        await manager.finish_job_by_id_async(job_id=job.id or 0, status=Status.FAILED, delete_job=True)
        log.warning("job_taken_over", job=job.lock)
