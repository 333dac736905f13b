"""What answers on a terminal say first: that nobody polls, that nothing was due, that a list is cut."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import Shell


def test_a_bot_that_stands_still_needs_a_person_and_says_so_first(polled: Shell) -> None:
    with closing(sqlite3.connect(Path(polled.variables["CADENCEBOT_STATE"]) / "cadencebot.db")) as raw, raw:
        raw.execute("UPDATE source SET polled_at = '2026-01-01T00:00:00+00:00'")
    told = polled.run("status", "--check")
    assert told.exit_code == 1
    assert told.stdout.startswith("⚠️ Nothing was read for ")
    assert "Needs a person: 1 hour or more without a poll." in told.stderr


def test_a_poll_with_nothing_due_says_when_the_next_one_is(polled: Shell) -> None:
    told = polled.run("poll").stdout
    assert re.match(r"No source was due, the next is in \d+ \w+: 0 new releases, 0 messages sent.\n", told)


def test_a_list_that_is_cut_says_of_how_many(polled: Shell) -> None:
    known = len(polled.json("deliveries"))
    assert polled.run("deliveries").stdout.startswith(f"{known} message")
    polled.play("publish", ["Qwen/Qwen3.6-35B-A3B"])
    polled.run("poll", "--all")
    known = len(polled.json("deliveries"))
    assert known > 1
    assert polled.run("deliveries", "-n", "1").stdout.startswith(f"{known} messages, the newest 1\n")


def test_labs_that_were_added_are_json_as_well(polled: Shell) -> None:
    assert polled.json("labs", "export") == []
