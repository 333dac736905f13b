"""Servers that drip, lie, break off and lead astray: each ends in a typed failure, in time."""

import gzip
import socket

import pytest

from bot.errors import Failure, SourceError
from bot.fetch.client import HttpFetcher
from tests.support.clock import FakeClock
from tests.support.loopback import Loopback, RawHandler, reset

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def failure_of(
    fetcher: HttpFetcher, url: str, *, deadline: float = 30.0, max_bytes: int | None = None
) -> SourceError:
    with pytest.raises(SourceError) as caught:
        fetcher.get(url, deadline=deadline, max_bytes=max_bytes)
    assert "\n" not in str(caught.value)
    return caught.value


def drip(server: Loopback, start: bytes, piece: bytes) -> RawHandler:
    def handler(connection: socket.socket) -> None:
        connection.sendall(start)
        while not server.wait(0.03):
            connection.sendall(piece)

    return handler


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(b"", b"", id="one that says nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x", id="one that drips its headers"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="one that says continue for ever"),
        pytest.param(OK + b"Content-Length: 9999\r\n\r\n", b"x", id="one that drips its body"),
        pytest.param(CHUNKED, b"1\r\nx\r\n", id="one that drips its chunks"),
        pytest.param(
            OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"x")[:10], b"", id="one that stops"
        ),
    ],
)
def test_the_deadline_cuts_a_slow_server(
    server: Loopback, fetcher: HttpFetcher, start: bytes, piece: bytes
) -> None:
    server.raw("/", drip(server, start, piece))
    error = failure_of(fetcher, server.url("/"), deadline=0.3)  # one for each read would never come
    assert error.failure is Failure.TIMEOUT
    assert "0.3 s" in str(error)


def test_the_deadline_holds_over_a_chain_of_slow_redirects(server: Loopback, fetcher: HttpFetcher) -> None:
    for step in range(5):

        def slowly(connection: socket.socket, step: int = step) -> None:
            server.wait(0.15)
            connection.sendall(
                b"HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\n\r\n" % (step + 1)
            )

        server.raw(f"/{step}", slowly)
    assert failure_of(fetcher, server.url("/0"), deadline=0.4).failure is Failure.TIMEOUT
    assert len(server.asked) <= 3


def test_a_deadline_that_is_over_before_it_began_asks_nobody(server: Loopback, fetcher: HttpFetcher) -> None:
    assert failure_of(fetcher, server.url("/"), deadline=0.0).failure is Failure.TIMEOUT
    assert server.connections == 0


def written(data: bytes) -> RawHandler:
    return lambda connection: connection.sendall(data)


@pytest.mark.parametrize(
    ("sent", "failure"),
    [
        pytest.param(b"", Failure.UNREACHABLE, id="nothing at all"),
        pytest.param(b"HTTP/1.1 200", Failure.UNREACHABLE, id="half a status line"),
        pytest.param(OK + b"Content-Length: 100\r\n\r\nshort", Failure.UNREACHABLE, id="less than promised"),
        pytest.param(CHUNKED + b"5\r\nhello\r\n", Failure.UNREACHABLE, id="chunks without an end"),
        pytest.param(CHUNKED + b"zz\r\nhello\r\n", Failure.BAD_ANSWER, id="a chunk of no size"),
        pytest.param(OK + b"Content-Length: -1\r\n\r\n", Failure.BAD_ANSWER, id="a negative length"),
        pytest.param(
            OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", Failure.BAD_ANSWER, id="two lengths"
        ),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Failure.BAD_ANSWER, id="another protocol"),
        pytest.param(b"\x00\xff" * 500 + b"\r\n\r\n", Failure.BAD_ANSWER, id="noise"),
        pytest.param(OK + b"X: " + b"x" * 300_000, Failure.BAD_ANSWER, id="huge headers"),
        pytest.param(OK + b"No colon here\r\n\r\n", Failure.BAD_ANSWER, id="a header that is none"),
        pytest.param(b"HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n", Failure.BAD_ANSWER, id="a change of protocol"),
        pytest.param(
            b"HTTP/1.1 302 F\r\nLocation: http://a:b:c/\r\n\r\n", Failure.BAD_ANSWER, id="a broken target"
        ),
        pytest.param(
            b"HTTP/1.1 302 F\r\nLocation: \r\n\r\n", Failure.TOO_MANY_REDIRECTS, id="an empty target"
        ),
        pytest.param(
            b"HTTP/1.1 302 F\r\nLocation: file:///etc/passwd\r\n\r\n",
            Failure.FORBIDDEN_ADDRESS,
            id="a local file",
        ),
        pytest.param(
            OK + b"Content-Encoding: br\r\n\r\nxx", Failure.BAD_ANSWER, id="a packing that was not asked for"
        ),
        pytest.param(
            OK + b"Content-Encoding: gzip\r\n\r\n<html>", Failure.BAD_ANSWER, id="plain text called gzip"
        ),
    ],
)
def test_a_broken_answer_is_a_typed_failure(
    server: Loopback, fetcher: HttpFetcher, sent: bytes, failure: Failure
) -> None:
    server.raw("/", written(sent))
    error = failure_of(fetcher, server.url("/"))
    assert error.failure is failure
    assert len(str(error)) < 500
    assert str(error).isprintable()


