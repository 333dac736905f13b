"""A store of each kind: what asks the Store alone holds for both."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.store.store import Store
from tests.support.postgres import migrated_schema
from tests.torture.long import LONG

# The files whose `store` is of either kind, here and in the long form of the suite.
_EITHER = {"test_archive.py", "test_deliveries.py", "test_known_releases.py"}
_EITHER_LONG = {"test_filters_in_sql.py", "test_installations.py", "test_moving.py", "test_preferences.py"}
_EITHER_LONG |= {"test_reports.py", "test_shipped.py", "test_subscriptions.py", "test_together.py"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    name = metafunc.definition.path.name
    if "store" in metafunc.fixturenames and name in (_EITHER | _EITHER_LONG if LONG else _EITHER):
        metafunc.parametrize("store", ["in a file", "on PostgreSQL"], indirect=True)


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = _on_postgres if getattr(request, "param", "") == "on PostgreSQL" else _in_a_file
    with opened(tmp_path) as store:
        yield store


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Store]:
    """A store of which the test knows that it is in a file."""
    with _in_a_file(tmp_path) as store:
        yield store


@contextmanager
def _in_a_file(directory: Path) -> Iterator[Store]:
    store = Store(directory)
    yield store
    store.close()


@contextmanager
def _on_postgres(directory: Path) -> Iterator[Store]:
    with migrated_schema() as url:
        store = Store(directory, url=url)
        yield store
        store.close()
