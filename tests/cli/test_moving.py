"""A lab whose id is changed in feeds.yaml: refused, moved, and never announced again."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Shell

KIMI = "moonshotai/Kimi-K2.6"
OLD, NEW = "moonshot", "kimi-lab"


@pytest.fixture
def polled(shell: Shell) -> Shell:
    """Return a shell past the baseline, with one release of the lab announced."""
    shell.run("poll", "--all")
    shell.play("publish", [KIMI])
    shell.run("poll", "--source", "hub:moonshotai")
    assert alerts(shell) == ["Kimi-K2.6"]
    return shell


def edit(shell: Shell, change: Callable[[dict[str, Any]], None]) -> None:
    """Change feeds.yaml as a person would."""
    file = Path(shell.variables["CADENCEBOT_CONFIG"])
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(config)
    file.write_text(yaml.safe_dump(config), encoding="utf-8")


def rename(config: dict[str, Any]) -> None:
    lab_of(config, OLD)["id"] = NEW
    for subscription in config["subscriptions"]:
        if subscription["labs"] != "all":
            subscription["labs"] = [NEW if lab == OLD else lab for lab in subscription["labs"]]


def lab_of(config: dict[str, Any], lab: str) -> dict[str, Any]:
    return next(one for one in config["labs"] if one["id"] == lab)


def alerts(shell: Shell) -> list[str]:
    return [one["release"] for one in shell.json("deliveries", "-n", "1000") if one["kind"] == "alert"]


@contextmanager
def change(shell: Shell) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(Path(shell.variables["CADENCEBOT_STATE"]) / "cadencebot.db")
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def rows(shell: Shell, question: str) -> list[tuple[Any, ...]]:
    with change(shell) as connection:
        return connection.execute(question).fetchall()


@pytest.mark.parametrize("command", [("poll", "--all"), ("run",), ("check",)], ids=" ".join)
def test_a_renamed_id_is_refused_with_the_command_that_moves_it(
    polled: Shell, command: tuple[str, ...]
) -> None:
    edit(polled, rename)
    before = rows(polled, "SELECT count(*) FROM release")
    refused = polled.run(*command)
    assert refused.exit_code == 2
    assert f"cadencebot move-lab {OLD} {NEW}" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert rows(polled, "SELECT count(*) FROM release") == before


def test_a_source_that_a_vanished_lab_leaves_to_another_is_refused(polled: Shell) -> None:
    def give(config: dict[str, Any]) -> None:
        sources = lab_of(config, OLD)["sources"]
        lab_of(config, "zai")["sources"] += sources
        config["labs"].remove(lab_of(config, OLD))
        config["subscriptions"] = [one for one in config["subscriptions"] if one["labs"] == "all"]

    edit(polled, give)
    refused = polled.run("check")
    assert (refused.exit_code, f"move-lab {OLD} zai" in refused.stderr) == (2, True)


def test_a_lab_that_is_only_taken_out_is_no_error(polled: Shell) -> None:
    def take_out(config: dict[str, Any]) -> None:
        config["labs"].remove(lab_of(config, OLD))
        config["subscriptions"] = [one for one in config["subscriptions"] if one["labs"] == "all"]

    edit(polled, take_out)
    assert polled.run("check").exit_code == 0
    assert polled.run("poll", "--all").exit_code == 0


def variant(shell: Shell, name: str) -> None:
    """Let the organisation show another packaging of what was announced."""
    shell.world.hub.put(replace(shell.world.hub.find(KIMI), name=name, hub_id=""))


def test_a_moved_lab_is_not_announced_again_and_no_release_is_doubled(polled: Shell) -> None:
    releases = rows(polled, "SELECT count(*) FROM release")
    edit(polled, rename)
    moved = polled.run("move-lab", OLD, NEW)
    assert (moved.exit_code, moved.stderr) == (0, "")
    assert f"Moved from {OLD} to {NEW}: " in moved.stdout
    variant(polled, f"{KIMI}-GGUF")
    polled.play("list", ["kimi-k2.6"])
    polled.play("post", ["kimi-k2.6"])
    assert polled.run("check").exit_code == 0
    assert polled.run("poll", "--all").exit_code == 0
    assert alerts(polled) == ["Kimi K2.6"]
    assert rows(polled, "SELECT count(*) FROM release") == releases
    assert rows(polled, f"SELECT lab, count(*) FROM release WHERE key = '{NEW}/kimi-k2.6'") == [(NEW, 1)]
    assert rows(
        polled,
        "SELECT count(*) FROM artifact a JOIN release r ON r.id = a.release_id "
        f"WHERE r.key = '{NEW}/kimi-k2.6'",
    ) == [(2,)]


@pytest.mark.parametrize("number", [0, 1], ids=["an organisation", "a page of posts"])
def test_a_source_given_to_another_lab_keeps_its_releases_where_they_are(polled: Shell, number: int) -> None:
    def give(config: dict[str, Any]) -> None:
        lab_of(config, OLD)["aliases"] = []  # no two labs may share a name
        source = lab_of(config, OLD)["sources"].pop(number)
        lab_of(config, "zai")["sources"].append(source)

    releases = rows(polled, "SELECT count(*) FROM release")
    edit(polled, give)
    assert polled.run("poll", "--all").exit_code == 0
    variant(polled, f"{KIMI}-GGUF")
    polled.play("post", ["kimi-k2.6"])
    polled.play("edit", [KIMI])
    assert polled.run("poll", "--all").exit_code == 0
    name = "Kimi K2.6" if number == 0 else "Kimi-K2.6"  # the page spells it best, and says it no more
    assert alerts(polled) == [name]
    assert rows(polled, "SELECT count(*) FROM release") == releases
    assert rows(polled, "SELECT DISTINCT lab FROM release WHERE key LIKE '%/kimi%'") == [(OLD,)]


def test_what_an_older_version_stored_tells_under_which_lab_a_source_stood(polled: Shell) -> None:
    """The migration fills the table from observations; here it is filled again from them alone."""
    script = files("bot.store").joinpath("0005_eyes.sql").read_text(encoding="utf-8")
    fill = [part for part in script.split(";") if part.lstrip().startswith("INSERT INTO lab_address")]
    with change(polled) as connection:
        expected = connection.execute("SELECT address, lab FROM lab_address WHERE lab = ?", [OLD]).fetchall()
        connection.execute("DELETE FROM lab_address")
        for statement in fill:
            connection.execute(statement)
        assert (
            connection.execute("SELECT address, lab FROM lab_address WHERE lab = ?", [OLD]).fetchall()
            == expected
        )
    edit(polled, rename)
    assert polled.run("poll").exit_code == 2


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param("qwen", NEW, "qwen stands in feeds.yaml", id="the old id still stands in the file"),
        pytest.param(OLD, "kimi-lap", "did you mean kimi-lab?", id="the new id does not stand in the file"),
        pytest.param("moonshit", NEW, "did you mean moonshot?", id="the old id is one that nobody knows"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(polled: Shell, old: str, new: str, complaint: str) -> None:
    edit(polled, rename)
    refused = polled.run("move-lab", old, new)
    assert refused.exit_code == 2
    assert complaint in refused.stderr


def test_a_second_move_has_nothing_to_do_and_says_so(polled: Shell) -> None:
    edit(polled, rename)
    moved = polled.json("move-lab", OLD, NEW)
    assert (moved["old"], moved["new"], moved["merged"]) == (OLD, NEW, [])
    assert moved["moved"]["releases"] > 0
    assert moved["moved"]["subscriptions"] == 1
    again = polled.run("move-lab", OLD, NEW)
    assert (again.exit_code, "moved already" in again.stderr) == (2, True)


# What may go on naming the old id: where messages get their ids from, and what people read in them.
MAY_STAY = {("release", "first_key"), ("delivery", "content"), ("delivery", "note")}


def test_nothing_in_the_database_names_the_old_id(polled: Shell, tmp_path: Path) -> None:
    years = tmp_path / "years.csv"
    years.write_text("lab,name,date\nkimi,Kimi K1,2025-01-20\n", encoding="utf-8")
    for words in (
        ["import", str(years)],
        ["subscribe", OLD, "--to", "C0NEW"],
        ["mute", OLD, "--to", "C0NEW"],
        ["correct", KIMI, "license:mit"],
        ["correct", "Qwen3.5-122B-A10B", f"lab:{OLD}"],
        ["correct", "kimi k1", "merge:kimi-k2.5"],
    ):
        result = polled.run(*words)
        assert result.exit_code == 0, (words, result.stderr)
    with change(polled) as connection:
        follow = (
            "INSERT INTO subscription (destination, lab, origin, created_at) "
            "VALUES ('C0NEW', ?, 'Slack', '2026-04-20T00:00:00Z')"
        )
        connection.execute(follow, [f"cadence:{OLD}"])
        watch = (
            "INSERT INTO watch "
            "(destination, lab, name, filters, packaging, request, created_by, created_at) "
            "VALUES ('C0NEW', ?, 'k4', '{}', '', '1.1', 'UANA', '2026-04-20T00:00:00Z')"
        )
        connection.execute(watch, [OLD])
        for table, columns in (
            ("adoption_task", "week, subject, asked_of, lab, due_at"),
            ("adoption_figure", "week, measure, asked_of, lab, value, repositories, complete"),
            ("adoption_change", "week, hub_id, kind, lab, name, former, downloads"),
        ):
            values = ["2026-W16", "x", "y", OLD, *[0] * (columns.count(",") - 3)]
            places = ", ".join("?" * len(values))
            connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)
        held = "INSERT INTO held (source_id, held_at, leads) VALUES ('hub:x', '2026-04-20T00:00:00Z', ?)"
        connection.execute(held, [f'["{OLD}/kimi-k2.6"]'])
    edit(polled, rename)
    moved = polled.json("move-lab", OLD, NEW)["moved"]
    assert {what: number for what, number in moved.items() if not number} == {}
    assert list(naming(polled, OLD)) == []
    assert rows(polled, "SELECT leads FROM held") == [(f'["{NEW}/kimi-k2.6"]',)]
    assert polled.run("import", str(years)).stdout.endswith("1 imported before.\n")
    assert polled.run("poll", "--all").exit_code == 0


def naming(shell: Shell, lab: str) -> Iterator[tuple[str, str, str]]:
    """Yield every cell that names a lab: by its id alone, as JSON has it, or at the beginning of a key."""
    named = re.compile(rf'(^|"|cadence:){lab}($|"|/)')
    with change(shell) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            cursor = connection.execute(f"SELECT * FROM {table}")
            columns = [column[0] for column in cursor.description]
            for row in cursor:
                for column, cell in zip(columns, row, strict=True):
                    if isinstance(cell, str) and named.search(cell) and (table, column) not in MAY_STAY:
                        yield table, column, cell


def test_a_release_that_both_ids_have_is_one_after_the_move(polled: Shell) -> None:
    """As an older version left it, which took a renamed id for another lab."""
    edit(polled, rename)
    with change(polled) as connection:
        connection.execute("DELETE FROM lab_address")
    variant(polled, f"{KIMI}-GGUF")
    assert polled.run("poll", "--all").exit_code == 0
    assert alerts(polled) == ["Kimi-K2.6", "Kimi-K2.6"]
    moved = polled.json("move-lab", OLD, NEW)
    assert moved["merged"] == [f"{NEW}/kimi-k2.6"]
    variant(polled, f"{KIMI}-FP8")
    assert polled.run("poll", "--all").exit_code == 0
    assert alerts(polled) == ["Kimi-K2.6", "Kimi-K2.6"]
    repositories = (
        "SELECT r.key, count(*) FROM artifact a JOIN release r ON r.id = a.release_id "
        "WHERE a.repository LIKE '%/Kimi-K2.6%' AND r.lab LIKE 'kimi%' GROUP BY r.key"
    )
    assert rows(polled, repositories) == [(f"{NEW}/kimi-k2.6", 3)]
