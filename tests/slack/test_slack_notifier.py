"""SlackNotifier over real HTTP on loopback: what it sends, and what it makes of every ending."""

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.demo.server import Answer, Loopback, as_json
from bot.model import Destination
from bot.outbox.message import Absent, Closed, Impossible, Later, Message, Refused, Search, Sent, Unclear
from bot.records import Content
from bot.slack.notifier import SlackNotifier
from tests.support.house import House
from tests.support.places import C1, D9, U1

BLOCKS = ({"type": "header", "text": {"type": "plain_text", "text": "News"}},)
POST = Message("key-1", C1, Content("News in words", BLOCKS))
REPLY = Message("key-2", C1, Content("A reply", BLOCKS), thread_ts="1776699960.000100")
EDIT = Message("key-3", C1, Content("Newer news", BLOCKS), edit_ts="1776699960.000100")
TS = "1776699961.000200"
POSTED = {"ok": True, "channel": "C1", "ts": TS}
WHO = {
    "ok": True,
    "url": "https://team.slack.com/",
    "team": "Team",
    "user": "cadence",
    "user_id": "U0BOT",
    "bot_id": "B1",
}
CLAIMED = datetime.fromtimestamp(1_776_699_960, UTC)
SEARCH = Search(CLAIMED - timedelta(minutes=1), CLAIMED + timedelta(minutes=3))

Api = Any


@pytest.fixture
def slack(slack_api: Api) -> SlackNotifier:
    return SlackNotifier("xoxb-test", slack_api.url, timeout=5)


