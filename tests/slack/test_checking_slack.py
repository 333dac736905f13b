"""What `check --online` says of the way from Slack to the bot."""

from typing import Any

import pytest

from bot.app.checking import check_connection, check_slack
from bot.delivery.slack import SlackNotifier
from bot.environment import Environment, read_environment
from tests.slack.fakes import SlackApi

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


def test_both_tokens_are_in_one_report(slack: SlackApi) -> None:
    slack.will_answer("auth.test", {"ok": False, "error": "invalid_auth"})
    slack.will_answer("apps.connections.open", {"ok": False, "error": "invalid_auth"})
    notifier: Any = SlackNotifier("xoxb-1", slack.api_url)
    report = check_slack(notifier, environment_of(slack, SLACK_APP_TOKEN="xapp-1"))
    assert len(report.problems) == 2


def test_no_secret_of_slack_is_shown() -> None:
    shown = repr(read_environment({name: "hunter2" for name in WHOLE if name != "SLACK_CLIENT_ID"}))
    assert "hunter2" not in shown
