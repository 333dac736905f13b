"""The bot's own web server, asked over real connections."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from bot.ops import web
from bot.ops.health import Health
from bot.ops.web import Pages, serving

WELL = Health(ok=True)


@dataclass
class Patient:
    """Be as healthy as the test says."""

    health: Health | Exception = WELL
    url: str = ""

    def pages(self) -> Pages:
        return Pages(self.examined, lambda: b"cadencebot_healthy 1.0\n")

    def examined(self) -> Health:
        if isinstance(self.health, Exception):
            raise self.health
        return self.health

    def connection(self) -> HTTPConnection:
        return HTTPConnection(urlsplit(self.url).netloc, timeout=10)

    def ask(self, path: str, accept: str = "*/*", method: str = "GET") -> tuple[int, str, str]:
        connection = self.connection()
        connection.request(method, path, headers={"Accept": accept})
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, answer.headers["Content-Type"].partition(";")[0], body

    def spoken(self, request: bytes) -> bytes:
        """Return all that comes back for these bytes until the server hangs up."""
        at = urlsplit(self.url)
        with socket.create_connection((at.hostname, at.port), timeout=10) as connection:
            try:
                connection.sendall(request)
                return b"".join(iter(lambda: connection.recv(65536), b""))
            except ConnectionError:
                return b""


@pytest.fixture
def patient() -> Iterator[Patient]:
    patient = Patient()
    with serving("127.0.0.1:0", patient.pages()) as url:
        patient.url = url
        yield patient


ILL = Health(ok=False, sentences=("Nothing can be sent: the token was revoked", "Blind: hub:zai."))


@pytest.mark.parametrize(
    ("health", "status", "body"),
    [
        pytest.param(WELL, 200, "ok\n", id="well"),
        pytest.param(
            Health(True, ("Blind: hub:zai.",)), 200, "ok\nBlind: hub:zai.\n", id="well, but for one"
        ),
        pytest.param(
            ILL, 503, "not ok\nNothing can be sent: the token was revoked\nBlind: hub:zai.\n", id="not well"
        ),
    ],
)
def test_healthz_says_how_the_bot_fares(patient: Patient, health: Health, status: int, body: str) -> None:
    patient.health = health
    assert patient.ask("/healthz") == (status, "text/plain", body)
    assert patient.ask("/healthz?verbose=1")[0] == status


def test_healthz_speaks_json_to_who_asks_for_it(patient: Patient) -> None:
    patient.health = ILL
    status, kind, body = patient.ask("/healthz", accept="application/json")
    assert (status, kind) == (503, "application/json")
    assert json.loads(body) == {"ok": False, "sentences": list(ILL.sentences)}


def test_metrics_are_served_in_prometheus_format(patient: Patient) -> None:
    assert patient.ask("/metrics") == (200, "text/plain", "cadencebot_healthy 1.0\n")


@pytest.mark.parametrize("path", ["/", "/healthz/", "/metrics/../healthz", "/state/cadencebot.db"])
def test_there_is_nothing_else(patient: Patient, path: str) -> None:
    assert patient.ask(path)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "TRACE", "OPTIONS"])
def test_nothing_can_be_done_there_but_to_ask(patient: Patient, method: str) -> None:
    assert patient.ask("/healthz", method=method)[0] == 501


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(
            b"GET /healthz HTTP/1.1\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n", id="an endless header"
        ),
        pytest.param(
            b"GET /healthz HTTP/1.1\r\n" + b"X-Many: a\r\n" * 10_000 + b"\r\n", id="endless headers"
        ),
        pytest.param(b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", id="an endless address"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="TLS"),
        pytest.param(b"\xff\x00\xfe\r\n\r\n", id="rubbish"),
    ],
)
def test_a_strange_request_gets_no_page_and_the_next_is_served(patient: Patient, request_: bytes) -> None:
    assert b"200 OK" not in patient.spoken(request_)
    assert patient.ask("/healthz")[0] == 200


def test_a_slow_request_is_hung_up_on(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "DEADLINE", 0.05)
    assert patient.spoken(b"GET /healthz HTTP/1.1\r\nX-Half: ") == b""
    assert patient.ask("/healthz")[0] == 200


def test_only_so_many_may_sit_there_at_once(patient: Patient) -> None:
    at = urlsplit(patient.url)
    sitting = [socket.create_connection((at.hostname, at.port), timeout=10) for _ in range(web.MOST_AT_ONCE)]
    for one in sitting:
        one.sendall(b"GET ")
    assert patient.spoken(b"GET /healthz HTTP/1.1\r\n\r\n") == b""
    for one in sitting:
        one.sendall(b"/healthz HTTP/1.1\r\n\r\n")
        assert one.recv(100).startswith(b"HTTP/1.0 200")
        one.close()


@pytest.mark.logs("health_server_crashed")
def test_a_bug_in_a_page_is_loud_and_the_server_lives(patient: Patient) -> None:
    patient.health = ZeroDivisionError("a bug")
    assert patient.spoken(b"GET /healthz HTTP/1.1\r\n\r\n") == b""
    patient.health = WELL
    assert patient.ask("/healthz")[0] == 200


@pytest.mark.logs("health_server_off")
def test_a_port_that_is_taken_leaves_the_bot_at_work(patient: Patient) -> None:
    with serving(urlsplit(patient.url).netloc, patient.pages()) as url:
        assert url == ""


@pytest.mark.logs("health_server_off")
def test_a_host_that_is_not_ours_leaves_the_bot_at_work() -> None:
    with serving("192.0.2.1:9464", Patient().pages()) as url:
        assert url == ""


def test_it_can_be_turned_off() -> None:
    with serving("", Patient().pages()) as url:
        assert url == ""


def test_the_port_is_free_again_afterwards() -> None:
    with serving("127.0.0.1:0", Patient().pages()) as url:
        address = urlsplit(url).netloc
    with serving(address, Patient().pages()) as again:
        assert again == url


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_it_speaks_ipv6() -> None:
    patient = Patient()
    with serving("[::1]:0", patient.pages()) as patient.url:
        if not patient.url:
            pytest.skip("this machine has no IPv6 loopback")
        assert patient.ask("/healthz")[0] == 200
