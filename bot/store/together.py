"""Writes of several threads, stored in one transaction: a commit waits for the disk, whatever it holds."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, TypeVar

from bot.store.database import Database

_Result = TypeVar("_Result")


class Together:
    """Stores all the writes that wait, as soon as those before them are stored.

    They are done one after the other by `writer`, an executor of one thread that does nothing else. `stored`
    is called after each transaction, before anybody hears that his write is stored.
    """

    def __init__(self, database: Database, writer: Executor, stored: Callable[[], object]) -> None:
        self._database = database
        self._writer = writer
        self._stored = stored
        self._waiting: deque[tuple[Callable[[], Any], Future[Any]]] = deque()

    def do(self, write: Callable[[], _Result]) -> _Result:
        """Return what a write returns, once it is stored. Raises what it raises, and StoreError.

        One that fails stores nothing, and keeps no other from being stored.
        """
        outcome = Future[_Result]()
        self._waiting.append((write, outcome))
        self._writer.submit(self._store_waiting)
        return outcome.result()

    def _store_waiting(self) -> None:
        writes = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not writes:
            return  # with those before
        try:
            with self._database.transaction():
                tellings = [self._try(*one) for one in writes]
            self._stored()
        except BaseException as error:  # noqa: BLE001  # whoever waits hears of it
            tellings = [partial(outcome.set_exception, error) for _, outcome in writes]
        for tell in tellings:
            tell()

    def _try(self, write: Callable[[], Any], outcome: "Future[Any]") -> Callable[[], None]:
        """Do one write; return what tells its thread what came of it, once that is stored.

        Raises what ended the whole transaction, if that write did.
        """
        try:
            with self._database.part():
                return partial(outcome.set_result, write())
        except BaseException as error:
            if not self._database.is_writing:
                raise
            return partial(outcome.set_exception, error)
