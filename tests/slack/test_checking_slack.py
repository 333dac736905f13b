"""What `check --online` says of the way from Slack to the bot."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.demo.server import Answer as Reply
from bot.demo.server import as_json, dropped
from bot.errors import ConfigError
from bot.ops.sealing import seal_of
from bot.releases.naming.labs import Labs
from bot.run.checks import check_connection, check_slack, refuse_tokens
from bot.run.rights import look_at_rights
from bot.run.wiring import App
from bot.settings.environment import Environment, read_environment
from bot.settings.feeds import Config
from bot.slack.oauth import SCOPES
from bot.slack.scopes import LOOK_UP_SCOPES
from bot.store.store import Store
from tests.slack.fakes import SlackApi
from tests.support.clock import FakeClock
from tests.support.places import UADMIN

WHOLE = {
    "SLACK_APP_TOKEN": "xapp-1",
    "SLACK_SIGNING_SECRET": "s",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "c",
    "CADENCEBOT_SEAL_KEY": "k",
}


def environment_of(slack: SlackApi, **variables: str) -> Environment:
    return read_environment({"SLACK_API_URL": slack.api_url, **variables})


@pytest.mark.logs("slack_sdk.web.base_client")
@pytest.mark.parametrize(
    ("variables", "problems", "remarks"),
    [
        pytest.param({}, [], ["commands and buttons reach nobody"], id="neither way"),
        pytest.param({"SLACK_APP_TOKEN": "xapp-1"}, [], ["through Socket Mode"], id="Socket Mode"),
        pytest.param({"SLACK_SIGNING_SECRET": "s"}, [], ["through signed HTTP"], id="HTTP"),
        pytest.param(
            WHOLE, [], ["through Socket Mode", "through signed HTTP"], id="both, and many workspaces"
        ),
        pytest.param(
            {"SLACK_SIGNING_SECRET": "s", "SLACK_CLIENT_ID": "1.2"},
            ["needs SLACK_CLIENT_SECRET, CADENCEBOT_SEAL_KEY as well"],
            ["through signed HTTP"],
            id="many workspaces by half",
        ),
        pytest.param(
            {name: value for name, value in WHOLE.items() if name != "SLACK_SIGNING_SECRET"},
            ["needs SLACK_SIGNING_SECRET as well"],
            ["through Socket Mode"],
            id="many workspaces without HTTP",
        ),
    ],
)
def test_the_ways_from_slack(
    variables: dict[str, str], problems: list[str], remarks: list[str], slack: SlackApi
) -> None:
    report = check_connection(environment_of(slack, **variables))
    for found, expected in ((report.problems, problems), (report.remarks, remarks)):
        assert len(found) == len(expected)
        assert all(part in line for part, line in zip(expected, found, strict=True))


@pytest.mark.parametrize("error", ["invalid_auth", "not_allowed_token_type", "missing_scope"])
def test_an_app_token_that_does_not_work_is_said(error: str, slack: SlackApi) -> None:
    slack.will_answer("apps.connections.open", {"ok": False, "error": error})
    [problem] = check_connection(environment_of(slack, SLACK_APP_TOKEN="xapp-1")).problems
    assert problem == f"SLACK_APP_TOKEN: Slack says {error}; it needs the scope connections:write"


@pytest.fixture
def app(slack: SlackApi, tmp_path: Path) -> Iterator[Callable[..., App]]:
    """Return what makes an App with these variables, on one store."""
    store = Store(tmp_path)

    def make(**variables: str) -> App:
        return App(
            Config.model_construct(labs=(), admins=(UADMIN,)),
            environment_of(slack, **variables),
            Labs(()),
            store,
            FakeClock(),
        )

    yield make
    store.close()


def test_both_tokens_are_in_one_report(slack: SlackApi, app: Callable[..., App]) -> None:
    slack.will_answer("auth.test", {"ok": False, "error": "invalid_auth"})
    slack.will_answer("apps.connections.open", {"ok": False, "error": "invalid_auth"})
    report = check_slack(app(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1"))
    assert len(report.problems) == 2


@pytest.mark.parametrize(
    ("method", "name"),
    [("auth.test", "SLACK_BOT_TOKEN"), ("apps.connections.open", "SLACK_APP_TOKEN")],
)
@pytest.mark.parametrize("word", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_token_that_slack_refuses_ends_the_start_with_its_name(
    slack: SlackApi, app: Callable[..., App], method: str, name: str, word: str
) -> None:
    slack.will_answer(method, {"ok": False, "error": word})
    with pytest.raises(ConfigError, match=f"{name}: Slack says {word}"):
        refuse_tokens(app(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1"))


@pytest.mark.parametrize("word", ["ratelimited", "internal_error", "missing_scope"])
def test_whatever_else_slack_says_the_bot_begins(slack: SlackApi, app: Callable[..., App], word: str) -> None:
    slack.will_answer("auth.test", {"ok": False, "error": word})
    refuse_tokens(app(SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1"))


def test_without_slack_the_console_is_named(app: Callable[..., App]) -> None:
    assert "go to the console" in check_slack(app()).remarks[0]


MANY = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_SIGNING_SECRET": "s",
    "CADENCEBOT_SEAL_KEY": Fernet.generate_key().decode(),
}


class TestManyWorkspaces:
    def install(self, app: App, team: str) -> None:
        with app.store.transaction():
            sealed = seal_of(app.environment).close(f"xoxb-{team}")
            app.store.installations.save(team, "", sealed, "UBOT", app.clock.now())

    def test_what_an_install_lacks_is_said_also_without_a_token_of_our_own(
        self, app: Callable[..., App]
    ) -> None:
        report = check_slack(app(**MANY))
        assert any("needs SLACK_CLIENT_SECRET as well" in problem for problem in report.problems)
        assert "no workspace has installed the bot yet" in report.remarks[0]

    def test_each_workspace_is_asked(self, slack: SlackApi, app: Callable[..., App]) -> None:
        made = app(**MANY, SLACK_CLIENT_SECRET="c")
        for team in ("T1", "T2"):
            self.install(made, team)
        slack.will_answer("auth.test", *[{"ok": False, "error": "token_revoked"}] * 2)
        assert len(check_slack(made).problems) == 2

    def test_a_key_that_opens_no_token_is_said(self, app: Callable[..., App]) -> None:
        self.install(app(**MANY, SLACK_CLIENT_SECRET="c"), "T1")
        other = app(**{**MANY, "CADENCEBOT_SEAL_KEY": Fernet.generate_key().decode()})
        assert any("cannot be opened" in problem for problem in check_slack(other).problems)

    def test_a_token_that_no_key_opens_keeps_no_other_from_being_asked(
        self, slack: SlackApi, app: Callable[..., App]
    ) -> None:
        self.install(app(**MANY, SLACK_CLIENT_SECRET="c"), "T1")
        other = app(
            **{**MANY, "CADENCEBOT_SEAL_KEY": Fernet.generate_key().decode()}, SLACK_CLIENT_SECRET="c"
        )
        self.install(other, "T2")
        slack.will_answer("auth.test", {"ok": False, "error": "token_revoked"})
        revoked, sealed = check_slack(other).problems
        assert "token_revoked" in revoked
        assert "cannot be opened" in sealed


def scopes(*left_out: str) -> Reply:
    """Return how auth.test answers for a token with all scopes but these."""
    given = [scope for scope in SCOPES if scope not in left_out]
    return as_json({"ok": True}, headers={"X-OAuth-Scopes": ",".join(given)})


class TestLookingUp:
    """Whether the bot may look up what became of a message, asked at the start and once a day."""

    def owed(self, app: App) -> list[str]:
        return [one.content.text for one in app.store.deliveries.recent(9) if one.content]

    def test_what_is_lost_is_said_kept_and_told_to_the_admins_once(
        self, slack: SlackApi, app: Callable[..., App]
    ) -> None:
        made = app(SLACK_BOT_TOKEN="xoxb-1")
        slack.will_answer("auth.test", *[scopes("channels:history", "groups:history")] * 2)
        [said] = look_at_rights(made)
        assert said.startswith("I may not read public channels and private channels: ")
        assert "add channels:history, groups:history" in said
        assert made.store.installations.lacking() == {"": ["channels:history", "groups:history"]}
        assert self.owed(made) == [said]
        assert look_at_rights(made) == [said]
        assert self.owed(made) == [said]

    @pytest.mark.parametrize(
        ("left_out", "places"),
        [
            (("im:history",), "direct messages"),
            (("channels:history", "im:history"), "public channels and direct messages"),
            (LOOK_UP_SCOPES, "public channels, private channels and direct messages"),
        ],
    )
    def test_the_places_are_named(
        self, slack: SlackApi, app: Callable[..., App], left_out: tuple[str, ...], places: str
    ) -> None:
        slack.will_answer("auth.test", scopes(*left_out))
        [said] = look_at_rights(app(SLACK_BOT_TOKEN="xoxb-1"))
        assert said.startswith(f"I may not read {places}: ")

    def test_nothing_is_said_once_the_scopes_are_there(
        self, slack: SlackApi, app: Callable[..., App]
    ) -> None:
        made = app(SLACK_BOT_TOKEN="xoxb-1")
        slack.will_answer("auth.test", scopes("im:history"), scopes())
        look_at_rights(made)
        assert look_at_rights(made) == []

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param({"ok": False, "error": "internal_error"}, id="no word"),
            pytest.param({"ok": True}, id="no word of scopes"),
        ],
    )
    def test_what_slack_does_not_say_stays_as_it_was(
        self, slack: SlackApi, app: Callable[..., App], answer: dict[str, object]
    ) -> None:
        made = app(SLACK_BOT_TOKEN="xoxb-1")
        slack.will_answer("auth.test", scopes("im:history"), answer)
        assert look_at_rights(made) == look_at_rights(made) != []

    def test_each_workspace_has_its_own(self, slack: SlackApi, app: Callable[..., App]) -> None:
        made = app(**MANY, SLACK_CLIENT_SECRET="c")
        for team in ("T1", "T2"):
            TestManyWorkspaces().install(made, team)
        slack.will_answer("auth.test", scopes(), scopes("im:history"))
        [said] = look_at_rights(made)
        assert said.startswith("In the workspace T2: I may not read direct messages")

    @pytest.mark.logs("slack_sdk.web.base_client")
    def test_a_slack_that_is_not_there_is_waited_for_once(
        self, slack: SlackApi, app: Callable[..., App]
    ) -> None:
        made = app(**MANY, SLACK_CLIENT_SECRET="c")
        for team in ("T1", "T2"):
            TestManyWorkspaces().install(made, team)
        slack.will_answer("auth.test", dropped(), scopes("im:history"))
        assert look_at_rights(made) == []
        assert slack.methods() == ["auth.test"]

    def test_without_slack_nobody_is_asked(self, app: Callable[..., App]) -> None:
        assert look_at_rights(app()) == []

    def test_check_says_it_as_well(self, slack: SlackApi, app: Callable[..., App]) -> None:
        slack.will_answer("auth.test", scopes("channels:history"))
        remarks = check_slack(app(SLACK_BOT_TOKEN="xoxb-1")).remarks
        assert any(remark.startswith("I may not read public channels") for remark in remarks)


def test_no_secret_of_slack_is_shown() -> None:
    given = {name: "hunter2" for name in WHOLE if name != "SLACK_CLIENT_ID"}
    shown = repr(read_environment({**given, "SLACK_APP_TOKEN": "xapp-hunter2"}))
    assert "hunter2" not in shown
