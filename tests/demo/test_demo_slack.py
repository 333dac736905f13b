"""The stand-in for Slack answers the real client as docs/reference/slack.md says Slack does."""

import http.client
import json
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.demo.server import dropped
from bot.demo.slack import Slack
from tests.support.faults import html_page, hung, rate_limited, refused, server_error

NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)
METADATA = {"event_type": "model_release", "event_payload": {"delivery_id": "d-1"}}
BLOCKS = [{"type": "divider"}]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the client from the machine's proxy, which it would use for loopback too."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def slack() -> Iterator[Slack]:
    with Slack(lambda: NOON, {"C1": "models", "C2": "other"}) as slack:
        yield slack


@pytest.fixture
def client(slack: Slack) -> WebClient:
    return WebClient(slack.token, base_url=slack.api_url, retry_handlers=[], timeout=5)


def error_of(slack: Slack, method: str, body: bytes, kind: str, token: str = "") -> Any:
    """Return what a raw call answers, so that no client corrects it on the way."""
    headers = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(slack.api_url + method, body, headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.loads(answer.read()).get("error")


def test_auth_test_tells_who_we_are_and_our_scopes(client: WebClient) -> None:
    answer = client.auth_test()
    assert answer["bot_id"]
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


def test_a_message_is_kept_as_sent(slack: Slack, client: WebClient) -> None:
    answer = client.chat_postMessage(channel="C1", text="GLM-5.1", blocks=BLOCKS, metadata=METADATA)
    (posted,) = slack.posts("C1")
    assert (posted.ts, posted.text, posted.blocks, posted.metadata) == (
        answer["ts"],
        "GLM-5.1",
        BLOCKS,
        METADATA,
    )


def test_no_two_messages_have_the_same_ts(slack: Slack, client: WebClient) -> None:
    stamps = [client.chat_postMessage(channel="C1", text=str(n))["ts"] for n in range(5)]
    assert sorted(set(stamps), key=float) == stamps
    assert float(stamps[0]) >= NOON.timestamp()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("application/json", json.dumps({"channel": "C1", "text": "a&b"}).encode(), id="JSON"),
        pytest.param(
            "application/x-www-form-urlencoded",
            urllib.parse.urlencode(
                {"channel": "C1", "text": "a&b", "blocks": '[{"type":"divider"}]'}
            ).encode(),
            id="a form, whose blocks are JSON in a string",
        ),
    ],
)
def test_arguments_may_come_as(slack: Slack, kind: str, body: bytes) -> None:
    assert error_of(slack, "chat.postMessage", body, kind, slack.token) is None
    assert slack.posts("C1")[0].text == "a&b"


@pytest.mark.parametrize(
    ("method", "body", "token", "error"),
    [
        pytest.param("auth.test", "", "", "not_authed", id="no token"),
        pytest.param("auth.test", "", "xoxb-wrong", "invalid_auth", id="a wrong token"),
        pytest.param("auth.test", "token=xoxb-demo", "", None, id="a token in the form is as good"),
        pytest.param("chat.sing", "", "xoxb-demo", "unknown_method", id="an unknown method"),
        pytest.param("chat.postMessage", "channel=C9&text=x", "xoxb-demo", "channel_not_found", id="channel"),
        pytest.param("chat.postMessage", "channel=C1", "xoxb-demo", "no_text", id="nothing to say"),
        pytest.param(
            "chat.postMessage",
            "channel=C1&text=x&thread_ts=1.0",
            "xoxb-demo",
            "cannot_reply_to_message",
            id="a reply to nothing",
        ),
        pytest.param(
            "chat.update", "channel=C1&ts=1.0&text=x", "xoxb-demo", "message_not_found", id="an edit"
        ),
        pytest.param(
            "chat.update", "channel=U1&ts=1.0&text=x", "xoxb-demo", "channel_not_found", id="by user"
        ),
        pytest.param(
            "conversations.replies", "channel=C1&ts=1.0", "xoxb-demo", "thread_not_found", id="thread"
        ),
    ],
)
def test_refusals(slack: Slack, method: str, body: str, token: str, error: str | None) -> None:
    form = "application/x-www-form-urlencoded"
    assert error_of(slack, method, body.encode(), form, token) == error


