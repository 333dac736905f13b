"""What is PostgreSQL's own: every method against it, locks, reading only, cut connections, one bot alone."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Never

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from bot.errors import ConfigError, LostTurnError, StoreError
from bot.store.opening import migrate
from bot.store.postgres import database, sessions
from bot.store.postgres.database import PostgresDatabase
from bot.store.postgres.statements import held, translated
from bot.store.store import Store
from tests.support import postgres
from tests.support.every_method import EVERY_READ, EVERY_WRITE, NOW, Call
from tests.support.furnished import furnish
from tests.support.habits import kept, made_anew
from tests.support.house import LABS, LONG

CHANGED = "SELECT CAST(sum(n_tup_ins + n_tup_upd + n_tup_del) AS BIGINT) FROM pg_stat_xact_user_tables"


class UndoneError(Exception):
    """The end of a transaction of which nothing stays."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A schema with a bot's life in it, which every test leaves as it was."""
    with postgres.migrated_schema() as url:
        furnish(tmp_path_factory.mktemp("furnished"), url)
        yield url


@pytest.fixture
def opened(url: str, tmp_path: Path) -> Iterator[Callable[..., Store]]:
    stores: list[Store] = []

    def open_one(*, readonly: bool = False) -> Store:
        stores.append(Store(tmp_path, LABS, readonly=readonly, url=url))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture(scope="module")
def shared(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("shared"), LABS, url=url)
    yield store
    store.close()


@pytest.fixture(scope="module")
def reader(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("reader"), LABS, readonly=True, url=url)
    yield store
    store.close()


def beaten(store: Store) -> None:
    store.watch.beat(NOW)


def undo() -> Never:
    raise UndoneError


def undone(store: Store, call: Call) -> int:
    """Return how many rows a write changes, and have none changed."""
    try:
        with store.transaction():
            call(store)
            changed: int = store._database.column(CHANGED)[0]
            undo()
    except UndoneError:
        return changed


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_a_write_changes_something(shared: Store, call: Call) -> None:
    assert undone(shared, call)


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_after_any_write_a_habit_is_what_the_releases_make(shared: Store, call: Call) -> None:
    def changed(store: Store) -> None:
        for lab in store.shipments.unmade():
            store.shipments.keep_habit(lab)
        call(store)
        assert kept(store) == made_anew(store)

    undone(shared, changed)


@pytest.mark.parametrize("call", EVERY_READ)
def test_a_question_is_answered_by_a_store_that_only_reads(reader: Store, call: Call) -> None:
    assert call(reader)


@pytest.mark.logs("psycopg")  # of a batch that ends before its end
@pytest.mark.parametrize("call", EVERY_WRITE)
def test_a_store_that_only_reads_writes_nothing(reader: Store, call: Call) -> None:
    with pytest.raises(StoreError, match="cannot be written"), reader.transaction():
        call(reader)


