"""A workspace whose payloads go to the whole Bolt app, and which keeps what comes back."""

from typing import Any

from slack_bolt import App, BoltRequest

from bot.slack.app import make_app
from bot.slack.client import web_client
from bot.slack.wording import CommandName
from bot.slack.workspaces import OneWorkspace
from tests.slack.fakes import SlackApi
from tests.support.office import Office
from tests.support.threads import AtOnce


class Workspace:
    """Slack's side of a conversation: what is said there, and what comes back."""

    def __init__(self, office: Office, slack: SlackApi) -> None:
        self.office = office
        self.slack = slack
        client = web_client("", slack.api_url)
        self.app: App = make_app(
            lambda: office.desk, client, OneWorkspace("xoxb-one"), AtOnce(), CommandName()
        )

    def send(self, payload: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the messages and views that came of a payload, as Slack gets them."""
        before = len(self.slack.calls)
        assert self.app.dispatch(BoltRequest(body=payload, mode="socket_mode")).status == 200
        return [dict(call.arguments) for call in self.slack.calls[before:]]
