"""The list of commands: it tells what each command says of itself, and costs next to nothing."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from bot.cli import main

NAMES = main.list_commands(click.Context(main))
HEAVY = (
    "bot.store.store",
    "bot.fetch",
    "rich",
    "structlog",
    "slack_sdk",
    "httpx",
    "sqlite_utils",
    "pydantic",
)


@pytest.mark.parametrize("name", NAMES)
def test_the_list_says_of_a_command_what_its_own_help_begins_with(name: str) -> None:
    listed = " ".join(CliRunner().invoke(main, ["--help"], terminal_width=200).output.split())
    command = main.get_command(click.Context(main), name)
    assert command
    assert command.help
    sentence = " ".join(command.help.split("\n\n")[0].split())
    assert f" {name} {sentence}" in listed


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_nothing_is_loaded_that_a_page_of_text_does_not_need(flag: str) -> None:
    script = f"""
import sys
from bot.cli import main
main([{flag!r}], standalone_mode=False)
sys.exit(" ".join(name for name in {HEAVY} if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
