"""Every command, button, form and event, through Bolt: what the desk is asked, what Slack is told."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from bot.demo.server import dropped
from bot.records import Content
from bot.slack.app import make_app
from bot.slack.client import web_client
from bot.slack.wording import CommandName
from bot.slack.workspaces import OneWorkspace
from bot.views.blocks import bar_chart
from tests.slack.fakes import HOME, MODAL, Call, FakeDesk, SlackApi
from tests.slack.payloads import (
    BOT,
    CHANNEL,
    DM,
    USER,
    command,
    direct,
    event,
    mention,
    pressed,
    pressed_in_view,
    shortcut,
    submitted,
)
from tests.support.threads import AtOnce

Send = Any
HOOKED = "hook"  # marks where the address of the response URL belongs
FORM: Mapping[str, Mapping[str, Any]] = {
    "labs": {"type": "multi_static_select", "selected_options": [{"value": "qwen"}, {"value": "zai"}]},
    "license": {"type": "static_select", "selected_option": {"value": "permissive"}},
    "max": {"type": "plain_text_input", "value": "70b"},
}
NOT_OPENED = "Slack did not open the window: please try again"
UNOPENED = [
    pytest.param(
        pressed("details:0", "42", hook=HOOKED),
        "hook",
        f"{NOT_OPENED}, or type `/releases show` with the name of the release.",
        id="details",
    ),
    pytest.param(pressed("report:0", "42", hook=HOOKED), "hook", f"{NOT_OPENED}.", id="a report"),
    pytest.param(
        pressed("correct:7", "7", hook=HOOKED),
        "hook",
        f"{NOT_OPENED}, or have it corrected with `cadencebot correct`.",
        id="a correction",
    ),
    pytest.param(
        pressed_in_view("home_subscribe", USER),
        "chat.postMessage",
        f"{NOT_OPENED}, or type `/releases subscribe qwen to:dm`.",
        id="the Home tab's form for the asker",
    ),
    pytest.param(
        pressed_in_view("home_edit:3", CHANNEL),
        "chat.postMessage",
        f"{NOT_OPENED}, or type `/releases subscribe qwen` in the channel.",
        id="the Home tab's form for a channel",
    ),
    pytest.param(
        shortcut(),
        "chat.postMessage",
        f"{NOT_OPENED}, or type `/releases subscribe qwen to:dm`.",
        id="a shortcut",
    ),
    pytest.param(
        pressed_in_view("details:0", "42", view="modal"),
        "chat.postMessage",
        f"{NOT_OPENED}, or type `/releases show` with the name of the release.",
        id="a window on top of a window",
    ),
]
WORDS = {"text": {"type": "plain_text_input", "value": "it is MIT"}}


def whisper(text: str = "an answer", *, replace: bool = False) -> tuple[str, Mapping[str, Any]]:
    return "hook", {"response_type": "ephemeral", "replace_original": replace, "text": text}


REQUESTS = [
    pytest.param(
        command("recent qwen", hook=HOOKED),
        [("answer", CHANNEL, "recent qwen")],
        [whisper()],
        id="a command is answered to the asker alone",
    ),
    pytest.param(
        command("", hook=HOOKED),
        [("answer", CHANNEL, "")],
        [whisper()],
        id="an empty command is a command: the desk makes it help",
    ),
    pytest.param(
        command("why <https://hf.co/a|hf.co/a> &amp; &lt;b&gt;", hook=HOOKED),
        [("answer", CHANNEL, "why https://hf.co/a & <b>")],
        [whisper()],
        id="Slack's marks are taken out of what was typed",
    ),
    pytest.param(
        command("list", hook=HOOKED, channel=DM),
        [("answer", USER, "list")],
        [whisper()],
        id="in a direct message the asker is the destination",
    ),
    pytest.param(
        {**command("list", hook=HOOKED), "command": "/models"},
        [("answer", CHANNEL, "list")],
        [whisper()],
        id="the manifest names the command",
    ),
    pytest.param(
        mention(f"<@{BOT}> recent qwen"),
        [("answer", CHANNEL, "recent qwen")],
        [("chat.postEphemeral", {"channel": CHANNEL, "user": USER, "text": "an answer"})],
        id="a mention is answered to the asker alone",
    ),
    pytest.param(
        mention(f"recent qwen <@{BOT}>", thread_ts="1.2"),
        [("answer", CHANNEL, "recent qwen")],
        [("chat.postEphemeral", {"channel": CHANNEL, "user": USER, "thread_ts": "1.2"})],
        id="a mention at the end, in a thread, is answered in the thread",
    ),
    pytest.param(
        mention(f"<@{BOT}> recent", bot_id="B1"), [], [], id="another bot's mention is not answered"
    ),
    pytest.param(
        direct("recent qwen"),
        [("answer", USER, "recent qwen")],
        [("chat.postMessage", {"channel": DM, "text": "an answer"})],
        id="a direct message works like the command",
    ),
    pytest.param(direct("an answer", user=BOT), [], [], id="the bot does not answer itself"),
    pytest.param(direct("news", bot_id="B9"), [], [], id="bots are not answered"),
    pytest.param(direct("recent", subtype="message_changed"), [], [], id="an edit asks nothing"),
    pytest.param(
        direct("recent", channel=CHANNEL, channel_type="channel"),
        [],
        [],
        id="what people say in channels is not for the bot",
    ),
    pytest.param(
        pressed("run:0", "mute moonshot 7d", hook=HOOKED),
        [("answer", CHANNEL, "mute moonshot 7d")],
        [whisper()],
        id="a button runs the command that is its value",
    ),
    pytest.param(
        pressed("replace:1", "recent page:2", hook=HOOKED),
        [("answer", CHANNEL, "recent page:2")],
        [whisper(replace=True)],
        id="paging replaces what only the asker sees",
    ),
    pytest.param(
        pressed("replace:1", "recent page:2", hook=HOOKED, is_ephemeral=False),
        [("answer", CHANNEL, "recent page:2")],
        [whisper()],
        id="paging leaves alone what others see",
    ),
    pytest.param(
        pressed("replace:1", "recent page:2", hook=HOOKED, is_ephemeral=False, channel=DM),
        [("answer", USER, "recent page:2")],
        [whisper(replace=True)],
        id="paging replaces an answer in a direct message",
    ),
    pytest.param(
        pressed("cancel:1", "unsubscribe all", hook=HOOKED),
        [],
        [whisper("Cancelled: nothing was changed.", replace=True)],
        id="Cancel takes the place of what it cancels, and asks nothing",
    ),
    pytest.param(
        pressed("undo:0", "1776700012 C0MODELS mute qwen", hook=HOOKED),
        [("undo", "1776700012 C0MODELS mute qwen")],
        [whisper(replace=True)],
        id="Undo takes the place of what it takes back",
    ),
    pytest.param(
        pressed("share:2", "recent qwen", hook=HOOKED),
        [("answer", CHANNEL, "recent qwen")],
        [("hook", {"response_type": "in_channel", "replace_original": False, "text": "an answer"})],
        id="sharing posts the answer for all to see",
    ),
    pytest.param(
        pressed("share:2", "recent qwen"),
        [("answer", CHANNEL, "recent qwen")],
        [("chat.postMessage", {"channel": CHANNEL, "text": "an answer"})],
        id="sharing without a response URL posts as the bot",
    ),
    pytest.param(
        pressed("details:0", "42", hook=HOOKED),
        [("details", 42)],
        [("views.open", {"view": MODAL})],
        id="details open a window",
    ),
    pytest.param(
        pressed("report:0", "42", hook=HOOKED),
        [("report_form", 42)],
        [("views.open", {"view": MODAL})],
        id="a report opens its form",
    ),
    pytest.param(
        pressed("correct:7", "7", hook=HOOKED),
        [("correct_form", 7)],
        [("views.open", {"view": MODAL})],
        id="a correction opens its form",
    ),
    pytest.param(
        pressed("details:0", "٤٢", hook=HOOKED),
        [],
        [whisper("That is not known here any more.")],
        id="an id that is none is not looked up",
    ),
    pytest.param(
        pressed("details:0", "9" * 40, hook=HOOKED),
        [],
        [whisper("That is not known here any more.")],
        id="an id beyond all ids is not looked up",
    ),
    pytest.param(
        pressed("choose:0", CHANNEL, hook=HOOKED, is_ephemeral=False),
        [("follow_form", CHANNEL)],
        [("views.open", {"view": MODAL})],
        id="the welcome's button opens the form for its channel",
    ),
    pytest.param(
        pressed("more:0", "run:unsubscribe moonshot", hook=HOOKED, is_ephemeral=False),
        [("answer", CHANNEL, "unsubscribe moonshot")],
        [whisper()],
        id="the menu of an alert runs a command",
    ),
    pytest.param(
        pressed("more:0", "report:42", hook=HOOKED, is_ephemeral=False),
        [("report_form", 42)],
        [("views.open", {"view": MODAL})],
        id="the menu of an alert opens the form of a report",
    ),
    pytest.param(
        pressed("triage:open", "42 adopted", hook=HOOKED, is_ephemeral=False),
        [("triage", 42, "adopted")],
        [whisper()],
        id="the other menu of an alert marks its release",
    ),
    pytest.param(
        pressed("triage:open", "adopted", hook=HOOKED, is_ephemeral=False),
        [],
        [whisper("That is not known here any more.")],
        id="a mark on no release marks nothing",
    ),
    pytest.param(pressed("open_card", hook=HOOKED), [], [], id="a link is only acknowledged"),
    pytest.param(
        pressed("release_details", "42", hook=HOOKED),
        [],
        [whisper("This button belongs to another version of me. `/releases help` shows what I do now.")],
        marks=pytest.mark.logs("slack_action_unknown"),
        id="an unknown button is told so",
    ),
    pytest.param(
        pressed_in_view("home_subscribe", USER),
        [("follow_form", USER)],
        [("views.open", {"view": MODAL})],
        id="the Home tab opens the form for the asker",
    ),
    pytest.param(
        pressed_in_view("home_edit:3", CHANNEL),
        [("follow_form", CHANNEL)],
        [("views.open", {"view": MODAL})],
        id="the Home tab opens the form for a channel",
    ),
    pytest.param(
        pressed_in_view("details:0", "42", view="modal"),
        [("details", 42)],
        [("views.push", {"view": MODAL})],
        id="a window opens on top of a window",
    ),
    pytest.param(
        pressed_in_view("run:0", "unmute moonshot"),
        [("answer", USER, "unmute moonshot"), ("home", USER)],
        [("views.open", {}), ("views.publish", {})],
        id="a command on the Home tab answers in a window and brings the tab up to date",
    ),
    pytest.param(
        command("subscribe", hook=HOOKED),
        [],
        [("views.open", {"view": MODAL})],
        id="a command that leaves out its labs opens its form",
    ),
    pytest.param(
        shortcut(),
        [("where_form",)],
        [("views.open", {"view": MODAL})],
        id="a shortcut asks for the channel",
    ),
    pytest.param(
        pressed_in_view("home_where", "channel"),
        [("where_form",)],
        [("views.open", {"view": MODAL})],
        id="the Home tab asks for a channel",
    ),
    pytest.param(
        submitted("where", "", {"place": {"type": "conversations_select", "selected_conversation": "C0X"}}),
        [("follow_form", "C0X")],
        [("views.open", {"view": MODAL})],
        id="the chosen channel's form is opened",
    ),
    pytest.param(
        submitted("where", "", {"place": {"type": "conversations_select", "selected_conversation": None}}),
        [("follow_form", USER)],
        [("views.open", {"view": MODAL})],
        id="no channel is oneself",
    ),
    pytest.param(
        submitted("subscribe", CHANNEL, FORM),
        [("answer", CHANNEL, "subscribe qwen zai license:permissive max:70b"), ("home", CHANNEL)],
        [
            ("chat.postEphemeral", {"channel": CHANNEL, "user": USER, "text": "an answer"}),
            ("views.publish", {"user_id": USER, "view": HOME}),
        ],
        id="a form for a channel is a command there",
    ),
    pytest.param(
        submitted("subscribe", USER, FORM),
        [("answer", USER, "subscribe qwen zai license:permissive max:70b"), ("home", USER)],
        [
            ("chat.postMessage", {"channel": USER, "text": "an answer"}),
            ("views.publish", {"user_id": USER, "view": HOME}),
        ],
        id="a form for oneself is a command in the direct messages",
    ),
    pytest.param(
        submitted("report", "42", WORDS),
        [("report", 42, "it is MIT")],
        [("chat.postMessage", {"channel": USER, "text": "an answer"})],
        id="a report is kept, and the reporter thanked",
    ),
    pytest.param(
        submitted("correct", "7", {"license": {"type": "plain_text_input", "value": "mit"}}),
        [("correct", 7, {"license": "mit"})],
        [("chat.postMessage", {"channel": USER, "text": "an answer"})],
        id="a correction is made, and said",
    ),
    pytest.param(
        submitted("report", "x", WORDS),
        [],
        [],
        marks=pytest.mark.logs("slack_form_unknown"),
        id="a damaged form does nothing",
    ),
    pytest.param(
        submitted("survey", "1", WORDS),
        [],
        [],
        marks=pytest.mark.logs("slack_form_unknown"),
        id="an unknown form does nothing",
    ),
    pytest.param(
        event("app_home_opened", user=USER, channel=DM, tab="home"),
        [("home", USER)],
        [
            ("views.publish", {"user_id": USER, "view": HOME}),
        ],
        id="the Home tab is drawn when it is opened",
    ),
    pytest.param(
        event("app_home_opened", user=USER, channel=DM, tab="messages"),
        [],
        [],
        id="the messages tab is not the Home tab",
    ),
    pytest.param(
        event("member_joined_channel", user=BOT, channel=CHANNEL, channel_type="C", inviter=USER),
        [("welcome", CHANNEL)],
        [("chat.postMessage", {"channel": CHANNEL, "text": "an answer"})],
        id="invited, the bot says what there is to say",
    ),
    pytest.param(
        event("member_joined_channel", user=USER, channel=CHANNEL, channel_type="C"),
        [],
        [],
        id="nobody else is welcomed",
    ),
    pytest.param(
        event("app_uninstalled"),
        [("uninstalled", "")],
        [],
        marks=pytest.mark.logs("slack_uninstalled"),
        id="uninstalled, the desk learns it",
    ),
    pytest.param(
        event("tokens_revoked", tokens={"oauth": [], "bot": [BOT]}),
        [("uninstalled", "")],
        [],
        marks=pytest.mark.logs("slack_uninstalled"),
        id="a revoked bot token is the end as well",
    ),
    pytest.param(
        event("tokens_revoked", tokens={"oauth": [USER], "bot": []}),
        [],
        [],
        id="a person's revoked token is none of ours",
    ),
    pytest.param(
        event("reaction_added", user=USER),
        [],
        [],
        marks=pytest.mark.logs("slack_payload_unknown"),
        id="an event nobody asked for is let pass",
    ),
    pytest.param(
        {"type": "shortcut", "trigger_id": "1.2"},
        [],
        [],
        marks=pytest.mark.logs("slack_payload_unknown"),
        id="a shortcut without a name is let pass",
    ),
    pytest.param(
        {}, [], [], marks=pytest.mark.logs("slack_payload_unknown"), id="nothing at all is acknowledged"
    ),
]


@pytest.mark.parametrize(("payload", "asked", "told"), REQUESTS)
def test_a_request_is_acknowledged_put_to_the_desk_and_answered(
    payload: dict[str, Any],
    asked: list[Any],
    told: list[tuple[str, Mapping[str, Any]]],
    send: Send,
    desk: FakeDesk,
    slack: SlackApi,
) -> None:
    if payload.get("response_url") == HOOKED:
        payload = {**payload, "response_url": slack.hook}
    response = send(payload)
    assert (response.status, response.body) == (200, "")
    assert desk.asked == asked
    assert slack.methods() == [method for method, _ in told]
    for call, (_, arguments) in zip(slack.calls, told, strict=True):
        assert {key: call.arguments.get(key) for key in arguments} == dict(arguments)
        assert call.method == "hook" or call.token == "xoxb-one"


def test_a_change_from_the_home_tab_answers_in_a_window_and_redraws_the_tab(
    send: Send, slack: SlackApi
) -> None:
    send(pressed_in_view("replace:0", "settings variants:off"))
    assert slack.methods() == ["views.open", "views.publish"]


class TestOnce:
    @pytest.mark.parametrize(
        "payload",
        [
            pytest.param(command("subscribe qwen"), id="a command"),
            pytest.param(pressed("share:0", "recent"), id="a click"),
            pytest.param(mention("<@U0CADENCE> subscribe qwen"), id="an event that Slack delivers again"),
            pytest.param(submitted("report", "42", WORDS), id="a form"),
        ],
    )
    def test_what_comes_twice_is_acknowledged_twice_and_done_once(
        self, payload: dict[str, Any], send: Send, desk: FakeDesk
    ) -> None:
        assert [send(payload).status for _ in range(3)] == [200, 200, 200]
        assert len(desk.asked) == 1

    def test_two_clicks_are_two_requests(self, send: Send, desk: FakeDesk) -> None:
        send(pressed("run:0", "recent"))
        send(pressed("run:0", "recent"))
        assert len({asker.request for asker in desk.askers}) == 2


class TestAcknowledging:
    @pytest.mark.parametrize(
        "payload",
        [
            pytest.param(command("recent"), id="a command"),
            pytest.param(pressed("run:0", "recent"), id="a click"),
            pytest.param(direct("recent"), id="a direct message"),
        ],
    )
    def test_nothing_waits_for_the_answers_of_others(
        self, payload: dict[str, Any], desk: FakeDesk, slack: SlackApi
    ) -> None:
        desk.gate.clear()  # every thread is busy until it opens
        with ThreadPoolExecutor(1) as threads:
            client = web_client("", slack.api_url)
            app = make_app(lambda: desk, client, OneWorkspace("xoxb-one"), threads, CommandName())
            responses = [_dispatch(app, {**payload, "trigger_id": str(n)}) for n in range(5)]
            assert [response.status for response in responses] == [200] * 5
            assert slack.calls == []
            desk.gate.set()

    @pytest.mark.logs("slack_request_failed")
    def test_an_unexpected_failure_is_said_without_its_trace(
        self, send: Send, desk: FakeDesk, slack: SlackApi
    ) -> None:
        desk.crash = RuntimeError("secret detail")
        assert send(command("recent", hook=slack.hook)).status == 200
        [call] = slack.calls
        assert call.arguments["text"] == "Something went wrong on my side; it is in my log. Please try again."

    @pytest.mark.logs("slack_request_failed")
    def test_an_unexpected_failure_where_nobody_can_be_told_is_acknowledged(
        self, send: Send, desk: FakeDesk, slack: SlackApi
    ) -> None:
        desk.crash = RuntimeError("secret detail")
        assert send(mention("<@U0CADENCE> recent")).status == 200
        assert slack.calls == []


def test_the_environment_is_none_of_bolts_business(
    desk: FakeDesk, slack: SlackApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BOT_TOKEN", "APP_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "SIGNING_SECRET"):
        monkeypatch.setenv(f"SLACK_{name}", "from the environment")
    app = make_app(
        lambda: desk, web_client("", slack.api_url), OneWorkspace("xoxb-one"), AtOnce(), CommandName()
    )
    assert _dispatch(app, mention("<@U0CADENCE> recent")).status == 200
    assert [call.token for call in slack.calls] == ["xoxb-one"]


def _dispatch(app: App, payload: dict[str, Any]) -> BoltResponse:
    return app.dispatch(BoltRequest(body=payload, mode="socket_mode"))


class TestSpeaking:
    CHART = Content(
        "5 releases",
        (
            {"type": "section", "text": {"type": "mrkdwn", "text": "five"}},
            bar_chart("Gaps", "Days", [("K2", 56), ("K2.5", 82)]),
        ),
    )

    @pytest.mark.logs("slack_refused_blocks")
    def test_a_chart_that_slack_refuses_is_left_out(
        self, send: Send, desk: FakeDesk, slack: SlackApi
    ) -> None:
        desk.content = self.CHART
        slack.will_answer("hook", {"ok": False, "error": "invalid_blocks"})
        send(command("cadence", hook=slack.hook))
        assert [_kinds(call) for call in slack.calls] == [["section", "data_visualization"], ["section"] * 2]

    @pytest.mark.logs("slack_refused_blocks")
    def test_blocks_that_slack_refuses_leave_the_text(
        self, send: Send, desk: FakeDesk, slack: SlackApi
    ) -> None:
        desk.content = self.CHART
        slack.will_answer("chat.postEphemeral", *[{"ok": False, "error": "invalid_blocks"}] * 2)
        send(mention("<@U0CADENCE> cadence"))
        assert [_kinds(call) for call in slack.calls] == [
            ["section", "data_visualization"],
            ["section"] * 2,
            [],
        ]

    def test_where_the_bot_is_not_the_answer_comes_by_direct_message(
        self, send: Send, slack: SlackApi
    ) -> None:
        slack.will_answer("chat.postEphemeral", {"ok": False, "error": "not_in_channel"})
        send(submitted("subscribe", CHANNEL, FORM))
        posts = [call for call in slack.calls if call.method.startswith("chat.")]
        assert [(call.method, call.arguments["channel"]) for call in posts] == [
            ("chat.postEphemeral", CHANNEL),
            ("chat.postMessage", USER),
        ]

    def test_a_form_that_the_desk_refuses_changes_nothing_and_says_so(
        self, send: Send, slack: SlackApi, desk: FakeDesk
    ) -> None:
        desk.refused = Content("no")
        send(submitted("subscribe", CHANNEL, FORM))
        assert desk.asked == []
        assert [(call.method, call.arguments["text"]) for call in slack.calls] == [("chat.postMessage", "no")]

    def test_an_answer_that_is_not_for_all_is_not_shared(
        self, send: Send, slack: SlackApi, desk: FakeDesk
    ) -> None:
        desk.refused = Content("no")
        send(pressed("share:2", "list", hook=slack.hook))
        assert desk.asked == []
        assert [call.arguments["response_type"] for call in slack.calls] == ["ephemeral"]

    @pytest.mark.logs("slack_answer_lost")
    @pytest.mark.parametrize(
        ("reply", "said"),
        [
            pytest.param(
                {"ok": False, "error": "expired_url"},
                "Nothing was shared: Slack says expired_url. Please ask again, and share what you get then.",
                id="a click that comes too late",
            ),
            pytest.param(
                dropped(),
                "Slack did not say whether it shared that: if you do not see it, please ask again, and share "
                "what you get then.",
                id="an answer that was lost",
            ),
        ],
    )
    def test_what_slack_does_not_share_is_said_to_who_pressed(
        self, reply: Any, said: str, send: Send, slack: SlackApi
    ) -> None:
        slack.will_answer("hook", reply)
        send(pressed("share:2", "recent", hook=slack.hook))
        [_, call] = slack.calls
        assert (call.method, call.arguments["user"], call.arguments["text"]) == (
            "chat.postEphemeral",
            USER,
            said,
        )

    def test_a_window_that_there_is_not_is_said(self, send: Send, slack: SlackApi, desk: FakeDesk) -> None:
        desk.knows = False
        send(pressed("report:0", "42", hook=slack.hook))
        assert [call.arguments["text"] for call in slack.calls] == ["an answer"]

    @pytest.mark.logs("slack_answer_lost")
    @pytest.mark.parametrize(("payload", "told", "said"), UNOPENED)
    def test_a_window_that_slack_does_not_open_is_said_with_what_to_do(
        self, payload: dict[str, Any], told: str, said: str, send: Send, slack: SlackApi
    ) -> None:
        if payload.get("response_url") == HOOKED:
            payload = {**payload, "response_url": slack.hook}
        for method in ("views.open", "views.push"):
            slack.will_answer(method, {"ok": False, "error": "expired_trigger_id"})
        send(payload)
        [_, call] = slack.calls
        assert (call.method, call.arguments["text"]) == (told, said)
        assert call.arguments.get("channel", USER) == USER

    @pytest.mark.logs("slack_answer_lost", "slack_sdk.web.base_client")
    def test_a_window_of_which_slack_says_nothing_may_be_there(self, send: Send, slack: SlackApi) -> None:
        slack.will_answer("views.open", dropped())
        send(pressed("report:0", "42", hook=slack.hook))
        assert slack.calls[-1].arguments["text"] == (
            "Slack did not say whether it opened the window: if you do not see it, please try again."
        )

    @pytest.mark.logs("slack_answer_lost")
    def test_an_answer_whose_window_slack_does_not_open_comes_by_direct_message(
        self, send: Send, slack: SlackApi
    ) -> None:
        slack.will_answer("views.open", {"ok": False, "error": "expired_trigger_id"})
        send(pressed_in_view("run:0", "unmute moonshot"))
        post = slack.calls[1]
        assert (post.method, post.arguments["channel"]) == ("chat.postMessage", USER)
        assert post.arguments["text"] == "an answer"

    @pytest.mark.logs("slack_answer_lost")
    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param({"ok": False, "error": "used_url"}, id="used up"),
            pytest.param({"ok": False}, id="neither yes nor no"),
        ],
    )
    def test_a_response_url_that_fails_is_not_tried_again(
        self, answer: Mapping[str, Any], send: Send, slack: SlackApi
    ) -> None:
        slack.will_answer("hook", answer)
        assert send(command("recent", hook=slack.hook)).status == 200
        assert slack.methods() == ["hook"]

    @pytest.mark.logs("slack_answer_lost", "slack_sdk.webhook.client")
    @pytest.mark.parametrize("hook", ["nonsense", "http://127.0.0.1:1/hook", "file:///etc/passwd"])
    def test_a_response_url_that_leads_nowhere_is_survived(self, hook: str, send: Send) -> None:
        assert send(command("recent", hook=hook)).status == 200

    def test_a_shared_answer_says_by_whom_and_loses_its_buttons(
        self, send: Send, desk: FakeDesk, slack: SlackApi
    ) -> None:
        buttons = [
            {"type": "button", "action_id": action} for action in ("share:0", "replace:1", "open_card")
        ]
        row = {"type": "section", "text": {}, "accessory": {"type": "button", "action_id": "details:0"}}
        other = {"type": "section", "text": {}, "accessory": {"type": "button", "action_id": "run:0"}}
        desk.content = Content("shown", (row, other, {"type": "actions", "elements": buttons}))
        send(pressed("share:0", "recent", hook=slack.hook))
        [call] = slack.calls
        shown = call.arguments["blocks"]
        assert shown[:3] == [
            row,
            {"type": "section", "text": {}},
            {"type": "actions", "elements": buttons[2:]},
        ]
        assert shown[3]["elements"][0]["text"] == f"Shared by <@{USER}>"


def _kinds(call: Call) -> list[str]:
    return [block["type"] for block in call.arguments.get("blocks", [])]
