"""What `check --online` says of the way from Slack to the bot."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.releases.naming.labs import Directory
from bot.run.checking import check_connection, check_slack
from bot.run.wiring import App
from bot.settings.environment import Environment, read_environment
from bot.settings.feeds import Config
from bot.store.store import Store
from tests.slack.fakes import SlackApi
from tests.support.clock import FakeClock

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
            Config.model_construct(labs=()),
            environment_of(slack, **variables),
            Directory(()),
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
            sealed = app.seal.close(f"xoxb-{team}")
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


def test_no_secret_of_slack_is_shown() -> None:
    shown = repr(read_environment({name: "hunter2" for name in WHOLE if name != "SLACK_CLIENT_ID"}))
    assert "hunter2" not in shown
