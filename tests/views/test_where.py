"""The window that asks for a channel."""

from typing import Any

import pytest

from bot.views.follow_form import read_where, where_modal
from bot.views.home import render_greeting
from tests.support.slack import complaints


def test_slack_takes_it_and_the_channel_that_is_looked_at_is_offered(validate: Any) -> None:
    view = where_modal()
    assert complaints(validate, view) == []
    [asked] = view["blocks"]
    assert asked["element"]["default_to_current_conversation"] is True
    assert asked["element"]["filter"]["include"] == ["public", "private"]


def test_slack_takes_the_greeting_that_leads_to_it(validate: Any) -> None:
    assert complaints(validate, render_greeting()) == []


@pytest.mark.parametrize(
    ("state", "place"),
    [
        pytest.param({"selected_conversation": "C0123"}, "C0123", id="a channel"),
        pytest.param({"selected_conversation": None}, "", id="left empty"),
        pytest.param({}, "", id="nothing at all"),
        pytest.param({"selected_conversation": ["C0123"]}, "", id="nonsense"),
    ],
)
def test_what_was_chosen(state: dict[str, Any], place: str) -> None:
    view = {"state": {"values": {"place": {"value": {"type": "conversations_select", **state}}}}}
    assert read_where(view) == place
