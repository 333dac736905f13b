"""Jobs are hints: each is there once, comes with its transaction, and is others' when its worker dies."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from procrastinate import SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as Deferred
from procrastinate.jobs import Status

from bot.errors import StoreError
from bot.model import Destination
from bot.records import Content
from bot.run.workers.worker import waking
from bot.store.jobs import Job, Jobs
from bot.store.postgres import database
from bot.store.postgres import jobs as jobs_room
from bot.store.postgres.patience import PatientManager
from bot.store.store import Store
from tests.support.clock import START, FakeClock
from tests.support.house import LONG
from tests.support.postgres import migrated_schema

POLL = Job("poll", "huggingface.co:443")
CHORES = Job("chores")


@pytest.fixture
def url() -> Iterator[str]:
    with migrated_schema() as url:
        yield url


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path, url=url)
    yield store
    store.close()


@pytest.fixture
def jobs(store: Store) -> Jobs:
    found = store.jobs()
    assert found
    return found


def test_a_file_has_no_jobs(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.jobs() is None
    store.close()


def test_a_job_that_waits_is_not_deferred_again_and_those_beside_it_are(jobs: Jobs) -> None:
    jobs.defer([POLL])
    jobs.defer([POLL, CHORES])
    assert jobs.pending() == {POLL, CHORES}


def test_a_job_of_a_transaction_that_is_undone_was_never_deferred(store: Store, jobs: Jobs) -> None:
    def fail() -> None:
        with store.transaction():
            jobs.defer([POLL])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert jobs.pending() == set()


def test_a_job_that_waits_already_leaves_the_transaction_as_it_was(store: Store, jobs: Jobs) -> None:
    jobs.defer([POLL])
    with store.transaction():
        store.watch.beat(START)
        jobs.defer([POLL])
    assert store.watch.last_beat() == START


def test_a_job_that_no_connection_takes_is_refused_in_words(store: Store, jobs: Jobs) -> None:
    store.close()
    with pytest.raises(StoreError, match="PostgreSQL at"):
        jobs.defer([POLL])


def owe(store: Store, *channels: str) -> None:
    with store.transaction():
        for channel in channels:
            where, news = Destination(channel), Content("news")
            store.deliveries.owe_line("r", where, news, START, known_until=None)


def test_what_is_owed_wakes_its_share_with_the_same_transaction(store: Store, jobs: Jobs) -> None:
    store.when_owed(waking(store, jobs, FakeClock()))
    owe(store, "T1/C1", "T1/C2", "T2/C1")
    shards = store._database.column("SELECT DISTINCT shard FROM delivery ORDER BY shard")
    assert len(shards) == 2  # the channels of a workspace are one shard's
    assert jobs.pending() == {Job("deliver", str(shard)) for shard in shards}


@pytest.mark.logs("bot.store.postgres.database")
def test_what_cannot_wake_anybody_is_owed_all_the_same(
    store: Store, jobs: Jobs, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_HURRY", "SET LOCAL lock_timeout = '50ms'")
    store.when_owed(waking(store, jobs, FakeClock()))
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE procrastinate_jobs IN ACCESS EXCLUSIVE MODE")
        owe(store, "T1/C1")
    assert jobs.pending() == set()
    assert store.shards.due(START) != []


def test_who_owes_needs_one_connection(
    url: str, jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_MOST_CONNECTIONS", 1)
    monkeypatch.setattr(database, "PATIENCE", 1.0)
    lonely = Store(tmp_path, url=url)
    theirs = lonely.jobs()
    assert theirs
    lonely.when_owed(waking(lonely, theirs, FakeClock()))
    owe(lonely, "T1/C1")
    owe(lonely, "T1/C1")
    lonely.close()
    assert {job.task for job in jobs.pending()} == {"deliver"}


def done(jobs: Jobs, wanted: int) -> list[str]:
    """Return what the first so many jobs were about, once they are done."""
    told, enough = list[str](), threading.Event()

    def task(subject: str) -> None:
        told.append(subject)
        if len(told) >= wanted:
            enough.set()

    working = threading.Thread(
        target=jobs.work, args=({"poll": task, "chores": task}, {("poll",): 1, ("chores",): 1})
    )
    working.start()
    assert enough.wait(LONG)
    jobs.stop()
    working.join(LONG)
    assert not working.is_alive()
    return told


def test_a_worker_does_each_job_once_and_ends_when_it_is_stopped(jobs: Jobs) -> None:
    jobs.defer([POLL, CHORES])
    assert sorted(done(jobs, 2)) == ["", POLL.subject]
    assert jobs.pending() == set()


def test_what_hangs_in_all_slots_of_its_kind_holds_up_no_other(jobs: Jobs) -> None:
    released, chored = threading.Event(), threading.Event()
    jobs.defer([Job("poll", f"host{number}") for number in range(5)])
    jobs.defer([CHORES])

    def hang(_: str) -> None:
        assert released.wait(LONG)

    tasks, slots = {"poll": hang, "chores": lambda _: chored.set()}, {("poll",): 2, ("chores",): 1}
    working = threading.Thread(target=jobs.work, args=(tasks, slots))
    working.start()
    assert chored.wait(LONG)
    released.set()
    jobs.stop()
    working.join(LONG)
    assert not working.is_alive()


DEAD = """
    INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id
