"""The bot's own web server, asked over real connections."""

import json
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.errors import ConfigError
from bot.ops import arriving
from bot.ops.health import Health
from bot.ops.web import HEALTH, Routes, own_pages, parse_address, reply, serving

WELL = Health(ok=True)
LOOPBACK = ("127.0.0.1", 0)
AGES = 86_400.0  # seconds: whatever waits for this deadline hangs
HANGS = 60  # seconds that nothing takes on a busy machine either


@dataclass
class Patient:
    """A bot that is as healthy as the test says."""

    health: Health | Exception = WELL
    url: str = ""

    def pages(self) -> Routes:
        return own_pages({HEALTH: self.examined}, lambda: b"cadencebot_healthy 1.0\n")

    def examined(self) -> Health:
        if isinstance(self.health, Exception):
            raise self.health
        return self.health

    def connection(self) -> HTTPConnection:
        return HTTPConnection(urlsplit(self.url).netloc, timeout=HANGS)

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
        with socket.create_connection((at.hostname, at.port), timeout=HANGS) as connection:
            try:
                connection.sendall(request)
                return b"".join(iter(lambda: connection.recv(65536), b""))
            except ConnectionError:
                return b""


@pytest.fixture
def patient() -> Iterator[Patient]:
    patient = Patient()
    with serving(LOOPBACK, patient.pages()) as url:
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


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "OPTIONS"])
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


def test_a_slow_request_is_hung_up_on() -> None:
    patient = Patient()
    with serving(LOOPBACK, patient.pages(), deadline=0.2) as patient.url:
        assert patient.spoken(b"GET /healthz HTTP/1.1\r\nX-Half: ") == b""
        assert patient.ask("/healthz")[0] == 200


def test_who_is_not_there_yet_has_no_thread_and_no_longer_than_the_deadline() -> None:
    patient = Patient()
    with serving(LOOPBACK, patient.pages(), deadline=1) as patient.url, ExitStack() as stack:
        sitting = [stack.enter_context(sit(urlsplit(patient.url), b"GET ")) for _ in range(96)]
        assert patient.ask("/healthz")[0] == 200
        threads = [one.name for one in threading.enumerate() if one.name.startswith("http")]
        assert threads == ["http", "http_0"], "who takes what comes, and who answered the one request"
        assert [one.recv(1) for one in sitting] == [b""] * 96


def sit(at: Any, start: bytes) -> socket.socket:
    """Return a connection that has begun a request and leaves it at that."""
    sitting = socket.create_connection((at.hostname, at.port), timeout=HANGS)
    sitting.sendall(start)
    return sitting


def test_of_too_many_that_are_not_there_yet_the_oldest_goes() -> None:
    with serving(LOOPBACK, Patient().pages(), deadline=AGES) as url:
        sitting = [sit(urlsplit(url), b"GET ") for _ in range(arriving.MOST_AT_ONCE + 1)]
        with sitting.pop(0) as oldest:
            assert oldest.recv(1) == b""
        for one in sitting:
            one.sendall(b"/healthz HTTP/1.1\r\n\r\n")
            assert one.recv(100).startswith(b"HTTP/1.0 200")
            one.close()


SLOW = [
    pytest.param(b"", id="that say nothing"),
    pytest.param(b"GET /healthz HTTP/1.1\r\nX-Half: ", id="that stop in the head"),
    pytest.param(b"POST /taken HTTP/1.1\r\nContent-Length: 1048576\r\n\r\nhalf", id="that stop in the body"),
]


@pytest.mark.parametrize("start", SLOW)
def test_slow_strangers_shut_nobody_out(start: bytes) -> None:
    """They all come from one address, as behind a proxy, and whoever is in time comes from it too."""
    patient = Patient()
    with (
        serving(LOOPBACK, {**patient.pages(), ("POST", "/taken"): _take}, deadline=AGES) as patient.url,
        ExitStack() as stack,
    ):
        for number in range(640):
            stack.enter_context(sit(urlsplit(patient.url), start))
            if number % 20 == 0:
                assert patient.ask("/healthz")[0] == 200
        assert patient.ask("/healthz")[0] == 200


def _take(_: Any, respond: Any) -> Iterable[bytes]:
    return reply(respond, HTTPStatus.OK, b"taken")


