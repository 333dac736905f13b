"""No network call happens inside a write transaction: all who write would wait for whoever is called."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlite_utils import Database as Connection

from bot.store.sqlite import SqliteDatabase

_thread = threading.local()


class CalledInTransactionError(Exception):
    """A connection was asked for by a thread that holds a write transaction."""


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and getattr(_thread, "writes", False):
        raise CalledInTransactionError(f"{arguments[1]} was called inside a write transaction")


@contextmanager
def transactions_offline() -> Iterator[None]:
    """Within it, a thread that holds a write transaction of a file connects to nobody."""
    transaction = SqliteDatabase.transaction

    @contextmanager
    def offline(database: SqliteDatabase) -> Iterator[Connection]:
        with transaction(database) as connection:
            _thread.writes = True
            try:
                yield connection
            finally:
                _thread.writes = False

    sys.addaudithook(_refuse)  # nothing takes it away again
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteDatabase, "transaction", offline)
        yield
