"""No test may log a warning or an error that it does not expect.

A test, class or module says what it expects with `@pytest.mark.logs("event_name", ...)`: names of structlog
events, or of the logger of a library.
"""

import io
import logging
import os
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from bot.ops import logs
from tests.support.offline import transactions_offline
from tests.support.shm import MEMORY
from tests.support.template import migrated_once

# The quick suite tries the same few examples each time, so that it says the same of the same code;
# `--hypothesis-profile=thorough`, as `make torture` says, tries many others, different ones each time.
settings.register_profile("quick", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("thorough", deadline=None, max_examples=1_000)
settings.load_profile("quick")


class Heard(logging.Handler):
    """Keep what is logged at warning level or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


HEARD = pytest.StashKey[Heard]()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: many tests wait for a loopback server or for the disk."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def _one_migration() -> Iterator[None]:
    with migrated_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_network_in_transactions() -> Iterator[None]:
    with transactions_offline():
        yield


def pytest_configure(config: pytest.Config) -> None:
    if MEMORY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    config.addinivalue_line("markers", "logs(*events): the warnings and errors that a test may log")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Listen during a test, and put everything back that it changed about logging."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    heard = item.stash[HEARD] = Heard()
    root.addHandler(heard)
    logs.configure("debug", io.StringIO())
    try:
        return (yield)
    finally:
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        ours.setLevel(levels[1])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail a test that has passed, but logged what it does not expect."""
    yield
    expected = {name for mark in item.iter_markers("logs") for name in mark.args}
    unexpected = [record for record in item.stash[HEARD].records if not _names(record) & expected]
    if unexpected:
        lines = "\n".join(f"  {record.levelname.lower()}: {record.msg}" for record in unexpected)
        pytest.fail(f"logged what the test does not expect (pytest.mark.logs):\n{lines}", pytrace=False)


def _names(record: logging.LogRecord) -> set[str]:
    event = record.msg.get("event", "") if isinstance(record.msg, dict) else ""
    return {event, record.name}
