"""What a channel made of a release, as its alert shows it."""

from typing import Any

import pytest

from bot.model import Destination
from bot.records import Triage
from bot.views.alert import render_alert
from bot.views.triage import with_triage
from tests.support.builders import KIMI, NOW, alone
from tests.support.slack import complaints

WAVE = alone(KIMI)
ALERT = render_alert(WAVE, NOW, interactive=True)
BY_ANA = Triage(Destination("C1"), 1, "looking", "UANA", "ana", NOW)
NAMELESS = Triage(Destination("C1"), 1, "no", "UANA", "", NOW)


def menu(made: dict[int, Triage]) -> dict[str, Any]:
    row = with_triage(ALERT, [WAVE], made, interactive=True).blocks[-1]
    return dict(row["elements"][-1])


@pytest.mark.parametrize(
    ("made", "options", "chosen"),
    [
        pytest.param({}, ["Looking at it", "Adopted", "Not for us"], "", id="nobody looked at it"),
        pytest.param(
            {1: BY_ANA},
            ["Looking at it", "Adopted", "Not for us", "Open again"],
            "Looking at it",
            id="somebody did",
        ),
    ],
)
def test_the_menu_offers_each_state_and_shows_the_present_one(
    validate: Any, made: dict[int, Triage], options: list[str], chosen: str
) -> None:
    shown = menu(made)
    assert [it["text"]["text"] for it in shown["options"]] == options
    assert shown.get("initial_option", {}).get("text", {}).get("text", "") == chosen
    assert complaints(validate, with_triage(ALERT, [WAVE], made, interactive=True)) == []


def test_the_menu_has_another_id_in_each_state_or_slack_kept_showing_what_was_chosen() -> None:
    ids = {menu(made)["action_id"] for made in ({}, {1: BY_ANA}, {1: NAMELESS})}
    assert len(ids) == 3


def test_where_nobody_listens_there_is_no_menu() -> None:
    alert = render_alert(WAVE, NOW)
    assert with_triage(alert, [WAVE], {}) == alert
    assert "static_select" not in str(with_triage(alert, [WAVE], {1: BY_ANA}))


def test_who_has_no_name_is_mentioned_in_what_is_only_ever_an_edit() -> None:
    assert "Not for us (<@UANA>)." in with_triage(ALERT, [WAVE], {1: NAMELESS}).text