def test_a_connection_reset_in_the_body_is_not_tried_again(server: Loopback, fetcher: HttpFetcher) -> None:
    def break_off(connection: socket.socket) -> None:
        connection.sendall(OK + b"Content-Length: 100\r\n\r\nshort")
        server.wait(0.05)
        reset(connection)

    server.on("/first", b"x")
    server.raw("/", break_off)
    fetcher.get(server.url("/first"))
    assert failure_of(fetcher, server.url("/")).failure is Failure.UNREACHABLE
    assert len(server.asked) == 2


def test_bytes_beyond_the_promised_length_do_not_leak_into_the_next_answer(
    server: Loopback, fetcher: HttpFetcher
) -> None:
    server.on("/", b"truth, and lies", headers={"Content-Length": "5"})
    server.on("/next", b"clean")
    assert fetcher.get(server.url("/")).body == b"truth"
    assert fetcher.get(server.url("/next")).body == b"clean"


def test_nobody_listening_is_unreachable(clock: FakeClock) -> None:
    with Loopback() as gone:
        url, allowed = gone.url("/"), frozenset({gone.endpoint})
    with HttpFetcher(clock=clock, user_agent="x", allowed_hosts=allowed) as fetcher:
        assert failure_of(fetcher, url).failure is Failure.UNREACHABLE


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        pytest.param(b"x" * 40_000_000, "identity", id="40 MB as they are"),
        pytest.param(gzip.compress(bytes(200_000_000), 1), "gzip", id="200 MB packed into one"),
    ],
)
def test_a_body_beyond_the_cap_is_not_read(
    server: Loopback, fetcher: HttpFetcher, body: bytes, encoding: str
) -> None:
    server.on("/", body, headers={"Content-Encoding": encoding})
    error = failure_of(fetcher, server.url("/"))
    assert error.failure is Failure.TOO_LARGE
    assert "MB" in str(error)


