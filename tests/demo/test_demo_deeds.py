"""What somebody does on the page reaches the bot in Slack's shapes, and the bot reads them as Slack's."""

import http.client
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.demo.deeds import Deeds, Ear, as_sent
from bot.demo.elements import holds, initially
from bot.demo.payloads import over_http, signature
from bot.demo.people import Person
from bot.demo.server import Answer, Loopback
from bot.demo.workspace import Workspace
from bot.errors import UsageError
from bot.slack.payload import kind_of, read_action, read_request
from bot.slack.workspaces import Workspace as Installed
from bot.views.forms import values_of

ANA = Person("U0ANA", "Ana", "member")
OPTIONS = [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("one", "two")]


class Heard:
    """Keep what the bot hears, and acknowledge it as a test says."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []
        self.answer: Mapping[str, Any] = {}

    def __call__(self, payload: dict[str, Any]) -> Mapping[str, Any]:
        self.payloads.append(payload)
        return self.answer


@pytest.fixture
def slack() -> Iterator[Workspace]:
    now = datetime(2026, 4, 7, 12, tzinfo=UTC)
    with Workspace(lambda: now, {"C1": "models"}, (ANA,)) as slack:
        yield slack


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def deeds(slack: Workspace, heard: Heard) -> Deeds:
    return Deeds(slack, heard)


def posted(slack: Workspace, *elements: dict[str, Any]) -> str:
    """Put a message of the bot's with such elements into the channel; return its key."""
    blocks = [{"type": "divider"}, {"type": "actions", "elements": list(elements)}]
    ts = slack._post({"channel": "C1", "text": "x", "blocks": blocks})["ts"]
    return f"C1/{ts}"


def window(slack: Workspace, *elements: dict[str, Any], optional: bool = True, **view: Any) -> str:
    """Open a window that asks with such elements; return its key."""
    ask = {"type": "input", "label": {"type": "plain_text", "text": "L"}, "optional": optional}
    blocks = [{**ask, "block_id": f"b{n}", "element": it} for n, it in enumerate(elements)]
    title = {"type": "plain_text", "text": "Window"}
    return slack.show_view(
        ANA.id, {"type": "modal", "callback_id": "c", "title": title, "blocks": blocks, **view}
    ).key


BUTTON = {
    "type": "button",
    "action_id": "run:0",
    "text": {"type": "plain_text", "text": "Go"},
    "value": "recent",
}
MENU = {
    "type": "overflow",
    "action_id": "more:0",
    "options": [{"text": {"type": "plain_text", "text": "Mute"}, "value": "run:mute qwen 7d"}],
}


@pytest.mark.parametrize(
    ("element", "values", "action"),
    [
        pytest.param(BUTTON, [], ("run", "recent"), id="a button"),
        pytest.param(MENU, ["run:mute qwen 7d"], ("run", "mute qwen 7d"), id="an option of a menu"),
        pytest.param(MENU, ["run:unsubscribe all"], ("", ""), id="an option that is not offered"),
    ],
)
def test_what_is_pressed_in_a_message_is_read_by_the_bot(
    slack: Workspace, deeds: Deeds, heard: Heard, element: Any, values: list[str], action: tuple[str, str]
) -> None:
    deeds.press(ANA.id, posted(slack, element), "1.0", values, {})
    [payload] = heard.payloads
    request = read_request(payload, Installed("", "xoxb"))
    assert kind_of(payload) == "block_actions"
    assert read_action(payload) == action
    assert (request.asker.user, request.asker.channel, request.asker.is_member) == (ANA.id, "C1", True)
    assert request.response_url.startswith(slack.url)
    assert request.trigger_id


def test_what_only_its_reader_sees_is_pressed_as_such(slack: Workspace, deeds: Deeds, heard: Heard) -> None:
    blocks = [{"type": "actions", "elements": [BUTTON]}]
    with slack._changed:
        slack._whisper({"channel": "C1", "user": ANA.id, "text": "x", "blocks": blocks})
    whisper = slack.seen(ANA.id, "C1")[-1]
    deeds.press(ANA.id, f"C1/{whisper.ts}", "0.0", [], {})
    [payload] = heard.payloads
    assert read_request(payload).alone
    assert "message" not in payload, "Slack does not show an app such a message again"