class TestSend:
    def test_a_redirect_takes_no_token_along_and_is_no_success(self) -> None:
        with (
            Loopback(lambda _: as_json(POSTED)) as other,
            Loopback(lambda _: Answer(302, b"", {"Location": f"{other.url}/api/x"})) as moved,
        ):
            outcome = SlackNotifier("xoxb-secret", f"{moved.url}/api/", timeout=5).send(POST)
        assert (other.requests, isinstance(outcome, Sent)) == ([], False)

    @pytest.mark.parametrize(
        ("message", "method"), [(POST, "chat.postMessage"), (EDIT, "chat.update")], ids=["a post", "an edit"]
    )
    def test_what_is_posted_calls_the_command_by_its_name(
        self, slack_api: Api, message: Message, method: str
    ) -> None:
        slack_api.script(method, POSTED)
        hint = {"type": "section", "text": {"type": "mrkdwn", "text": "stop with `/releases digest off`"}}
        said = Content("`/releases recent` has more", (hint,))
        notifier = SlackNotifier("xoxb-test", slack_api.url, command_name=lambda: "/models")
        notifier.send(replace(message, content=said))
        [call] = slack_api.calls_of(method)
        assert call["text"] == "`/models recent` has more"
        assert call["blocks"][0]["text"]["text"] == "stop with `/models digest off`"

    def test_a_post_carries_text_blocks_and_its_key(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("chat.postMessage", POSTED)
        assert slack.send(POST) == Sent(C1, "1776699961.000200")
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
        assert slack.send(EDIT) == Sent(C1, EDIT.edit_ts)
        [call] = slack_api.calls_of("chat.update")
        assert call == {"channel": "C1", "ts": EDIT.edit_ts, "text": "Newer news", "blocks": list(BLOCKS)}

    def test_the_channel_that_slack_names_is_kept(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("chat.postMessage", {**POSTED, "channel": "D9"})
        assert slack.send(Message("key", U1, POST.content)) == Sent(D9, TS)

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

    @pytest.mark.logs("slack_refused_payload")
    def test_refused_blocks_go_out_once_more_as_text(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("chat.postMessage", {"ok": False, "error": "invalid_blocks"}, POSTED)
        assert isinstance(slack.send(POST), Sent)
        first, second = slack_api.calls_of("chat.postMessage")
        assert "blocks" not in second
        assert second == {name: value for name, value in first.items() if name != "blocks"}

    @pytest.mark.logs("slack_refused_payload")
    @pytest.mark.parametrize(
        "error", ["metadata_too_large", "invalid_metadata_schema", "error_processing_metadata"]
    )
    def test_refused_metadata_is_left_out_by_and_by_and_the_alert_arrives(
        self, slack: SlackNotifier, slack_api: Api, error: str
    ) -> None:
        refusal = {"ok": False, "error": error}
        posted = {**POSTED, "message": {"text": "News in words"}}
        slack_api.script("chat.postMessage", refusal, refusal, posted)
        assert slack.send(replace(POST, marks=("family:kimi",))) == Sent(C1, TS, named=False)
        sent = slack_api.calls_of("chat.postMessage")
        assert [one.get("metadata", {}).get("event_payload") for one in sent] == [
            {"delivery_key": "key-1", "marks": ["family:kimi"]},
            {"delivery_key": "key-1"},
            None,
        ]
        assert all(one["blocks"] for one in sent)

    @pytest.mark.logs("slack_refused_payload")
    def test_blocks_and_metadata_may_be_refused_both(self, slack: SlackNotifier, slack_api: Api) -> None:
        refusals = [{"ok": False, "error": error} for error in ("invalid_metadata_format", "invalid_blocks")]
        slack_api.script("chat.postMessage", *refusals, POSTED)
        assert isinstance(slack.send(POST), Sent)
        assert {"blocks", "metadata"}.isdisjoint(slack_api.calls_of("chat.postMessage")[-1])

    @pytest.mark.parametrize(
        ("kept", "named"),
        [
            pytest.param({"event_payload": {"delivery_key": "key-1"}}, True, id="kept"),
            pytest.param({}, False, id="dropped without a word"),
            pytest.param(None, False, id="null"),
            pytest.param({"event_payload": {"delivery_key": "another"}}, False, id="another's"),
        ],
    )
    def test_whether_a_message_can_be_found_again_is_read_in_the_answer(
        self, slack: SlackNotifier, slack_api: Api, kept: Any, named: bool
    ) -> None:
        slack_api.script("chat.postMessage", {**POSTED, "message": {"text": "x", "metadata": kept}})
        assert slack.send(POST) == Sent(C1, TS, named=named)

    def test_an_edit_that_is_well_stands_where_the_message_stands(
        self, slack: SlackNotifier, slack_api: Api
    ) -> None:
        slack_api.script("chat.update", {"ok": True})
        assert slack.send(EDIT) == Sent(C1, EDIT.edit_ts)

    @pytest.mark.logs("slack_refused_payload")
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


def page(*messages: dict[str, Any], more: bool = False) -> dict[str, Any]:
    return {"ok": True, "messages": list(messages), "has_more": more}


class TestFind:
    def test_a_post_is_found_by_its_key(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", WHO)
        slack_api.script("conversations.history", page({"ts": "1.0", "text": "hi"}, message("2.0", "key-1")))
        assert slack.find(POST, SEARCH) == Sent(C1, "2.0")
        [call] = slack_api.calls_of("conversations.history")
        assert call["limit"] == "15"
        assert call["include_all_metadata"] in {"1", "True", "true"}
        assert (call["oldest"], call["latest"]) == ("1776699900.000000", "1776700140.000000")

    def test_a_reply_is_looked_for_in_its_thread(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", WHO)
        slack_api.script("conversations.replies", page(message("1.0"), message("2.0", "key-2")))
        assert slack.find(REPLY, SEARCH) == Sent(C1, "2.0")
        assert slack_api.calls_of("conversations.replies")[0]["ts"] == REPLY.thread_ts

    def test_it_is_absent_when_everything_was_read(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("conversations.history", page(message("3.0"), more=True), page(message("2.0")))
        assert slack.find(POST, SEARCH) == Absent()
        assert slack_api.calls_of("conversations.history")[1]["latest"] == "3.0"

    def test_it_goes_on_where_it_came_to_when_there_is_more_than_is_read_at_once(
        self, slack: SlackNotifier, slack_api: Api
    ) -> None:
        pages = [page(message(f"{number}.0"), more=True) for number in range(20, 10, -1)]
        slack_api.script("conversations.history", *pages, page(message("10.0")))
        found = slack.find(POST, SEARCH)
        assert isinstance(found, Later)
        assert len(slack_api.calls) == 10
        assert slack.find(POST, replace(SEARCH, reached=found.reached)) == Absent()
        assert slack_api.calls_of("conversations.history")[10]["latest"] == "11.0"

    def test_a_limit_keeps_what_was_read(self, slack: SlackNotifier, slack_api: Api) -> None:
        limit = (429, b"", {"Retry-After": "60"})
        slack_api.script("conversations.replies", page(message("1.0"), message("2.0"), more=True), limit)
        found = slack.find(REPLY, SEARCH)
        assert isinstance(found, Later)
        assert (found.seconds, found.reached) == (60, f"{REPLY.thread_ts}/2.0")
        slack_api.script("conversations.replies", page(message("3.0", "key-2")))
        slack_api.script("auth.test", WHO)
        assert slack.find(REPLY, replace(SEARCH, reached=found.reached)) == Sent(C1, "3.0")
        assert slack_api.calls_of("conversations.replies")[2]["oldest"] == "2.0"

    def test_pages_that_do_not_move_prove_nothing(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("conversations.history", page(more=True))
        assert isinstance(slack.find(POST, SEARCH), Unclear)

    @pytest.mark.parametrize(
        ("bot", "found"),
        [
            pytest.param("B1", Sent(C1, "2.0"), id="our own"),
            pytest.param("B2", Absent(), id="not that of another bot"),
        ],
    )
    def test_whose_message_counts(
        self, slack: SlackNotifier, slack_api: Api, bot: str | None, found: Sent | Absent
    ) -> None:
        slack_api.script("auth.test", WHO)
        slack_api.script("conversations.history", page(message("2.0", "key-1", bot)))
        assert slack.find(POST, SEARCH) == found

    @pytest.mark.parametrize(
        ("who", "posted_by", "found"),
        [
            pytest.param({}, {"user": "U0BOT"}, Sent, id="by its user alone"),
            pytest.param({}, {"user": "U0EVE"}, Absent, id="a person's"),
            pytest.param({}, {}, Unclear, id="nobody's"),
            pytest.param({"bot_id": None, "user_id": None}, {"bot_id": "B1"}, Unclear, id="who are we?"),
            pytest.param({"app_id": "A1"}, {"bot_id": "B0", "app_id": "A1"}, Sent, id="of a former install"),
        ],
    )
    def test_a_name_is_believed_of_nobody_but_the_bot(
        self, slack: SlackNotifier, slack_api: Api, who: Any, posted_by: Any, found: type
    ) -> None:
        slack_api.script("auth.test", {**WHO, **who})
        slack_api.script("conversations.history", page({**message("2.0", "key-1", None), **posted_by}))
        assert isinstance(slack.find(POST, SEARCH), found)

    @pytest.mark.parametrize("answer", ["drop", {"ok": False, "error": "internal_error"}])
    def test_a_name_is_not_believed_while_slack_does_not_say_who_we_are(
        self, slack: SlackNotifier, slack_api: Api, answer: Any
    ) -> None:
        slack_api.script("auth.test", answer, WHO)
        slack_api.script("conversations.history", page(message("2.0", "key-1", "B2")))
        assert isinstance(slack.find(POST, SEARCH), Later)
        assert slack.find(POST, SEARCH) == Absent()

    @pytest.mark.parametrize(
        ("text", "bot", "found"),
        [
            pytest.param("News in words", "B1", Sent(C1, "2.0", named=False), id="its words"),
            pytest.param("News in words", "B2", Absent(), id="its words, by another bot"),
            pytest.param("Other news", "B1", Absent(), id="other words"),
        ],
    )
    def test_a_message_that_lost_its_names_is_found_by_its_words(
        self, slack: SlackNotifier, slack_api: Api, text: str, bot: str, found: Sent | Absent
    ) -> None:
        slack_api.script("auth.test", WHO)
        slack_api.script("conversations.history", page({"ts": "2.0", "text": text, "bot_id": bot}))
        assert slack.find(POST, SEARCH) == found

    def test_direct_messages_are_read_in_their_channel(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", WHO)
        slack_api.script("conversations.open", {"ok": True, "channel": {"id": "D9"}})
        slack_api.script("conversations.history", page(message("2.0", "key-1")))
        assert slack.find(Message("key-1", U1, POST.content), SEARCH) == Sent(D9, "2.0")
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
        assert isinstance(
            slack.find(Message("key-1", Destination(destination), POST.content), SEARCH), outcome
        )

    def test_the_replies_of_a_deleted_alert_are_gone_with_it(
        self, slack: SlackNotifier, slack_api: Api
    ) -> None:
        slack_api.script("conversations.replies", {"ok": False, "error": "thread_not_found"})
        assert slack.find(REPLY, SEARCH) == Absent()

    def test_an_edit_need_not_be_looked_for(self, slack: SlackNotifier, slack_api: Api) -> None:
        assert slack.find(EDIT, SEARCH) == Absent()
        assert slack_api.calls == []


class TestWhoWeAre:
    def test_a_permalink_asks_nobody(self, slack: SlackNotifier, slack_api: Api) -> None:
        assert slack.permalink(C1, TS) == ""
        assert slack_api.calls == []

    def test_who_tells_the_time_tells_the_workspace_for_permalinks_too(
        self, slack: SlackNotifier, slack_api: Api
    ) -> None:
        slack_api.script("chat.postMessage", POSTED)
        slack_api.script("auth.test", WHO)
        slack.send(POST)  # whose answer tells the time, and not who we are
        times = [slack.time_at(C1), slack.time_at(C1)]
        assert None not in times
        assert slack.permalink(C1, TS) == "https://team.slack.com/archives/C1/p1776699961000200"
        assert len(slack_api.calls_of("auth.test")) == 1

    def test_a_workspace_that_was_not_told_is_asked_for_again(
        self, slack: SlackNotifier, slack_api: Api
    ) -> None:
        slack_api.script("auth.test", {"ok": False, "error": "internal_error"}, "drop", WHO)
        links = []
        for _ in range(3):
            slack.time_at(C1)
            links.append(slack.permalink(C1, "1.2"))
        assert links == ["", "", "https://team.slack.com/archives/C1/p12"]

    def test_the_link_to_the_first_alert_of_a_family_is_asked_for_outside_of_the_claim(
        self, slack: SlackNotifier, slack_api: Api, tmp_path: Path
    ) -> None:
        slack_api.script("auth.test", {"ok": False, "error": "internal_error"}, WHO)
        slack_api.script("chat.postMessage", POSTED)
        house = House(tmp_path)
        house.courier.notifier = slack
        house.show(house.hub, house.repository("Qwen/Qwen4-8B"))
        house.later(days=2)
        house.show(house.hub, house.repository("Qwen/Qwen4-32B"))
        first, second = slack_api.calls_of("chat.postMessage")
        assert "team.slack.com" not in str(first)
        assert "https://team.slack.com/archives/C1/p1776699961000200" in str(second)

    def test_a_check_names_the_missing_scopes(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", (200, WHO, {"X-OAuth-Scopes": "channels:history, im:write"}))
        report = slack.check()
        assert report.problems == ("scope chat:write is missing: it is needed for posting at all",)
        assert report.remarks[0] == "posts as cadence in Team"
        assert [remark.split()[1] for remark in report.remarks[1:-1]] == [
            "commands",
            "app_mentions:read",
            "im:history",
            "channels:read",
            "groups:read",
            "groups:history",
            "users:read",
        ]
        assert report.remarks[-1].startswith("I may not read private channels and direct messages: ")
        assert report.lacking == ("groups:history", "im:history")

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
        [said] = slack.check().problems
        assert said.startswith(problem)

    def test_scopes_that_nobody_lists_are_not_missing(self, slack: SlackNotifier, slack_api: Api) -> None:
        slack_api.script("auth.test", WHO)
        assert slack.check().problems == ()
