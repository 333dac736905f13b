"""Where the bot's pages and Slack's routes are served: at one address or at two."""

import socket
from collections.abc import Iterable
from http.client import HTTPConnection
from typing import Any

import pytest

from bot.errors import ConfigError
from bot.ops.health import Health
from bot.ops.web import PROBES, Routes, own_pages
from bot.run.monitor import web

ILL = Health(ok=False, sentences=("Nothing can be sent",))
PAGES = own_pages(dict.fromkeys(PROBES, lambda: ILL), lambda: b"cadencebot 1\n")


def take(_: Any, respond: Any) -> Iterable[bytes]:
    respond("200 OK", [])
    return [b"taken"]


SLACK: Routes = {("POST", "/slack/events"): take}
ALL = (("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("POST", "/slack/events"))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def statuses(port: int) -> list[int]:
    """Return what each of the paths answers there."""
    found = []
    for method, path in ALL:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(method, path)
        found.append(connection.getresponse().status)
        connection.close()
    return found


def test_two_addresses_have_one_health_and_the_numbers_stay_at_home() -> None:
    own, heard = free_port(), free_port()
    with web(f"127.0.0.1:{own}", PAGES, f":{heard}", SLACK):
        assert statuses(own) == [503, 503, 200, 501]
        assert statuses(heard) == [503, 503, 404, 200]


def test_one_address_is_one_server() -> None:
    port = free_port()
    with web(f"127.0.0.1:{port}", PAGES, f":{port}", SLACK):
        assert statuses(port) == [503, 503, 200, 200]


def test_what_is_turned_off_is_served_nowhere() -> None:
    port = free_port()
    with web("", PAGES, f":{port}", SLACK):
        assert statuses(port) == [503, 503, 404, 200]
    with web("", PAGES, "", {}), pytest.raises(ConnectionRefusedError):
        statuses(port)


@pytest.mark.logs("health_server_off")
@pytest.mark.parametrize("taken", [True, False], ids=["a port that is taken", "a host that is not ours"])
def test_without_a_place_for_its_pages_the_bot_works_unless_that_was_asked_for(taken: bool) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        place = f"127.0.0.1:{port}" if taken else "192.0.2.1:9464"
        with web(place, PAGES, "", {}):
            pass
        words = "environment variable CADENCEBOT_HEALTH: cannot listen on"
        with pytest.raises(ConfigError, match=words), web(place, PAGES, "", {}, asked_for=True):
            pass


def test_without_a_place_to_hear_slack_it_says_so() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        for address in (f":{other.getsockname()[1]}", "no..name:0"):
            with pytest.raises(ConfigError, match="cannot listen on"), web("", PAGES, address, SLACK):
                pass
