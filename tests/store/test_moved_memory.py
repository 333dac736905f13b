"""A memory moves to PostgreSQL and back: all of it, proven, with one side that starts."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.errors import StoreError
from bot.store.file_rows import tables_of
from bot.store.moved import FILLING, GONE, Mark, mark_of
from bot.store.opening import migrate, reached
from bot.store.store import FILE_NAME, Store
from tests.support import postgres
from tests.support.every_method import NOW, RELEASE
from tests.support.furnished import furnish
from tests.support.house import LABS
from tests.support.moving import answers, back, starts, there
from tests.support.places import C1, UANA


@pytest.fixture
def url() -> Iterator[str]:
    with postgres.schema() as url:
        yield url


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory with a bot's life in it."""
    directory = tmp_path_factory.mktemp("before")
    furnish(directory)
    return directory


@pytest.fixture
def path(before: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(before, tmp_path / "state"), FILE_NAME)


def test_a_memory_moves_there_and_back_and_answers_as_before(path: Path, url: str) -> None:
    known = answers(path)
    gone = there(path, url)
    assert answers(path, url) == known
    assert not starts(path)
    came = back(path, url)
    assert answers(path) == known
    assert not starts(path, url)
    assert came.tables == gone.tables
    assert came.tables["observation"].rows > 3
    with closing(reached(path.with_name("kept.db"), "")) as kept:
        mark = mark_of(kept)
        assert mark
        assert mark.state == GONE


def test_every_table_is_moved(path: Path, url: str) -> None:
    with closing(reached(path, "")) as file:
        moved = set(tables_of(file))
        known = set(file.column("SELECT name FROM sqlite_master WHERE type = 'table'"))
    assert {name for name in known - moved if not name.startswith(("title_index", "sqlite_", "_sqlite"))} == {
        "habit",
        "moved",
    }
    assert set(there(path, url).tables) == moved


def test_what_postgresql_cannot_hold_or_writes_otherwise_is_moved_as_it_holds_it(
    path: Path, url: str
) -> None:
    odd = [
        ("UPDATE observation SET title = :it WHERE id = 1", "NUL\0 and ´ 🜁 \\u0000 \\. \t tab\nand line"),
        (
            "UPDATE observation SET facts = :it WHERE id = 1",
            r'{"b": 1.50, "a": "\u0000\\u0000ü", "aa": null}',
        ),
        ("UPDATE installation SET sealed = :it", b"\x00\xff\\x"),
        ("UPDATE source SET polls = :it WHERE id = 'hub:org'", 2**63 - 1),
    ]
    with closing(reached(path, "")) as file, file.transaction():
        for statement, value in odd:
            assert file.run(statement, {"it": value}) == 1
    there(path, url)
    back(path, url)
    with closing(reached(path, "")) as file:
        assert file.tuples("SELECT title, facts FROM observation WHERE id = 1") == [
            ("NUL and ´ 🜁 \\u0000 \\. \t tab\nand line", r'{"a":"\\u0000ü","aa":null,"b":1.5}')
        ]
        assert file.column("SELECT sealed FROM installation") == [b"\x00\xff\\x"]
        assert file.column("SELECT polls FROM source WHERE id = 'hub:org'") == [2**63 - 1]


def test_no_number_is_given_twice(path: Path, url: str) -> None:
    """A person may still name a report that is no more: that number is nobody else's."""

    def report(url: str = "") -> int:
        with closing(Store(path.parent, LABS, url=url)) as store, store.transaction():
            number = store.reports.add(RELEASE, C1, UANA, "again", NOW)
            store._database.run("DELETE FROM report WHERE id = :id", {"id": number})
            return number

    numbers = [report()]
    there(path, url)
    numbers.append(report(url))
    back(path, url)
    numbers.append(report())
    assert numbers == sorted(set(numbers))


def test_where_a_row_would_be_another_one_nothing_is_moved(path: Path, url: str) -> None:
    migrate(url)
    with psycopg.connect(url) as connection:
        connection.execute(
            """
            CREATE FUNCTION spoil() RETURNS TRIGGER LANGUAGE plpgsql AS $$
            BEGIN NEW.digest := 'another'; RETURN NEW; END $$;
            CREATE TRIGGER spoiling BEFORE INSERT ON seen FOR EACH ROW EXECUTE FUNCTION spoil();
            """
        )
    before = answers(path)
    with pytest.raises(StoreError, match=r"would have .* rows .* in seen instead of .*nothing was moved"):
        there(path, url)
    assert answers(path) == before
    assert not starts(path, url)
    with psycopg.connect(url) as connection:
        connection.execute("DROP TRIGGER spoiling ON seen")
    there(path, url)
    assert answers(path, url) == before


def test_what_is_filled_from_elsewhere_is_left_alone(path: Path, url: str, tmp_path: Path) -> None:
    migrate(url, Mark(FILLING, "of another", "/elsewhere/cadencebot.db", "host", NOW))
    with pytest.raises(StoreError, match=r"a part of what is moved here from /elsewhere/cadencebot\.db"):
        there(path, url)
    assert starts(path)


def test_the_file_of_claims_knows_no_more_than_what_came_back(path: Path, url: str) -> None:
    there(path, url)
    note = path.with_name("claims")
    note.write_text("999999 2026-04-25T00:00:00.000000Z\n", encoding="ascii")
    back(path, url)
    with closing(Store(path.parent, LABS)) as store:
        assert store._database.column("SELECT count(*) FROM restoration") == [0]
        assert note.read_text(encoding="ascii").split()[0] == str(
            store._database.column("SELECT made FROM claims")[0]
        )
