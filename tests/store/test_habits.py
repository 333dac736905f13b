"""The habits that are kept are those that the releases make, whatever is stored or corrected."""

import shutil
from pathlib import Path

import pytest

from bot.run.chores import keep_habits
from bot.store.store import FILE_NAME, Store
from tests.support.every_method import EVERY_WRITE, WRITES, Call
from tests.support.furnished import furnish
from tests.support.habits import kept, made_anew
from tests.support.house import LABS


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("furnished")
    furnish(directory)
    return directory / FILE_NAME


@pytest.fixture
def file(furnished: Path, tmp_path: Path) -> Store:
    shutil.copy(furnished, tmp_path / FILE_NAME)
    return Store(tmp_path, LABS)


@pytest.mark.parametrize("call", EVERY_WRITE)
def test_after_any_write_a_habit_is_what_the_releases_make(file: Store, call: Call) -> None:
    keep_habits(file)
    assert file.shipments.unmade() == []
    with file.transaction():
        call(file)
    assert kept(file) == made_anew(file)
    keep_habits(file)
    assert kept(file) == made_anew(file)


@pytest.mark.parametrize("name", ["withdraw", "give", "split", "merge"])
def test_what_changes_what_was_shipped_takes_the_habit_back(file: Store, name: str) -> None:
    keep_habits(file)
    with file.transaction():
        WRITES[f"arrangement.{name}"](file)
    assert file.shipments.unmade()


def test_what_was_there_before_has_habits_as_well(file: Store, tmp_path: Path) -> None:
    assert kept(file) == made_anew(file) != []
    keep_habits(file)
    renamed = Store(tmp_path, [])
    assert [it.lab_name for it in kept(renamed)] == [it.lab for it in kept(renamed)]
