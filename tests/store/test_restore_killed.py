"""`restore` is killed at any of its steps: the next start finds what was there, or what was put back."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.records import Content
from bot.store.backup import back_up, prove
from bot.store.restore import restore
from bot.store.store import FILE_NAME, Store
from tests.crash.nursery import outlived
from tests.crash.points import DIED
from tests.support.clock import START
from tests.support.places import C1
from tests.torture.long import LONG

CHANGES = {"os.remove", "os.rename", "shutil.copyfile"}
STEPS = CHANGES | {"open", "sqlite3.connect"} if LONG else CHANGES


def remember(store: Store, identity: str) -> None:
    with store.transaction():
        store.sources.remember("feed:x", {identity: "1"}, START)


def known(directory: Path) -> set[str]:
    store = Store(directory)
    found = store.sources.known("feed:x", ["a", "b"])
    store.close()
    return set(found)


def killed_at(directory: Path, step: int) -> None:
    """Put the backup back, and die before a step: as something is renamed, removed or copied."""
    steps = 0

    def hook(event: str, _: tuple[object, ...]) -> None:
        nonlocal steps
        steps += event in STEPS
        if steps == step:
            os._exit(DIED)

    sys.addaudithook(hook)
    restore(directory / "backup.db", directory / FILE_NAME, directory / "kept.db", START)


@pytest.fixture
def before(store: Store, tmp_path: Path) -> Path:
    """Return a directory as a killed bot leaves it, its newest things in the log, with an older backup."""
    remember(store, "a")
    back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
    remember(store, "b")
    return Path(shutil.copytree(tmp_path, tmp_path / "before"))


def test_no_start_finds_nothing_where_something_was(before: Path, tmp_path: Path) -> None:
    seen = []
    for step in range(1, 1_000):
        directory = Path(shutil.copytree(before, tmp_path / "state"))
        code = outlived(killed_at, directory, step)
        seen.append(known(directory))
        shutil.rmtree(directory)
        if code == 0:
            break
        assert code == DIED
    assert len(seen) > 8, "steps were tried"
    assert {frozenset(one) for one in seen} == {frozenset("ab"), frozenset("a")}
    assert sorted(seen, key=len, reverse=True) == seen, "all that was there, until it was replaced"


def test_what_is_damaged_is_replaced_and_kept_as_it_is(before: Path) -> None:
    (before / FILE_NAME).write_bytes(b"no database " * 999)
    (before / f"{FILE_NAME}-wal").unlink()  # from which SQLite would mend it
    restore(before / "backup.db", before / FILE_NAME, before / "kept.db", START)
    assert known(before) == {"a"}
    assert (before / "kept.db").read_bytes() == b"no database " * 999


def test_a_database_that_is_gone_is_no_first_start(store: Store, tmp_path: Path) -> None:
    with store.transaction():
        store.deliveries.owe_line("r1", C1, Content("hello"), START, known_until=None)
        store.deliveries.claim(1, START)
    store.note_claims(START)
    store.close()
    back_up(tmp_path / FILE_NAME, tmp_path / "backup.db")
    for path in tmp_path.glob(f"{FILE_NAME}*"):
        path.unlink()
    for readonly in (False, True):
        with pytest.raises(StoreError, match="is gone, and messages were sent from it until"):
            Store(tmp_path, readonly=readonly)
    restore(tmp_path / "backup.db", tmp_path / FILE_NAME, tmp_path / "kept.db", START)
    Store(tmp_path).close()
    prove(tmp_path / FILE_NAME)


def test_whoever_wants_to_begin_with_nothing_can(store: Store, tmp_path: Path) -> None:
    store.note_claims(START)
    store.close()
    for path in (*tmp_path.glob(f"{FILE_NAME}*"), tmp_path / "claims"):
        path.unlink()
    assert known(tmp_path) == set()
