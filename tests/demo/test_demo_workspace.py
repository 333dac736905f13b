"""The interactive stand-in for Slack keeps what apps say as Slack's documentation says Slack does."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.demo.people import Person
from bot.demo.workspace import Workspace

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)
ANA, SAM = Person("U0ANA", "Ana", "member"), Person("U0SAM", "Sam", "admin")
ASK = {
    "type": "input",
    "block_id": "name",
    "label": {"type": "plain_text", "text": "Name"},
    "element": {"type": "plain_text_input", "action_id": "value"},
}
VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "Window"}, "blocks": [ASK]}


@pytest.fixture
def slack() -> Iterator[Workspace]:
    with Workspace(lambda: NOON, {"C1": "models", "C2": "lounge"}, (ANA, SAM), outside=["C2"]) as slack:
        yield slack


@pytest.fixture
def client(slack: Workspace, monkeypatch: pytest.MonkeyPatch) -> WebClient:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    return WebClient(slack.token, base_url=slack.api_url, retry_handlers=[], timeout=5)


def respond(url: str, **body: Any) -> str:
    """Return what a response URL says to a message."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()


def seen(slack: Workspace, person: Person = ANA) -> list[str]:
    return [one.text for one in slack.seen(person.id, "C1")]


# --- response URLs


def test_an_answer_is_seen_by_its_asker_alone_unless_it_is_for_the_channel(slack: Workspace) -> None:
    url = slack.act(ANA.id, "C1").response_url
    assert respond(url, text="alone") == "ok"
    assert respond(url, text="all", response_type="in_channel") == "ok"
    assert (seen(slack), seen(slack, SAM)) == (["all", "alone"], ["all"])


def test_an_answer_may_take_the_place_of_what_was_pressed_and_go_away(slack: Workspace) -> None:
    respond(slack.act(ANA.id, "C1").response_url, text="first")
    url = slack.act(ANA.id, "C1", slack.seen(ANA.id, "C1")[0]).response_url
    respond(url, text="second", replace_original=True)
    assert seen(slack) == ["second"]
    respond(url, delete_original=True)
    assert seen(slack) == []


def test_a_response_url_works_five_times(slack: Workspace) -> None:
    url = slack.act(ANA.id, "C1").response_url
    assert [respond(url, text=str(n)) for n in range(6)] == ["ok"] * 5 + ["used_url"]
    assert respond(f"{url}9", text="x") == "invalid_url"
    assert respond(slack.act(ANA.id, "C1").response_url, text="") == "no_text"


# --- people and channels


def test_a_whisper_is_seen_by_one_person(slack: Workspace, client: WebClient) -> None:
    assert client.chat_postEphemeral(channel="C1", user=ANA.id, text="psst")["message_ts"]
    assert (seen(slack), seen(slack, SAM)) == (["psst"], [])


def test_a_message_to_a_person_stands_in_their_direct_messages(slack: Workspace, client: WebClient) -> None:
    opened = client.conversations_open(users=SAM.id)["channel"]["id"]
    assert client.chat_postMessage(channel=SAM.id, text="hello")["channel"] == opened == SAM.direct
    assert [one.text for one in slack.seen(SAM.id, opened)] == ["hello"]


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        pytest.param("chat.postMessage", {"channel": "C2", "text": "x"}, "not_in_channel", id="uninvited"),
        pytest.param("chat.postMessage", {"channel": "U9", "text": "x"}, "channel_not_found", id="nobody"),
        pytest.param(
            "chat.postEphemeral",
            {"channel": "C1", "user": "U9", "text": "x"},
            "user_not_in_channel",
            id="whom",
        ),
        pytest.param("chat.postEphemeral", {"channel": "C1", "user": "U0ANA"}, "no_text", id="no words"),
        pytest.param("conversations.info", {"channel": "C9"}, "channel_not_found", id="no channel"),
        pytest.param("conversations.open", {"users": "U9"}, "user_not_found", id="no person"),
        pytest.param("users.info", {"user": "U9"}, "user_not_found", id="no such user"),
        pytest.param("users.conversations", {"user": "U9"}, "user_not_found", id="channels of nobody"),
        pytest.param(
            "views.open", {"trigger_id": "1.2", "view": VIEW}, "invalid_trigger_id", id="no trigger"
        ),
        pytest.param("views.update", {"view_id": "V9", "view": VIEW}, "not_found", id="no window"),
        pytest.param("views.publish", {"user_id": "U9", "view": VIEW}, "user_not_found", id="no Home tab"),
    ],
)
def test_what_cannot_be_is_refused_by_its_code(
    client: WebClient, method: str, arguments: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        client.api_call(method, json=arguments)
    assert caught.value.response["error"] == error


def test_a_channel_says_whether_the_bot_is_in_it(slack: Workspace, client: WebClient) -> None:
    assert client.conversations_info(channel="C2")["channel"]["is_member"] is False
    slack.invite("C2")
    assert client.conversations_info(channel="C2")["channel"]["is_member"] is True
    listed = client.users_conversations(user=ANA.id)["channels"]
    assert [channel["id"] for channel in listed] == ["C1", "C2"]


def test_a_person_has_a_name_and_a_time_zone(client: WebClient) -> None:
    told = client.users_info(user=ANA.id)["user"]
    assert (told["name"], told["tz"]) == ("ana", "Europe/Berlin")


# --- windows


def test_a_trigger_opens_one_window(slack: Workspace, client: WebClient) -> None:
    trigger = slack.act(ANA.id).trigger_id
    opened = client.views_open(trigger_id=trigger, view=VIEW)["view"]
    assert (opened["root_view_id"], opened["previous_view_id"]) == (opened["id"], None)
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        client.views_open(trigger_id=trigger, view=VIEW)
    assert slack.window(SAM.id) is None


def test_windows_lie_on_top_of_each_other_three_deep(slack: Workspace, client: WebClient) -> None:
    first = client.views_open(trigger_id=slack.act(ANA.id).trigger_id, view=VIEW)["view"]["id"]
    second = client.views_push(trigger_id=slack.act(ANA.id).trigger_id, view=VIEW)["view"]
    assert second["previous_view_id"] == first
    client.views_push(trigger_id=slack.act(ANA.id).trigger_id, view=VIEW)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        client.views_push(trigger_id=slack.act(ANA.id).trigger_id, view=VIEW)
    slack.close_window(ANA.id, second["id"])
    shown = slack.window(ANA.id)
    assert shown
    assert shown.id == first


def test_an_update_keeps_what_was_typed(slack: Workspace, client: WebClient) -> None:
    view_id = client.views_open(trigger_id=slack.act(ANA.id).trigger_id, view=VIEW)["view"]["id"]
    slack.fill(ANA.id, {"0.0": ["Kimi"]}, {"name": "No."})
    blocks = [{"type": "divider"}, ASK, {**ASK, "block_id": "other"}]
    updated = client.views_update(view_id=view_id, view={**VIEW, "blocks": blocks})["view"]
    values = updated["state"]["values"]
    assert (values["name"]["value"]["value"], values["other"]["value"]["value"]) == ("Kimi", None)
    shown = slack.window(ANA.id)
    assert shown
    assert shown.errors == {}


def test_the_home_tab_is_one_persons(slack: Workspace, client: WebClient) -> None:
    client.views_publish(user_id=ANA.id, view={"type": "home", "blocks": [{"type": "divider"}]})
    assert (slack.home(ANA.id) is None, slack.home(SAM.id) is None) == (False, True)