def test_a_caller_may_take_more_or_less_than_usual(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/", b"x" * 12_000_000)
    assert failure_of(fetcher, server.url("/")).failure is Failure.TOO_LARGE
    assert len(fetcher.get(server.url("/"), max_bytes=12_000_000).body) == 12_000_000
    assert failure_of(fetcher, server.url("/"), max_bytes=11_999_999).failure is Failure.TOO_LARGE


def test_a_double_gzip_is_unpacked_once_only(server: Loopback, fetcher: HttpFetcher) -> None:
    inner = gzip.compress(b"x" * 1000)
    server.on("/", gzip.compress(inner), headers={"Content-Encoding": "gzip"})
    server.on("/said", gzip.compress(inner), headers={"Content-Encoding": "gzip, gzip"})
    assert fetcher.get(server.url("/")).body == inner
    assert failure_of(fetcher, server.url("/said")).failure is Failure.BAD_ANSWER


def test_a_redirect_in_a_circle_is_noticed(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/a", status=302, headers={"Location": "/b"})
    server.on("/b", status=302, headers={"Location": "/a"})
    error = failure_of(fetcher, server.url("/a"))
    assert error.failure is Failure.TOO_MANY_REDIRECTS
    assert "in a circle" in str(error)
    assert len(server.asked) == 2


def test_five_redirects_are_followed_and_a_sixth_is_not(server: Loopback, fetcher: HttpFetcher) -> None:
    for step in range(6):
        server.on(f"/{step}", status=301, headers={"Location": f"/{step + 1}"})
    server.on("/6", b"the end")
    assert fetcher.get(server.url("/1")).body == b"the end"
    error = failure_of(fetcher, server.url("/0"))
    assert error.failure is Failure.TOO_MANY_REDIRECTS
    assert "5 times" in str(error)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("http://10.0.0.1/", id="a private network"),
        pytest.param("//169.254.169.254/latest/meta-data/", id="a cloud's metadata"),
        pytest.param("http://[::ffff:127.0.0.1]/", id="this machine, as a mapped IPv6 address"),
        pytest.param("http://0.0.0.0/", id="any address of this machine"),
        pytest.param("http://2130706433/", id="this machine, as one number"),
    ],
)
def test_a_redirect_to_a_private_address_is_refused_without_a_connection(
    server: Loopback, fetcher: HttpFetcher, target: str
) -> None:
    server.on("/", status=302, headers={"Location": target})
    error = failure_of(fetcher, server.url("/"), deadline=1.0)
    assert error.failure is Failure.FORBIDDEN_ADDRESS


@pytest.mark.parametrize(
    "location",
    [
        pytest.param("https://a..example/", id="an empty label"),
        pytest.param(f"https://{'a' * 64}.example/", id="a label that is too long"),
        pytest.param("https://xn--\xff.example/", id="what IDNA forbids"),
        pytest.param("//[", id="a bracket alone"),
        pytest.param("http://93.184.215.14:65536/", id="a port out of range"),
    ],
)
def test_a_redirect_to_what_is_no_address_is_a_typed_failure_of_the_source(
    server: Loopback, fetcher: HttpFetcher, location: str
) -> None:
    server.on("/", status=302, headers={"Location": location})
    error = failure_of(fetcher, server.url("/"), deadline=1.0)
    assert error.failure is Failure.BAD_ANSWER
    assert str(error).startswith(f"{server.url('/')} redirects to ")


def test_a_private_server_is_not_asked_unless_allowed(
    server: Loopback, other: Loopback, clock: FakeClock
) -> None:
    with HttpFetcher(clock=clock, user_agent="x", allowed_hosts=frozenset({other.endpoint})) as fetcher:
        error = failure_of(fetcher, server.url("/"))
    assert error.failure is Failure.FORBIDDEN_ADDRESS
    assert f"add {server.endpoint} to CADENCEBOT_ALLOW_HOSTS" in str(error)
    assert server.connections == 0


def test_a_captive_portals_page_is_no_json(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/api", b"<html>Welcome to the hotel", headers={"Content-Type": "text/html"})
    with pytest.raises(SourceError) as caught:
        fetcher.get(server.url("/api")).json()
    assert caught.value.failure is Failure.BAD_ANSWER
    assert "Welcome to the hotel" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("ftp://example.org/feed", id="another protocol"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("/feed", id="no host"),
        pytest.param("https://", id="an empty host"),
        pytest.param("https://exa mple.org/", id="a space in the host"),
        pytest.param("https://example.org:99999/", id="a port that cannot be"),
        pytest.param("https://example.org/\x00", id="a NUL"),
        pytest.param("https://" + "a" * 100 + ".example/", id="a label that no name server takes"),
        pytest.param("https://.example/", id="an empty label"),
        pytest.param("https://\u202eexample.org/", id="a mark that turns text around"),
        pytest.param("https://example.org/" + "x" * 100_000, id="a very long path"),
    ],
)
def test_an_address_that_cannot_be_asked_is_a_typed_failure(fetcher: HttpFetcher, url: str) -> None:
    error = failure_of(fetcher, url, deadline=1.0)
    assert str(error).isprintable()
    assert len(str(error)) < 500
