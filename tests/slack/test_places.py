"""What Slack knows of channels, and how long it is believed."""

from datetime import timedelta
from typing import Any

import pytest

from bot.demo.serving import dropped
from bot.slack.places import SlackPlaces
from bot.slack.web import web_client
from tests.slack.fakes import SlackApi
from tests.support.clock import FakeClock


@pytest.fixture
def places(slack: SlackApi, clock: FakeClock) -> SlackPlaces:
    return SlackPlaces(web_client("", slack.api_url), lambda team: f"xoxb-{team or 'one'}", clock.now)


@pytest.mark.logs("slack_sdk.web.base_client")
@pytest.mark.parametrize(
    ("answer", "may"),
    [
        pytest.param({"ok": True, "channel": {"is_member": True}}, True, id="it is in the channel"),
        pytest.param({"ok": True, "channel": {"is_member": True, "is_archived": True}}, False, id="archived"),
        pytest.param(
            {"ok": True, "channel": {"is_member": False, "is_private": True}}, False, id="private without it"
        ),
        pytest.param(
            {"ok": True, "channel": {"is_member": False}}, None, id="public: chat:write.public may do"
        ),
        pytest.param({"ok": False, "error": "channel_not_found"}, False, id="a private channel, unseen"),
        pytest.param({"ok": False, "error": "missing_scope"}, None, id="not allowed to ask"),
        pytest.param({"ok": True}, None, id="an answer without a channel"),
        pytest.param(dropped(), None, id="no answer"),
    ],
)
def test_whether_the_bot_may_post(
    answer: Any, may: bool | None, places: SlackPlaces, slack: SlackApi
) -> None:
    slack.will_answer("conversations.info", answer)
    assert places.may_post("C1") is may


@pytest.mark.parametrize("person", ["U1", "W1", "T1/U1", "D1"])
def test_people_can_always_be_written_to(person: str, places: SlackPlaces, slack: SlackApi) -> None:
    assert places.may_post(person)
    assert slack.calls == []


def test_a_yes_is_believed_for_a_minute_and_a_no_not_at_all(
    places: SlackPlaces, slack: SlackApi, clock: FakeClock
) -> None:
    no, yes = {"ok": False, "error": "channel_not_found"}, {"ok": True, "channel": {"is_member": True}}
    slack.will_answer("conversations.info", no, yes, no)
    assert [places.may_post("C1") for _ in range(3)] == [False, True, True]
    clock.advance(timedelta(minutes=1))
    assert places.may_post("C1") is False


def test_a_workspace_is_asked_with_its_own_token(places: SlackPlaces, slack: SlackApi) -> None:
    slack.will_answer("conversations.info", {"ok": True, "channel": {"is_member": True}})
    assert places.may_post("T1/C1")
    assert [(call.token, call.arguments["channel"]) for call in slack.calls] == [("xoxb-T1", "C1")]


def test_all_pages_of_a_persons_channels_are_read(places: SlackPlaces, slack: SlackApi) -> None:
    slack.will_answer(
        "users.conversations",
        {"ok": True, "channels": [{"id": "C1"}, {}], "response_metadata": {"next_cursor": "more"}},
        {"ok": True, "channels": [{"id": "G2"}], "response_metadata": {"next_cursor": ""}},
    )
    assert places.channels_of("T1/U1") == ["T1/C1", "T1/G2"]
    assert places.channels_of("T1/U1") == ["T1/C1", "T1/G2"]
    assert [call.arguments.get("cursor") for call in slack.calls] == [None, "more"]


def test_without_private_channels_the_public_ones_are_asked_for(places: SlackPlaces, slack: SlackApi) -> None:
    found = {"ok": True, "channels": [{"id": "C1"}]}
    slack.will_answer("users.conversations", {"ok": False, "error": "missing_scope"}, found)
    assert places.channels_of("U1") == ["C1"]


def test_without_any_scope_it_is_not_known(places: SlackPlaces, slack: SlackApi) -> None:
    slack.will_answer("users.conversations", *[{"ok": False, "error": "missing_scope"}] * 2)
    assert places.channels_of("U1") is None
