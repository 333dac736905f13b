"""The command line with its memory on PostgreSQL, as one process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.store import FILE_NAME, Store
from tests.cli.conftest import Shell
from tests.support.postgres import migrated_schema, schema


@pytest.fixture
def there(shell: Shell) -> Iterator[Shell]:
    with migrated_schema() as url:
        shell.variables["DATABASE_URL"] = url
        yield shell


def test_a_release_is_announced_once_and_questions_know_it(there: Shell) -> None:
    there.run("poll", "--all")
    hidden = [name for name in there.world._facts.repositories if there.world.hub.find(name).private]
    there.play("publish", hidden[:1])
    told = there.json("poll", "--all")
    assert told["delivered"] >= len(told["releases"]) > 0
    assert there.json("poll", "--all")["delivered"] == told["owed"] == 0
    name = told["releases"][0]["name"]
    assert name in there.run("recent").stdout
    assert name in there.run("show", name).stdout
    assert "alert sent in" in there.run("why", name).stdout
    assert there.run("status", "--check").exit_code == 0
    assert not Path(there.variables["CADENCEBOT_STATE"], FILE_NAME).exists()


def test_migrate_makes_the_tables_without_which_nothing_begins(shell: Shell) -> None:
    with schema() as url:
        shell.variables["DATABASE_URL"] = url
        assert "`cadencebot migrate` makes them" in shell.run("poll").stderr
        assert "made or brought up to date" in shell.run("migrate").stdout
        assert "is up to date" in shell.run("migrate").stdout
        assert shell.run("status").exit_code == 0


def test_a_second_bot_is_refused(there: Shell, tmp_path: Path) -> None:
    other = Store(tmp_path / "elsewhere", url=there.variables["DATABASE_URL"])
    with other.alone():
        refused = there.run("poll")
    other.close()
    assert refused.exit_code == 1
    assert "another bot" in refused.stderr
    assert "stop it first" in refused.stderr


@pytest.mark.parametrize("role", ["web", "worker"])
def test_a_part_of_the_work_needs_a_database_to_share(shell: Shell, role: str) -> None:
    refused = shell.run("run", "--role", role)
    assert refused.exit_code == 2
    assert "set DATABASE_URL" in refused.stderr


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        pytest.param(
            {"DATABASE_URL": "mysql://host/name"}, "write an address of PostgreSQL", id="another one"
        ),
        pytest.param(
            {"DATABASE_URL": "postgresql://h/n", "CADENCEBOT_BACKUPS": "3"}, "let pg_dump copy", id="backups"
        ),
    ],
)
def test_an_environment_that_cannot_be_is_refused(
    shell: Shell, variables: dict[str, str], words: str
) -> None:
    shell.variables.update(variables)
    refused = shell.run("recent")
    assert refused.exit_code == 2
    assert words in refused.stderr


def test_migrate_is_for_postgresql(shell: Shell) -> None:
    assert "DATABASE_URL is not set" in shell.run("migrate").stderr
