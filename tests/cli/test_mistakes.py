"""Mistakes that people make at first contact: each is one line that says what to do, and exit code 2."""

import re
import socket
from pathlib import Path

import click
import pytest

from bot.cli import main
from tests.cli.conftest import Shell

NAMES = main.list_commands(click.Context(main))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["recnt"], "'recnt' (did you mean recent?)", id="a command with a slip"),
        pytest.param(["frobnicate"], "no command 'frobnicate'; ", id="a command like no other"),
        pytest.param(["--bogus"], "there is no option '--bogus'; ", id="an option of no command"),
        pytest.param(["recent", "--png"], "recent --help` tells", id="an option that another command has"),
        pytest.param(["held", "announce", "x"], "'x' is not a whole number", id="a word for a number"),
        pytest.param(["show"], "Missing argument", id="a command without what it is about"),
        pytest.param(
            ["--state", "/nowhere", "recent"], "'/nowhere' does not exist", id="a state that is not there"
        ),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(shell: Shell, words: list[str], said: str) -> None:
    result = shell.run(*words)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert said in result.stderr


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        pytest.param("SLACK_BOT_TOKEN", "foo", "begins with xoxb-", id="a bot token that is none"),
        pytest.param(
            "SLACK_BOT_TOKEN", "xapp-1-A1-2-c", "belongs in SLACK_APP_TOKEN", id="the app's as the bot's"
        ),
        pytest.param(
            "SLACK_APP_TOKEN", "xoxb-1-2-c", "belongs in SLACK_BOT_TOKEN", id="the bot's as the app's"
        ),
        pytest.param(
            "SLACK_BOT_TOKEN", "xoxb-...", "digits and hyphens", id="what README shows in its place"
        ),
        pytest.param("SLACK_APP_TOKEN", '"xapp-1-2-c"', "digits and hyphens", id="a token in quotes"),
        pytest.param("CADENCEBOT_BACKUPS", "many", "write a whole number", id="a word for a number"),
        pytest.param("SLACK_APP_TOKEN", "xoxp-1-2-c", "begins with xapp-", id="a person's as the app's"),
        pytest.param("SLACK_BOT_TOKEN_FILE", "empty", "empty is empty", id="an empty file"),
        pytest.param("SLACK_BOT_TOKEN_FILE", "missing", "cannot read missing", id="a file that is not there"),
        pytest.param(
            "CADENCEBOT_CONFIG", "missing.yaml", "set CADENCEBOT_CONFIG", id="settings that are not there"
        ),
    ],
)
@pytest.mark.parametrize("command", ["check", "run", "poll"])
def test_a_wrong_environment_is_told_by_the_name_of_its_variable(
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
    variable: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").touch()
    shell.variables[variable] = value
    result = shell.run(command)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert said in result.stderr
    assert variable in result.stderr


@pytest.mark.parametrize("command", ["run", "poll"])
def test_a_state_that_cannot_be_made_is_a_matter_of_configuration(
    shell: Shell, tmp_path: Path, command: str
) -> None:
    (tmp_path / "file").touch()
    shell.variables["CADENCEBOT_STATE"] = str(tmp_path / "file" / "state")
    result = shell.run(command)
    assert (result.exit_code, "set CADENCEBOT_STATE" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "line",
    [
        "recent no-lab",
        "show no-release",
        "why nothing",
        "labs no-lab",
        "subscribe no-lab",
        "unsubscribe minimax",
        "remove no-lab",
        "correct no-release license:mit",
        "correct Kimi-K2.5 lab:no-lab",
        "retry no-id",
        "held announce 7",
        "unclear again no-id",
        "add moonshotai",
    ],
)
def test_a_command_in_a_complaint_is_written_as_it_is_typed_on_a_terminal(begun: Shell, line: str) -> None:
    told = begun.run(*line.split())
    assert told.exit_code == 2
    quoted = re.findall(r"`([^`]+)`", told.stderr)
    assert [words for words in quoted if words.split()[0] in NAMES] == []
    assert "/releases" not in told.stderr


def test_what_the_desk_names_is_named_whole(begun: Shell) -> None:
    told = begun.run("remove", "no-lab").stderr
    assert "`cadencebot remove` alone lists those that were" in told
    assert "No lab was added beside feeds.yaml: `cadencebot add` does that." in begun.run("remove").stdout


@pytest.mark.parametrize(
    ("line", "same"),
    [("help", "--help"), ("help recent", "recent --help"), ("help digest", "digest --help")],
)
def test_help_is_asked_for_as_in_slack(shell: Shell, line: str, same: str) -> None:
    assert shell.run(*line.split()).stdout == shell.run(*same.split()).stdout


@pytest.mark.parametrize("command", ["recent", "subscribe"])
def test_help_explains_each_filter_that_a_command_takes(shell: Shell, command: str) -> None:
    usage, _, explained = shell.run(command, "--help").stdout.partition("Options:")
    filters = {*re.findall(r"\[(\w+:)", usage)} - {"since:", "page:", "n:"}
    assert filters >= {"license:", "max:", "fits:", "type:", "weights:", "match:"}
    assert [one for one in sorted(filters) if f"`{one}" not in explained] == []


def test_the_demo_says_at_once_that_its_port_is_taken(shell: Shell, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = shell.run("demo", "--out", str(tmp_path / "page.html"), "--serve", f":{port}")
    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.count(f"127.0.0.1:{port}") == 1  # the system's own words name it again