def test_a_button_brings_along_what_stands_in_the_message_whatever_the_page_says(
    slack: Workspace, deeds: Deeds, heard: Heard
) -> None:
    deeds.press(ANA.id, posted(slack, BUTTON), "1.0", ["unsubscribe all"], {})
    assert read_action(heard.payloads[0]) == ("run", "recent")


ELEMENTS = [
    pytest.param({"type": "plain_text_input"}, ["Kimi"], {"value": "Kimi"}, ["Kimi"], id="a line"),
    pytest.param({"type": "number_input"}, ["7"], {"value": "7"}, ["7"], id="a number"),
    pytest.param({"type": "plain_text_input"}, [], {"value": None}, [], id="nothing"),
    pytest.param(
        {"type": "static_select", "options": OPTIONS},
        ["two"],
        {"selected_option": OPTIONS[1]},
        ["two"],
        id="a menu",
    ),
    pytest.param(
        {"type": "radio_buttons", "options": OPTIONS},
        ["one"],
        {"selected_option": OPTIONS[0]},
        ["one"],
        id="radio",
    ),
    pytest.param(
        {"type": "checkboxes", "options": OPTIONS},
        ["one", "two"],
        {"selected_options": OPTIONS},
        ["one", "two"],
        id="boxes",
    ),
    pytest.param(
        {"type": "multi_static_select", "option_groups": [{"options": OPTIONS}]},
        ["two", "three"],
        {"selected_options": OPTIONS[1:]},
        ["two"],
        id="several, of which one is not offered",
    ),
    pytest.param({"type": "datepicker"}, ["2026-04-07"], {"selected_date": "2026-04-07"}, [], id="a day"),
    pytest.param({"type": "timepicker"}, ["09:00"], {"selected_time": "09:00"}, [], id="a time"),
    pytest.param(
        {"type": "conversations_select"}, ["C1"], {"selected_conversation": "C1"}, ["C1"], id="a channel"
    ),
    pytest.param({"type": "multi_users_select"}, ["U1"], {"selected_users": ["U1"]}, [], id="people"),
]


@pytest.mark.parametrize(("element", "values", "state", "read"), ELEMENTS)
def test_a_form_is_sent_with_what_stands_in_it(
    slack: Workspace,
    deeds: Deeds,
    heard: Heard,
    element: dict[str, Any],
    values: list[str],
    state: dict[str, Any],
    read: list[str],
) -> None:
    assert holds(element, values) == state
    key = window(
        slack, {**element, "action_id": "value"}, {"type": "plain_text_input", "initial_value": "set"}
    )
    deeds.submit(ANA.id, key, {"0.0": values})
    [payload] = heard.payloads
    assert kind_of(payload) == "view_submission"
    assert payload["view"]["state"]["values"]["b0"]["value"] == {"type": element["type"], **state}
    assert values_of(payload["view"])["b0"] == read
    assert payload["view"]["state"]["values"]["b1"]["a1.0"]["value"] == "set", "what it began with stands"


@pytest.mark.parametrize(
    ("element", "begins"),
    [
        pytest.param({"type": "plain_text_input", "initial_value": "x"}, ["x"], id="a text"),
        pytest.param({"type": "static_select", "initial_option": OPTIONS[0]}, ["one"], id="an option"),
        pytest.param({"type": "checkboxes", "initial_options": OPTIONS}, ["one", "two"], id="options"),
        pytest.param({"type": "multi_users_select", "initial_users": ["U1"]}, ["U1"], id="people"),
        pytest.param({"type": "datepicker", "initial_date": "2026-04-07"}, ["2026-04-07"], id="a day"),
        pytest.param({"type": "static_select"}, [], id="nothing"),
    ],
)
def test_an_element_begins_with_what_it_says(element: dict[str, Any], begins: list[str]) -> None:
    assert initially(element) == begins


