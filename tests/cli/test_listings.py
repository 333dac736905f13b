"""Every listing on a narrow terminal: no line is too wide, and no word or name that fits a line is broken."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from rich.cells import cell_len
from rich.console import Console

from bot.cli import main
from bot.cli.output import screen
from bot.demo.clock import StoryClock
from bot.demo.run import _play
from bot.demo.story import load_story
from bot.demo.world import World
from bot.run.engines import at_work
from bot.run.wiring import open_app
from bot.store.store import Store

LAB = "The Institute of Very Long Names"
LONG = "gemma-4-27b-it-with-a-long-name"
STEPS = 14  # of the story: releases, variants, posts


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return the environment of a bot that knows some weeks, labs with long names, a flood and a mute."""
    directory = tmp_path_factory.mktemp("listings")
    story = load_story()[:STEPS]
    clock = StoryClock(story[0].at)
    with World(clock.now) as world:
        variables = world.environment(directory)
        config = yaml.safe_load((directory / "feeds.yaml").read_text(encoding="utf-8"))
        config["labs"].append(
            {
                "id": "institute",
                "name": LAB,
                "sources": [{"llm_stats": "institute"}],
                "aliases": ["institute-of-names", "names"],
            }
        )
        (directory / "feeds.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        with open_app(variables, clock) as app, at_work(app, Console(file=io.StringIO())) as engines:
            for step in story:
                _play(step, world, clock, engines, Console(file=io.StringIO()))
        run(variables, 80, "adoption", "--measure")
        for words in ("subscribe institute kimi max:70b", "mute institute 7d", "digest weekly"):
            verb, *rest = words.split()
            run(variables, 80, verb, "--to", "C0OPEN", *rest)
        store = Store(Path(variables["CADENCEBOT_STATE"]))
        with store.transaction():
            names = [f"google/{LONG}-{number}" for number in range(30)]
            store.held.add("hub:google", names, datetime.now(UTC) - timedelta(days=1))
        store.close()
        yield variables


def run(variables: dict[str, str], columns: int, *words: str) -> str:
    result = CliRunner().invoke(main, words, env={**variables, "COLUMNS": str(columns)})
    assert result.exit_code == 0, result.output
    return result.stdout


LISTINGS = [
    "recent since:20y n:50",
    "show kimi k2.5",
    "show gemma 4",
    "why kimi-k2.5",
    "labs",
    "list",
    "cadence since:20y",
    "cadence qwen since:20y",
    "cadence since:20y by:month",
    "adoption",
    "adoption by:country",
    "status",
    "deliveries",
    "held",
    "digest --to C0OPEN",
    "settings --to C0OPEN",
]


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.parametrize("listing", LISTINGS)
def test_a_listing_breaks_between_words(variables: dict[str, str], listing: str, columns: int) -> None:
    narrow, wide = (run(variables, width, *listing.split()) for width in (columns, 2_000))
    assert [line for line in narrow.splitlines() if cell_len(line) > columns] == []
    fitting = [word for word in wide.split() if cell_len(word) <= columns]
    assert fitting
    assert [word for word in set(fitting) if narrow.split().count(word) < fitting.count(word)] == []
    assert not any(line.endswith(" ") for line in narrow.splitlines())
    for name in (LAB, "Moonshot AI", "Alibaba Qwen", "Kimi K2.5", "cadencebot mute"):
        assert narrow.count(name) == wide.count(name)


def test_what_outside_wrote_is_no_code_for_an_emoji(capsys: pytest.CaptureFixture[str]) -> None:
    screen().print("failed: 404 for :smile:")
    assert capsys.readouterr().out == "failed: 404 for :smile:\n"


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_listing_leaves_nothing_out(variables: dict[str, str], listing: str) -> None:
    assert "and 1 more" not in (told := run(variables, 80, *listing.split()))
    assert "/releases" not in told
    assert "<#" not in told