def test_a_thread_ts_must_be_a_string(slack: Slack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C1", text="parent")["ts"]
    body = json.dumps({"channel": "C1", "text": "x", "thread_ts": float(ts)}).encode()
    assert error_of(slack, "chat.postMessage", body, "application/json", slack.token) == "invalid_arguments"


def test_a_reply_stands_in_its_thread_and_not_in_the_history(client: WebClient) -> None:
    parent = client.chat_postMessage(channel="C1", text="parent")["ts"]
    client.chat_postMessage(channel="C1", text="reply", thread_ts=parent)
    assert [message["text"] for message in client.conversations_history(channel="C1")["messages"]] == [
        "parent"
    ]
    thread = client.conversations_replies(channel="C1", ts=parent)["messages"]
    assert [message["text"] for message in thread] == ["parent", "reply"]
    assert thread[0]["reply_count"] == 1


def test_a_reply_takes_no_replies(client: WebClient) -> None:
    parent = client.chat_postMessage(channel="C1", text="parent")["ts"]
    reply = client.chat_postMessage(channel="C1", text="reply", thread_ts=parent)["ts"]
    with pytest.raises(SlackApiError, match="cannot_reply_to_message"):
        client.chat_postMessage(channel="C1", text="deeper", thread_ts=reply)


def test_history_is_newest_first_in_pages(client: WebClient) -> None:
    for n in range(5):
        client.chat_postMessage(channel="C1", text=str(n))
    first = client.conversations_history(channel="C1", limit=3)
    rest = client.conversations_history(
        channel="C1", limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [message["text"] for message in first["messages"] + rest["messages"]] == list("43210")
    assert (first["has_more"], rest["has_more"]) == (True, False)


@pytest.mark.parametrize(
    ("inclusive", "seen"),
    [
        pytest.param(False, ["2"], id="oldest itself does not count"),
        pytest.param(True, ["2", "1"], id="unless inclusive is set"),
    ],
)
def test_history_begins_at_oldest(client: WebClient, inclusive: bool, seen: list[str]) -> None:
    stamps = [client.chat_postMessage(channel="C1", text=str(n))["ts"] for n in range(3)]
    page = client.conversations_history(channel="C1", oldest=stamps[1], inclusive=inclusive)
    assert [message["text"] for message in page["messages"]] == seen


@pytest.mark.parametrize(
    ("asked", "metadata"),
    [
        pytest.param(True, METADATA, id="all of it when asked"),
        pytest.param(False, {"event_type": "model_release"}, id="only its type otherwise"),
    ],
)
def test_metadata_comes_back(client: WebClient, asked: bool, metadata: object) -> None:
    client.chat_postMessage(channel="C1", text="x", metadata=METADATA)
    page = client.conversations_history(channel="C1", include_all_metadata=asked)
    assert page["messages"][0]["metadata"] == metadata


def test_an_edit_replaces_text_and_blocks_and_keeps_ts_and_metadata(slack: Slack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C1", text="old", blocks=BLOCKS, metadata=METADATA)["ts"]
    client.chat_update(channel="C1", ts=ts, text="new", blocks=[*BLOCKS, *BLOCKS])
    (posted,) = slack.posts("C1")
    assert (posted.ts, posted.text, len(posted.blocks), posted.metadata, posted.edits) == (
        ts,
        "new",
        2,
        METADATA,
        1,
    )


def test_an_edit_with_text_alone_takes_the_blocks_away(slack: Slack, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C1", text="old", blocks=BLOCKS)["ts"]
    client.chat_update(channel="C1", ts=ts, text="new")
    assert slack.posts("C1")[0].blocks == ()


def test_a_permalink_leads_to_the_message(client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C1", text="x")["ts"]
    link = client.chat_getPermalink(channel="C1", message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/C1/p{ts.replace('.', '')}")


@pytest.mark.parametrize(
    ("fault", "posted", "raised"),
    [
        pytest.param(rate_limited(30), False, SlackApiError, id="429"),
        pytest.param(server_error(), False, SlackApiError, id="500 before it was posted"),
        pytest.param(server_error(), True, SlackApiError, id="500 after it was posted"),
        pytest.param(html_page(), False, SlackApiError, id="HTML instead of JSON"),
        pytest.param(refused("is_archived"), False, SlackApiError, id="an error by its code"),
        pytest.param(dropped(), False, http.client.RemoteDisconnected, id="dropped before it was posted"),
        pytest.param(dropped(), True, http.client.RemoteDisconnected, id="posted, then dropped"),
    ],
)
def test_a_fault_strikes_once(
    slack: Slack, client: WebClient, fault: Any, posted: bool, raised: type[Exception]
) -> None:
    slack.fail("chat.postMessage", fault, posted=posted)
    client.auth_test()  # a fault waits for its method
    with pytest.raises(raised):
        client.chat_postMessage(channel="C1", text="first")
    assert len(slack.posts("C1")) == posted
    client.chat_postMessage(channel="C1", text="second")
    assert [post.text for post in slack.posts("C1")] == ["first", "second"][not posted :]


def test_429_says_when_to_come_back(slack: Slack, client: WebClient) -> None:
    slack.fail("chat.postMessage", rate_limited(30))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="C1", text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "30"


def test_posted_then_hung_is_a_timeout_for_the_caller(slack: Slack) -> None:
    impatient = WebClient(slack.token, base_url=slack.api_url, retry_handlers=[], timeout=1)
    slack.fail("chat.postMessage", hung(60), posted=True)
    with pytest.raises(TimeoutError):
        impatient.chat_postMessage(channel="C1", text="x")
    assert len(slack.posts("C1")) == 1


def test_many_threads_post_without_loss(slack: Slack) -> None:
    def post() -> None:
        client = WebClient(slack.token, base_url=slack.api_url, retry_handlers=[])
        for _ in range(5):
            client.chat_postMessage(channel="C1", text="x")

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({posted.ts for posted in slack.posts("C1")}) == 40
