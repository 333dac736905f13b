"""`cadencebot try`: what an address would bring, before it stands in feeds.yaml."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.demo.hub import Repository
from bot.demo.world import SHAPES
from tests.cli.conftest import Shell


@pytest.mark.parametrize("lab", SHAPES)
def test_a_site_of_the_demo_is_read_as_its_feeds_yaml_says(shell: Shell, lab: str) -> None:
    """Rows and cards come out as they do with the selectors that a person wrote."""
    labs = {
        one["id"]: one
        for one in yaml.safe_load(Path(shell.variables["CADENCEBOT_CONFIG"]).read_text())["labs"]
    }
    (own,) = (one for one in labs[lab]["sources"] if "feed" in one or "page" in one)
    shell.play("post", [name for name, (site, _) in shell.world._facts.posts.items() if site == lab])
    address = shell.world.sites.address(lab)
    tried = shell.json("try", address)
    assert tried["feeds_yaml"].get("feed") == own.get("feed")
    assert tried["feeds_yaml"].get("page") == own.get("page")
    assert tried["feeds_yaml"].get("format") == own.get("format")
    assert (tried["stands_under"], tried["lab"]) == (lab, lab)
    posted = {post.title for site, post in shell.world._facts.posts.values() if site == lab}
    assert {item["title"] for item in tried["items"]} == posted
    assert all(item["published"] for item in tried["items"])


def test_an_organisation_on_the_hub_is_listed_and_judged(shell: Shell) -> None:
    tried = shell.json("try", f"{shell.world.hub.url}/moonshotai/Kimi-K2.5")
    assert tried["feeds_yaml"] == {"hub": "moonshotai"}
    names = {item["name"]: item["verdict"] for item in tried["items"]}
    assert names["Kimi-K2.5"] == "release"


def test_an_organisation_that_no_lab_has_is_nobodys(shell: Shell) -> None:
    """Its repositories stand on the Hub, which does not make them Hugging Face's."""
    shell.world.hub.put(Repository("nobodys-lab/Aster-3", created_at=datetime(2026, 4, 1, tzinfo=UTC)))
    assert shell.json("try", f"{shell.world.hub.url}/nobodys-lab")["lab"] == "lab"


@pytest.mark.parametrize("address", ["http://[", "https://a\uff0fb.example", "x.example:65536"])
def test_what_is_no_address_is_said_to_be_none(shell: Shell, address: str) -> None:
    tried = shell.run("try", address)
    assert tried.exit_code == 2
    assert "is no web address" in tried.stderr


def test_nothing_is_stored(shell: Shell) -> None:
    assert shell.run("try", shell.world.sites.address("zai")).exit_code == 0
    assert not Path(shell.variables["CADENCEBOT_STATE"]).exists()


def test_it_works_before_there_is_a_feeds_yaml(shell: Shell) -> None:
    Path(shell.variables["CADENCEBOT_CONFIG"]).unlink()
    tried = shell.json("try", shell.world.sites.address("zai"))
    assert (tried["lab"], tried["stands_under"]) == ("lab", None)


def test_the_lines_to_paste_are_a_source_as_it_stands_in_the_file(shell: Shell) -> None:
    shown = shell.run("try", shell.world.sites.address("moonshot")).stdout
    lines = shown.rpartition("feeds.yaml:\n\n")[2]
    (source,) = yaml.safe_load(lines)
    assert set(source) == {"page", "item", "title", "link", "date"}

    def put_in(config: dict[str, Any]) -> None:
        lab = next(lab for lab in config["labs"] if lab["id"] == "moonshot")
        lab["sources"] = [one for one in lab["sources"] if "page" not in one] + [source]

    file = Path(shell.variables["CADENCEBOT_CONFIG"])
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    put_in(config)
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    assert shell.run("poll", "--source", "page:" + source["page"].split("://")[1]).exit_code == 0


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        pytest.param(["{site}/nowhere"], 1, "answered 404", id="an address with nothing"),
        pytest.param(["{hub}/nobody"], 1, "'nobody' does not exist", id="an organisation that nobody has"),
        pytest.param(["{site}/moonshot", "--item", "a["], 2, "no CSS selector", id="a selector that is none"),
        pytest.param(["{site}/moonshot", "--item", "li"], 1, "match nothing", id="a selector of nothing"),
        pytest.param(["{site}/zai", "--format", "rss"], 2, "not one of", id="a format that there is not"),
        pytest.param(["ftp://x.example/"], 2, "is no web address", id="an address of another kind"),
    ],
)
def test_what_shows_nothing_is_one_line(shell: Shell, words: list[str], code: int, complaint: str) -> None:
    places = {"site": shell.world.sites.url, "hub": shell.world.hub.url}
    result = shell.run("try", *(word.format(**places) for word in words))
    assert result.exit_code == code
    assert complaint in result.stderr
