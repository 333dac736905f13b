"""Old and new bots on one PostgreSQL database, while its schema expands, and after it contracts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.opening import migrate
from bot.store.postgres import database, schema
from bot.store.postgres.schema import VERSIONS, Version
from bot.store.store import Store
from tests.support import postgres
from tests.support.clock import START

OURS = len(VERSIONS)
# Two made-up versions: a column takes the place of another one, and the former is taken away.
EXPANDING = "ALTER TABLE heartbeat ADD COLUMN beaten_at TEXT"
CONTRACTING = "ALTER TABLE heartbeat DROP COLUMN beaten_at"


@pytest.fixture
def url() -> Iterator[str]:
    with postgres.migrated_schema() as url:
        yield url


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Have the schema's scripts come from a directory with two more."""
    (tmp_path / "expand.sql").write_text(EXPANDING, encoding="ascii")
    (tmp_path / "contract.sql").write_text(CONTRACTING, encoding="ascii")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "files", lambda _package: tmp_path)
        yield patch


def of_version(patch: pytest.MonkeyPatch, number: int) -> None:
    """Be a bot that makes so many versions beyond ours."""
    made_up = (Version((("", "expand.sql"),), oldest=OURS), Version((("", "contract.sql"),), oldest=OURS + 1))
    patch.setattr(schema, "VERSIONS", (*VERSIONS, *made_up[:number]))


def works(url: str, directory: Path) -> bool:
    try:
        store = Store(directory, url=url)
    except StoreError:
        return False
    with store.transaction():
        store.watch.beat(START)
    store.close()
    return True


def test_old_and_new_bots_live_side_by_side_until_the_schema_contracts(
    url: str, tmp_path: Path, scripts: pytest.MonkeyPatch
) -> None:
    of_version(scripts, 1)
    with pytest.raises(StoreError, match="made by an older cadencebot; `cadencebot migrate` updates it"):
        Store(tmp_path, url=url)
    assert migrate(url)[1] == 1
    assert works(url, tmp_path)
    of_version(scripts, 0)
    assert works(url, tmp_path), "the former version, started once more"
    assert migrate(url)[1] == 0, "and there is nothing for it to do"

    of_version(scripts, 2)
    assert not works(url, tmp_path)
    assert migrate(url)[1] == 1
    assert works(url, tmp_path)
    of_version(scripts, 1)
    assert works(url, tmp_path)
    of_version(scripts, 0)
    with pytest.raises(StoreError, match="made by a newer cadencebot"):
        Store(tmp_path, url=url)
    with pytest.raises(StoreError, match="made by a newer cadencebot"):
        migrate(url)


def test_a_bot_that_works_learns_that_the_schema_has_left_it_behind(
    url: str, tmp_path: Path, scripts: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path, url=url)
    with store.transaction():
        store.watch.beat(START)
    of_version(scripts, 2)
    migrate(url)
    of_version(scripts, 0)
    scripts.setattr(database, "_LOOKED_FOR", 0.0)
    with pytest.raises(StoreError, match="made by a newer cadencebot"), store.transaction():
        pass
    store.close()


def test_what_fails_on_the_way_changes_nothing(url: str, tmp_path: Path, scripts: pytest.MonkeyPatch) -> None:
    (tmp_path / "contract.sql").write_text("ALTER TABLE nothing_like_it DROP COLUMN x", encoding="ascii")
    of_version(scripts, 2)
    with pytest.raises(StoreError):
        migrate(url)
    of_version(scripts, 1)
    assert migrate(url)[1] == 1, "not even the first of both was made"
