"""Another server answers than before: what was committed last may be lost, and what is owed is looked up."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest

from bot.errors import LostTurnError
from bot.records import Content
from bot.store.forgotten import PUT_BACK
from bot.store.postgres import database
from bot.store.postgres.database import PostgresDatabase
from bot.store.postgres.server import is_other
from bot.store.store import Store
from tests.support import postgres
from tests.support.clock import START
from tests.support.places import C1


@pytest.fixture
def url() -> Iterator[str]:
    with postgres.migrated_schema() as url:
        yield url


@contextmanager
def opened(url: str, directory: Path) -> Iterator[Store]:
    with closing(Store(directory, url=url)) as store:
        yield store


def owe(store: Store, words: str = "r1") -> None:
    with store.transaction():
        store.deliveries.owe_line(words, C1, Content("hello"), START, known_until=None)


def states(store: Store) -> dict[str, str]:
    return {one.state: one.reason for one in store.deliveries.recent(9)}


def lapses(store: Store) -> int:
    """Return how often it was found that another server answers."""
    return int(store._database.column("SELECT count(*) FROM restoration WHERE suspected = FALSE")[0])


def identity(url: str) -> dict[str, str]:
    with psycopg.connect(url) as connection:
        found: dict[str, str] = (connection.execute("SELECT identity FROM server").fetchone() or ({},))[0]
        return found


def fail_over(url: str) -> None:
    """Have the server be the one after that which was looked at."""
    with psycopg.connect(url) as connection:
        connection.execute("""UPDATE server SET identity = identity || '{"timeline": "before"}'""")


def test_what_is_owed_is_looked_up_after_a_failover_before_the_next_start(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path) as store:
        owe(store)
        looked_at = store._database.column("SELECT at FROM server")[0]
    fail_over(url)
    with opened(url, tmp_path) as store:
        assert states(store) == {"owed": ""}, "a question changes nothing"
        with store.transaction():
            assert states(store) == {"doubtful": PUT_BACK}
        [row] = store._database.query("SELECT backed_up_at, suspected FROM restoration")
        assert row == {"backed_up_at": looked_at, "suspected": False}
        assert lapses(store) == 1
    with opened(url, tmp_path) as store:
        owe(store, "r2")
        assert lapses(store) == 1, "it is the server that is known now"


@pytest.mark.logs("psycopg.pool")
def test_a_failover_while_the_bot_works_is_known_before_anything_is_claimed(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path) as store:
        owe(store)
        fail_over(url)
        cut_all(store)
        with store.transaction():
            assert set(states(store)) == {"doubtful"}
        assert lapses(store) == 1


def cut_all(store: Store) -> None:
    """End all connections, as a failover does, and have the pool see it."""
    assert isinstance(store._database, PostgresDatabase)
    with psycopg.connect(store._database.url, autocommit=True) as other:
        other.execute(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE application_name LIKE 'cadencebot%%' AND pid = ANY(%s)
            """,
            ([one.info.backend_pid for one in store._database._looked],),
        )
    store._database.pool.check()


def test_of_a_connection_that_stays_it_is_asked_once_a_minute(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(url, tmp_path) as store:
        owe(store)
        fail_over(url)
        monkeypatch.setattr(database, "_LOOKED_FOR", 0.0)
        with store.transaction():
            assert set(states(store)) == {"doubtful"}


def test_a_worker_of_before_has_lost_its_turn_and_whoever_knew_something_asks_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers of both come again: what they were counted for is lost, and is counted once more."""
    with opened(url, tmp_path) as store:
        worker, version = store.of_shard(0), store.version
        fail_over(url)
        monkeypatch.setattr(database, "_LOOKED_FOR", 0.0)
        with pytest.raises(LostTurnError), worker.transaction():
            pass
        assert lapses(store) == lapses(worker) == 1
        assert store.version > version
        with store.of_shard(0).transaction():
            pass


def test_a_user_without_rights_learns_which_server_it_is(url: str, tmp_path: Path) -> None:
    role = f"plain_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN")
        try:
            connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA {schema_of(connection)} TO {role}")
            connection.execute(f"GRANT USAGE ON SCHEMA {schema_of(connection)} TO {role}")
            with opened(f"{url}&user={role}", tmp_path) as store, store.transaction():
                pass
            assert set(identity(url)) == {"system", "timeline", "table"}
        finally:
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")


def schema_of(connection: psycopg.Connection[tuple[str]]) -> str:
    return (connection.execute("SELECT current_schema()").fetchone() or ("",))[0]


def test_what_may_not_be_asked_of_a_server_is_left_out(url: str, tmp_path: Path) -> None:
    refusing = """
        CREATE FUNCTION pg_control_system() RETURNS TABLE (system_identifier BIGINT) LANGUAGE plpgsql AS $$
        BEGIN RAISE insufficient_privilege; END $$
    """
    with psycopg.connect(url) as connection:
        connection.execute(refusing)
        name = schema_of(connection)
    ours_first = f"{url.partition('options=')[0]}options={quote(f'-csearch_path={name},pg_catalog')}"
    with opened(ours_first, tmp_path) as store:
        owe(store)
    assert set(identity(url)) == {"timeline", "table"}
    with opened(url, tmp_path) as store:
        owe(store, "r2")
        assert lapses(store) == 0, "that more is known now says nothing"
    assert set(identity(url)) == {"system", "timeline", "table"}


@pytest.mark.parametrize(
    ("before", "now", "other"),
    [
        pytest.param({}, {"system": "1"}, False, id="it was never looked at"),
        pytest.param({"system": "1", "timeline": "2"}, {"system": "1"}, False, id="less is known"),
        pytest.param({"system": "1", "timeline": "2"}, {"system": "1", "timeline": "3"}, True, id="promoted"),
        pytest.param({"system": "1"}, {"system": "2"}, True, id="another one"),
    ],
)
def test_a_server_is_another_one_by_what_is_known_of_both(
    before: dict[str, str], now: dict[str, str], *, other: bool
) -> None:
    assert is_other(before, now) == other
