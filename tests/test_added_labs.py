"""Labs that were added beside feeds.yaml: with it they are one, it wins, and it takes them in."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.errors import ConfigError
from bot.settings.added import combined
from bot.settings.differences import differences
from bot.settings.feeds import Config, LabSpec
from bot.settings.file import labs_as_yaml
from bot.sources.build import kinds, load_config, written_lab

FEEDS = Path(__file__).parents[1] / "feeds.yaml"
QWEN = {"id": "qwen", "name": "Qwen", "aliases": ["tongyi"], "sources": [{"hub": "Qwen"}]}
PAGE = {"page": "https://acme.example/blog", "item": "article > h2", "title": "a", "date": "time"}


def lab(lab_id: str, *sources: dict[str, Any], name: str = "") -> LabSpec:
    return written_lab(lab_id, {"name": name or lab_id, "sources": list(sources)})


def file(*labs: dict[str, Any], **more: Any) -> Config:
    return Config.model_validate({"labs": labs or (QWEN,), **more}, context=kinds())


@pytest.mark.parametrize(
    ("added", "watched", "why"),
    [
        pytest.param(lab("acme", {"hub": "acme-ai"}), ["hub:acme-ai"], "", id="it stands beside the file"),
        pytest.param(lab("qwen", {"hub": "Qwen2"}), [], "feeds.yaml names it as well", id="the same id"),
        pytest.param(lab("acme", {"hub": "qwen"}), [], "stands under qwen", id="the same source"),
        pytest.param(
            lab("acme", {"hub": "Qwen"}, {"hub": "acme-ai"}), ["hub:acme-ai"], "", id="one of its sources"
        ),
        pytest.param(lab("tongyi", {"hub": "x"}), [], "“tongyi” is a name of qwen", id="another's alias"),
        pytest.param(lab("acme", {"hub": "tongyi"}), [], "a name of qwen", id="another's alias on the Hub"),
        pytest.param(lab("acme", {"hub": "x"}, name="QWEN"), [], "a name of qwen", id="another's name"),
    ],
)
def test_where_both_speak_of_something_the_file_counts(added: LabSpec, watched: list[str], why: str) -> None:
    found = combined(file(), [added])
    assert found.config.labs[0] == file().labs[0]
    assert [source.id for one in found.config.labs[1:] for source in one.sources] == watched
    assert why in "".join(found.aside.values())
    assert bool(found.aside) is bool(why)


def test_of_two_that_were_added_the_first_counts() -> None:
    first, second = lab("acme", {"hub": "acme-ai"}), lab("other", {"hub": "Acme-AI"})
    found = combined(file(), [first, second])
    assert ([one.id for one in found.config.labs], [*found.aside]) == (["qwen", "acme"], ["other"])


def test_what_the_file_says_beside_its_labs_stays(tmp_path: Path) -> None:
    said = file(subscriptions=[{"channel": "C1", "labs": "qwen"}], admins=["U1"], defaults={"group": "1h"})
    found = combined(said, [lab("acme", {"hub": "acme-ai"})]).config
    assert differences(said, found) == "new labs: acme"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({}, id="without a name"),
        pytest.param({"name": "Acme", "sources": [{"ftp": "x"}]}, id="a kind of source that there is not"),
        pytest.param({"name": "Acme", "sources": [{"hub": "x", "colour": "red"}]}, id="a key that is none"),
        pytest.param({"name": "x" * 81, "sources": []}, id="a name that is too long"),
    ],
)
def test_it_is_proven_as_feeds_yaml_is(written: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="the lab acme: "):
        written_lab("acme", written)


def test_what_is_exported_can_be_pasted_below_the_labs_of_the_shipped_file(tmp_path: Path) -> None:
    labs = [
        lab("acme", {"hub": "acme-ai"}, PAGE, name="Acme: “Labs” & Söhne"),
        lab("no", {"feed": "https://no.example/rss"}, name="null"),
    ]
    pasted = tmp_path / "feeds.yaml"
    pasted.write_text(f"{FEEDS.read_text(encoding='utf-8')}\n{labs_as_yaml(labs)}\n", encoding="utf-8")
    config = load_config(pasted)
    assert list(config.labs[-2:]) == labs
    assert combined(config, labs).config == config, "what was added needs no remembering any more"


def test_nothing_to_export_is_no_line() -> None:
    assert labs_as_yaml([]) == ""
    assert yaml.safe_load(labs_as_yaml([lab("acme", {"hub": "x"})])) == [
        {"id": "acme", "name": "acme", "sources": [{"hub": "x"}]}
    ]


@pytest.mark.parametrize(
    ("after", "words"),
    [
        pytest.param(file(), "", id="nothing"),
        pytest.param(file({**QWEN, "name": "Qwen AI"}), "labs changed: qwen", id="another name"),
        pytest.param(file({**QWEN, "id": "ali"}), "new labs: ali; labs gone: qwen", id="another lab"),
        pytest.param(file(admins=["U1"], defaults={"every": "1h"}), "changed: admins, defaults", id="others"),
        pytest.param(
            file(
                QWEN,
                *({"id": f"lab{n:02}", "name": f"{n}", "sources": [{"hub": f"lab{n}"}]} for n in range(12)),
            ),
            "new labs: " + ", ".join(f"lab{n:02}" for n in range(10)) + ", 2 more",
            id="many labs",
        ),
    ],
)
def test_what_changed_is_said_in_a_line(after: Config, words: str) -> None:
    assert differences(file(), after) == words
