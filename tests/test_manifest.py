"""The manifest asks Slack for what the code hears and says, and docs/slack.md tells the same of it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt import BoltRequest

from bot.outbox.case import MOST_MARKS
from bot.outbox.message import Message
from bot.records import Content
from bot.slack.app import EVENTS, SHORTCUT, make_app
from bot.slack.client import web_client
from bot.slack.notifier import SlackNotifier
from bot.slack.oauth import SCOPES
from bot.slack.scopes import NEEDED_SCOPES, OPTIONAL_SCOPES, UNINVITED_SCOPE, USEFUL_SCOPES
from bot.slack.wording import CommandName
from bot.slack.workspaces import OneWorkspace
from bot.views.answers.common import COMMAND
from bot.views.commands import Verb
from tests.slack.fakes import FakeDesk, SlackApi
from tests.slack.payloads import command, event, pressed, shortcut, submitted
from tests.support.places import C1
from tests.support.threads import AtOnce

ROOT = Path(__file__).parents[1]
WRITTEN = (ROOT / "deploy" / "slack-manifest.yaml").read_text(encoding="utf-8")
MANIFEST: dict[str, Any] = yaml.safe_load(WRITTEN)
PAGE = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
HEARD: list[str] = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
OFFERED = [one["command"] for one in MANIFEST["features"]["slash_commands"]]

SHORTCUTS: list[dict[str, str]] = MANIFEST["features"]["shortcuts"]


def table(title: str) -> list[list[str]]:
    """Return the rows of the table of docs/slack.md whose first column has this title, cell by cell."""
    found = re.search(rf"^\| {title} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert found, f"docs/slack.md has no table of {title}s"
    rows = (re.sub(r"\\\|", "/", row) for row in found[1].splitlines())
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def named(cells: list[str]) -> list[str]:
    """Return what stands in backquotes in the first cell of a row."""
    return re.findall(r"`([^`]+)`", cells[0])


def test_the_manifest_asks_for_the_scopes_that_the_install_page_asks_for() -> None:
    assert MANIFEST["oauth_config"]["scopes"] == {"bot": [*SCOPES], "bot_optional": [*OPTIONAL_SCOPES]}
    left_out = re.findall(r"^ *# - ([a-z.:]+)", WRITTEN, flags=re.MULTILINE)
    assert left_out == [UNINVITED_SCOPE]


def test_every_scope_that_is_asked_for_is_one_that_check_explains_and_none_is_explained_in_vain() -> None:
    assert {*SCOPES} == {*NEEDED_SCOPES, *USEFUL_SCOPES}


def test_the_page_tells_of_the_same_scopes() -> None:
    rows = table("scope")
    optional = [scope for row in rows if "(optional)" in row[0] for scope in named(row)]
    unasked = [scope for row in rows if "(not asked for)" in row[0] for scope in named(row)]
    assert {scope for row in rows for scope in named(row)} - {*unasked} == {*SCOPES}
    assert [*optional] == [*OPTIONAL_SCOPES]
    assert [*unasked] == [UNINVITED_SCOPE]


def test_the_manifest_the_listeners_and_the_page_name_the_same_events() -> None:
    assert sorted(HEARD) == HEARD
    assert {name.partition(".")[0] for name in HEARD} == EVENTS
    assert [name for row in table("event") for name in named(row)] == HEARD


def test_the_manifest_the_page_and_the_answers_name_the_same_command() -> None:
    assert OFFERED == [COMMAND]
    typed = [name for row in table("command") for name in named(row)]
    told = {words.split()[1] for words in typed if words.startswith(f"{COMMAND} ")}
    beside = {words.split()[0] for words in typed if not words.startswith(COMMAND)}  # verbs and arguments
    verbs = {str(verb) for verb in Verb}
    assert told - verbs == set()
    assert verbs - told - beside == {"hello"}, "it is what `/releases` alone does"


def test_the_manifest_the_listeners_and_the_page_name_the_same_shortcut() -> None:
    assert [(one["callback_id"], one["type"]) for one in SHORTCUTS] == [(SHORTCUT, "global")]
    assert [row[0] for row in table("shortcut")] == [f"*{one['name']}*" for one in SHORTCUTS]


@pytest.fixture
def status(slack: SlackApi) -> Any:
    """Return a function that gives a payload to Bolt, which answers 404 where no listener is registered."""
    app = make_app(FakeDesk, web_client("", slack.api_url), OneWorkspace("xoxb-one"), AtOnce(), CommandName())
    return lambda payload: app.dispatch(BoltRequest(body=payload, mode="socket_mode")).status


@pytest.fixture
def slack() -> Any:
    with SlackApi() as slack:
        yield slack


@pytest.mark.logs("slack_nobody_asked", "slack_uninstalled")
@pytest.mark.parametrize("name", HEARD)
def test_every_event_of_the_manifest_finds_its_listener(name: str, status: Any) -> None:
    kind, _, channel_type = name.partition(".")
    assert status(event(kind, channel="C1", channel_type=channel_type)) == 200


@pytest.mark.logs("slack_action_unknown", "slack_form_unknown", "slack_answer_lost")
@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(command("help"), id="the command"),
        pytest.param(pressed("run:0", "help"), id="something pressed"),
        pytest.param(submitted("subscribe", "C1", {}), id="a form"),
        *(pytest.param(shortcut(one["callback_id"]), id=one["name"]) for one in SHORTCUTS),
    ],
)
def test_what_people_type_press_and_send_is_offered_and_finds_its_listener(
    payload: dict[str, Any], status: Any
) -> None:
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]
    assert status(payload) == 200


@pytest.mark.logs("slack_payload_unknown")
def test_what_the_manifest_does_not_ask_for_goes_no_further(status: Any) -> None:
    assert "channel_rename" not in HEARD
    assert status(event("channel_rename", channel={"id": "C1", "name": "models"})) == 200


def test_the_page_tells_other_apps_what_stands_in_the_metadata(slack: SlackApi) -> None:
    SlackNotifier("xoxb-one", slack.api_url).send(Message("key", C1, Content("hello"), marks=("family:x",)))
    metadata = slack.calls[0].arguments["metadata"]
    assert f"message-metadata/) of the type `{metadata['event_type']}`" in PAGE
    assert [name for row in table("field") for name in named([row[0]])] == [*metadata["event_payload"]]
    assert f"{MOST_MARKS} at most" in PAGE
    assert [kind for kind in ("family:", "address:") if f"`{kind}" not in PAGE] == []
