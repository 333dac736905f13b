"""A move is killed at any of its steps: one side starts, or none and the same command ends the move."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
import pytest

from bot.store.store import FILE_NAME
from tests.crash.nursery import outlived
from tests.crash.points import DIED
from tests.support import postgres
from tests.support.furnished import furnish
from tests.support.moving import answers, back, starts, there
from tests.torture.long import LONG

# What every run of the tests dies before, and what in the long form, which dies after it as well.
MARKS = {"put_mark", "keep", "_begin"}
CHANGES = {*MARKS, "transaction", "note_claims", "migrate"}
STATEMENTS = {"execute", "executemany", "replace", "unlink"}
STRIDE = 11 if LONG else 1  # there are more than a thousand statements, most of which read or fill a table
LOCKS = (7_461_002, 7_461_003)  # of the bot, and of whoever changes the tables


def killed_there(path: Path, url: str, step: int) -> None:
    die_at(step)
    there(path, url)
    sys.setprofile(None)


def killed_back(path: Path, url: str, step: int) -> None:
    die_at(step)
    back(path, url)
    sys.setprofile(None)


def die_at(step: int) -> None:
    """Have the process end before its so manieth step."""
    steps = 0

    def look(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal steps
        steps += is_step(frame, event, arg)
        if steps == step:
            os._exit(DIED)

    sys.setprofile(look)


def is_step(frame: FrameType, event: str, arg: Any) -> bool:
    name, file = frame.f_code.co_name, frame.f_code.co_filename
    if not LONG:
        return event == "call" and name in MARKS
    if event == "c_call":
        return arg.__name__ in STATEMENTS and not isinstance(arg.__self__, str)
    # Whatever is said to a server is waited for once: what is within that depends on how quick it is.
    return name in CHANGES if "bot/store" in file else name == "wait" and "psycopg/connection" in file


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory with a bot's life in it."""
    directory = tmp_path_factory.mktemp("before")
    furnish(directory)
    return directory


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / FILE_NAME


def begun_anew(path: Path, before: Path) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)
    shutil.copytree(before, path.parent)


def starting(path: Path, url: str) -> tuple[bool, bool]:
    """Return whether a bot starts on the file, and on PostgreSQL."""
    return starts(path), starts(path, url)


def gone_from(url: str) -> None:
    """Wait until the server has seen that the process is dead."""
    with psycopg.connect(url) as connection:
        for lock in LOCKS:
            connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(current_schema()))", (lock,))


@pytest.fixture
def moved(path: Path, before: Path, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A memory that was moved to PostgreSQL: its state directory, to be copied, and where it is now."""
    with postgres.schema() as url:
        begun_anew(path, before)
        there(path, url)
        yield Path(shutil.copytree(path.parent, tmp_path / "left")), url


def mark_on(url: str) -> tuple[Any, ...]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT move, other FROM moved").fetchone() or ()


def reset(url: str, mark: tuple[Any, ...]) -> None:
    """Have PostgreSQL be where the memory is, as it was before that moved to the file."""
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE moved SET state = 'here', move = %s, other = %s", mark)


def test_on_the_way_to_postgresql_one_side_starts_or_none(path: Path, before: Path) -> None:
    begun_anew(path, before)
    known = answers(path)
    seen = []
    for step in range(1, 10_000, STRIDE):
        with postgres.schema() as url:
            begun_anew(path, before)
            code = outlived(killed_there, path, url, step)
            gone_from(url)
            seen.append(starting(path, url))
            there(path, url)
            assert starting(path, url) == (False, True)
            assert answers(path, url) == known
        if code == 0:
            break
        assert code == DIED
    assert seen[0] == (True, False)
    assert seen[-1] == (False, True)
    assert set(seen) == {(True, False), (False, False), (False, True)}, "never both"


def test_on_the_way_back_one_side_starts_or_none(path: Path, before: Path, moved: tuple[Path, str]) -> None:
    left, url = moved
    known, mark = answers(path, url), mark_on(url)
    seen = []
    for step in range(1, 10_000, STRIDE):
        begun_anew(path, left)
        code = outlived(killed_back, path, url, step)
        gone_from(url)
        seen.append(starting(path, url))
        back(path, url)
        assert starting(path, url) == (True, False)
        assert answers(path) == known
        assert not list(path.parent.glob("*.part*"))
        reset(url, mark)
        if code == 0:
            break
        assert code == DIED
    assert seen[0] == (False, True)
    assert seen[-1] == (True, False)
    assert set(seen) == {(False, True), (False, False), (True, False)}, "never both"