LINE = {"type": "plain_text_input", "action_id": "value"}


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        pytest.param({}, ["Below"], id="without a word the window closes"),
        pytest.param(
            {"response_action": "errors", "errors": {"b0": "No."}}, ["Below", "Window"], id="errors"
        ),
        pytest.param(
            {"response_action": "update", "view": "NEW"}, ["Below", "New"], id="another in its place"
        ),
        pytest.param({"response_action": "push", "view": "NEW"}, ["Below", "Window", "New"], id="on top"),
        pytest.param({"response_action": "clear"}, [], id="all closed"),
    ],
)
def test_what_a_form_is_acknowledged_with_slack_does(
    slack: Workspace, deeds: Deeds, heard: Heard, answer: dict[str, Any], titles: list[str]
) -> None:
    new = {"type": "modal", "title": {"type": "plain_text", "text": "New"}, "blocks": []}
    window(slack, title={"type": "plain_text", "text": "Below"})
    key = window(slack, LINE)
    heard.answer = {**answer, **({"view": new} if "view" in answer else {})}
    deeds.submit(ANA.id, key, {"0.0": ["Kimi"]})
    assert [view["title"]["text"] for view in slack.open_windows(ANA.id)] == titles


def test_errors_stand_beside_their_field_and_nothing_typed_is_lost(
    slack: Workspace, deeds: Deeds, heard: Heard
) -> None:
    key = window(slack, LINE)
    heard.answer = {"response_action": "errors", "errors": {"b0": "Not a size."}}
    deeds.submit(ANA.id, key, {"0.0": ["many"]})
    shown = slack.window(ANA.id)
    assert shown
    assert (shown.values, shown.errors) == ({"0.0": ["many"]}, {"b0": "Not a size."})


def test_what_a_field_must_have_slack_asks_for_itself(slack: Workspace, deeds: Deeds, heard: Heard) -> None:
    deeds.submit(ANA.id, window(slack, LINE, optional=False), {"0.0": []})
    shown = slack.window(ANA.id)
    assert shown
    assert list(shown.errors) == ["b0"]
    assert heard.payloads == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        pytest.param("recent z.ai", "recent <http://z.ai|z.ai>", id="a name that looks like an address"),
        pytest.param("see https://e.com/x", "see <https://e.com/x>", id="an address"),
        pytest.param("@cadencebot hi", "<@U0CADENCE> hi", id="the bot's name"),
        pytest.param("<b> & c", "&lt;b&gt; &amp; c", id="what mrkdwn would act on"),
        pytest.param("kimi k2.6", "kimi k2.6", id="a version"),
    ],
)
def test_a_message_is_sent_as_slack_writes_it(typed: str, sent: str) -> None:
    assert as_sent(typed) == sent


# --- the way to the bot


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(Answer(401), "turned it away", id="a signature that it does not believe"),
        pytest.param(Answer(cut=True), "did not take it within three seconds", id="no answer"),
    ],
)
def test_a_bot_that_does_not_acknowledge_is_said_to(answer: Answer, said: str) -> None:
    with Loopback(lambda _: answer) as bot, pytest.raises(UsageError, match=said):
        Ear(bot.url, "secret")({"type": "event_callback"})


def test_what_is_sent_is_signed_over_the_very_bytes() -> None:
    with Loopback(lambda _: Answer()) as bot:
        assert Ear(bot.url, "secret")({"command": "/releases", "text": "a b"}) == {}
        [request] = bot.requests
    stamp = request.headers["x-slack-request-timestamp"]
    expected = signature("secret", request.body, float(stamp))["X-Slack-Signature"]
    assert request.headers["x-slack-signature"] == expected
    assert (request.method, request.path) == ("POST", "/slack/events")
    assert http.client.OK == 200
    assert over_http({"type": "view_submission"})[1] == "application/x-www-form-urlencoded"
