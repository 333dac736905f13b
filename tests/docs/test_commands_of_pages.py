"""What README and docs tell to type works: the tutorial step by step, and every command by its words."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from bot.cli import main
from bot.demo.world import World
from bot.store.store import FILE_NAME
from tests.docs.reader import Reader, reading

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "deploy/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
TYPED = re.compile(r"(?:^|\$ |bin/|&& |\| |exec cadencebot |-- )cadencebot(?:ctl)? (.+)$", flags=re.MULTILINE)
# Commands that are not run here, and what stands for the words that a reader puts in; the demo's own state
# knows more than its world does at the start.
NEEDS_THE_WORLD = {
    "run",
    "poll",
    "push",
    "demo",
    "try",
    "add",
    "import",
    "move-lab",
    "remove",
    "restore",
    "restored",
    "retry",
}
CHANGES = {"correct", "subscribe", "unsubscribe", "mute", "unmute", "digest", "settings"}
# tests/cli/test_on_postgres.py and tests/cli/test_moving_memory.py run them.
NEEDS_POSTGRESQL = {"migrate", "migrate-to", "migrate-from"}
NEEDS_A_KEY = {"reseal"}  # tests/cli/test_resealing.py runs it
FOR_PLACES = {"DIR": "out", "/state/report": "out", "FILE": "copy.db"}
PUT_IN = {
    **FOR_PLACES,
    "NAME": "Kimi-K2.5",
    "GLM-5.1": "Kimi-K2.5",
    "LAB...": "qwen",
    "N": "2",
    "COMMAND": "status",
}


def in_process(words: Sequence[str], variables: Mapping[str, str]) -> tuple[int, str]:
    result = CliRunner().invoke(main, words, env=variables)
    return result.exit_code, result.output


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("CADENCEBOT", "SLACK", "HF_"))]:
        monkeypatch.delenv(name)
    with reading(tmp_path, in_process) as reader:
        yield reader


def test_the_tutorial_does_what_it_says(reader: Reader) -> None:
    reader.read(TUTORIAL.read_text("utf-8"))


def typed(page: Path) -> list[list[str]]:
    """Return the words behind `cadencebot` wherever the page shows it as something to type."""
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8"))
    every = [inner for token in tokens for inner in (token, *(token.children or ()))]
    code = [token.content for token in every if token.type in {"fence", "code_block", "code_inline"}]
    lines = [line for text in code for line in TYPED.findall(text)]
    return [re.split(r"\s#|&&|\|", line)[0].replace("[", " ").replace("]", " ").split() for line in lines]


def unknown(words: list[str]) -> list[str]:
    """Return those words that no command takes: the verb, or an option of it."""
    main_options = {name for option in main.params for name in option.opts} | {"--help"}
    while words and words[0].startswith("-"):
        option, *words = words
        if option not in main_options:
            return [option]
        words = words[1:] if option == "--state" else words
    if not words or words == ["COMMAND"]:
        return []
    command = main.get_command(click.Context(main), words[0])
    if command is None:
        return words[:1]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {
        "--help"
    }
    return [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_command_that_a_page_shows_is_one_with_these_options(page: Path) -> None:
    assert [(words, wrong) for words in typed(page) if (wrong := unknown(words))] == []


def test_commands_are_found_wherever_they_stand_and_wrong_ones_noticed() -> None:
    assert {words[0] for words in typed(ROOT / "README.md")} >= {"--state", "demo", "check", "run"}
    assert {words[0] for words in typed(ROOT / "deploy" / "README.md")} >= {"status", "backup", "restore"}
    assert unknown(["no-such-verb"]) == ["no-such-verb"]
    assert unknown(["status", "--no-such-option"]) == ["--no-such-option"]


@pytest.fixture
def polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Return the environment of a bot that has read the demo's sources."""
    monkeypatch.chdir(tmp_path)
    with World(lambda: datetime.now(UTC)) as world:
        variables = world.environment(tmp_path)
        assert CliRunner().invoke(main, ["poll", "--all"], env=variables).exit_code == 0
        yield variables


def test_the_questions_that_pages_show_are_answered(polled: dict[str, str]) -> None:
    shown = {
        tuple(PUT_IN.get(word, word) for word in words)
        for page in PAGES
        for words in typed(page)
        if page != TUTORIAL
    }
    asked = {words[2:] if words[0] == "--state" else words for words in shown if "--online" not in words}
    failed = {}
    apart = NEEDS_THE_WORLD | NEEDS_POSTGRESQL | NEEDS_A_KEY | CHANGES
    here = {words for words in asked if words[0] not in apart and "--png" not in words}
    for words in sorted(here):
        for copy in Path().glob("**/*.db"):
            if copy.name != FILE_NAME:
                copy.unlink()
        done = CliRunner().invoke(main, words, env=polled, input="")
        if done.exit_code:
            failed[" ".join(words)] = done.output
    assert failed == {}
