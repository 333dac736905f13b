"""A channel chosen in a window: through the whole app, checked for rights and presence as everywhere."""

from pathlib import Path
from typing import Any

import pytest

from bot.desk.channels import Presence
from bot.model import Destination
from tests.slack.fakes import SlackApi
from tests.slack.payloads import CHANNEL, USER, command, pressed_in_view, shortcut, submitted
from tests.slack.workspace import Workspace
from tests.support.office import Office

HERE = Destination(CHANNEL)
FORM = {"labs": {"type": "multi_static_select", "selected_options": [{"value": "zai"}]}}


def chosen(channel: str | None) -> dict[str, Any]:
    return submitted(
        "where", "", {"place": {"type": "conversations_select", "selected_conversation": channel}}
    )


@pytest.fixture
def workspace(tmp_path: Path, slack: SlackApi) -> Workspace:
    office = Office.open(tmp_path)
    office.channels.known = [HERE]
    return Workspace(office, slack)


@pytest.mark.parametrize(
    "begun", [shortcut(), pressed_in_view("home_where", "channel")], ids=["a shortcut", "the Home tab"]
)
def test_from_the_first_press_to_what_a_channel_follows(workspace: Workspace, begun: dict[str, Any]) -> None:
    [asked] = workspace.send(begun)
    assert asked["view"]["callback_id"] == "where"
    [form] = workspace.send(chosen(CHANNEL))
    assert form["view"]["private_metadata"].split()[0] == CHANNEL
    workspace.send(submitted("subscribe", form["view"]["private_metadata"], FORM))
    assert workspace.office.follows(HERE) == ["zai"]


def test_who_chooses_no_channel_is_told_alone(workspace: Workspace) -> None:
    [form] = workspace.send(chosen(None))
    workspace.send(submitted("subscribe", form["view"]["private_metadata"], FORM))
    assert workspace.office.follows(Destination(USER)) == ["zai"]


@pytest.mark.parametrize("channel", ["C0SECRET", "T0OTHER/C1", "U0BO", "nonsense"])
def test_a_place_that_they_are_not_in_opens_nothing(workspace: Workspace, channel: str) -> None:
    [told] = workspace.send(chosen(channel))
    assert "not in that conversation" in told["text"]


def test_where_the_bot_is_not_the_form_changes_nothing_and_says_so(workspace: Workspace) -> None:
    workspace.office.channels.standing[CHANNEL] = Presence.OUTSIDE
    [form] = workspace.send(chosen(CHANNEL))
    told, *_ = workspace.send(submitted("subscribe", form["view"]["private_metadata"], FORM))
    assert "so nothing was changed" in told["text"]
    assert workspace.office.follows(HERE) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("subscribe", CHANNEL, id="in a channel"),
        pytest.param("follow to:dm", USER, id="for oneself, by another word"),
    ],
)
def test_a_command_without_labs_opens_the_form_of_its_place(
    workspace: Workspace, slack: SlackApi, text: str, place: str
) -> None:
    [form] = workspace.send(command(text, hook=slack.hook))
    assert form["view"]["private_metadata"].split()[0] == place


@pytest.mark.parametrize("text", ["subscribe license:mit", "subscribe all", "subscribe nobody", "list"])
def test_one_that_says_more_is_answered(workspace: Workspace, slack: SlackApi, text: str) -> None:
    answer, *_ = workspace.send(command(text, hook=slack.hook))
    assert "view" not in answer
    assert answer["text"]
