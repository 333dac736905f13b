"""`run` hears Slack over signed HTTP, and says at once what can never work."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.fernet import Fernet
from rich.console import Console

from bot.demo.server import Answer, Request
from bot.errors import ConfigError
from bot.model import Destination
from bot.ops.sealing import seal_of
from bot.ops.web import serving
from bot.outbox.message import Message
from bot.records import Content
from bot.run.answering import answering
from bot.run.engines import notifier_of
from bot.run.wiring import open_app
from tests.slack.fakes import SlackApi
from tests.slack.payloads import SECRET, as_form, command, signed
from tests.support.house import NoFetcher
from tests.support.postgres import migrated_schema

POST = Message("key", Destination("C1"), Content("`/releases recent`"))
FEEDS = "labs: [{id: qwen, name: Qwen, sources: [hub: Qwen]}]"


def variables(directory: Path, **more: str) -> dict[str, str]:
    config = directory / "feeds.yaml"
    config.write_text(FEEDS, encoding="utf-8")
    known = {"CADENCEBOT_CONFIG": str(config), "CADENCEBOT_STATE": str(directory / "state")}
    return known | {"SLACK_SIGNING_SECRET": SECRET} | more


def post(url: str, body: bytes) -> None:
    """Send a signed command, and have it acknowledged."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded", **signed(body, time.time())}
    connection.request("POST", "/slack/events", body, headers)
    assert connection.getresponse().status == 200
    connection.close()


def test_what_is_posted_unasked_calls_the_command_as_it_was_typed_last_and_so_after_a_restart(
    tmp_path: Path,
) -> None:
    with SlackApi() as slack:
        settings = variables(tmp_path, SLACK_BOT_TOKEN="xoxb-one", SLACK_API_URL=slack.api_url)
        body = as_form({**command("labs", hook=slack.hook), "command": "/models"})
        with open_app(settings) as app:
            notifier_of(app, Console(quiet=True)).send(POST)
            with answering(app, NoFetcher(), http=True) as routes, serving(("127.0.0.1", 0), routes) as url:
                post(url, body)
            notifier_of(app, Console(quiet=True)).send(POST)
        with open_app(settings) as app:
            notifier_of(app, Console(quiet=True)).send(POST)
        posted = [call.arguments["text"] for call in slack.calls if call.method == "chat.postMessage"]
        assert posted == ["`/releases recent`", "`/models recent`", "`/models recent`"]


def test_a_signed_command_is_acknowledged_and_answered_by_the_real_desk(tmp_path: Path) -> None:
    with SlackApi() as slack:
        settings = variables(tmp_path, SLACK_BOT_TOKEN="xoxb-one", SLACK_API_URL=slack.api_url)
        body = as_form(command("labs", hook=slack.hook))
        with (
            open_app(settings) as app,
            answering(app, NoFetcher(), http=True) as routes,
            serving(("127.0.0.1", 0), routes) as url,
        ):
            post(url, body)
        answers = [call.arguments for call in slack.calls if call.method == "hook"]
        assert ["Qwen" in str(answer["text"]) for answer in answers] == [True]


def test_a_command_that_reaches_two_processes_is_answered_by_one(tmp_path: Path) -> None:
    with SlackApi() as slack, migrated_schema() as database:
        settings = variables(
            tmp_path, SLACK_BOT_TOKEN="xoxb-one", SLACK_API_URL=slack.api_url, DATABASE_URL=database
        )
        body = as_form(command("labs", hook=slack.hook))
        for _ in range(2):
            with (
                open_app(settings) as app,
                answering(app, NoFetcher(), http=True) as routes,
                serving(("127.0.0.1", 0), routes) as url,
            ):
                post(url, body)
        assert [call.method for call in slack.calls if call.method == "hook"] == ["hook"]


class WaitingApi(SlackApi):
    """Takes no answer to a command before it is told to, so that they pile up."""

    def __init__(self) -> None:
        super().__init__()
        self._takes = threading.Event()

    def _handle(self, request: Request) -> Answer:
        if request.path == "/hook":
            assert self._takes.wait(30)
        return super()._handle(request)

    @contextmanager
    def taking_none(self) -> Iterator[None]:
        """Take answers only when the block has ended."""
        yield
        self._takes.set()


def test_what_was_taken_is_answered_before_the_bot_ends(tmp_path: Path) -> None:
    with WaitingApi() as slack:
        settings = variables(tmp_path, SLACK_BOT_TOKEN="xoxb-one", SLACK_API_URL=slack.api_url)
        with (
            open_app(settings) as app,
            answering(app, NoFetcher(), http=True) as routes,
            slack.taking_none(),
            serving(("127.0.0.1", 0), routes) as url,
        ):
            for _ in range(12):  # three times as many as there are threads to answer
                post(url, as_form(command("recent", hook=slack.hook)))
        answers = [str(call.arguments["text"]) for call in slack.calls if call.method == "hook"]
        assert len(answers) == 12
        assert all("Nothing came out" in answer for answer in answers), answers


@pytest.mark.parametrize(
    ("settings", "http", "complaint"),
    [
        pytest.param(
            {"SLACK_APP_TOKEN": "xapp-1"}, False, "SLACK_BOT_TOKEN is not", id="a socket without a bot"
        ),
        pytest.param(
            {"SLACK_CLIENT_ID": "1.2", "SLACK_APP_TOKEN": "xapp-1"}, False, "run --http", id="many by socket"
        ),
        pytest.param(
            {"SLACK_CLIENT_ID": "1.2", "SLACK_BOT_TOKEN": "xoxb-1"},
            True,
            "unset SLACK_BOT_TOKEN",
            id="many and one",
        ),
        pytest.param(
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "x"},
            True,
            "CADENCEBOT_SEAL_KEY",
            id="many without a seal",
        ),
        pytest.param({"SLACK_CLIENT_ID": "1.2"}, True, "SLACK_CLIENT_SECRET", id="many without a secret"),
        pytest.param(
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": ""},
            True,
            "SLACK_SIGNING_SECRET",
            id="nothing signed",
        ),
    ],
)
def test_what_can_never_work_is_refused_in_words(
    tmp_path: Path, settings: dict[str, str], http: bool, complaint: str
) -> None:
    with (
        open_app(variables(tmp_path, **settings)) as app,
        pytest.raises(ConfigError, match=complaint),
        answering(app, NoFetcher(), http=http),
    ):
        pass


def test_a_key_that_opens_no_stored_token_is_told_at_the_start(tmp_path: Path) -> None:
    settings = variables(tmp_path, SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="hidden")
    with (
        open_app(settings | {"CADENCEBOT_SEAL_KEY": Fernet.generate_key().decode()}) as app,
        app.store.transaction(),
    ):
        app.store.installations.save(
            "T1", "", seal_of(app.environment).close("xoxb-1"), "U1", app.clock.now()
        )
    with (
        open_app(settings | {"CADENCEBOT_SEAL_KEY": Fernet.generate_key().decode()}) as app,
        pytest.raises(ConfigError, match="add the key that sealed it"),
        answering(app, NoFetcher(), http=True),
    ):
        pass
