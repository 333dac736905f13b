"""Requests over real HTTP: signed ones are served, all others are turned away and learn nothing."""

import http.client
import json
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_bolt import App

from bot.errors import ConfigError, UsageError
from bot.ops.health import Health
from bot.ops.web import HEALTH, own_pages, parse_address, serving
from bot.slack.http import slack_routes
from tests.slack.fakes import FakeDesk, SlackApi
from tests.slack.payloads import SECRET, as_form, command, mention, pressed, signed, submitted

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


LOOPBACK = ("127.0.0.1", 0)


@pytest.fixture
def front(app: App) -> Iterator[str]:
    """Yield the host and port of a server that hears Slack."""
    own = own_pages({HEALTH: lambda: Health(ok=True)}, lambda: b"")
    with serving(LOOPBACK, {HEALTH: own[HEALTH], **slack_routes(app, SECRET)}) as url:
        yield urlsplit(url).netloc


def ask(
    front: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(front, timeout=10)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    answer = response.status, response.read().decode()
    connection.close()
    return answer


def post(front: str, body: bytes, headers: dict[str, str], path: str = "/slack/events") -> Any:
    return ask(front, "POST", path, body, {**FORM, **headers})


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(command("recent qwen"), id="a command"),
        pytest.param(pressed("run:0", "recent qwen"), id="a click"),
    ],
)
def test_what_slack_signed_is_done(payload: dict[str, Any], front: str, desk: FakeDesk) -> None:
    body = as_form(payload)
    assert post(front, body, signed(body, time.time())) == (200, "")
    assert desk.asked == [("answer", "C0MODELS", "recent qwen")]


def test_an_event_is_done_once_however_often_slack_repeats_it(front: str, desk: FakeDesk) -> None:
    body = json.dumps(mention("<@U0CADENCE> recent")).encode()
    for attempt in ("", "1", "2"):
        headers = {"Content-Type": "application/json", "X-Slack-Retry-Num": attempt}
        assert post(front, body, {**signed(body, time.time()), **headers})[0] == 200
    assert len(desk.asked) == 1


def test_slack_is_told_its_challenge(front: str) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
    headers = {"Content-Type": "application/json", **signed(body, time.time())}
    assert post(front, body, headers) == (200, '{"challenge": "3eZbrw1aB"}')


BODY = as_form(command("recent qwen"))
CHALLENGE = json.dumps({"type": "url_verification", "challenge": "x"}).encode()


@pytest.mark.parametrize(
    ("body", "make_headers"),
    [
        pytest.param(BODY, lambda now: {}, id="unsigned"),
        pytest.param(CHALLENGE, lambda now: {}, id="an unsigned challenge"),
        pytest.param(b"ssl_check=1&token=x", lambda now: {}, id="an unsigned check of the certificate"),
        pytest.param(BODY, lambda now: signed(BODY, now - 301), id="signed 301 seconds ago"),
        pytest.param(BODY, lambda now: signed(BODY, now + 330), id="signed in the future"),
        pytest.param(BODY + b"&x=1", lambda now: signed(BODY, now), id="tampered with"),
        pytest.param(BODY, lambda now: signed(BODY, now, "another secret"), id="signed by somebody else"),
        pytest.param(
            BODY, lambda now: {**signed(BODY, now), "X-Slack-Signature": "v0="}, id="an empty signature"
        ),
        pytest.param(BODY, lambda now: {**signed(BODY, now), "X-Slack-Signature": "v0=\xe9"}, id="no ASCII"),
        pytest.param(
            BODY, lambda now: {**signed(BODY, now), "X-Slack-Request-Timestamp": "soon"}, id="no time"
        ),
        pytest.param(
            BODY, lambda now: {**signed(BODY, now), "X-Slack-Request-Timestamp": "9" * 19}, id="a far time"
        ),
        pytest.param(
            BODY,
            lambda now: {**signed(BODY, now), "X-Slack-Request-Timestamp": "9" * 400},
            id="beyond all times",
        ),
        pytest.param(b"\xff\xfe", lambda now: signed(b"\xff\xfe", now), id="bytes that are no text"),
        pytest.param(b"[" * 100_000, lambda now: {}, id="nested deeper than can be parsed"),
    ],
)
def test_what_is_not_surely_slacks_is_401_and_does_nothing(
    body: bytes, make_headers: Any, front: str, desk: FakeDesk, slack: SlackApi
) -> None:
    assert post(front, body, make_headers(time.time())) == (401, "not signed by Slack")
    assert (desk.asked, slack.calls) == ([], [])


