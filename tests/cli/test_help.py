"""The list of commands: it tells what each command says of itself."""

import click
import pytest
from click.testing import CliRunner

from bot.cli import main

NAMES = main.list_commands(click.Context(main))


@pytest.mark.parametrize("name", NAMES)
def test_the_list_says_of_a_command_what_its_own_help_begins_with(name: str) -> None:
    listed = " ".join(CliRunner().invoke(main, ["--help"], terminal_width=200).output.split())
    command = main.get_command(click.Context(main), name)
    assert command
    assert command.help
    sentence = " ".join(command.help.split("\n\n")[0].split())
    assert f" {name} {sentence}" in listed
