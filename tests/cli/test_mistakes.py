"""Mistakes that people make at first contact: each is one line that says what to do, and exit code 2."""

from pathlib import Path

import pytest

from tests.cli.conftest import Shell


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["recnt"], "'recnt' (did you mean recent?)", id="a command with a slip"),
        pytest.param(["frobnicate"], "no command 'frobnicate'; ", id="a command like no other"),
        pytest.param(["--bogus"], "there is no option '--bogus'; ", id="an option of no command"),
        pytest.param(["recent", "--png"], "recent --help` tells", id="an option that another command has"),
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
