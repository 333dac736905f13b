"""Mistakes that people make at first contact: each is one line that says what to do, and exit code 2."""

import os
import re
import socket
import subprocess
import sys
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
        pytest.param(["help", "recnt"], "(did you mean recent?)", id="help of a command with a slip"),
        pytest.param(["try", "ftp://lab.example/"], "is no web address", id="a scheme that is not asked"),
        pytest.param(["try", "https://"], "is no web address", id="no host"),
        pytest.param(["try", "lab example.com"], "is no web address", id="a blank in an address"),
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
        pytest.param("HF_TOKEN", "xoxb-1-2-c", "belongs in SLACK_BOT_TOKEN", id="the bot's as the Hub's"),
        pytest.param("HF_TOKEN", "hf_é", "write ASCII letters", id="a token that fits no header"),
        pytest.param("LLM_STATS_API_KEY", "hf_abc", "belongs in HF_TOKEN", id="the Hub's as LLM Stats'"),
        pytest.param("LLM_STATS_API_KEY", "a\nb", "without spaces", id="a key of two lines"),
        pytest.param(
            "SLACK_SIGNING_SECRET", "xapp-1-2-c", "belongs in SLACK_APP_TOKEN", id="the app's to sign with"
        ),
        pytest.param("SLACK_BOT_TOKEN", "hf_abc", "belongs in HF_TOKEN", id="the Hub's as the bot's"),
        pytest.param("SLACK_BOT_TOKEN_FILE", "two", "begins with xoxb-", id="a file of more than a token"),
        pytest.param("CADENCEBOT_PROXY", "yes", "write on or off", id="another word for on"),
        pytest.param("CADENCEBOT_BACKUPS", "-1", "write 0 or more", id="a number below none"),
        pytest.param("CADENCEBOT_ALLOW_HOSTS", "http://a:1", "each host with its port", id="an address"),
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
    (tmp_path / "two").write_text("xoxb-1-2-c\nxoxb-3-4-d\n")
    shell.variables[variable] = value
    result = shell.run(command)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert said in result.stderr
    assert variable in result.stderr


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        pytest.param({"SLACK_APP_TOKEN": "xapp-1-2-c"}, "SLACK_BOT_TOKEN is not", id="the app's token alone"),
        pytest.param({"SLACK_CLIENT_ID": "1.2"}, "SEAL_KEY is not set", id="an id alone"),
        pytest.param(
            {"SLACK_CLIENT_ID": "1.2", "CADENCEBOT_SEAL_KEY": f"{'k' * 43}="},
            "SLACK_CLIENT_SECRET is not set",
            id="an id without its secret",
        ),
        pytest.param(
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "c", "CADENCEBOT_SEAL_KEY": "k"},
            "SEAL_KEY holds something that is no key",
            id="a key that is none",
        ),
    ],
)
def test_what_run_refuses_for_its_settings_check_refuses_offline(
    begun: Shell, variables: dict[str, str], said: str
) -> None:
    begun.variables |= {"SLACK_BOT_TOKEN": "", "SLACK_SIGNING_SECRET": "s", **variables}
    feeds = Path(begun.variables["CADENCEBOT_CONFIG"])
    feeds.write_text(feeds.read_text().partition("subscriptions:")[0])
    http = ["--http", "127.0.0.1:0"] if "SLACK_CLIENT_ID" in variables else []
    for command in (["check"], ["run", *http]):
        result = begun.run(*command)
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
        assert said in result.stderr


def test_a_report_that_cannot_be_written_is_refused_at_the_start(begun: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    begun.variables["CADENCEBOT_REPORT"] = str(tmp_path / "file")
    result = begun.run("run")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "variable CADENCEBOT_REPORT: " in result.stderr


@pytest.mark.parametrize("command", ["check", "status", "recent", "poll", "run", "backup"])
@pytest.mark.parametrize(
    "place", ["a state is a file", "a database is a directory", "a database is another file"]
)
def test_a_state_that_is_none_is_a_matter_of_configuration_everywhere(
    shell: Shell, tmp_path: Path, command: str, place: str
) -> None:
    state = tmp_path / "odd"
    if place == "a state is a file":
        state.touch()
    elif place == "a database is a directory":
        (state / "cadencebot.db").mkdir(parents=True)
    else:
        state.mkdir()
        (state / "cadencebot.db").write_text("no database\n" * 100)
    shell.variables["CADENCEBOT_STATE"] = str(state)
    result = shell.run(*command.split())
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "CADENCEBOT_STATE" in result.stderr


@pytest.mark.parametrize("command", ["try", "add"])
def test_what_cannot_be_reached_failed_and_is_no_wrong_usage(begun: Shell, command: str) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        place = f"127.0.0.1:{nobody.getsockname()[1]}"
        begun.variables["CADENCEBOT_ALLOW_HOSTS"] += f",{place}"
        result = begun.run(command, f"http://{place}/blog")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "cannot be reached" in result.stderr


@pytest.mark.parametrize("command", ["identify", "recent", "check"])
def test_settings_that_are_not_there_are_told_alike_everywhere(
    shell: Shell, tmp_path: Path, command: str
) -> None:
    shell.variables["CADENCEBOT_CONFIG"] = str(tmp_path / "none.yaml")
    result = shell.run(command)
    assert result.exit_code == 2
    assert (
        f"{tmp_path / 'none.yaml'}: is not there; set CADENCEBOT_CONFIG to your feeds.yaml" in result.stderr
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("line", ["--help", "recent", "recent --json", "recent --help"])
def test_output_that_cannot_be_written_is_told_in_a_line(begun: Shell, line: str) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "bot", *line.split()],
            env={**os.environ, **begun.variables},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == "cadencebot: the output cannot be written (No space left on device)\n"


def test_a_width_of_nothing_hides_nothing(begun: Shell) -> None:
    begun.variables["COLUMNS"] = "0"
    assert "No source was read yet" in begun.run("recent").stdout


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
    [
        ("help", "--help"),
        ("help recent", "recent --help"),
        ("help digest", "digest --help"),
        ("--state . help recent", "recent --help"),
    ],
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