def test_bodies_that_never_come_may_hold_only_so_much_together(patient: Patient) -> None:
    with serving(LOOPBACK, {("POST", "/taken"): _take}) as url:
        at = urlsplit(url)
        sitting = [sit(at, b"POST /taken HTTP/1.1\r\nContent-Length: 1048576\r\n\r\n") for _ in range(40)]
        assert sitting[0].recv(1) == b""
        sitting[-1].sendall(b"x" * 1_048_576)
        assert b"taken" in b"".join(iter(lambda: sitting[-1].recv(65536), b""))
        for one in sitting:
            one.close()


def test_who_does_not_read_the_answer_is_let_go() -> None:
    def much(_: Any, respond: Any) -> Iterable[bytes]:
        return reply(respond, HTTPStatus.OK, b"x" * 50_000_000)

    with serving(LOOPBACK, {("GET", "/much"): much}, deadline=0.3) as url:
        deaf = sit(urlsplit(url), b"GET /much HTTP/1.1\r\n\r\n")
        assert len(deaf.recv(1)) == 1
    deaf.close()  # only now: the end did not wait for it


def test_whoever_is_not_there_yet_does_not_hold_up_the_end() -> None:
    with serving(LOOPBACK, Patient().pages(), deadline=AGES) as url:
        sitting = [sit(urlsplit(url), b"GET /healthz") for _ in range(10)]
    for one in sitting:
        one.close()


JUNK = [
    b"GET http://[ HTTP/1.0\r\n\r\n",
    b"POST http://[ HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
    b"GET http://[::1/healthz HTTP/1.0\r\n\r\n",
    b"GET / / HTTP/1.0\r\n\r\n",
    b"\xff\xfe\r\n\r\n",
    b"\x00\r\n\r\n",
    b"\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/x\r\n\r\n",
    b"GET / HTTP/1.0\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    b"GET / HTTP/1.0\r\n" + b"\xff: \x00\r\n" * 200 + b"\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
]


def test_junk_is_a_bad_request_and_one_counted_line(
    patient: Patient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    for junk in JUNK:
        assert patient.spoken(junk).startswith(b"HTTP/1.0 400"), junk
    assert patient.ask("/healthz")[0] == 200
    [line] = caplog.records
    assert "http_refused" in str(line.msg)


@pytest.mark.logs("http_crashed")
def test_a_bug_in_a_page_is_loud_and_the_server_lives(patient: Patient) -> None:
    patient.health = ZeroDivisionError("a bug")
    answer = patient.spoken(b"GET /healthz HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.0 500")
    assert b"a bug" not in answer
    patient.health = WELL
    assert patient.ask("/healthz")[0] == 200


def test_a_whole_address_is_as_good_as_its_path(patient: Patient) -> None:
    assert b" 200 OK" in patient.spoken(b"GET http://bot.example/healthz?x=1 HTTP/1.1\r\n\r\n")


def test_a_port_that_is_taken_is_said(patient: Patient) -> None:
    with (
        pytest.raises(ConfigError, match="cannot listen on 127"),
        serving(parse_address(urlsplit(patient.url).netloc), patient.pages()),
    ):
        pass


def test_the_port_is_free_again_afterwards() -> None:
    with serving(LOOPBACK, Patient().pages()) as url:
        address = parse_address(urlsplit(url).netloc)
    with serving(address, Patient().pages()) as again:
        assert again == url


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_it_speaks_ipv6() -> None:
    patient = Patient()
    try:
        with serving(("::1", 0), patient.pages()) as patient.url:
            assert patient.ask("/healthz")[0] == 200
    except ConfigError:
        pytest.skip("this machine has no IPv6 loopback")


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        pytest.param("/push/abc", 200, "/push/abc", id="one step below"),
        pytest.param("/push/abc?x=1", 200, "/push/abc", id="with a query"),
        pytest.param("/push/", 200, "/push/", id="the path itself"),
        pytest.param("/push/known", 200, "known", id="a path with a route of its own"),
        pytest.param("/push", 404, "not found\n", id="without its slash"),
        pytest.param("/push/abc/def", 404, "not found\n", id="two steps below"),
    ],
)
def test_a_path_that_ends_with_a_slash_stands_for_all_one_step_below(
    path: str, status: int, body: str
) -> None:
    def below(environ: Any, respond: Any) -> Iterable[bytes]:
        return reply(respond, HTTPStatus.OK, environ["PATH_INFO"].encode())

    def known(_: Any, respond: Any) -> Iterable[bytes]:
        return reply(respond, HTTPStatus.OK, b"known")

    with serving(LOOPBACK, {("GET", "/push/"): below, ("GET", "/push/known"): known}) as url:
        assert Patient(url=url).ask(path)[::2] == (status, body)
