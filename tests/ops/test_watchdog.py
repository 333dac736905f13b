"""Signs of life: over a real socket to what stands for systemd, and over HTTP to a site that is pinged."""

import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.fetch import Response
from bot.fetch.client import HttpFetcher
from bot.ops.monitor import PING_PERIOD, Pinger, Systemd, half_of, is_due
from tests.support.clock import START, FakeClock
from tests.support.loopback import Loopback
from tests.support.threads import AtOnce

SECOND = timedelta(seconds=1)


class Listener:
    """What systemd is at the other end of NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        heard = []
        while True:
            try:
                heard.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return heard


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    listener = Listener(str(tmp_path / "notify"))
    yield listener
    listener.socket.close()


@pytest.fixture
def systemd(tmp_path: Path, listener: Listener) -> Systemd:
    return Systemd(str(tmp_path / "notify"), "180000000")


@pytest.mark.parametrize(
    ("since", "due"),
    [
        pytest.param(None, True, id="the first time"),
        pytest.param(timedelta(), False, id="not twice at once"),
        pytest.param(PING_PERIOD - SECOND, False, id="not before the time"),
        pytest.param(PING_PERIOD, True, id="when it is time"),
        pytest.param(-SECOND, True, id="after the clock was set back, however far"),
    ],
)
def test_a_sign_is_given_once_a_period(since: timedelta | None, due: bool) -> None:
    assert is_due(None if since is None else START - since, START, PING_PERIOD) is due


@pytest.mark.parametrize(
    ("said", "half"), [("180000000", timedelta(seconds=90)), ("", None), ("soon", None), ("-1", None)]
)
def test_half_of_the_watchdogs_time_is_taken(said: str, half: timedelta | None) -> None:
    assert half_of(said) == half


def test_systemd_hears_of_the_start_the_state_and_the_end(systemd: Systemd, listener: Listener) -> None:
    systemd.ready()
    systemd.status("Watching 40 sources.")
    systemd.stopping()
    assert listener.heard() == ["READY=1", "STATUS=Watching 40 sources.", "STOPPING=1"]


def test_the_watchdog_hears_twice_in_its_time(systemd: Systemd, listener: Listener) -> None:
    for second in range(360):
        systemd.alive(START + second * SECOND)
    assert listener.heard() == ["WATCHDOG=1"] * 4


def test_nothing_is_said_to_a_watchdog_that_is_off(tmp_path: Path, listener: Listener) -> None:
    Systemd(str(tmp_path / "notify"), "").alive(START)
    assert listener.heard() == []


def test_a_text_from_outside_cannot_say_more_than_a_status(systemd: Systemd, listener: Listener) -> None:
    systemd.status("Blind: hub:zai\nMAINPID=1\x00\ud800" + "a" * 1_000)
    (told,) = listener.heard()
    assert told.startswith("STATUS=Blind: hub:zai MAINPID=1  aaa")
    assert len(told) < 300


def test_an_abstract_socket_is_found_too() -> None:
    listener = Listener("\0cadencebot-test-notify")
    Systemd("@cadencebot-test-notify").ready()
    assert listener.heard() == ["READY=1"]
    listener.socket.close()


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody-listens-here", "/" + "a" * 500])
def test_without_a_listener_nothing_happens(address: str) -> None:
    Systemd(address, "1").alive(START)


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback() as site:
        site.on("/ping/uuid", b"OK")
        yield site


@pytest.fixture
def fetch(site: Loopback) -> Iterator[HttpFetcher]:
    with HttpFetcher(clock=FakeClock(), user_agent="test", allowed_hosts=frozenset({site.endpoint})) as fetch:
        yield fetch


@pytest.fixture
def pinger(site: Loopback, fetch: HttpFetcher) -> Pinger:
    return Pinger(site.url("/ping/uuid"), fetch, AtOnce())


def test_a_well_bot_pings_once_a_minute(site: Loopback, pinger: Pinger) -> None:
    for second in range(0, 180, 10):
        pinger.ticked(START + second * SECOND, ok=True)
    assert [asked.target for asked in site.asked] == ["/ping/uuid"] * 3


def test_an_unwell_bot_is_silent(site: Loopback, pinger: Pinger) -> None:
    pinger.ticked(START, ok=False)
    assert site.asked == []


def test_without_an_address_nobody_is_asked(site: Loopback, fetch: HttpFetcher) -> None:
    Pinger("", fetch, AtOnce()).ticked(START, ok=True)
    assert site.asked == []


@pytest.mark.logs("ping_failed")
def test_a_failing_site_is_logged_once_harms_nobody_and_stays_secret(
    site: Loopback, pinger: Pinger, caplog: pytest.LogCaptureFixture
) -> None:
    site.on("/ping/uuid", b"no", status=500)
    for minute in range(5):
        pinger.ticked(START + minute * PING_PERIOD, ok=True)
    assert len(site.asked) == 5
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "server error" in caplog.text
    assert "uuid" not in caplog.text


def test_no_ping_is_sent_while_one_is_under_way(site: Loopback, fetch: HttpFetcher) -> None:
    with ThreadPoolExecutor(1) as busy:
        waiting: Future[None] = Future()
        busy.submit(waiting.result)
        pinger = Pinger(site.url("/ping/uuid"), fetch, busy)
        for minute in range(5):
            pinger.ticked(START + minute * PING_PERIOD, ok=True)
        waiting.set_result(None)
    assert len(site.asked) == 1


def test_a_bug_in_pinging_is_loud_in_the_main_loop() -> None:
    class Broken:
        def get(self, url: str, **_: object) -> Response:
            raise ZeroDivisionError("a bug")

    pinger = Pinger("https://hc.example/uuid", Broken(), AtOnce())
    pinger.ticked(START, ok=True)
    with pytest.raises(ZeroDivisionError):
        pinger.ticked(START + PING_PERIOD, ok=True)
    pinger.ticked(START + 2 * PING_PERIOD, ok=True)
