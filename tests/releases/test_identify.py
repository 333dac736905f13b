"""`cadencebot identify` answers every line, and says what is wrong with a bad one."""

import json

import pytest

from bot.model import Lab
from bot.releases.naming.identify import TOGETHER, identify_lines
from bot.releases.naming.labs import Labs

LABS = Labs(
    [
        Lab("qwen", "Qwen", ("alibaba",), "CN", ("Qwen",)),
        Lab("moonshot", "Moonshot AI", ("kimi",), "CN", ("moonshotai",)),
    ]
)


def identified(**given: object) -> dict[str, object]:
    return next(identify_lines([json.dumps(given)], LABS))


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
        pytest.param(
            '{"source": "hub", "text": "a", "siblings": "b"}',
            "siblings: write a list",
            id="siblings that are no list",
        ),
    ],
)
def test_a_bad_line_says_what_to_write(line: str, complaint: str) -> None:
    answer = next(identify_lines([line], LABS))
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


def kinds(*given: dict[str, object]) -> list[object]:
    return [answer["kind"] for answer in identify_lines(map(json.dumps, given), LABS)]


def hub(text: str, **more: object) -> dict[str, object]:
    return {"source": "hub", "text": text, **more}


def test_lines_of_one_owner_stand_beside_each_other_in_any_order() -> None:
    assert kinds(hub("qwen/Foo-7B-S1"), hub("Qwen/Foo-7B")) == ["other", "release"]
    assert kinds(hub("qwen/Foo-7B-S1"), hub("moonshotai/Foo-7B")) == ["release", "release"]


@pytest.mark.parametrize("name", ["Qwen/Foo-7B", "Foo-7B"])
def test_a_line_may_list_more_siblings(name: str) -> None:
    assert kinds(hub("Qwen/Foo-7B-S1", siblings=[name])) == ["other"]
    assert kinds(hub("Qwen/Foo-7B-S1", siblings=["Bar-7B"])) == ["release"]


def test_no_more_than_a_bounded_number_of_lines_is_held() -> None:
    endless = (json.dumps(hub(f"Qwen/Foo-{number}")) for number in range(10 * TOGETHER))
    answers = identify_lines(endless, LABS)
    assert next(answers)["kind"] == "release"
    assert json.loads(next(endless))["text"] == f"Qwen/Foo-{TOGETHER}"


def test_nor_more_than_a_bounded_length_of_them() -> None:
    endless = (json.dumps(hub(f"Qwen/Foo-{number}", note="x" * 5_000_000)) for number in range(100))
    assert next(identify_lines(endless, LABS))["kind"] == "release"
    assert json.loads(next(endless))["text"] in {"Qwen/Foo-4", "Qwen/Foo-5"}


def test_a_bad_line_does_not_harm_those_beside_it() -> None:
    answers = identify_lines(["{", json.dumps(hub("Qwen/Foo-7B"))], LABS)
    assert [list(answer)[:2] for answer in answers] == [["error"], ["source", "text"]]
