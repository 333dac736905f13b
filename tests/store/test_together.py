"""Writes of several threads: what waits is stored in one transaction, and what fails harms nobody else."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import StoreError
from bot.store.store import Store
from bot.store.together import Together
from tests.support.clock import START
from tests.support.sqlite import sqlite_of

LONG = 60.0


class Watched(deque[Any]):
    """A queue that tells of each that joins it."""

    def __init__(self) -> None:
        super().__init__()
        self.joined = threading.Semaphore(0)

    def append(self, one: Any) -> None:
        super().append(one)
        self.joined.release()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


@pytest.fixture
def writer() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as writer:
        yield writer


def all_at_once(
    together: Together, threads: ThreadPoolExecutor, writes: list[Callable[[], Any]]
) -> list[Future[Any]]:
    """Begin these writes while another one is under way, so that all of them wait for it."""
    together._waiting = queue = Watched()

    def first() -> None:
        for _ in range(len(writes) + 1):
            assert queue.joined.acquire(timeout=LONG)

    begun = [threads.submit(together.do, write) for write in (first, *writes)]
    return begun[1:]


def beat(store: Store, minutes: int) -> Callable[[], int]:
    def write() -> int:
        store.chores.done(f"chore {minutes}", START + timedelta(minutes=minutes))
        return minutes

    return write


def is_stored(store: Store, minutes: int) -> bool:
    return not store.chores.is_due(f"chore {minutes}", START)


def test_writes_that_wait_are_stored_in_one_transaction(
    store: Store, writer: ThreadPoolExecutor, threads: ThreadPoolExecutor
) -> None:
    stored: list[str] = []
    together = store.together(writer, lambda: stored.append("transaction"))
    writes = all_at_once(together, threads, [beat(store, minutes) for minutes in range(1, 7)])
    assert [write.result(LONG) for write in writes] == [1, 2, 3, 4, 5, 6]
    assert len(stored) <= 3  # the one under way, what had joined as it began, and all others
    assert all(is_stored(store, minutes) for minutes in range(1, 7))


def test_one_that_fails_stores_nothing_and_keeps_no_other_from_being_stored(
    store: Store, writer: ThreadPoolExecutor, threads: ThreadPoolExecutor
) -> None:
    def fail() -> None:
        beat(store, 2)()
        raise ValueError("a bug")

    writes = all_at_once(
        store.together(writer, lambda: None), threads, [beat(store, 1), fail, beat(store, 3)]
    )
    assert writes[0].result(LONG) == 1
    with pytest.raises(ValueError, match="a bug"):
        writes[1].result(LONG)
    assert writes[2].result(LONG) == 3
    assert [is_stored(store, minutes) for minutes in (1, 2, 3)] == [True, False, True]


def test_what_sqlite_refuses_is_told_in_words_to_whom_it_concerns(
    file: Store, writer: ThreadPoolExecutor
) -> None:
    together = file.together(writer, lambda: None)
    with pytest.raises(StoreError, match="no such table"):
        together.do(lambda: file._database.run("DELETE FROM nowhere"))
    assert together.do(beat(file, 1)) == 1


def test_everybody_hears_of_a_transaction_that_is_not_stored(
    file: Store, writer: ThreadPoolExecutor, threads: ThreadPoolExecutor
) -> None:
    def end_it() -> None:
        sqlite_of(file).connection.conn.execute("ROLLBACK")

    writes = all_at_once(file.together(writer, lambda: None), threads, [end_it, end_it])
    assert all(isinstance(write.exception(LONG), StoreError) for write in writes)


def test_where_sqlite_undoes_all_by_itself_everybody_hears_why_and_nothing_is_stored(
    file: Store, writer: ThreadPoolExecutor
) -> None:
    def undo_all() -> None:  # as a full disk does
        for _ in range(2):
            file._database.run("INSERT OR ROLLBACK INTO chore (name, due_at) VALUES ('twice', '')")

    together, outcomes = file.together(writer, lambda: None), [Future[int | None]() for _ in range(3)]
    together._waiting.extend(zip([beat(file, 1), undo_all, beat(file, 2)], outcomes, strict=True))
    together._store_waiting()
    for outcome in outcomes:
        with pytest.raises(StoreError, match="UNIQUE constraint failed"):
            outcome.result(0)
    assert not any(is_stored(file, minutes) for minutes in (1, 2))


def test_nobody_hears_that_a_write_is_stored_before_what_follows_it_is_done(
    store: Store, writer: ThreadPoolExecutor
) -> None:
    done: list[str] = []
    store.together(writer, lambda: done.append("noted")).do(beat(store, 1))
    assert done == ["noted"]


class Ended(BaseException):
    """The end of a process, as a test plays it."""


def test_whoever_waits_hears_of_whatever_ends_his_write(store: Store, writer: ThreadPoolExecutor) -> None:
    def end() -> None:
        raise Ended

    with pytest.raises(Ended):
        store.together(writer, lambda: None).do(end)
