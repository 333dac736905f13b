"""`cadencebot correct`, in the offline world."""

import pytest

from tests.cli.conftest import Shell

KIMI = "moonshotai/Kimi-K2.6"


@pytest.fixture
def polled(shell: Shell) -> Shell:
    """Return a shell past the baseline, with one release announced."""
    shell.run("poll", "--all")
    shell.play("publish", [KIMI])
    shell.run("poll", "--source", "hub:moonshotai")
    return shell


def test_a_correction_is_shown_and_holds(polled: Shell) -> None:
    corrected = polled.run("correct", "kimi", "k2.6", "licence:mit", "size:35b").stdout
    assert "MIT" in corrected
    assert "license:mit" in corrected
    assert "1 message will be edited" in corrected
    polled.run("poll", "--all")
    (shown,) = polled.json("recent", "kimi", "since:30d")
    assert shown["license"]["id"] == "mit"
    assert "Taken back: license:mit" in polled.run("correct", KIMI, "license:", "--undo").stdout
    (shown,) = polled.json("recent", "kimi", "since:30d")
    assert shown["license"]["id"] != "mit"


def test_what_is_withdrawn_is_shown_no_more(polled: Shell) -> None:
    assert "is withdrawn" in polled.run("correct", KIMI, "kind:other").stdout
    assert polled.json("recent", "kimi", "since:30d") == []
    polled.run("correct", KIMI, "--undo")
    assert len(polled.json("recent", "kimi", "since:30d")) == 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        pytest.param(["Kimi-K2.6"], "say what is wrong", id="no correction"),
        pytest.param(["license:mit"], "name the release first", id="no name"),
        pytest.param(["Kimi-K2.6", "colour:red"], "“colour:red” cannot be corrected", id="no such field"),
        pytest.param(["Kimi-K2.7", "size:1t"], "did you mean Kimi-K2", id="no such release"),
        pytest.param(["Kimi-K2.6", "--undo"], "could be taken back", id="nothing to take back"),
    ],
)
def test_what_makes_no_sense_is_one_line(polled: Shell, words: list[str], complaint: str) -> None:
    result = polled.run("correct", *words)
    assert result.exit_code == 2
    assert complaint in result.stderr
