"""The message that several releases of one lab share."""

from typing import Any

import pytest

from bot.model import Wave
from bot.records import Content
from bot.views.group import render_group
from tests.support.builders import (
    GEMMA_SIZES,
    GOOGLE,
    KIMI,
    MODIFIED_MIT,
    NON_COMMERCIAL,
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


def test_the_text_names_every_release_with_its_licence() -> None:
    assert render_group(WAVES, NOW).text == (
        "Moonshot AI released 4 models: Kimi K2.6 (Modified MIT (Moonshot AI), with conditions), "
        "Kimi Linear (Modified MIT (Moonshot AI), with conditions), Kimi Audio (not stated), "
        "Kimi Dev (not stated)."
    )


def test_each_release_has_a_row_with_its_facts() -> None:
    first = rows(render_group(WAVES, NOW))[0]["text"]["text"]
    assert first.startswith("*<https://huggingface.co/moonshotai/Kimi-K2.6|Kimi K2.6>* · 1.0T parameters")
    assert "595 GB, INT4\n🟡 Modified MIT (Moonshot AI)\nwith conditions" in first


def test_what_only_a_listing_says_is_not_passed_off_as_the_labs_word() -> None:
    texts = [row["text"]["text"] for row in rows(render_group(WAVES, NOW))]
    assert ["not confirmed by the lab" in text for text in texts] == [False, False, False, True]


def test_a_family_in_several_sizes_is_one_row() -> None:
    odd = gemma("270M", 268_000_000, 540_000_000, license=NON_COMMERCIAL)
    family = Wave(GOOGLE, GEMMA_SIZES[0], (*GEMMA_SIZES, odd))
    [row, *_] = rows(render_group([family, *WAVES], NOW))
    assert "5 sizes · 270M to 31B parameters" in row["text"]["text"]
    assert "_differs for some_" in row["text"]["text"]


@pytest.mark.parametrize("interactive", [True, False], ids=["with buttons", "without"])
def test_details_stand_beside_each_release_where_somebody_listens(interactive: bool) -> None:
    content = render_group(WAVES, NOW, interactive=interactive)
    actions = [row["accessory"]["action_id"] for row in rows(content) if "accessory" in row]
    assert actions == ([f"details:{number}" for number in range(4)] if interactive else [])
    assert any(block["type"] == "actions" for block in content.blocks) == interactive
