"""The loopback server starts, stops and breaks off without leaving anything behind."""

import http.client
import threading
import urllib.request

import pytest

from bot.demo.server import Answer, Loopback, Request, as_json, dropped


def echo(request: Request) -> Answer:
    return as_json({"path": request.path, "query": request.query, "body": request.body.decode()})


def test_it_answers_and_remembers_what_was_asked() -> None:
    with Loopback(echo) as server, urllib.request.urlopen(f"{server.url}/a?b=1&b=2", b"c") as answer:
        assert answer.read() == b'{"path":"/a","query":{"b":["1","2"]},"body":"c"}'
        assert [(request.method, request.path) for request in server.requests] == [("POST", "/a")]


def test_it_stops_while_a_client_keeps_its_connection_open() -> None:
    before = threading.active_count()
    with Loopback(echo) as server:
        connection = http.client.HTTPConnection(server.host, timeout=5)
        for _ in range(2):
            connection.request("GET", "/")
            connection.getresponse().read()
    connection.close()
    assert threading.active_count() == before


def test_a_cut_connection_carries_nothing() -> None:
    with Loopback(lambda _: dropped()) as server, pytest.raises(http.client.RemoteDisconnected):
        urllib.request.urlopen(server.url, timeout=5)


def test_a_bug_in_a_stand_in_is_raised_where_it_is_used() -> None:
    def broken(_: Request) -> Answer:
        raise ZeroDivisionError

    with (
        pytest.raises(ZeroDivisionError),
        Loopback(broken) as server,
        pytest.raises(http.client.RemoteDisconnected),
    ):
        urllib.request.urlopen(server.url, timeout=5)
