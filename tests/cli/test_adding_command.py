"""`cadencebot add`, `remove` and `labs export`: labs beside feeds.yaml, and the lines for it."""

from pathlib import Path
from textwrap import indent

import pytest
import yaml

from bot.demo.world import SHAPES
from bot.settings.feeds import Config
from bot.sources.build import load_config
from tests.cli.conftest import Shell


def without(shell: Shell, lab: str) -> None:
    """Take a lab out of feeds.yaml, so that it can be added."""
    file = Path(shell.variables["CADENCEBOT_CONFIG"])
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["labs"] = [one for one in content["labs"] if one["id"] != lab]
    for one in content["subscriptions"]:
        one["labs"] = "all"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def sources(shell: Shell) -> list[str]:
    return [source["id"] for source in shell.json("status")["sources"]]


def test_it_shows_asks_and_adds(shell: Shell) -> None:
    without(shell, "moonshot")
    asked = shell.run("add", "moonshotai", "as", "Moonshot AI", stdin="n\n")
    assert "hub:moonshotai is an organisation on the Hub" in asked.stdout
    assert "Watch it as the lab Moonshot AI (moonshot-ai)?" in asked.stdout
    assert "Nothing was changed." in asked.stdout
    assert "hub:moonshotai" not in sources(shell)
    added = shell.run("add", "moonshotai", "as", "Moonshot AI", stdin="y\n")
    assert "Added: Moonshot AI is watched through hub:moonshotai" in added.stdout
    assert "hub:moonshotai" in sources(shell)


@pytest.mark.parametrize("lab", SHAPES)
def test_a_site_of_any_shape_is_added_polled_and_exported(shell: Shell, lab: str) -> None:
    without(shell, lab)
    shell.play("post", [name for name, (site, _) in shell.world._facts.posts.items() if site == lab])
    added = shell.run("add", shell.world.sites.address(lab), "as", f"The {lab} lab", "--yes")
    assert added.exit_code == 0, added.output
    assert shell.run("poll").exit_code == 0
    new = [one for one in shell.json("status")["sources"] if f"/{lab}" in one["id"]]
    assert [one["items"] > 0 for one in new] == [True]
    pasted = paste(shell, shell.run("labs", "export").stdout)
    assert pasted.labs[-1].name == f"The {lab} lab"
    assert [source.id for source in pasted.labs[-1].sources] == [new[0]["id"]]


def paste(shell: Shell, lines: str) -> Config:
    """Return what feeds.yaml says with these lines at the end of its labs, which stand at its end."""
    file = Path(shell.variables["CADENCEBOT_CONFIG"])
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    labs = indent(yaml.safe_dump(content.pop("labs")), "  ")
    file.write_text(f"{yaml.safe_dump(content)}labs:\n{labs}\n{lines}", encoding="utf-8")
    return load_config(file)


def test_an_export_of_nothing_says_so(shell: Shell) -> None:
    exported = shell.run("labs", "export").stdout
    assert exported == "  # No lab was added beside feeds.yaml: `cadencebot add` adds one.\n"


def test_what_feeds_yaml_names_is_left_out_of_the_export_and_said(shell: Shell) -> None:
    without(shell, "moonshot")
    shell.run("add", "moonshotai", "as", "moonshot", "--yes")
    shell.variables["CADENCEBOT_CONFIG"] = str(_as_it_was(shell))
    exported = shell.run("labs", "export").stdout
    assert "Left out: moonshot, as feeds.yaml names it as well, and counts." in exported
    assert "hub:" not in exported
    assert "is not watched: feeds.yaml names it as well" in shell.run("status").stdout


def _as_it_was(shell: Shell) -> Path:
    directory = Path(shell.variables["CADENCEBOT_STATE"]).parent / "before"
    directory.mkdir()
    return Path(shell.world.environment(directory)["CADENCEBOT_CONFIG"])


def test_nothing_added_is_a_comment(shell: Shell) -> None:
    shell.run("poll")
    assert yaml.safe_load(shell.run("labs", "export").stdout) is None


def test_the_way_back(shell: Shell) -> None:
    without(shell, "moonshot")
    shell.run("add", "moonshotai", "as", "Moonshot AI", "--yes")
    shell.run("poll")
    assert "Nothing was changed" in shell.run("remove", "Moonshot AI", stdin="n\n").stdout
    assert "watched no more" in shell.run("remove", "moonshot-ai", stdin="y\n").stdout
    assert "hub:moonshotai" not in sources(shell)
    assert shell.run("show", "Kimi-K2.5").exit_code == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        pytest.param(["add", "moonshotai"], "is watched already", id="a lab of the file"),
        pytest.param(["add", "nobody-there"], "does not exist", id="an organisation that nobody has"),
        pytest.param(["add", "ftp://x.example"], "only http:// and https://", id="another kind of address"),
        pytest.param(["remove", "moonshot"], "stands in feeds.yaml", id="removing a lab of the file"),
        pytest.param(["remove", "nobody"], "no lab “nobody” was added", id="removing what is not there"),
    ],
)
def test_what_cannot_be_done_is_one_line(shell: Shell, words: list[str], complaint: str) -> None:
    result = shell.run(*words, "--yes")
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert len(result.stderr.splitlines()) == 1
