"""Commands, buttons, windows and the Home tab through Bolt to the real desk: what Slack gets is valid."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.model import Destination
from bot.records import Content
from tests.slack.fakes import SlackApi
from tests.slack.payloads import (
    CHANNEL,
    USER,
    command,
    direct,
    event,
    mention,
    pressed,
    pressed_in_view,
    submitted,
)
from tests.slack.workspace import Workspace
from tests.support.house import licensed
from tests.support.office import Office
from tests.support.slack import complaints

KIMI = "moonshotai/Kimi-K2.6"
HOSTILE = "moonshotai/<!channel>-&amp;-\u202e4.0-" + "x" * 60


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    office = Office.open(tmp_path)
    house = office.house
    house.subscribe(CHANNEL)
    house.show(house.hub, house.repository(KIMI, license=licensed("other", "modified-mit")))
    house.later(days=2)
    house.show(house.hub, house.repository("Qwen/Qwen4-8B"), house.repository(HOSTILE))
    with SlackApi() as slack:
        yield Workspace(office, slack)


def wave_id(workspace: Workspace) -> str:
    return str(workspace.office.desk.questions.one("Kimi-K2.6")[0].lead.id)


COMMANDS = [
    "", "hi", "any news from kimi?", "help", "help subscribe",
    "list", "recent", "recent kimi since:90d n:1", "recent since:1y n:1 page:2",
    "show Kimi-K2.6", "show nothing like it", "cadence", "cadence qwen", "labs", "labs moon", "labs zzz",
    "status", "settings", "digest", "why Kimi-K2.6", "why nothing", "test", "subscribe zai",
    "subscribe all license:permissive max:70b fits:8x80gb", "subscribe moonshoot", "unsubscribe all",
    "unsubscribe all yes", "mute kimi 7d", "unmute kimi", "unmute kimi", "settings variants:post updates:off",
    "digest weekly mon 9:00 Europe/Berlin", "digest off", "recent since:yesterday", "x" * 10_000,
    "<!channel> & <@U1>", "recent triage:open", "triage Kimi-K2.6 looking", "triage", "triage kimi",
    "settings notify:<!subteam^S0ML0001|@ml> max:7b", "settings notify:@ml",
    "settings quiet:22:00-7:00 berlin",
    "watch kimi k3 weights", "watch kimi weights", "watch", "watch xyzzy", "unwatch all",
]  # fmt: skip


@pytest.mark.parametrize("text", COMMANDS, ids=[text[:40] or "nothing at all" for text in COMMANDS])
def test_every_command_is_answered_to_the_asker_with_what_slack_takes(
    workspace: Workspace, validate: Any, text: str
) -> None:
    [answer] = workspace.send(command(text, hook=workspace.slack.hook))
    assert answer["response_type"] == "ephemeral"
    assert answer["text"]
    assert _violations(validate, answer) == []


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda w: mention("<@U0CADENCE> recent qwen"), id="a mention"),
        pytest.param(lambda w: direct("show Kimi-K2.6"), id="a direct message"),
        pytest.param(lambda w: pressed("run:0", "list", hook=w.slack.hook), id="a button"),
        pytest.param(
            lambda w: pressed("replace:1", "recent n:1 page:2", hook=w.slack.hook), id="the next page"
        ),
        pytest.param(lambda w: pressed("share:2", "recent", hook=w.slack.hook), id="Share in channel"),
        pytest.param(
            lambda w: pressed("more:0", "run:mute kimi 7d", hook=w.slack.hook, is_ephemeral=False),
            id="Mute in an alert's menu",
        ),
    ],
)
def test_every_way_of_asking_is_answered(workspace: Workspace, validate: Any, ask: Any) -> None:
    [answer] = workspace.send(ask(workspace))
    assert answer["text"]
    assert _violations(validate, answer) == []


def test_the_menu_of_an_alert_marks_its_release(workspace: Workspace, validate: Any) -> None:
    menu = pressed(
        "triage:open", f"{wave_id(workspace)} adopted", hook=workspace.slack.hook, is_ephemeral=False
    )
    [answer] = workspace.send(menu)
    assert answer["text"].startswith("Kimi-K2.6 is marked as “Adopted” here.")
    assert not answer["replace_original"]
    assert _violations(validate, answer) == []
    [listed] = workspace.send(command("recent triage:adopted", hook=workspace.slack.hook))
    assert listed["text"].startswith("1 release in the last 30 days, adopted here")


@pytest.mark.parametrize("button", ["details:0", "report:0"])
def test_a_button_opens_its_window(workspace: Workspace, validate: Any, button: str) -> None:
    [opened] = workspace.send(pressed(button, wave_id(workspace), hook=workspace.slack.hook))
    assert opened["view"]["type"] == "modal"
    assert _violations(validate, opened["view"], "modal") == []


def test_home_shows_what_is_followed_and_its_form_changes_it(workspace: Workspace, validate: Any) -> None:
    [home] = workspace.send(event("app_home_opened", user=USER, channel="D1", tab="home"))
    assert home["view"]["type"] == "home"
    assert _violations(validate, home["view"], "home") == []
    [form] = workspace.send(pressed_in_view("home_subscribe"))
    assert _violations(validate, form["view"], "modal") == []
    labs = {"labs": {"type": "multi_static_select", "selected_options": [{"value": "zai"}]}}
    workspace.send(submitted("subscribe", form["view"]["private_metadata"], labs))
    assert workspace.office.follows(Destination(USER)) == ["zai"]


def test_a_report_is_taken_and_reaches_the_admins(workspace: Workspace) -> None:
    text = {"text": {"type": "plain_text_input", "value": "it is MIT"}}
    workspace.send(submitted("report", wave_id(workspace), text))
    assert [report.text for report in workspace.office.house.store.reports.open()] == ["it is MIT"]
    assert any(to == "UADMIN" for to, _ in workspace.office.deliver())


def _violations(validate: Any, shown: dict[str, Any], surface: str = "message") -> list[str]:
    if surface != "message":
        return complaints(validate, shown)
    return complaints(validate, Content(shown["text"], shown.get("blocks", ())))