def test_what_is_wrong_with_a_form_is_in_its_acknowledgement(front: str, desk: FakeDesk) -> None:
    desk.wrong = {"text": "Say what is wrong."}
    body = as_form(submitted("report", "42", {}))
    status, answer = post(front, body, signed(body, time.time()))
    assert (status, json.loads(answer)) == (200, {"response_action": "errors", "errors": desk.wrong})
    assert desk.asked == []


@pytest.mark.logs("slack_payload_malformed")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="JSON cut short"),
        pytest.param(b'{"a":' * 100_000, id="nested too deep"),
        pytest.param(b"payload=nonsense", id="a form without JSON in it"),
        pytest.param(b'{"team": 5}', id="a number where a team belongs"),
    ],
)
def test_signed_nonsense_is_refused(body: bytes, front: str) -> None:
    assert post(front, body, signed(body, time.time())) == (400, "malformed")


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        pytest.param("GET", "/healthz", (200, "ok\n"), id="a health check"),
        pytest.param("GET", "/metrics", (404, "not found\n"), id="no numbers for the world"),
        pytest.param("GET", "/slack/install", (404, "not found\n"), id="no install for one workspace"),
        pytest.param("GET", "/slack/events", (404, "not found\n"), id="events are posted"),
        pytest.param("GET", "/../../etc/passwd", (404, "not found\n"), id="no files"),
        pytest.param("POST", "/elsewhere", (404, "not found\n"), id="nothing else takes posts"),
    ],
)
def test_the_other_paths(method: str, path: str, answer: tuple[int, str], front: str) -> None:
    assert ask(front, method, path) == answer


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Content-Length": str(1 << 21)}, 413, id="two megabytes announced"),
        pytest.param({"Content-Length": "9" * 30}, 413, id="more than there is"),
        pytest.param({"Content-Length": "-1"}, 411, id="less than nothing"),
        pytest.param({"Transfer-Encoding": "chunked"}, 411, id="a body without a length"),
    ],
)
def test_a_body_is_read_up_to_its_cap(headers: dict[str, str], status: int, front: str) -> None:
    connection = http.client.HTTPConnection(front, timeout=10)
    connection.putrequest("POST", "/slack/events")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"", id="says nothing"),
        pytest.param(b"POST /slack/ev", id="stops in the first line"),
        pytest.param(b"POST /slack/events HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf", id="stops in the body"),
    ],
)
def test_who_takes_too_long_is_let_go(start: bytes, app: App) -> None:
    with serving(LOOPBACK, slack_routes(app, SECRET), deadline=0.1) as url:
        at = urlsplit(url)
        with socket.create_connection((at.hostname, at.port), timeout=10) as connection:
            connection.sendall(start)
            assert connection.recv(1) == b""


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        pytest.param(":3000", ("127.0.0.1", 3000), id="loopback unless said"),
        pytest.param("0.0.0.0:3000", ("0.0.0.0", 3000), id="all addresses when said"),
        pytest.param("[::1]:80", ("::1", 80), id="IPv6"),
        pytest.param(" bot.local:8080 ", ("bot.local", 8080), id="a name"),
    ],
)
def test_where_to_listen(listen: str, address: tuple[str, int]) -> None:
    assert parse_address(listen) == address


@pytest.mark.parametrize("listen", ["", "3000", ":", ":http", ":70000", "0.0.0.0", ":-1", ":³"])
def test_where_not_to_listen(listen: str) -> None:
    with pytest.raises(UsageError, match="write :3000"):
        parse_address(listen)


def test_without_a_secret_nothing_is_listened_to(app: App) -> None:
    with pytest.raises(ConfigError, match="SLACK_SIGNING_SECRET"):
        slack_routes(app, "")
