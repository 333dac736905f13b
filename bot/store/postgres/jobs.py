"""The jobs of the workers, as procrastinate has them: https://procrastinate.readthedocs.io

It brings fair fetching, notifications and heartbeats. It does not bring correctness: a job may be lost, or
done twice, and that may matter to nobody.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job as Deferred
from procrastinate.jobs import Status

from bot.errors import StoreError
from bot.store.jobs import Job
from bot.store.postgres.database import PostgresDatabase

log = structlog.get_logger()

HEARTBEAT = 2.0  # seconds between two signs of life
TAKEN_OVER = 6.0  # seconds without one, after which a worker's jobs are others'
_LOOK = 1.0  # seconds between two looks for such workers, and for jobs that no notification told of
_REST = 2.0  # seconds after the database refused
_CONNECTIONS = 6  # that fetch jobs and listen, beside those of the store


class PostgresJobs:
    """The jobs in a database."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._deferring = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
        self._deferring.open(database.pool)
        self._stopping = threading.Event()
        self._ended: Callable[[], object] = lambda: None
        self._looked: float | None = None  # when jobs of the dead were last looked for, by time.monotonic()
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # what it tells, we tell in words

    def pending(self) -> set[Job]:
        """Return the jobs that wait, or are being done."""
        with self._in_words():
            found = self._deferring.job_manager.list_jobs()
        return {Job(*(one.lock or "").split(":", 1)) for one in found}

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
        if jobs:
            with self._in_words(), self._database.lent() as connection, connection.transaction():
                self._deferring.job_manager.batch_defer_jobs(jobs, connection=connection)

    def idle(self) -> str:
        """Return why no jobs are done here, "" while they are; with them those of the dead are looked for."""
        if self._looked is None:
            return "none was looked for yet"
        seconds = time.monotonic() - self._looked
        return f"none was looked for in {seconds:.0f} seconds" if seconds > TAKEN_OVER else ""

    def stop(self) -> None:
        """Begin no other job."""
        self._stopping.set()
        with suppress(RuntimeError):  # the loop has just ended by itself
            self._ended()

    def work(
        self, tasks: Mapping[str, Callable[[str], object]], slots: Mapping[tuple[str, ...], int]
    ) -> None:
        """Do jobs until `stop`, whatever the database does meanwhile."""
        while not self._stopping.is_set():
            error: Exception | str = "the database refused"
            try:
                asyncio.run(self._work(tasks, slots))
            except (ConnectorException, psycopg.Error) as refused:
                error = refused
            if not self._stopping.is_set():
                log.warning("jobs_stand_still", place=self._database.place, error=str(error))
                self._stopping.wait(_REST)

    async def _work(
        self, tasks: Mapping[str, Callable[[str], object]], slots: Mapping[tuple[str, ...], int]
    ) -> None:
        loop = asyncio.get_running_loop()
        connector = procrastinate.PsycopgConnector(
            conninfo=self._database.url, min_size=1, max_size=_CONNECTIONS
        )
        app = procrastinate.App(connector=connector)
        for name, do in tasks.items():
            app.task(name=name)(_by_subject(do))
        loop.set_exception_handler(_tell_of)
        with ThreadPoolExecutor(sum(slots.values()), thread_name_prefix="job") as threads:
            loop.set_default_executor(threads)
            async with app.open_async():
                await self._run(app, slots)

    async def _run(self, app: procrastinate.App, slots: Mapping[tuple[str, ...], int]) -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        self._ended = lambda: loop.call_soon_threadsafe(stopped.set)
        if self._stopping.is_set():
            stopped.set()
        working = [
            app.run_worker_async(
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
        parts = [asyncio.ensure_future(part) for part in (*working, self._take_over(app), stopped.wait())]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._ended = lambda: None
            for part in parts:
                part.cancel()  # once: the worker then waits for its jobs, and a second time leaves them alone
            outcomes = await asyncio.gather(*parts, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _take_over(self, app: procrastinate.App) -> None:
        """Let go of the jobs of workers that died, for ever.

        They are not tried again, which would meet the one that was deferred after it: where something is due,
        the next look defers another.
        """
        manager = app.job_manager
        while True:
            await asyncio.sleep(_LOOK)
            stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=TAKEN_OVER)
            self._looked = time.monotonic()
            for job in stalled:
                with suppress(ConnectorException):  # somebody else did
                    await manager.finish_job_by_id_async(
                        job_id=job.id or 0, status=Status.FAILED, delete_job=True
                    )
                    log.warning("job_taken_over", job=job.lock)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except AlreadyEnqueued:
            raise
        except ConnectorException as error:
            raise StoreError(f"{self._database.place}: no job can be deferred ({error})") from error


def _deferred(job: Job) -> Deferred:
    return Deferred(
        id=None,
        queue=job.task,
        lock=job.key,
        queueing_lock=job.key,
        task_name=job.task,
        task_kwargs={"subject": job.subject},
    )


def _by_subject(do: Callable[[str], object]) -> Callable[[str], None]:
    def task(subject: str) -> None:
        do(subject)

    return task


def _tell_of(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tell of a job whose end could not be noted: others took it over, or the database was not there."""
    if isinstance(context.get("exception"), ConnectorException):
        log.info("job_not_ended", error=str(context["exception"]).strip())
    else:
        loop.default_exception_handler(context)
