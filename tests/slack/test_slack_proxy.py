"""Slack through a proxy on loopback where the switch is on, and without it through none."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from slack_bolt import App

from bot.desk.questions import Asker
from bot.model import Destination
from bot.outbox.message import Later, Message, Sent
from bot.records import Content
from bot.settings.proxies import DIRECT, Proxies
from bot.slack.client import web_client
from bot.slack.notifier import SlackNotifier
from bot.slack.payload import Request
from bot.slack.replies import Replies
from bot.slack.scopes import app_token_problem
from bot.slack.socket import SocketMode
from bot.slack.wording import CommandName
from tests.slack.fakes import SlackApi
from tests.slack.websocket import SocketServer
from tests.support.clock import FakeClock
from tests.support.loopback import Answer, Loopback

pytestmark = pytest.mark.logs(
    "slack_sdk.socket_mode", "slack_sdk.web.base_client", "slack_sdk.webhook.client"
)
API = "http://slack.invalid/api/"
POST = Message("key-1", Destination("C1"), Content("News in words"))


@pytest.fixture
def proxy() -> Iterator[Loopback]:
    with Loopback() as server:
        posted = b'{"ok": true, "channel": "C1", "ts": "1.000100", "message": {}}'
        server.everywhere(lambda _: Answer(posted, headers={"Connection": "close"}))
        yield server


@pytest.fixture
def proxies(proxy: Loopback) -> Proxies:
    address = f"http://me:s3cret@{proxy.endpoint}"
    return Proxies(address, address)


@pytest.fixture
def ambient(proxy: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """Return a proxy that the environment names, as on many a machine."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{proxy.endpoint}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    return proxy


def request(url: str) -> Request:
    return Request(Asker("U1", "C1"), "xoxb-test", response_url=url)


def test_messages_go_through_the_proxy(proxy: Loopback, proxies: Proxies) -> None:
    assert isinstance(SlackNotifier("xoxb-test", API, proxies=proxies).send(POST), Sent)
    [asked] = proxy.asked
    assert asked.target == "http://slack.invalid/api/chat.postMessage"
    assert asked.headers["proxy-authorization"] == "Basic bWU6czNjcmV0"


def test_answers_to_a_response_url_go_through_the_proxy(proxy: Loopback, proxies: Proxies) -> None:
    Replies(web_client("", API, proxies=proxies), CommandName()).answer(
        request("http://hooks.slack.invalid/commands/1"), Content("hi")
    )
    assert [asked.target for asked in proxy.asked] == ["http://hooks.slack.invalid/commands/1"]


def test_encrypted_calls_ask_the_proxy_for_a_tunnel(proxy: Loopback, proxies: Proxies) -> None:
    proxy.everywhere(lambda _: Answer(status=403))
    answer = SlackNotifier("xoxb-test", "https://slack.invalid/api/", timeout=2, proxies=proxies).send(POST)
    assert isinstance(answer, Later), "nothing was sent"
    assert [asked.target for asked in proxy.asked] == ["slack.invalid:443"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the SDK leaves its socket
def test_the_socket_goes_through_the_proxy(
    proxy: Loopback, proxies: Proxies, app: App, slack: SlackApi, clock: FakeClock
) -> None:
    proxy.everywhere(lambda _: Answer(status=403))
    slack.will_answer("apps.connections.open", {"ok": True, "url": "wss://wss.slack.invalid/link"})
    mode = SocketMode(
        app, "xapp-1", web_client("", slack.api_url, proxies=proxies), clock.now, silence=timedelta(days=1)
    )
    mode.look()
    mode.stop()
    assert {asked.target for asked in proxy.asked} == {"wss.slack.invalid:443"}


def test_what_no_proxy_lists_is_asked_directly(proxy: Loopback, proxies: Proxies) -> None:
    listed = Proxies(proxies.http, proxies.https, "slack.invalid")
    assert isinstance(SlackNotifier("xoxb-test", API, proxies=listed).send(POST), Later)
    assert proxy.connections == 0


@pytest.mark.logs("slack_answer_lost")
def test_without_the_switch_no_message_goes_through_the_environments_proxy(ambient: Loopback) -> None:
    for api in (API, "https://slack.invalid/api/"):
        assert isinstance(SlackNotifier("xoxb-test", api).send(POST), Later), "there is no such host"
        assert app_token_problem("xapp-1", api)
    Replies(web_client("", API), CommandName()).answer(
        request("http://hooks.slack.invalid/commands/1"), Content("hi")
    )
    assert ambient.connections == 0


def test_without_the_switch_no_socket_goes_through_the_environments_proxy(
    ambient: Loopback, app: App, slack: SlackApi, clock: FakeClock
) -> None:
    with SocketServer() as server:
        slack.will_answer("apps.connections.open", {"ok": True, "url": server.url})
        mode = SocketMode(app, "xapp-1", web_client("", slack.api_url, proxies=DIRECT), clock.now)
        mode.look()
        server.next()
        mode.stop()
    assert ambient.connections == 0
