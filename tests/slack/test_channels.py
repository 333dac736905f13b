"""What Slack knows of channels, and how long it is believed."""

from datetime import timedelta
from typing import Any

import pytest

from bot.demo.server import Answer, as_json, dropped
from bot.desk.channels import Presence
from bot.model import Destination
from bot.outbox.message import Closed, Outcome, Refused, Sent, Unclear
from bot.records import Content
from bot.slack.channels import SlackChannels
from bot.slack.client import web_client
from tests.slack.fakes import SlackApi
from tests.support.clock import FakeClock
from tests.support.places import C1, U1


@pytest.fixture
def channels(slack: SlackApi, clock: FakeClock) -> SlackChannels:
    return SlackChannels(web_client("", slack.api_url), lambda team: f"xoxb-{team or 'one'}", clock.now)


def channel(scopes: str = "", **known: bool) -> Answer:
    """Return what Slack says of a channel to a token with these scopes, which it lists or not."""
    return as_json({"ok": True, "channel": known}, headers={"X-OAuth-Scopes": scopes} if scopes else None)


@pytest.mark.logs("slack_sdk.web.base_client")
@pytest.mark.parametrize(
    ("answer", "presence"),
    [
        pytest.param(channel(is_member=True), Presence.INSIDE, id="it is in the channel"),
        pytest.param(channel(is_member=True, is_archived=True), Presence.ARCHIVED, id="archived"),
        pytest.param(
            channel("chat:write,chat:write.public", is_member=False, is_private=True),
            Presence.OUTSIDE,
            id="private without it, whatever is granted",
        ),
        pytest.param(
            channel("chat:write,chat:write.public", is_member=False),
            Presence.UNINVITED,
            id="public, and it may post uninvited",
        ),
        pytest.param(
            channel("chat:write,channels:read", is_member=False),
            Presence.OUTSIDE,
            id="public, and it may not post uninvited",
        ),
        pytest.param(channel(is_member=False), None, id="public, and Slack lists no scopes"),
        pytest.param(
            {"ok": False, "error": "channel_not_found"}, Presence.OUTSIDE, id="a private channel, unseen"
        ),
        pytest.param({"ok": False, "error": "missing_scope"}, None, id="not allowed to ask"),
        pytest.param({"ok": True}, None, id="an answer without a channel"),
        pytest.param(dropped(), None, id="no answer"),
    ],
)
def test_where_the_bot_stands(
    answer: Any, presence: Presence | None, channels: SlackChannels, slack: SlackApi
) -> None:
    slack.will_answer("conversations.info", answer)
    assert channels.presence(C1) is presence


@pytest.mark.parametrize("person", ["U1", "W1", "T1/U1", "D1"])
def test_people_can_always_be_written_to(person: str, channels: SlackChannels, slack: SlackApi) -> None:
    assert channels.presence(Destination(person)) is Presence.INSIDE
    assert slack.calls == []


def test_a_yes_is_believed_for_a_minute_and_a_no_not_at_all(
    channels: SlackChannels, slack: SlackApi, clock: FakeClock
) -> None:
    no, yes = {"ok": False, "error": "channel_not_found"}, channel(is_member=True)
    uninvited = channel("chat:write.public", is_member=False)
    slack.will_answer("conversations.info", no, uninvited, yes, no)
    found = [channels.presence(C1) for _ in range(4)]
    assert found == [Presence.OUTSIDE, Presence.UNINVITED, Presence.INSIDE, Presence.INSIDE]
    clock.advance(timedelta(minutes=1))
    assert channels.presence(C1) is Presence.OUTSIDE


def test_a_workspace_is_asked_with_its_own_token(channels: SlackChannels, slack: SlackApi) -> None:
    slack.will_answer("conversations.info", channel(is_member=True))
    assert channels.presence(Destination("T1/C1")) is Presence.INSIDE
    assert [(call.token, call.arguments["channel"]) for call in slack.calls] == [("xoxb-T1", "C1")]


