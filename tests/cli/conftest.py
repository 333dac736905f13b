"""The command line in the offline world."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.demo.world import World
from bot.store.store import Store


@dataclass
class Shell:
    """Run commands as a person would."""

    world: World
    variables: dict[str, str]

    def run(self, *words: str, stdin: str = "") -> Result:
        env = {"COLUMNS": None, **self.variables}  # pytest-xdist sets it: lines would be broken there
        result = CliRunner().invoke(main, words, env=env, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json").stdout)

    def play(self, verb: str, about: Sequence[str]) -> None:
        """Change the world with one of the story's verbs."""
        self.world._verbs[verb](about)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """Begin with a bot that has read nothing yet, in the world before the story."""
    with World(lambda: datetime.now(UTC)) as world:
        yield Shell(world, world.environment(tmp_path))


@pytest.fixture
def begun(shell: Shell) -> Shell:
    """Begin with a state that is there, and holds nothing yet."""
    Store(Path(shell.variables["CADENCEBOT_STATE"])).close()
    return shell


@pytest.fixture
def polled(shell: Shell) -> Shell:
    """Return a shell past the baseline, with one release announced."""
    shell.run("poll", "--all")
    shell.play("publish", ["moonshotai/Kimi-K2.6"])
    shell.run("poll", "--source", "hub:moonshotai")
    return shell
