"""Payloads that Slack would not send: acknowledged, whatever is missing, and never an exception."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt import App, BoltRequest

from bot.slack.app import make_app
from bot.slack.client import web_client
from bot.slack.payload import plain, read_action, read_request, text_at, words_of_mention
from bot.slack.wording import CommandName
from bot.slack.workspaces import OneWorkspace
from tests.slack.fakes import FakeDesk
from tests.slack.payloads import (
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

WHOLE = [
    command("recent qwen"),
    pressed("run:0", "recent"),
    pressed("more:0", "report:42"),
    pressed("triage:open", "42 adopted"),
    pressed_in_view("home_edit:1", "C1"),
    submitted("subscribe", "C1", {"labs": {"selected_options": [{"value": "qwen"}]}}),
    submitted("report", "42", {"text": {"value": "wrong"}}),
    mention("<@U0CADENCE> recent"),
    direct("recent"),
    shortcut(),
    submitted("where", "", {"place": {"selected_conversation": "C1"}}),
    event("app_home_opened", user="U1", channel="D1", tab="home"),
    event("member_joined_channel", user="U0CADENCE", channel="C1"),
    event("tokens_revoked", tokens={"oauth": [], "bot": ["U1"]}),
    event("channel_left", channel="C1"),
    event("group_unarchive", channel="G1", user="U1"),
    event("channel_id_changed", old_channel_id="G1", new_channel_id="C1"),
]
DAMAGE = ("slack_payload_unknown", "slack_answer_lost", "slack_uninstalled", "slack_nobody_asked")
ROUTINE = ("slack_action_unknown", "slack_form_unknown", "slack_sdk.web.base_client")
JUNK = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.just([]), st.just({}))


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from paths(inner, (*path, key))


@st.composite
def damaged(draw: st.DrawFn, junk: st.SearchStrategy[Any] | None = None) -> dict[str, Any]:
    """Return a payload without some of its keys, or with junk in their place."""
    payload = copy.deepcopy(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 4))):
        found = list(paths(payload))
        if found:
            _damage(payload, draw(st.sampled_from(found)), draw, junk)
    return payload


def _damage(payload: Any, path: tuple[Any, ...], draw: Any, junk: Any) -> None:
    for step in path[:-1]:
        payload = payload[step]
    if junk is None:
        del payload[path[-1]]
    else:
        payload[path[-1]] = draw(junk)


@pytest.fixture(scope="module")
def deaf() -> App:
    client = web_client("", "http://127.0.0.1:1/", timeout=1)  # nobody listens there
    return make_app(FakeDesk, client, OneWorkspace("xoxb-one"), AtOnce(), CommandName())


@pytest.mark.logs(
    "slack_payload_unknown", "slack_answer_lost", "slack_uninstalled", "slack_nobody_asked", *ROUTINE
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=damaged())
def test_a_payload_without_some_of_its_keys_is_acknowledged(payload: dict[str, Any], deaf: App) -> None:
    assert deaf.dispatch(BoltRequest(body=payload, mode="socket_mode")).status == 200


@pytest.mark.logs(
    "slack_payload_unknown", "slack_answer_lost", "slack_uninstalled", "slack_nobody_asked", *ROUTINE
)
def test_a_payload_without_any_one_of_its_keys_is_acknowledged(deaf: App) -> None:
    for whole in WHOLE:
        for path in paths(whole):
            payload = copy.deepcopy(whole)
            _damage(payload, path, None, None)
            assert deaf.dispatch(BoltRequest(body=payload, mode="socket_mode")).status == 200, path


@given(payload=damaged(JUNK))
def test_reading_a_payload_of_any_shape_never_fails(payload: dict[str, Any]) -> None:
    read_request(payload)
    read_action(payload)
    assert isinstance(text_at(payload, "user", "id"), str)


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        pytest.param(command("recent"), "ana", id="a command"),
        pytest.param(pressed("run:0", "recent"), "ana", id="a click"),
        pytest.param({**pressed("run:0"), "user": {"id": "U1", "name": "bo"}}, "bo", id="an older click"),
        pytest.param(submitted("report", "42", {}), "ana", id="a form"),
        pytest.param(mention("<@U0CADENCE> recent"), "", id="a mention, with which Slack gives none"),
        pytest.param(command("recent", user_name=None), "", id="a command without it"),
    ],
)
def test_who_acts_is_known_by_name_as_far_as_slack_says(payload: dict[str, Any], name: str) -> None:
    assert read_request(payload).asker.name == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("<@U0CADENCE> recent qwen", "recent qwen", id="behind the mention"),
        pytest.param("hey <@U0CADENCE|cadence>: recent", ": recent", id="small talk before it is left out"),
        pytest.param("recent <@U0CADENCE>", "recent", id="before the mention, where nothing follows"),
        pytest.param("recent", "recent", id="without a mention, all of it"),
        pytest.param("<@U0CADENCE>", "", id="the mention alone is an empty command"),
        pytest.param("<@U0CADENCE> ask <@U0ANA>", "ask @U0ANA", id="another person is only a word"),
        pytest.param(
            "<@U0CADENCE> recent <http://z.ai|z.ai>", "recent z.ai", id="a lab that looks like a domain"
        ),
        pytest.param("recent <http://z.ai/|Z.ai>", "recent Z.ai", id="whatever Slack adds to it"),
        pytest.param("why <https://hf.co/a/b>", "why https://hf.co/a/b", id="an address stays an address"),
        pytest.param(
            "<@U0CADENCE> settings notify:<@U0ANA|ana> max:7b",
            "settings notify:@U0ANA max:7b",
            id="whom alerts shall call is an id",
        ),
        pytest.param(
            "<@U0CADENCE> settings notify: <!subteam^S0ML|@ml-team>",
            "settings notify: !subteam^S0ML",
            id="so is a group",
        ),
        pytest.param(
            "why <https://hf.co/a/b|the card>", "why https://hf.co/a/b", id="so does one under a label"
        ),
    ],
)
def test_what_is_said_to_the_bot(text: str, words: str) -> None:
    assert words_of_mention(text) == words


def test_another_persons_mention_is_not_taken_for_the_bots() -> None:
    text = "settings notify:<@U0ANA> max:7b"
    assert words_of_mention(text, "U0CADENCE") == "settings notify:@U0ANA max:7b"
    assert (
        words_of_mention(f"<@U0BO> hey <@U0CADENCE> {text}", "U0CADENCE") == "settings notify:@U0ANA max:7b"
    )


@given(st.text(max_size=300))
def test_any_typed_text_can_be_read(text: str) -> None:
    assert len(plain(text)) <= len(text)


def test_a_long_text_is_read_fast() -> None:
    assert len(plain("<" * 100_000)) == 100_000
    assert len(plain("<@" * 50_000)) == 100_000
