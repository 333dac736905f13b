"""The message that several releases of one lab share."""

from dataclasses import replace
from typing import Any

import pytest

from bot.model import License, Wave
from bot.records import Content
from bot.views.group import render_group
from tests.support.builders import (
    APACHE,
    GEMMA_SIZES,
    GOOGLE,
    KIMI,
    MODIFIED_MIT,
    NON_COMMERCIAL,
    NOT_STATED,
    NOW,
    alone,
    gemma,
    listing,
    named,
    release,
)

WAVES = (
    alone(KIMI),
    alone(release(named("Kimi Linear"), "moonshotai/Kimi-Linear", license=MODIFIED_MIT)),
    alone(release(named("Kimi Audio"), "moonshotai/Kimi-Audio", download_bytes=20_000_000_000)),
    alone(release(named("Kimi Dev"), mentions=[listing("Kimi-Dev")])),
)


def rows(content: Content) -> list[Any]:
    return [block for block in content.blocks if block["type"] == "section"]


def test_the_text_names_the_models_only() -> None:
    assert render_group(WAVES, NOW).text == (
        "Moonshot AI released 4 models: Kimi K2.6, Kimi Linear, Kimi Audio and Kimi Dev."
    )


def test_each_release_has_a_line_with_its_facts() -> None:
    assert [row["text"]["text"] for row in rows(render_group(WAVES, NOW))] == [
        (
            "*<https://huggingface.co/moonshotai/Kimi-K2.6|Kimi K2.6>* · 1.0T parameters, 32B active · "
            "595 GB, INT4 · 🟡 Modified MIT, with conditions"
        ),
        "*<https://huggingface.co/moonshotai/Kimi-Linear|Kimi Linear>* · 🟡 Modified MIT, with conditions",
        "*<https://huggingface.co/moonshotai/Kimi-Audio|Kimi Audio>* · 20 GB · ⚪ licence not stated",
        (
            "*<https://llm-stats.com/models/kimi-dev|Kimi Dev>* · ⚪ licence not stated · "
            "_listed by LLM Stats, not confirmed by the lab_"
        ),
    ]


@pytest.mark.parametrize(
    ("license", "line"),
    [
        pytest.param(APACHE, "All 🟢 Apache 2.0, permissive", id="a licence"),
        pytest.param(
            MODIFIED_MIT,
            "All 🟡 Modified MIT, with conditions\nover 100 M monthly users or US$20 M a month: show "
            '"Kimi K2"',
            id="a licence with a condition",
        ),
        pytest.param(
            NOT_STATED, "⚪ No licence is stated yet; this message updates itself.", id="none that is stated"
        ),
    ],
)
def test_the_licence_that_all_share_stands_there_once(license: License, line: str) -> None:
    waves = [alone(release(named(f"Kimi {letter}"), f"m/k{letter}", license=license)) for letter in "ABCD"]
    first, *others = (row["text"]["text"] for row in rows(render_group(waves, NOW, edited=True)))
    assert first == line
    assert others == [f"*<https://huggingface.co/m/k{letter}|Kimi {letter}>*" for letter in "ABCD"]


def withdrawn(wave: Wave) -> Wave:
    lead = replace(wave.lead, withdrawn=True)
    return replace(wave, lead=lead, members=(lead, *wave.members[1:]))


def test_what_was_withdrawn_is_struck_down_to_a_line() -> None:
    content = render_group([*WAVES[:3], withdrawn(WAVES[3])], NOW, interactive=True)
    [*_, last] = rows(content)
    assert last["text"]["text"].startswith("~Kimi Dev~ by Moonshot AI was withdrawn: ")
    assert "accessory" not in last
    assert content.text == "Moonshot AI released 3 models: Kimi K2.6, Kimi Linear and Kimi Audio."


def test_a_message_of_which_nothing_is_left_says_so() -> None:
    content = render_group([withdrawn(wave) for wave in WAVES], NOW, interactive=True)
    assert [block["type"] for block in content.blocks] == ["section"]
    assert content.blocks[0]["text"]["text"].count("~ by Moonshot AI was withdrawn") == 4
    assert content.text.startswith("4 models by Moonshot AI were withdrawn: ")


def test_what_only_a_listing_says_is_not_passed_off_as_the_labs_word() -> None:
    texts = [row["text"]["text"] for row in rows(render_group(WAVES, NOW))]
    assert ["not confirmed by the lab" in text for text in texts] == [False, False, False, True]


def test_a_family_in_several_sizes_is_one_row() -> None:
    odd = gemma("270M", 268_000_000, 540_000_000, license=NON_COMMERCIAL)
    family = Wave(GOOGLE, GEMMA_SIZES[0], (*GEMMA_SIZES, odd))
    [row, *_] = rows(render_group([family, *WAVES], NOW))
    assert "5 sizes · 270M to 31B parameters" in row["text"]["text"]
    assert "differs for some" in row["text"]["text"]


@pytest.mark.parametrize("interactive", [True, False], ids=["with buttons", "without"])
def test_details_stand_beside_each_release_where_somebody_listens(interactive: bool) -> None:
    content = render_group(WAVES, NOW, interactive=interactive)
    actions = [row["accessory"]["action_id"] for row in rows(content) if "accessory" in row]
    assert actions == ([f"details:{number}" for number in range(4)] if interactive else [])
    assert any(block["type"] == "actions" for block in content.blocks) == interactive
