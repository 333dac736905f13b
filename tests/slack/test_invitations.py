"""A channel where the bot is not: told at once, through the whole app, and tried again with one button."""

from pathlib import Path
from typing import Any

import pytest

from bot.desk.channels import Presence
from bot.model import Destination
from tests.slack.fakes import SlackApi
from tests.slack.payloads import CHANNEL, USER, command, pressed, submitted
from tests.slack.workspace import Workspace
from tests.support.office import Office

HERE = Destination(CHANNEL)
FORM = {"labs": {"type": "multi_static_select", "selected_options": [{"value": "zai"}]}}


@pytest.fixture
def workspace(tmp_path: Path, slack: SlackApi) -> Workspace:
    office = Office.open(tmp_path)
    office.channels.standing[CHANNEL] = Presence.OUTSIDE
    office.channels.known = [HERE]
    return Workspace(office, slack)


def button(message: dict[str, Any]) -> tuple[str, str]:
    """Return the action and the value of the one button of a message."""
    [element] = message["blocks"][-1]["elements"]
    return element["action_id"], element["value"]


def test_a_command_is_tried_again_in_its_place_once_the_bot_is_invited(
    workspace: Workspace, slack: SlackApi
) -> None:
    [refused] = workspace.send(command("subscribe zai", hook=slack.hook))
    assert refused["text"].startswith("I am not in this channel yet, so nothing was changed.")
    again = button(refused)
    [still, _] = workspace.send(pressed(*again, hook=slack.hook))
    assert still["text"] == refused["text"]
    assert workspace.office.follows(HERE) == []
    workspace.office.channels.standing[CHANNEL] = Presence.INSIDE
    [done, _] = workspace.send(pressed(*again, hook=slack.hook))
    assert done["text"].startswith("This channel now follows Z.ai.")
    assert done["replace_original"] is True
    assert workspace.office.follows(HERE) == ["zai"]


def test_a_form_is_refused_by_direct_message_and_tried_again_from_there_for_its_channel(
    workspace: Workspace, slack: SlackApi
) -> None:
    slack.will_answer("chat.postEphemeral", {"ok": False, "error": "not_in_channel"})
    [_, refused, _] = workspace.send(submitted("subscribe", CHANNEL, FORM))
    assert refused["channel"] == USER
    assert refused["text"].startswith(f"I am not in <#{CHANNEL}> yet, so nothing was changed.")
    workspace.office.channels.standing[CHANNEL] = Presence.INSIDE
    workspace.send(pressed(*button(refused), hook=slack.hook, channel="D0ANA"))
    assert workspace.office.follows(HERE) == ["zai"]
    assert workspace.office.follows(Destination(USER)) == []


def test_a_button_that_names_a_channel_of_others_changes_nothing_there(
    workspace: Workspace, slack: SlackApi
) -> None:
    workspace.office.channels.standing.clear()
    [refused] = workspace.send(pressed("there:0", "C0OTHERS subscribe zai", hook=slack.hook))
    assert "you are not in that conversation" in refused["text"].lower()
    assert workspace.office.follows(Destination("C0OTHERS")) == []
