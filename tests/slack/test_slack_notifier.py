"""SlackNotifier over real HTTP on loopback: what it sends, and what it makes of every ending."""

import socket
from typing import Any

import pytest

from bot.outbox.message import Absent, Closed, Impossible, Later, Message, Refused, Sent, Unclear
from bot.records import Content
from bot.slack.notifier import SlackNotifier

BLOCKS = ({"type": "header", "text": {"type": "plain_text", "text": "News"}},)
POST = Message("key-1", "C1", Content("News in words", BLOCKS))
REPLY = Message("key-2", "C1", Content("A reply", BLOCKS), thread_ts="1776699960.000100")
EDIT = Message("key-3", "C1", Content("Newer news", BLOCKS), edit_ts="1776699960.000100")
TS = "1776699961.000200"
POSTED = {"ok": True, "channel": "C1", "ts": TS}
WHO = {
    "ok": True,
    "url": "https://team.slack.com/",
    "team": "Team",
    "user": "cadence",
    "bot_id": "B1",
}
SINCE = 1_776_699_960.0

Api = Any


@pytest.fixture
def slack(slack_api: Api) -> SlackNotifier:
    return SlackNotifier("xoxb-test", slack_api.url, timeout=5)


class TestSend:
    def test_a_post_carries_text_blocks_and_its_key(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("chat.postMessage", POSTED)
        assert slack.send(POST) == Sent("C1", "1776699961.000200")
        assert slack_api.calls_of("chat.postMessage") == [
            {
                "channel": "C1",
                "text": "News in words",
                "blocks": list(BLOCKS),
                "metadata": {"event_type": "model_release", "event_payload": {"delivery_key": "key-1"}},
                "unfurl_links": False,
                "unfurl_media": False,
            }
        ]

    def test_a_reply_goes_to_the_thread_by_a_string_and_is_never_broadcast(
        self, slack: SlackNotifier, slack_api: Api
    ) -> None:
        slack_api.script("chat.postMessage", POSTED)
        slack.send(REPLY)
        [call] = slack_api.calls_of("chat.postMessage")
        assert call["thread_ts"] == "1776699960.000100"
        assert "reply_broadcast" not in call

    def test_an_edit_gives_text_and_blocks(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("chat.update", {**POSTED, "ts": EDIT.edit_ts})
        assert slack.send(EDIT) == Sent("C1", EDIT.edit_ts)
        [call] = slack_api.calls_of("chat.update")
        assert call == {"channel": "C1", "ts": EDIT.edit_ts, "text": "Newer news", "blocks": list(BLOCKS)}

    def test_the_channel_that_slack_names_is_kept(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("chat.postMessage", {**POSTED, "channel": "D9"})
        assert slack.send(Message("key", "U1", POST.content)) == Sent("D9", TS)

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            pytest.param("drop", Unclear, id="posted perhaps, then the connection drops"),
            pytest.param((500, {"ok": False, "error": "internal_error"}, {}), Unclear, id="status 500"),
            pytest.param(b"<html>down</html>", Unclear, id="a page instead of an answer"),
            pytest.param([1], Unclear, id="JSON that is no object"),
            pytest.param((200, b"\xff\xfe", {}), Unclear, id="bytes that are no text"),
            pytest.param(
                (200, b"{}", {"Content-Type": "text/html; charset=x-unknown"}), Unclear, id="charset"
            ),
            pytest.param((200, b"{}", {"Content-Length": "99"}), Unclear, id="an answer cut short"),
            pytest.param({"ok": True}, Unclear, id="posted, but nobody says where"),
            pytest.param({"ok": False, "error": "fatal_error"}, Unclear, id="a fatal error"),
            pytest.param((429, b"", {"Retry-After": "9"}), Later, id="too fast"),
            pytest.param({"ok": False, "error": "is_archived"}, Refused, id="an archived channel"),
            pytest.param({"ok": False, "error": "token_revoked"}, Closed, id="a revoked token"),
            pytest.param({"ok": False, "error": "something_new"}, Later, id="an error nobody knew"),
        ],
    )
    def test_each_ending_is_one_outcome_after_one_call(
        self, slack: SlackNotifier, slack_api: Api, answer: Any, outcome: type
    ) -> None:
        slack_api.script("chat.postMessage", answer)
        assert isinstance(slack.send(POST), outcome)
        assert len(slack_api.calls) == 1

    def test_a_hanging_server_leaves_it_unclear(self, slack_api: Api) -> None:
        slack_api.script("chat.postMessage", "hang")
        slack = SlackNotifier("xoxb-test", slack_api.url, timeout=1)
        assert isinstance(slack.send(POST), Unclear)
        assert len(slack_api.calls) == 1

    def test_an_unclear_edit_is_repeated(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("chat.update", "drop")
        assert isinstance(slack.send(EDIT), Later)

    def test_a_refused_connection_posted_nothing(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # bound, but nobody listens
            slack = SlackNotifier("xoxb-test", f"http://127.0.0.1:{closed.getsockname()[1]}/api/")
            assert isinstance(slack.send(POST), Later)

    @pytest.mark.logs("slack_refused_blocks")
    def test_refused_blocks_go_out_once_more_as_text(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("chat.postMessage", {"ok": False, "error": "invalid_blocks"}, POSTED)
        assert isinstance(slack.send(POST), Sent)
        first, second = slack_api.calls_of("chat.postMessage")
        assert "blocks" not in second
        assert second == {name: value for name, value in first.items() if name != "blocks"}

    @pytest.mark.logs("slack_refused_blocks")
    @pytest.mark.parametrize("message", [POST, EDIT], ids=["a post", "an edit"])
    def test_text_that_is_refused_as_well_is_given_up(
        self, slack: SlackNotifier, slack_api: Api, message: Message
    ) -> None:
        for method in ("chat.postMessage", "chat.update"):
            slack_api.script(method, {"ok": False, "error": "msg_too_long"})
        assert isinstance(slack.send(message), Impossible)
        assert len(slack_api.calls) == 2

    def test_a_proxy_of_the_environment_does_not_stand_before_this_machine(
        self, slack_api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        slack_api.script("chat.postMessage", POSTED)
        assert isinstance(SlackNotifier("xoxb-test", slack_api.url).send(POST), Sent)


def message(ts: str, key: str = "other", bot: str | None = "B1") -> dict[str, Any]:
    metadata = {"event_type": "model_release", "event_payload": {"delivery_key": key}}
    return {"ts": ts, "text": "x", "metadata": metadata, **({"bot_id": bot} if bot else {})}


def page(*messages: dict[str, Any], cursor: str = "") -> dict[str, Any]:
    metadata = {"next_cursor": cursor}
    return {"ok": True, "messages": list(messages), "has_more": bool(cursor), "response_metadata": metadata}


class TestFind:
    def test_a_post_is_found_by_its_key(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", WHO)
        slack_api.script("conversations.history", page({"ts": "1.0", "text": "hi"}, message("2.0", "key-1")))
        assert slack.find(POST, SINCE) == Sent("C1", "2.0")
        [call] = slack_api.calls_of("conversations.history")
        assert call["limit"] == "15"
        assert call["include_all_metadata"] in {"1", "True", "true"}
        assert float(call["oldest"]) < SINCE - 5

    def test_a_reply_is_looked_for_in_its_thread(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", WHO)
        slack_api.script("conversations.replies", page(message("1.0"), message("2.0", "key-2")))
        assert slack.find(REPLY, SINCE) == Sent("C1", "2.0")
        assert slack_api.calls_of("conversations.replies")[0]["ts"] == REPLY.thread_ts

    def test_it_is_absent_when_everything_was_read(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("conversations.history", page(message("3.0"), cursor="next"), page(message("2.0")))
        assert slack.find(POST, SINCE) == Absent()
        assert slack_api.calls_of("conversations.history")[1]["cursor"] == "next"

    def test_it_is_not_absent_when_there_is_more_than_we_read(
        self, slack: SlackNotifier, slack_api: Api
    ) -> None:
        slack_api.script("conversations.history", page(message("3.0"), cursor="next"))
        assert isinstance(slack.find(POST, SINCE), Unclear)
        assert len(slack_api.calls) == 10

    @pytest.mark.parametrize(
        ("bot", "found"),
        [
            pytest.param("B1", Sent("C1", "2.0"), id="our own"),
            pytest.param(None, Sent("C1", "2.0"), id="one that names no bot"),
            pytest.param("B2", Absent(), id="not that of another bot"),
        ],
    )
    def test_whose_message_counts(
        self, slack: SlackNotifier, slack_api: Api, bot: str | None, found: Sent | Absent
    ) -> None:
        slack_api.script("auth.test", WHO)
        slack_api.script("conversations.history", page(message("2.0", "key-1", bot)))
        assert slack.find(POST, SINCE) == found

    def test_direct_messages_are_read_in_their_channel(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", WHO)
        slack_api.script("conversations.open", {"ok": True, "channel": {"id": "D9"}})
        slack_api.script("conversations.history", page(message("2.0", "key-1")))
        assert slack.find(Message("key-1", "U1", POST.content), SINCE) == Sent("D9", "2.0")
        assert slack_api.calls_of("conversations.history")[0]["channel"] == "D9"

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            pytest.param(
                {"ok": False, "error": "missing_scope", "needed": "x"}, Unclear, id="no right to read"
            ),
            pytest.param(
                {"ok": False, "error": "not_in_channel"}, Unclear, id="posted without being a member"
            ),
            pytest.param({"ok": False, "error": "channel_not_found"}, Refused, id="thrown out"),
            pytest.param({"ok": False, "error": "invalid_auth"}, Closed, id="a bad token"),
            pytest.param((429, b"", {"Retry-After": "60"}), Later, id="read too often"),
            pytest.param("drop", Later, id="no answer"),
            pytest.param({"ok": False, "error": "something_new"}, Unclear, id="an error nobody knew"),
        ],
    )
    @pytest.mark.parametrize("method", ["conversations.open", "conversations.history"])
    def test_a_look_that_fails(
        self, slack: SlackNotifier, slack_api: Api, method: str, answer: Any, outcome: type
    ) -> None:
        slack_api.script(method, answer)
        destination = "U1" if method == "conversations.open" else "C1"
        assert isinstance(slack.find(Message("key-1", destination, POST.content), SINCE), outcome)

    def test_the_replies_of_a_deleted_alert_are_gone_with_it(
        self, slack: SlackNotifier, slack_api: Api
    ) -> None:
        slack_api.script("conversations.replies", {"ok": False, "error": "thread_not_found"})
        assert slack.find(REPLY, SINCE) == Absent()

    def test_an_edit_need_not_be_looked_for(self, slack: SlackNotifier, slack_api: Api) -> None:
        assert slack.find(EDIT, SINCE) == Absent()
        assert slack_api.calls == []


class TestWhoWeAre:
    def test_a_permalink_asks_for_the_workspace_once(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", WHO)
        links = {slack.permalink("C1", "1776699961.000200") for _ in range(2)}
        assert links == {"https://team.slack.com/archives/C1/p1776699961000200"}
        assert len(slack_api.calls) == 1

    def test_a_permalink_that_failed_is_asked_for_again(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", {"ok": False, "error": "internal_error"}, "drop", WHO)
        assert [slack.permalink("C1", "1.2") for _ in range(3)] == [
            "",
            "",
            "https://team.slack.com/archives/C1/p12",
        ]

    def test_a_check_names_the_missing_scopes(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", (200, WHO, {"X-OAuth-Scopes": "channels:history, im:write"}))
        report = slack.check()
        assert (report.problem, report.team, report.bot) == ("", "Team", "cadence")
        assert list(report.missing) == ["chat:write"]
        assert list(report.wanting) == [
            "commands",
            "app_mentions:read",
            "im:history",
            "channels:read",
            "groups:read",
            "groups:history",
        ]

    @pytest.mark.parametrize(
        ("answer", "problem"),
        [
            pytest.param({"ok": False, "error": "invalid_auth"}, "Slack says invalid_auth", id="a bad token"),
            pytest.param("drop", "no answer from Slack", id="no answer"),
        ],
    )
    def test_a_check_says_what_is_wrong(
        self, slack: SlackNotifier, slack_api: Api, answer: Any, problem: str
    ) -> None:
        slack_api.script("auth.test", answer)
        assert slack.check().problem.startswith(problem)

    def test_scopes_that_nobody_lists_are_not_missing(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", WHO)
        assert slack.check().missing == {}
