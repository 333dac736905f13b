"""Whoever presses, types or sends a form is known by what Slack says of them; nobody else's word counts."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.model import Destination
from bot.slack.payload import is_member
from tests.slack.fakes import SlackApi
from tests.slack.payloads import (
    BOT,
    CHANNEL,
    TEAM,
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
from tests.slack.workspace import Workspace
from tests.support.office import Office

Payload = dict[str, Any]
OTHER, ORG = "T0OTHER", "E0ORG"


def by(payload: Payload, team: str | None, **user: Any) -> Payload:
    """Return something pressed by somebody of a team, None where Slack names none."""
    home = {} if team is None else {"team_id": team}
    return {**payload, "user": {"id": USER, **home, **user}}


def said(payload: Payload, **fields: Any) -> Payload:
    """Return an event in a channel that is shared with other companies."""
    return {**payload, "is_ext_shared_channel": True, "event": {**payload["event"], **fields}}


def within(payload: Payload, organisation: str = ORG) -> Payload:
    """Return something pressed in a workspace of an organisation."""
    team = {"id": TEAM, "domain": "example", "enterprise_id": organisation}
    return {**payload, "team": team, "enterprise": {"id": organisation}}


def belonging(*teams: str, organisation: str = ORG) -> Mapping[str, Any]:
    return {"enterprise_user": {"id": "W1", "enterprise_id": organisation, "teams": list(teams)}}


BUTTON = pressed("run:0", "unsubscribe all yes")
VIEW = pressed_in_view("home_edit:0", CHANNEL)


def opened_in(team: str, payload: Payload) -> Payload:
    return {**payload, "view": {**payload["view"], "app_installed_team_id": team}}


@pytest.mark.parametrize(
    ("payload", "member"),
    [
        pytest.param(command("list"), True, id="a command comes from members alone"),
        pytest.param(command("list", team_id=""), None, id="a command of no workspace"),
        pytest.param(BUTTON, True, id="a button, pressed by a member"),
        pytest.param(by(BUTTON, OTHER), False, id="a button, pressed through Slack Connect"),
        pytest.param(by(BUTTON, None), None, id="a button, pressed by nobody knows whom"),
        pytest.param({**BUTTON, "team": None}, None, id="a button of no workspace"),
        pytest.param(
            {**by(BUTTON, OTHER), "team": {"id": OTHER}, "message": {"team": TEAM}},
            False,
            id="an outsider's own workspace beside a message of ours",
        ),
        pytest.param(
            {**BUTTON, "message": {"team": "E0ORG"}}, True, id="a message posted by a whole organisation"
        ),
        pytest.param(within(BUTTON), True, id="a member in an organisation"),
        pytest.param(within(by(BUTTON, ORG)), True, id="a member known by the organisation alone"),
        pytest.param(within(by(BUTTON, "E0OTHER")), False, id="somebody of another organisation"),
        pytest.param(within(by(BUTTON, OTHER)), False, id="a colleague of another workspace"),
        pytest.param(
            within(by(BUTTON, OTHER, **belonging(OTHER, TEAM))), True, id="a colleague of both workspaces"
        ),
        pytest.param(
            within(by(BUTTON, OTHER, **belonging(OTHER))), False, id="a colleague who is not of this one"
        ),
        pytest.param(
            within(by(BUTTON, OTHER, **belonging(TEAM, organisation="E0OTHER"))),
            False,
            id="another organisation's word on our workspace",
        ),
        pytest.param(
            {**by(BUTTON, ORG), "enterprise": {"id": ORG}},
            False,
            id="an organisation that is not said to be the workspace's",
        ),
        pytest.param(
            {
                **by(BUTTON, OTHER, **belonging(OTHER)),
                "team": None,
                "enterprise": {"id": ORG},
                "is_enterprise_install": True,
            },
            True,
            id="anybody of an organisation that installed it as a whole",
        ),
        pytest.param(opened_in(TEAM, VIEW), True, id="a view of our workspace"),
        pytest.param(opened_in(OTHER, VIEW), False, id="a view of another workspace's bot"),
        pytest.param(
            opened_in(TEAM, {**by(VIEW, OTHER), "team": {"id": OTHER}}),
            False,
            id="an outsider in a view of ours",
        ),
        pytest.param(submitted("subscribe", CHANNEL, {}), True, id="a form"),
        pytest.param(by(submitted("subscribe", CHANNEL, {}), OTHER), False, id="an outsider's form"),
        pytest.param(mention("list"), True, id="a mention where only members are"),
        pytest.param(said(mention("list"), user_team=TEAM), True, id="a member, in a shared channel"),
        pytest.param(said(mention("list"), user_team=OTHER), False, id="an outsider names the bot"),
        pytest.param(
            said(mention("list"), source_team=OTHER, team=TEAM), False, id="an outsider by where it is from"
        ),
        pytest.param(said(direct("list"), team=TEAM), True, id="a member known by the event's team"),
        pytest.param(said(direct("list")), None, id="an event that does not say by whom"),
        pytest.param(event("app_home_opened", user=USER), True, id="the Home tab"),
        pytest.param(
            {key: value for key, value in mention("list").items() if key != "is_ext_shared_channel"},
            None,
            id="an event that does not say whether others are there",
        ),
        pytest.param(shortcut(), True, id="a shortcut"),
        pytest.param(by(shortcut(), OTHER), False, id="an outsider's shortcut"),
        pytest.param({"type": "shortcut", "user": {"id": USER}}, None, id="a shortcut chosen nowhere"),
        pytest.param({}, None, id="nothing at all"),
        pytest.param({"user": 5, "team": [], "view": "x", "message": None}, None, id="rubbish"),
        pytest.param(
            within(by(BUTTON, OTHER, enterprise_user={"enterprise_id": ORG, "teams": 7})), False, id="no list"
        ),
    ],
)
def test_whether_somebody_belongs_here(payload: Payload, member: bool | None) -> None:
    assert is_member(payload) is member


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    office = Office.open(tmp_path)
    office.house.subscribe(CHANNEL)
    office.house.show(office.house.hub, office.house.repository("moonshotai/Kimi-K2.6"))
    with SlackApi() as slack:
        yield Workspace(office, slack)


FORM = {"labs": {"type": "multi_static_select", "selected_options": [{"value": "zai"}]}}
PLACE = {"place": {"type": "conversations_select", "selected_conversation": CHANNEL}}
REPORT = {"text": {"type": "plain_text_input", "value": "it is MIT"}}
PRESSED = [
    pytest.param(pressed("run:0", "subscribe zai"), id="Subscribe"),
    pytest.param(pressed("run:0", "unsubscribe all yes"), id="Unsubscribe"),
    pytest.param(
        pressed("more:0", "run:unsubscribe all yes", is_ephemeral=False), id="Unsubscribe in a menu"
    ),
    pytest.param(pressed("more:0", "run:mute all 7d", is_ephemeral=False), id="Mute in a menu"),
    pytest.param(pressed("run:0", "digest daily"), id="Digest"),
    pytest.param(pressed("run:0", "settings variants:off"), id="Settings"),
    pytest.param(pressed("run:0", "test"), id="Test"),
    pytest.param(pressed("run:0", "list"), id="List"),
    pytest.param(pressed("run:0", "settings"), id="the settings"),
    pytest.param(pressed("run:0", "digest"), id="the digest"),
    pytest.param(pressed("run:0", "status"), id="Status"),
    pytest.param(pressed("run:0", "why Kimi-K2.6"), id="Why"),
    pytest.param(pressed("run:0", "held"), id="Held"),
    pytest.param(pressed("replace:0", "list"), id="paging"),
    pytest.param(pressed("share:0", "recent"), id="Share"),
    pytest.param(pressed("report:0", "1"), id="Report"),
    pytest.param(pressed("more:0", "report:1", is_ephemeral=False), id="Report in a menu"),
    pytest.param(pressed("triage:open", "1 adopted", is_ephemeral=False), id="what a channel makes of it"),
    pytest.param(pressed("correct:0", "1"), id="Correct"),
    pytest.param(pressed_in_view("home_subscribe", USER), id="Follow labs on the Home tab"),
    pytest.param(pressed_in_view("home_edit:0", CHANNEL), id="Change on the Home tab"),
    pytest.param(shortcut(), id="a shortcut"),
    pytest.param(pressed_in_view("home_where", "channel"), id="a channel from the Home tab"),
    pytest.param(submitted("where", "", PLACE), id="the chosen channel"),
    pytest.param(submitted("subscribe", CHANNEL, FORM), id="a form for a channel"),
    pytest.param(submitted("subscribe", USER, FORM), id="a form for oneself"),
    pytest.param(submitted("report", "1", REPORT), id="a report"),
    pytest.param(submitted("correct", "1", {}), id="a correction"),
]


def state(workspace: Workspace) -> object:
    store = workspace.office.house.store
    return (
        store.subscriptions.all(),
        store.preferences.of(Destination(CHANNEL)),
        store.preferences.mutes(Destination(CHANNEL), workspace.office.house.clock.now()),
        [one.id for one in store.deliveries.recent(100)],
        store.reports.open(),
        store.triage.of(Destination(CHANNEL), range(9)),
    )


@pytest.mark.parametrize("team", [pytest.param(OTHER, id="an outsider"), pytest.param(None, id="unknown")])
@pytest.mark.parametrize("payload", PRESSED)
def test_who_is_not_surely_a_member_changes_nothing_sees_no_settings_and_is_told_why(
    payload: Payload, team: str | None, workspace: Workspace
) -> None:
    if "response_url" in payload:
        payload = {**payload, "response_url": workspace.slack.hook}
    before = state(workspace)
    [answer] = workspace.send(by(payload, team))
    assert state(workspace) == before
    words = "another workspace" if team else "does not say whether you belong"
    assert words in str(answer)
    assert answer.get("response_type") != "in_channel"


@pytest.mark.parametrize("text", ["list", "subscribe zai", "unsubscribe all yes", "status", "settings"])
def test_an_outsider_who_names_the_bot_is_told_so(text: str, workspace: Workspace) -> None:
    before = state(workspace)
    [answer] = workspace.send(said(mention(f"<@{BOT}> {text}"), user_team=OTHER))
    assert "another workspace" in answer["text"]
    assert state(workspace) == before


@pytest.mark.parametrize("team", [OTHER, None])
def test_the_home_tab_shows_nothing_to_who_is_not_surely_a_member(
    team: str | None, workspace: Workspace
) -> None:
    fields = {"user_team": team} if team else {}
    [home] = workspace.send(said(event("app_home_opened", user=USER, tab="home"), **fields))
    assert "only its members" in str(home["view"])
    assert "follow" not in str(home["view"])


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(pressed("run:0", "show Kimi-K2.6"), id="Show"),
        pytest.param(pressed("details:0", "1"), id="Details"),
        pytest.param(pressed("run:0", "help"), id="Help"),
    ],
)
def test_what_sources_published_everybody_may_read_who_sees_the_message(
    payload: Payload, workspace: Workspace
) -> None:
    [answer] = workspace.send(by({**payload, "response_url": workspace.slack.hook}, OTHER))
    assert "only its members" not in str(answer)


FORGED = [
    pytest.param("T0OTHER/C0SECRET", id="another workspace's channel"),
    pytest.param("C0SECRET", id="a channel that they are not in"),
    pytest.param("U0BO", id="another person's messages"),
    pytest.param("console", id="the console"),
    pytest.param("x" * 2_000, id="nothing that there is"),
]


@pytest.mark.parametrize("place", FORGED)
def test_a_forged_place_shows_nobodys_settings_and_changes_none(place: str, workspace: Workspace) -> None:
    workspace.office.house.subscribe(place)
    before = state(workspace)
    [shown] = workspace.send(pressed_in_view("home_edit:0", place))
    assert "not in that conversation" in str(shown)
    assert "Moonshot" not in str(shown)
    [told] = workspace.send(submitted("subscribe", place, FORM))
    assert "not in that conversation" in told["text"]
    assert state(workspace) == before


def test_a_form_for_a_channel_is_refused_where_slack_does_not_say_who_is_where(workspace: Workspace) -> None:
    workspace.office.channels.known = None
    [told] = workspace.send(submitted("subscribe", "C0SECRET", FORM))
    assert "Slack does not tell me whether you are in that conversation" in told["text"]
    assert workspace.office.follows(Destination("C0SECRET")) == []


def test_what_is_known_no_more_is_told_to_who_shares_it_alone(workspace: Workspace) -> None:
    [answer] = workspace.send(pressed("share:0", "show Gone-1", hook=workspace.slack.hook))
    assert "no release is called" in answer["text"].lower()
    assert answer["response_type"] == "ephemeral"


@pytest.mark.parametrize("command_", ["list", "settings", "digest", "status", "why Kimi", "subscribe zai"])
def test_no_forged_button_shares_what_is_not_for_all(command_: str, workspace: Workspace) -> None:
    [answer] = workspace.send(pressed("share:0", command_, hook=workspace.slack.hook))
    assert answer["response_type"] == "ephemeral"
    assert "can be shared" in answer["text"]
    assert workspace.office.follows(Destination(CHANNEL)) == ["all"]