def test_a_writer_gives_up_when_another_goes_on_for_too_long(
    shared: Store, opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    impatient = opened()
    monkeypatch.undo()
    with (
        shared.transaction(),
        pytest.raises(StoreError, match="another program holds a lock on it"),
        impatient.transaction(),
    ):
        beaten(impatient)
    assert undone(impatient, beaten)


def test_a_thread_gives_up_when_another_of_its_process_goes_on_for_too_long(
    opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    impatient = opened()
    monkeypatch.undo()
    with ThreadPoolExecutor(1) as other, impatient.transaction():
        behind = other.submit(undone, impatient, beaten)
        with pytest.raises(StoreError, match="another program holds a lock on it"):
            behind.result(LONG)
    assert undone(impatient, beaten)


@pytest.mark.logs("psycopg.pool")
def test_of_a_transaction_whose_connection_is_cut_nothing_is_stored_and_the_next_one_is(
    shared: Store, opened: Callable[..., Store]
) -> None:
    cut, before = opened(), shared.watch.last_beat()
    with pytest.raises(StoreError, match=r"was stopped, or is starting|cannot be reached"):
        interrupted(cut)
    assert shared.watch.last_beat() == before
    assert undone(cut, beaten)


@pytest.mark.logs("psycopg.pool")
def test_a_transaction_that_took_the_cut_for_a_failed_part_is_not_taken_for_stored(
    opened: Callable[..., Store],
) -> None:
    cut = opened().of_shard(3)
    with (
        pytest.raises(StoreError, match="cannot be reached"),
        cut.transaction(),
        pytest.raises(StoreError),
        cut._database.part(),
    ):
        interrupt(cut)


def interrupted(store: Store) -> None:
    with store.transaction():
        beaten(store)
        interrupt(store)


def interrupt(store: Store) -> None:
    assert isinstance(store._database, PostgresDatabase)
    end(store, store._database._local.connection)
    beaten(store)


def end(store: Store, connection: psycopg.Connection[object]) -> None:
    """End a connection as a restart of the server would, and wait until it is gone."""
    assert isinstance(store._database, PostgresDatabase)
    with psycopg.connect(store._database.url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))


@pytest.mark.logs("psycopg.pool")
def test_who_freezes_in_a_transaction_loses_the_pen_and_is_told_so_when_he_goes_on(
    shared: Store, opened: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert undone(shared, beaten)
    monkeypatch.setattr(sessions, "IDLE", 0.3)
    with pytest.raises(StoreError, match="nothing was done for too long"):
        overtaken(opened(), shared)


def overtaken(frozen: Store, other: Store) -> None:
    with frozen.transaction():
        assert undone(other, beaten)
        beaten(frozen)


def test_both_ends_of_a_connection_look_whether_the_other_is_there(shared: Store, url: str) -> None:
    assert isinstance(shared._database, PostgresDatabase)
    names = ["tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout"]
    asked = ", ".join(f"current_setting('{name}')" for name in names)
    [theirs] = shared._database.tuples(f"SELECT {asked}, inet_client_addr() IS NULL")
    assert theirs[:4] == ("4", "2", "3", "10000") or theirs[4]  # a socket in a directory has none of these
    assert conninfo_to_dict(shared._database.url).items() >= conninfo_to_dict(url).items()
    assert conninfo_to_dict(shared._database.url)["keepalives_idle"] == "4"


def test_what_an_address_says_of_its_connections_is_heeded() -> None:
    ours = conninfo_to_dict(sessions.completed("postgresql:///x?host=/run/postgresql&connect_timeout=60"))
    assert (ours["host"], ours["connect_timeout"], ours["tcp_user_timeout"]) == (
        "/run/postgresql",
        "60",
        "10000",
    )


# --- one bot


def test_a_second_bot_is_refused_and_told_which_one_is_there(opened: Callable[..., Store]) -> None:
    first, second = opened(), opened()
    words = r"another bot \(cadencebot \d+ on .*no other may.*stop it first"
    with first.alone(), pytest.raises(StoreError, match=words), second.alone():
        pass
    with second.alone():
        pass


def test_any_number_share_a_database_and_keep_away_who_must_be_alone(opened: Callable[..., Store]) -> None:
    first, second, third = opened(), opened(), opened()
    with first.beside(), second.beside():
        assert first.bots() == 2
        with pytest.raises(StoreError, match=r"another bot .* no other may work with it"), third.alone():
            pass
    with third.alone(), pytest.raises(StoreError, match=r"another bot .* it wants no other"), first.beside():
        pass


def test_whose_turn_was_taken_stores_nothing_more(opened: Callable[..., Store]) -> None:
    frozen, other = opened(), opened()
    mine = frozen.of_shard(3)
    with mine.transaction():
        pass
    theirs = other.of_shard(3)
    with pytest.raises(LostTurnError, match="another worker has taken over deliver:3"), mine.transaction():
        beaten(mine)
    with theirs.transaction():
        pass


def test_a_bot_whose_lock_is_cut_takes_it_again_or_writes_no_more(opened: Callable[..., Store]) -> None:
    first, second = opened(), opened()
    with first.alone():
        cut_lock_of(first)
        assert undone(first, beaten)
        with pytest.raises(StoreError, match="another bot"), second.alone():
            pass
        cut_lock_of(first)
        with second.alone(), pytest.raises(StoreError, match="another bot"), first.transaction():
            pass


def cut_lock_of(store: Store) -> None:
    assert isinstance(store._database, PostgresDatabase)
    assert store._database._presence
    end(store, store._database._presence._held)


# --- the tables


def test_the_tables_are_made_by_a_command_alone(tmp_path: Path) -> None:
    with postgres.schema() as url:
        with pytest.raises(
            StoreError, match="holds no tables of cadencebot; `cadencebot migrate` makes them"
        ):
            Store(tmp_path, url=url)
        assert [migrate(url)[1], migrate(url)[1]] == [1, 0]
        Store(tmp_path, url=url).close()


def test_the_tables_of_a_newer_bot_are_left_alone(tmp_path: Path) -> None:
    with postgres.migrated_schema() as url:
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO schema_version (version, oldest) VALUES (99, 99)")
        with pytest.raises(StoreError, match="was made by a newer cadencebot"):
            Store(tmp_path, url=url)
        with pytest.raises(StoreError, match="was made by a newer cadencebot"):
            migrate(url)


def test_both_databases_have_the_same_columns(shared: Store, tmp_path: Path) -> None:
    file = Store(tmp_path)
    theirs = shared._database.query(
        """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name NOT LIKE 'procrastinate%'
          AND table_name NOT IN ('schema_version', 'server', 'revision', 'turn', 'host', 'request')
          AND column_name <> 'shard'
        """
    )
    ours = file._database.query(
        """
        SELECT m.name AS table_name, c.name AS column_name
        FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '%migrations%'
          AND m.name NOT LIKE 'title_index%'
        """
    )
    file.close()
    assert {tuple(row.values()) for row in theirs} == {tuple(row.values()) for row in ours}


# --- words


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        pytest.param("postgresql://h/x?nonsense=1", ConfigError, "no address", id="no address"),
        pytest.param("postgresql://u:pass@127.0.0.1:1/x", StoreError, "cannot be reached", id="nobody there"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(
    url: str, error: type[Exception], words: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=words) as refused:
        Store(tmp_path, url=url)
    assert "pass@" not in str(refused.value)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("a = :one AND b IN (:one, :two)", "a = %(one)s AND b IN (%(one)s, %(two)s)"),
        ("VALUES (?, ?)", "VALUES (%s, %s)"),
        ("a LIKE 'hub:%' AND b = '?'", "a LIKE 'hub:%%' AND b = '?'"),
        ("a = 'it''s :one' -- and :two?", "a = 'it''s :one' -- and :two?"),
        ("a::bigint = :one", "a::bigint = %(one)s"),
    ],
)
def test_a_statement_has_the_parameters_of_psycopg(ours: str, theirs: str) -> None:
    assert translated(ours) == theirs


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("a\0b", "ab", id="NUL in a text"),
        pytest.param(["a\0b"], '["ab"]', id="NUL in a list"),
        pytest.param(["a\\u0000"], '["a\\\\u0000"]', id="what only looks like NUL"),
        pytest.param(["\\\0"], '["\\\\"]', id="NUL behind a backslash"),
        pytest.param(True, True, id="a truth stays one"),
    ],
)
def test_nul_is_left_out(given: object, kept: object) -> None:
    assert held(given) == kept


def test_a_server_that_is_named_and_absent_fails_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres.NAMED, "postgresql://127.0.0.1:1/nowhere")
    with pytest.raises(pytest.fail.Exception, match=postgres.NAMED), postgres.schema():
        pass