"""


@pytest.mark.logs("bot.store.postgres.jobs")
def test_the_job_of_a_dead_worker_is_let_go_of_so_that_it_can_be_deferred_again(
    url: str, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_room, "_LOOK", 0.05)
    jobs.defer([POLL])
    with psycopg.connect(url, autocommit=True) as connection:
        [dead] = connection.execute(DEAD).fetchone() or ()
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", (dead,))
    assert jobs.pending() == {POLL}
    again = threading.Timer(0, deferred_once_it_is_gone, (jobs,))
    again.start()
    assert done(jobs, 1) == [POLL.subject]
    again.join()


def deferred_once_it_is_gone(jobs: Jobs) -> None:
    while POLL in jobs.pending():
        pass
    jobs.defer([POLL])


ORPHAN = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id)
    SELECT 'poll', 'poll', 'poll:host', 'doing', max(id) FROM procrastinate_workers
"""


@pytest.mark.logs("bot.store.postgres.jobs")
def test_a_job_whose_end_could_not_be_noted_is_let_go_of_though_its_worker_lives(
    url: str, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_room, "_LOOK", 0.05)
    began = threading.Event()
    jobs.defer([CHORES])
    working = threading.Thread(
        target=jobs.work, args=({"chores": lambda _: began.set(), "poll": print}, {("chores", "poll"): 1})
    )
    working.start()
    assert began.wait(LONG)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ORPHAN)
        gone = threading.Thread(target=until_gone, args=(jobs, Job("poll", "host")))
        gone.start()
        gone.join(LONG)
        assert not gone.is_alive()
    jobs.stop()
    working.join(LONG)


def until_gone(jobs: Jobs, job: Job) -> None:
    while job in jobs.pending():
        pass


class Refusing(SyncPsycopgConnector):
    """Refuses everything."""

    async def execute_query_async(self, *_: object, **__: object) -> None:
        raise ConnectorException from psycopg.OperationalError("cut")

    async def execute_query_one_async(self, *_: object, **__: object) -> dict[str, object]:
        raise ConnectorException from psycopg.OperationalError("cut")


def test_a_refusal_neither_ends_a_worker_nor_its_signs_of_life() -> None:
    manager = PatientManager(Refusing())
    job = Deferred(id=1, queue="poll", lock=None, queueing_lock=None, task_name="poll")

    async def ask() -> object:
        await manager.update_heartbeat(1)
        await manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
        return await manager.fetch_job(["q"], 1)

    assert asyncio.run(ask()) is None


def test_what_the_database_refuses_is_told_in_words(store: Store, jobs: Jobs, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE procrastinate_jobs RENAME TO gone")
    with pytest.raises(StoreError, match="no job can be deferred"):
        jobs.defer([POLL])
    store.close()
