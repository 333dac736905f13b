"""`cadencebot adoption`, in the offline world."""

import pytest

from tests.cli.conftest import Shell


def test_before_anything_was_measured_it_says_how(begun: Shell) -> None:
    assert "adoption --measure" in begun.run("adoption").stdout


def test_measuring_and_asking(shell: Shell) -> None:
    shell.run("poll", "--all")
    result = shell.run("adoption", "--measure")
    assert result.exit_code == 0, result.output
    assert "Downloads in 30 days" in result.stdout
    assert "built upon" in result.stdout
    found = shell.json("adoption")
    assert len(found["weeks"]) == 1
    assert {row["lab"] for row in found["downloads"]} >= {"moonshot", "zai", "qwen"}
    assert found["not_measured"] == []
    assert found["to_come"] == 0


def test_countries_are_told_with_what_others_counted(shell: Shell) -> None:
    shell.run("poll", "--all")
    told = shell.run("adoption", "by:country", "--measure").stdout
    assert "CN" in told
    assert "17.1 %" in told
    assert "MIT Technology Review" in told
    assert "17.1 %" not in shell.run("adoption").stdout


def test_the_first_lab_is_compared_with_the_others(shell: Shell) -> None:
    shell.run("poll", "--all")
    shell.run("adoption", "--measure")
    told = shell.run("adoption", "qwen", "zai", "moonshot", "since:90d").stdout
    assert "Qwen's derivatives (0) do not outnumber those of Z.ai and Moonshot AI together (0)." in told


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        pytest.param(["by:colour"], "by: takes country", id="another way to sort"),
        pytest.param(["quen"], "I don't know a lab called “quen”", id="an unknown lab"),
        pytest.param(["since:ever"], "is not a length of time", id="no length of time"),
    ],
)
def test_what_makes_no_sense_is_one_line(begun: Shell, words: list[str], complaint: str) -> None:
    result = begun.run("adoption", *words)
    assert result.exit_code == 2
    assert complaint in result.stderr
