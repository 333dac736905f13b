"""`migrate-to`, `migrate-from`, `restored` and copies on PostgreSQL, as a person uses them."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.store.postgres.words import place_of
from bot.store.store import FILE_NAME, Store
from tests.cli.conftest import Shell
from tests.support.postgres import schema

ANSWERS = (["recent"], ["show", "Kimi-K2.6"], ["why", "Kimi-K2.6"], ["list"], ["deliveries"])


@pytest.fixture
def url() -> Iterator[str]:
    with schema() as url:
        yield url


@pytest.fixture
def state(shell: Shell) -> Path:
    return Path(shell.variables["CADENCEBOT_STATE"])


@pytest.fixture
def moved(polled: Shell, url: str) -> Shell:
    """A shell whose memory was moved to PostgreSQL, and that works there."""
    assert polled.run("migrate-to", url).exit_code == 0
    polled.variables["DATABASE_URL"] = url
    return polled


@pytest.fixture
def empty(shell: Shell, url: str) -> Shell:
    """A shell that works on PostgreSQL, where nothing is known yet."""
    shell.variables["DATABASE_URL"] = url
    assert shell.run("migrate").exit_code == 0
    return shell


def answers(shell: Shell) -> list[str]:
    return [shell.run(*words, "--json").stdout for words in ANSWERS]


def test_a_memory_moves_there_and_back(polled: Shell, url: str, state: Path) -> None:
    before = answers(polled)
    told = polled.run("migrate-to", url)
    assert "counted and hashed on both sides" in told.stdout
    assert "set DATABASE_URL wherever the bot starts" in told.stdout
    refused = polled.run("poll")
    assert refused.exit_code == 1
    assert re.search("was moved to PostgreSQL at .*set DATABASE_URL to that", refused.stderr)
    assert (state / FILE_NAME).exists()

    polled.variables["DATABASE_URL"] = url
    assert answers(polled) == before
    assert polled.json("poll", "--all")["delivered"] == 0
    before = answers(polled)
    told = polled.run("migrate-from")
    assert "unset DATABASE_URL" in told.stdout
    refused = polled.run("poll")
    assert refused.exit_code == 1
    assert re.search(f"was moved to {state / FILE_NAME} .*unset DATABASE_URL there", refused.stderr)

    del polled.variables["DATABASE_URL"]
    assert answers(polled) == before
    assert polled.json("poll", "--all")["delivered"] == 0
    assert list(state.glob(f"{FILE_NAME}.replaced-*"))


def test_a_program_is_told_what_was_moved_and_by_what_it_is_proven(polled: Shell, url: str) -> None:
    told = polled.json("migrate-to", url)
    assert told["to"] == place_of(url)
    assert told["rows"] == sum(table["rows"] for table in told["tables"].values()) > 0
    assert re.fullmatch("[0-9a-f]{32}", told["tables"]["release"]["hash"])
    again = polled.json("migrate-to", url)
    assert (again["rows"], again["tables"]) == (0, {})


def test_what_has_a_memory_of_its_own_is_not_replaced(
    moved: Shell, url: str, state: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(state, other)
    for path in other.glob(f"{FILE_NAME}*"):
        path.unlink()
    (other / "claims").unlink()
    del moved.variables["DATABASE_URL"]
    moved.variables["CADENCEBOT_STATE"] = str(other)
    moved.run("poll", "--all")
    for command in ("migrate-to", "migrate-from"):
        refused = moved.run(command, url)
        assert refused.exit_code == 2
        assert "has a memory of its own" in refused.stderr
    assert moved.run("status").exit_code == 0


@pytest.mark.parametrize("command", ["migrate-to", "migrate-from"])
def test_a_move_needs_a_database_and_no_bot_beside_it(
    begun: Shell, url: str, tmp_path: Path, command: str
) -> None:
    assert "say which database" in begun.run(command).stderr
    assert "say which database" in begun.run(command, "mysql://h/n").stderr
    begun.variables["DATABASE_URL"] = url
    begun.run("migrate")
    store = Store(tmp_path / "elsewhere", url=url)
    with store.alone():
        refused = begun.run(command)
    store.close()
    assert refused.exit_code == 1
    assert "another bot" in refused.stderr


def test_without_a_state_there_is_nothing_to_move(shell: Shell, url: str) -> None:
    refused = shell.run("migrate-to", url)
    assert refused.exit_code == 2
    assert "nothing is known there" in refused.stderr


# --- copies


@pytest.mark.parametrize("said", [True, False], ids=["it is said", "it is seen"])
def test_a_dump_put_back_posts_nothing_twice(moved: Shell, url: str, tmp_path: Path, *, said: bool) -> None:
    copy = tmp_path / "copy.dump"
    done = moved.run("backup", str(copy))
    assert "Written and proven" in done.stdout, done.stderr
    assert "pg_restore --clean --if-exists" in done.stdout
    assert "is there already" in moved.run("backup", str(copy)).stderr
    moved.play("publish", ["zai-org/GLM-5.1"])
    moved.run("poll", "--all")
    posted = len(moved.world.slack.posts("C0RELEASES"))
    assert posted == 2
    put_back(copy, url)
    if said:
        assert moved.run("restored", "--until", "2026-01-01").exit_code == 0
    assert moved.run("poll", "--all").exit_code == 0
    assert len(moved.world.slack.posts("C0RELEASES")) == posted
    with psycopg.connect(url) as connection:
        known = connection.execute("SELECT backed_up_at FROM restoration ORDER BY 1").fetchall()
    assert known[0][0].startswith("2026-01-01") == said
    assert len(known) == 1 + said, "by its tables it is another server"


def put_back(copy: Path, url: str) -> None:
    server = url.partition("?")[0]
    command = ["pg_restore", "--clean", "--if-exists", f"--dbname={server}", str(copy)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["backup"], "name a FILE"),
        (["backup", "x.dump", "--keep", "3"], "name a FILE"),
        (["backup", "nowhere/x.dump"], "there is no such directory"),
        (["restore", "x.dump"], "`pg_restore --clean --if-exists --dbname=... x.dump` puts a copy back"),
        (["restored", "--until", "soon"], "is no time"),
        (["restored", "--until", "2999-01-01"], "is still to come"),
    ],
)
def test_what_cannot_be_is_refused_in_words(empty: Shell, words: list[str], why: str) -> None:
    refused = empty.run(*words)
    assert refused.exit_code == 2
    assert why in refused.stderr


@pytest.mark.parametrize(
    ("program", "why"),
    [
        pytest.param("", "pg_dump, which copies it, is not installed", id="none"),
        pytest.param("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'", "which refuses it", id="an older one"),
    ],
)
def test_a_pg_dump_that_will_not_do_is_refused_in_words(
    empty: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, why: str
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("pg_dump", "pg_restore") if program else ():
        (programs / name).write_text(program, encoding="ascii")
        (programs / name).chmod(0o700)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}/bin" if program else str(programs))
    refused = empty.run("backup", str(tmp_path / "copy.dump"))
    assert refused.exit_code == 2
    assert why in refused.stderr
    assert not list(tmp_path.glob("copy*"))


REFUSING = """#!/bin/sh
[ "$1" = --version ] && echo pg_dump 99 && exit
echo "no: $* $PGPASSWORD" | sed s/ecret/there/ >&2
exit 1
"""


def test_what_pg_dump_refuses_is_told_without_the_password(
    empty: Shell, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (programs / name).write_text(REFUSING, encoding="ascii")
        (programs / name).chmod(0o700)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    empty.variables["DATABASE_URL"] = f"{url}&password=secret"
    refused = empty.run("backup", str(tmp_path / "copy.dump"))
    assert refused.exit_code == 1
    assert "no: --format=custom" in refused.stderr
    assert "password" not in refused.stderr
    assert "sthere" in refused.stderr, "the program is given it where no list of processes shows it"


def test_a_copy_of_the_file_put_back_by_other_means_is_said_too(polled: Shell, state: Path) -> None:
    said = polled.run("restored", "--until", "2026-01-01T12:00")
    assert "knows what was sent until 2026-01-01 12:00 UTC" in said.stdout
    store = Store(state)
    assert store._database.column("SELECT backed_up_at FROM restoration") == ["2026-01-01T12:00:00.000000Z"]
    store.close()


def test_a_side_that_was_left_goes_on_where_the_other_is_lost(polled: Shell, url: str) -> None:
    polled.run("migrate-to", url)
    assert polled.run("poll").exit_code == 1
    assert polled.run("restored").exit_code == 0
    assert polled.json("poll", "--all")["delivered"] == 0
    assert json.loads(polled.run("status", "--json").stdout)["sources"]
