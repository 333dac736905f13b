"""What a question costs, in steps of SQLite's virtual machine: the same on every machine, however busy."""

from collections.abc import Callable
from itertools import count

from bot.store.store import Store
from tests.support.sqlite import sqlite_of


def steps(store: Store, question: Callable[[Store], object]) -> int:
    """Return how many steps SQLite takes for a question."""
    taken = count()
    connection = sqlite_of(store).connection.conn
    connection.set_progress_handler(lambda: next(taken) and 0, 1)
    try:
        question(store)
    finally:
        connection.set_progress_handler(None, 1)
    return next(taken)