def test_all_pages_of_a_persons_channels_are_read(channels: SlackChannels, slack: SlackApi) -> None:
    slack.will_answer(
        "users.conversations",
        {"ok": True, "channels": [{"id": "C1"}, {}], "response_metadata": {"next_cursor": "more"}},
        {"ok": True, "channels": [{"id": "G2"}], "response_metadata": {"next_cursor": ""}},
    )
    assert channels.channels_of(Destination("T1/U1")) == ["T1/C1", "T1/G2"]
    assert channels.channels_of(Destination("T1/U1")) == ["T1/C1", "T1/G2"]
    assert [call.arguments.get("cursor") for call in slack.calls] == [None, "more"]


def test_who_has_left_a_channel_is_known_to_a_minute_later(
    channels: SlackChannels, slack: SlackApi, clock: FakeClock
) -> None:
    answers = [{"ok": True, "channels": [{"id": one} for one in there]} for there in (["C1", "C2"], ["C2"])]
    slack.will_answer("users.conversations", *answers)
    assert channels.channels_of(U1) == ["C1", "C2"]
    clock.advance(timedelta(minutes=1))
    assert channels.channels_of(U1) == ["C2"]


def test_without_private_channels_the_public_ones_are_asked_for(
    channels: SlackChannels, slack: SlackApi
) -> None:
    found = {"ok": True, "channels": [{"id": "C1"}]}
    slack.will_answer("users.conversations", {"ok": False, "error": "missing_scope"}, found)
    assert channels.channels_of(U1) == ["C1"]


@pytest.mark.logs("slack_sdk.web.base_client")
@pytest.mark.parametrize(
    ("answer", "zone"),
    [
        pytest.param({"ok": True, "user": {"id": U1, "tz": "Europe/Berlin"}}, "Europe/Berlin", id="told"),
        pytest.param({"ok": True, "user": {"id": U1, "tz": None}}, None, id="a person without one"),
        pytest.param({"ok": True, "user": [U1]}, None, id="a person of another shape"),
        pytest.param({"ok": False, "error": "missing_scope"}, None, id="not allowed to ask"),
        pytest.param(dropped(), None, id="no answer"),
    ],
)
def test_by_what_time_a_person_lives(
    answer: Any, zone: str | None, channels: SlackChannels, slack: SlackApi
) -> None:
    slack.will_answer("users.info", answer)
    assert channels.zone_of(U1) == zone
    assert [(call.method, call.arguments["user"]) for call in slack.calls] == [("users.info", U1)]


def failed(error: str) -> dict[str, Any]:
    return {"ok": False, "error": error}


@pytest.mark.logs("slack_sdk.web.base_client")
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param({"ok": True, "ts": "1.2"}, Sent(C1, "1.2", named=False), id="posted"),
        pytest.param(failed("is_archived"), Refused("Slack says is_archived"), id="refused"),
        pytest.param(failed("token_revoked"), Closed("Slack says token_revoked"), id="closed"),
        pytest.param(failed("internal_error"), Unclear("Slack says internal_error"), id="doubt"),
    ],
)
def test_a_message_is_posted_once_and_its_end_is_told(
    answer: Any, outcome: Outcome, channels: SlackChannels, slack: SlackApi
) -> None:
    slack.will_answer("chat.postMessage", answer)
    assert channels.post(C1, Content("cadencebot can post here")) == outcome
    [call] = slack.calls
    assert (call.token, call.arguments["channel"]) == ("xoxb-one", "C1")
    assert call.arguments["text"] == "cadencebot can post here"


def test_without_any_scope_it_is_not_known(channels: SlackChannels, slack: SlackApi) -> None:
    slack.will_answer("users.conversations", *[{"ok": False, "error": "missing_scope"}] * 2)
    assert channels.channels_of(U1) is None
