"""Two workspaces of one organisation: what is pressed on a Home tab acts in the workspace that shows it.

Slack may name the other one as that which installed the bot: https://github.com/slackapi/bolt-python/issues/1229
"""

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from slack_bolt import App, BoltRequest

from bot.model import Destination
from bot.ops.sealing import Seal
from bot.slack.app import make_app
from bot.slack.client import web_client
from bot.slack.wording import CommandName
from bot.slack.workspaces import ManyWorkspaces
from tests.slack.fakes import FakeDesk, SlackApi
from tests.slack.payloads import BOT, USER, pressed_in_view, submitted
from tests.slack.workspace import Workspace
from tests.support.clock import FakeClock
from tests.support.office import Office
from tests.support.threads import AtOnce

ORG, FIRST, SHOWN, STRANGE = "E0ORG", "T0FIRST", "T0SHOWN", "T0STRANGE"
FORM = {"labs": {"type": "multi_static_select", "selected_options": [{"value": "zai"}]}}
CHANNEL = Destination(f"{SHOWN}/C0MODELS")

Payload = dict[str, Any]


def in_grid(
    payload: Payload, *, shown: str = SHOWN, installed: str = FIRST, teams: tuple[str, ...] = (FIRST, SHOWN)
) -> Payload:
    """Return something pressed in a view of one workspace, by somebody of these of the organisation."""
    known = {"id": USER, "enterprise_id": ORG, "teams": [*teams]}
    return {
        **payload,
        "team": {"id": shown, "domain": "example", "enterprise_id": ORG},
        "enterprise": {"id": ORG},
        "user": {"id": USER, "username": "ana", "team_id": teams[0], "enterprise_user": known},
        "view": {**payload["view"], "team_id": shown, "app_installed_team_id": installed},
    }


def workspaces_of(office: Office) -> ManyWorkspaces:
    """Return both, the bot installed in each by itself."""
    store, seal = office.house.store, Seal(Fernet.generate_key().decode())
    with store.transaction():
        for team in (FIRST, SHOWN):
            store.installations.save(team, ORG, seal.close(f"xoxb-{team}"), BOT, FakeClock().now())
    return ManyWorkspaces(store, seal, office.house.clock.now)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office.open(tmp_path)
    office.channels.known = [CHANNEL, Destination(f"{FIRST}/C0MODELS")]
    return office


@pytest.fixture
def app(office: Office, slack: SlackApi) -> App:
    return make_app(
        lambda: office.desk, web_client("", slack.api_url), workspaces_of(office), AtOnce(), CommandName()
    )


def send(app: App, payload: Payload) -> None:
    assert app.dispatch(BoltRequest(body=payload, mode="socket_mode")).status == 200


@pytest.mark.parametrize(
    ("payload", "asked"),
    [
        pytest.param(
            in_grid(pressed_in_view("home_subscribe", f"{SHOWN}/{USER}")),
            ("follow_form", f"{SHOWN}/{USER}"),
            id="Follow labs",
        ),
        pytest.param(
            in_grid(pressed_in_view("home_edit:0", CHANNEL)), ("follow_form", CHANNEL), id="Change a channel"
        ),
        pytest.param(
            in_grid(pressed_in_view("run:0", "unmute zai")),
            ("answer", f"{SHOWN}/{USER}", "unmute zai"),
            id="a command",
        ),
        pytest.param(
            in_grid(submitted("subscribe", CHANNEL, FORM)),
            ("answer", CHANNEL, "subscribe zai"),
            id="the form that was opened there",
        ),
    ],
)
def test_it_acts_where_it_is_shown_with_that_workspaces_token(
    payload: Payload, asked: tuple[str, ...], office: Office, slack: SlackApi
) -> None:
    desk = FakeDesk()
    send(
        make_app(lambda: desk, web_client("", slack.api_url), workspaces_of(office), AtOnce(), CommandName()),
        payload,
    )
    assert desk.asked[0] == asked
    assert {asker.team for asker in desk.askers} == {SHOWN}
    assert {call.token for call in slack.calls} == {f"xoxb-{SHOWN}"}


def test_what_the_other_workspace_follows_stays_as_it_is(app: App, office: Office) -> None:
    send(app, in_grid(submitted("subscribe", CHANNEL, FORM)))
    assert office.follows(CHANNEL) == ["zai"]
    assert office.follows(Destination(f"{FIRST}/C0MODELS")) == []


def test_who_belongs_to_the_other_workspace_alone_changes_nothing(
    app: App, office: Office, slack: SlackApi
) -> None:
    send(app, in_grid(submitted("subscribe", CHANNEL, FORM), teams=(FIRST,)))
    assert office.follows(CHANNEL) == []
    assert "another workspace" in str(slack.calls[0].arguments)


def test_who_sees_it_in_a_workspace_without_the_bot_is_no_member_of_the_one_that_has_it(
    app: App, slack: SlackApi
) -> None:
    shown = in_grid(pressed_in_view("home_subscribe", f"{FIRST}/{USER}"), shown=STRANGE, teams=(STRANGE,))
    send(app, shown)
    assert "another workspace" in str(slack.calls[0].arguments)
    assert slack.calls[0].token == f"xoxb-{FIRST}"


def test_the_only_workspace_is_none_that_a_view_names(tmp_path: Path, slack: SlackApi) -> None:
    workspace = Workspace(Office.open(tmp_path), slack)
    [answer] = workspace.send(
        in_grid(pressed_in_view("home_subscribe", USER), shown=STRANGE, teams=(STRANGE,))
    )
    assert "another workspace" in str(answer)
