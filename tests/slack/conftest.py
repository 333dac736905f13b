"""A Bolt app between a desk that remembers and a Slack on loopback that records."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse

from bot.slack.app import make_app
from bot.slack.client import web_client
from bot.slack.wording import CommandName
from bot.slack.workspaces import OneWorkspace
from tests.slack.fakes import FakeDesk, SlackApi
from tests.support.clock import FakeClock
from tests.support.scripted_slack import slack_api
from tests.support.slackcheck import slackcheck, validate
from tests.support.threads import AtOnce

__all__ = ["slack_api", "slackcheck", "validate"]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def slack() -> Iterator[SlackApi]:
    with SlackApi() as slack:
        yield slack


@pytest.fixture
def app(desk: FakeDesk, slack: SlackApi) -> App:
    client = web_client("", slack.api_url)
    return make_app(lambda: desk, client, OneWorkspace("xoxb-one"), AtOnce(), CommandName())


@pytest.fixture
def send(app: App) -> Any:
    """Return a function that gives the app a payload, as Socket Mode does."""

    def send(payload: dict[str, Any]) -> BoltResponse:
        return app.dispatch(BoltRequest(body=payload, mode="socket_mode"))

    return send
