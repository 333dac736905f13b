"""`demo` keeps what its bot knows, and ends with commands that ask it: `--state` names any state there is."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.demo.world import World
from tests.docs.reader import unprinted

# The story has faults, of sources and of Slack.
pytestmark = pytest.mark.logs("source_failed", "delivery_not_sent")

FEEDS = "labs: [{id: one, name: Lab One, sources: [hub: one]}]"
OTHERS = "labs: [{id: two, name: Lab Two, sources: [hub: two]}]"


def run(*words: str, **variables: str | None) -> Result:
    result = CliRunner().invoke(main, words, env={"COLUMNS": None, **variables})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_demo_ends_with_commands_that_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("demo")
    assert told.exit_code == 0
    asked = [line.split(" --state ")[1].split() for line in told.stdout.splitlines() if " --state " in line]
    assert [words[1] for words in asked] == ["recent", "why", "cadence"]
    for words in asked:
        answer = run("--state", *words)
        assert (answer.exit_code, "GLM-5.1" in answer.stdout or words[1] == "cadence") == (0, True)
        assert "Nothing" not in answer.stdout
    assert "demo --serve" in told.stdout
    named = told.stdout.replace("python -m bot", ".venv/bin/cadencebot")
    assert unprinted((Path(__file__).parents[2] / "README.md").read_text("utf-8"), named) == []


@pytest.mark.parametrize("where", ["0.0.0.0:8080", "example.com:80", "8080"])
def test_the_demo_is_served_on_this_machine_alone(tmp_path: Path, where: str) -> None:
    told = run("demo", "--out", str(tmp_path / "page.html"), "--serve", where)
    assert (told.exit_code, list(tmp_path.iterdir())) == (2, [])


# --- --state


@pytest.fixture
def places(tmp_path: Path) -> Path:
    for name, feeds in (("own", FEEDS), ("bare", ""), ("other", OTHERS)):
        (tmp_path / name).mkdir()
        if feeds:
            (tmp_path / name / "feeds.yaml").write_text(feeds)
    return tmp_path


@pytest.mark.parametrize(
    ("state", "config", "lab"),
    [
        pytest.param("own", None, "Lab One", id="the feeds.yaml in it is read"),
        pytest.param("own", "other/feeds.yaml", "Lab Two", id="unless another one is named"),
        pytest.param("bare", "other/feeds.yaml", "Lab Two", id="or there is none"),
    ],
)
def test_a_state_brings_its_feeds_along(places: Path, state: str, config: str | None, lab: str) -> None:
    named = str(places / config) if config else None
    told = run("--state", str(places / state), "labs", CADENCEBOT_CONFIG=named, CADENCEBOT_STATE="elsewhere")
    assert (told.exit_code, lab in told.stdout) == (0, True)


def test_the_state_that_is_named_is_the_one_that_is_used(places: Path) -> None:
    before = dict(os.environ)
    with World(lambda: datetime.now(UTC)) as world:
        variables = world.environment(places)
        del variables["CADENCEBOT_STATE"]
        elsewhere = places / "file"
        elsewhere.write_text(str(places / "nowhere"))
        told = run("--state", str(places / "bare"), "poll", **variables, CADENCEBOT_STATE_FILE=str(elsewhere))
    assert told.exit_code == 0, told.output
    assert (places / "bare" / "cadencebot.db").exists()
    assert not (places / "nowhere").exists()
    assert dict(os.environ) == before, "and only for that command"


def test_a_state_that_is_not_there_is_refused(tmp_path: Path) -> None:
    told = run("--state", str(tmp_path / "none"), "recent")
    assert (told.exit_code, "does not exist" in told.stderr) == (2, True)
