"""Socket Mode over a real socket: acknowledged, closed, connected again whatever happens."""

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from slack_bolt import App

from bot.errors import StoreError
from bot.slack.client import web_client
from bot.slack.socket import SocketMode
from tests.slack.fakes import FakeDesk, SlackApi
from tests.slack.payloads import command
from tests.slack.websocket import Connection, SocketServer
from tests.support.clock import FakeClock

# the SDK tells of every hiccup by itself; in production it is kept quiet
pytestmark = pytest.mark.logs("slack_sdk.socket_mode", "slack_sdk.web.base_client")
HELLO = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0APP"}}


@pytest.fixture
def server() -> Iterator[SocketServer]:
    with SocketServer() as server:
        yield server


@pytest.fixture
def mode(app: App, slack: SlackApi, clock: FakeClock) -> Iterator[SocketMode]:
    mode = SocketMode(app, "xapp-1", web_client("", slack.api_url), clock.now, ping=0.05)
    yield mode
    mode.stop()


def will_connect(slack: SlackApi, server: SocketServer, times: int = 3) -> None:
    slack.will_answer("apps.connections.open", *[{"ok": True, "url": server.url}] * times)


def envelope(payload: dict[str, Any], name: str = "e-1") -> dict[str, Any]:
    return {
        "envelope_id": name,
        "type": "slash_commands",
        "payload": payload,
        "accepts_response_payload": True,
    }


def asks(connection: Connection, words: str) -> Any:
    connection.send(envelope(command(words)))
    return connection.received.get(timeout=15)


def test_a_command_through_the_socket_is_acknowledged_and_done(
    mode: SocketMode, server: SocketServer, slack: SlackApi, desk: FakeDesk
) -> None:
    will_connect(slack, server)
    mode.start()
    connection = server.next()
    connection.send(HELLO)
    assert asks(connection, "recent") == {"envelope_id": "e-1"}
    assert desk.asked == [("answer", "C0MODELS", "recent")]
    assert slack.calls[0].token == "xapp-1"


def test_a_command_delivered_again_is_acknowledged_and_not_done_again(
    mode: SocketMode, server: SocketServer, slack: SlackApi, desk: FakeDesk
) -> None:
    will_connect(slack, server)
    mode.start()
    connection = server.next()
    payload = command("subscribe qwen")
    for name in ("e-1", "e-2"):
        connection.send(envelope(payload, name))
        assert connection.received.get(timeout=15) == {"envelope_id": name}
    assert len(desk.asked) == 1


def test_stopping_closes_the_connection(
    app: App, server: SocketServer, slack: SlackApi, clock: FakeClock
) -> None:
    will_connect(slack, server)
    mode = SocketMode(app, "xapp-1", web_client("", slack.api_url), clock.now, ping=0.05)
    mode.start()
    connection = server.next()
    mode.stop()
    assert connection.closed.wait(15)


def test_it_connects_again_after_the_server_died(mode: SocketMode, slack: SlackApi, desk: FakeDesk) -> None:
    with SocketServer() as first:
        will_connect(slack, first, 1)
        mode.start()
        first.next().send(HELLO)
        port = first.port
    with SocketServer() as second:
        assert second.port != port
        # while it was down, Slack named the dead address as well
        will_connect(slack, second)
        assert asks(second.next(), "recent") == {"envelope_id": "e-1"}


def test_it_moves_when_slack_asks_it_to(mode: SocketMode, server: SocketServer, slack: SlackApi) -> None:
    will_connect(slack, server)
    mode.start()
    first = server.next()
    first.send({"type": "disconnect", "reason": "refresh_requested"})
    assert asks(server.next(), "recent") == {"envelope_id": "e-1"}
    assert first.closed.wait(15)


@pytest.mark.logs("slack_socket_ghosts")
def test_a_ghost_is_noticed(mode: SocketMode, server: SocketServer, slack: SlackApi) -> None:
    ears = Ears("slack_socket_ghosts")
    logging.getLogger("bot.slack.socket").addHandler(ears)
    will_connect(slack, server)
    mode.start()
    server.next().send({**HELLO, "num_connections": 2})
    assert ears.heard.wait(15)
    logging.getLogger("bot.slack.socket").removeHandler(ears)


@pytest.mark.logs("slack_socket_ghosts", "slack_sockets_not_counted")
@pytest.mark.parametrize(
    ("bots", "connections", "is_told"),
    [
        pytest.param(1, [1], False, id="alone"),
        pytest.param(1, [1, 2], False, id="alone, beside its own former connection"),
        pytest.param(1, [1, 3], True, id="alone, and a ghost beside both"),
        pytest.param(3, [3], False, id="as many as there are bots of this database"),
        pytest.param(3, [3, 4], False, id="those, and its own former one"),
        pytest.param(3, [4], True, id="one more than there are bots"),
        pytest.param(0, [4], False, id="where the database does not tell how many bots there are"),
    ],
)
def test_other_bots_of_the_same_database_are_no_ghosts(
    app: App, slack: SlackApi, clock: FakeClock, bots: int, connections: list[int], is_told: bool
) -> None:
    def counted() -> int:
        if not bots:
            raise StoreError("PostgreSQL cannot be reached")
        return bots

    mode = SocketMode(app, "xapp-1", web_client("", slack.api_url), clock.now, bots=counted)
    ears = Ears("slack_socket_ghosts")
    logging.getLogger("bot.slack.socket").addHandler(ears)
    for count in connections:
        mode._hear(None, {**HELLO, "num_connections": count})
    logging.getLogger("bot.slack.socket").removeHandler(ears)
    assert ears.heard.is_set() == is_told


class Ears(logging.Handler):
    """Waits for an event of the log."""

    def __init__(self, event: str) -> None:
        super().__init__()
        self.heard = threading.Event()
        self._event = event

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, dict) and record.msg["event"] == self._event:
            self.heard.set()


@pytest.mark.logs("slack_socket_silent")
def test_a_connection_that_went_silent_is_made_anew(
    mode: SocketMode, server: SocketServer, slack: SlackApi, clock: FakeClock
) -> None:
    with SocketServer(pongs=False) as deaf:
        will_connect(slack, deaf, 1)
        will_connect(slack, server)
        mode.look()
        silent = deaf.next()
        clock.advance(timedelta(minutes=3))
        mode.look()
        assert not silent.closed.is_set()
        clock.advance(timedelta(seconds=1))
        mode.look()
        assert asks(server.next(), "recent") == {"envelope_id": "e-1"}
        assert silent.closed.wait(15)


@pytest.mark.logs("slack_socket_refused")
def test_a_slack_that_says_no_is_asked_again_after_a_minute(
    mode: SocketMode, server: SocketServer, slack: SlackApi, clock: FakeClock
) -> None:
    slack.will_answer("apps.connections.open", {"ok": False, "error": "internal_error"})
    will_connect(slack, server)
    mode.look()
    mode.look()
    assert slack.methods() == ["apps.connections.open"]
    clock.advance(timedelta(minutes=1))
    mode.look()
    assert asks(server.next(), "recent") == {"envelope_id": "e-1"}
