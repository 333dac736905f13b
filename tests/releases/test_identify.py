"""`cadencebot identify` answers every line, and says what is wrong with a bad one."""

import json

import pytest

from bot.model import Lab
from bot.releases.identify import identify_line
from bot.releases.labs import Directory

LABS = Directory(
    [
        Lab("qwen", "Qwen", ("alibaba",), "CN", ("Qwen",)),
        Lab("moonshot", "Moonshot AI", ("kimi",), "CN", ("moonshotai",)),
    ]
)


def identified(**given: object) -> dict[str, object]:
    return identify_line(json.dumps(given), LABS)


def test_a_line_has_the_given_fields_and_what_was_understood() -> None:
    answer = identified(source="hub", text="Qwen/Qwen3.6-35B-A3B-FP8", pipeline_tag="text-generation", id=7)
    assert answer == {
        "source": "hub",
        "text": "Qwen/Qwen3.6-35B-A3B-FP8",
        "pipeline_tag": "text-generation",
        "id": 7,
        "lab": "qwen",
        "family": "Qwen",
        "version": "3.6",
        "line": "",
        "size": "35B-A3B",
        "stamp": "",
        "stage": "",
        "packaging": "FP8",
        "name": "Qwen3.6-35B-A3B",
        "release_key": "qwen/qwen-3.6-35b-a3b",
        "family_key": "qwen/qwen-3.6",
        "kind": "variant",
        "reason": "the same weights as FP8",
    }


@pytest.mark.parametrize(
    ("given", "lab"),
    [
        pytest.param({"source": "hub", "text": "qwen/Qwen3-8B"}, "qwen", id="from the owner"),
        pytest.param({"source": "hub", "text": "Qwen3-8B", "lab": "Alibaba"}, "qwen", id="from an alias"),
        pytest.param(
            {"source": "feed", "text": "Kimi K2.6: coding", "lab": "moonshotai"},
            "moonshot",
            id="from a Hub owner",
        ),
        pytest.param(
            {"source": "feed", "text": "Kimi K2.6: coding"}, "moonshot", id="from the family that is named"
        ),
        pytest.param(
            {"source": "feed", "text": "x 1", "lab": "Aeolus Labs"}, "aeolus-labs", id="as given when unknown"
        ),
        pytest.param({"source": "llm_stats", "text": "nobody-1"}, "", id="none where nothing tells"),
    ],
)
def test_the_lab_of_a_line(given: dict[str, object], lab: str) -> None:
    assert identified(**given)["lab"] == lab


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param("{", "not a line of JSON", id="half an object"),
        pytest.param("", "not a line of JSON", id="an empty line"),
        pytest.param("[" * 100_000, "not a line of JSON", id="endless nesting"),
        pytest.param("[1]", "write an object", id="a list"),
        pytest.param('{"text": "a"}', "source: write one of hub", id="no source"),
        pytest.param(
            '{"source": [], "text": "a"}', "source: write one of hub", id="a source that is no text"
        ),
        pytest.param('{"source": "hub"}', "text: write", id="no text"),
        pytest.param('{"source": "hub", "text": " "}', "text: write", id="an empty text"),
        pytest.param(
            '{"source": "hub", "text": "a", "lab": 1}', "lab: write a text", id="a lab that is no text"
        ),
        pytest.param(
            '{"source": "hub", "text": "a", "tags": ["x", 1]}',
            "tags: write a list",
            id="a tag that is no text",
        ),
    ],
)
def test_a_bad_line_says_what_to_write(line: str, complaint: str) -> None:
    answer = identify_line(line, LABS)
    assert list(answer) == ["error"]
    assert complaint in str(answer["error"])


def test_the_other_models_of_a_title_are_shown_if_there_are_some() -> None:
    answer = identified(source="feed", lab="qwen", text="Introducing Qwen4-Max and Qwen4-Plus")
    assert (answer["name"], answer["also"], answer["also_keys"]) == (
        "Qwen4-Max",
        ["Qwen4-Plus"],
        ["qwen/qwen-4-plus"],
    )
    assert "also" not in identified(source="feed", lab="qwen", text="Introducing Qwen4-Max")
