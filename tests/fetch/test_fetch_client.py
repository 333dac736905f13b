"""What a good server and a good client say to each other."""

import gzip
import logging
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from bot.errors import Failure, SourceError
from bot.fetch.address import parsed
from bot.fetch.client import HttpFetcher
from tests.support.clock import FakeClock
from tests.support.loopback import Answer, Asked, Loopback, reset


def failure_of(fetcher: HttpFetcher, url: str, headers: Mapping[str, str] | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        fetcher.get(url, headers=headers)
    assert "\n" not in str(caught.value)
    return caught.value


def test_an_answer_arrives_whole_with_header_names_in_lower_case(
    server: Loopback, fetcher: HttpFetcher
) -> None:
    headers = {"ETag": 'W/"5-abc"', "Last-Modified": "Wed, 01 Apr 2026 00:00:00 GMT", "X-Odd": "caf\xe9"}
    server.on("/feed", b"hello", headers=headers)
    answer = fetcher.get(server.url("/feed"))
    assert (answer.url, answer.status, answer.body) == (server.url("/feed"), 200, b"hello")
    assert (answer.etag, answer.last_modified) == ('W/"5-abc"', "Wed, 01 Apr 2026 00:00:00 GMT")
    assert answer.headers["x-odd"] == "caf\xe9"


def test_a_header_that_stands_twice_is_joined_as_link_headers_are(
    server: Loopback, fetcher: HttpFetcher
) -> None:
    server.raw(
        "/list",
        lambda connection: connection.sendall(
            b"HTTP/1.1 200 OK\r\nLink: <a>; rel=next\r\nLink: <b>; rel=first\r\nContent-Length: 0\r\n\r\n"
        ),
    )
    assert fetcher.get(server.url("/list")).headers["link"] == "<a>; rel=next, <b>; rel=first"


def test_we_say_who_we_are_and_ask_for_gzip_only(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/")
    fetcher.get(server.url("/"), headers={"RSC": "1", "Accept": "text/x-component"})
    said = server.asked[0].headers
    assert said["user-agent"] == "cadencebot/0 (+test)"
    assert said["accept-encoding"] == "gzip"
    assert (said["rsc"], said["accept"]) == ("1", "text/x-component")
    assert said["host"] == server.endpoint


def test_a_gzipped_body_is_unpacked(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/", gzip.compress(b"news" * 1000), headers={"Content-Encoding": "gzip"})
    assert fetcher.get(server.url("/")).body == b"news" * 1000


def test_validators_are_sent_back_as_they_came_and_may_earn_a_304(
    server: Loopback, fetcher: HttpFetcher
) -> None:
    def unless_known(asked: Asked) -> Answer:
        known = asked.headers.get("if-none-match") == '"\xe9"'
        return Answer(b"", 304) if known else Answer(b"new", 200, {"ETag": '"\xe9"'})

    server.handle("/", unless_known)
    first = fetcher.get(server.url("/"))
    second = fetcher.get(server.url("/"), etag=first.etag, last_modified="Wed, 01 Apr 2026 00:00:00 GMT")
    assert second.not_modified
    assert second.body == b""
    assert server.asked[1].headers["if-modified-since"] == "Wed, 01 Apr 2026 00:00:00 GMT"


def test_an_etag_of_absurd_length_is_not_sent_back(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/", b"x")
    assert fetcher.get(server.url("/"), etag='"' + "e" * 50_000 + '"').body == b"x"
    assert "if-none-match" not in server.asked[0].headers


def test_no_cookie_is_kept(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/", headers={"Set-Cookie": "id=1; Path=/"})
    fetcher.get(server.url("/"))
    fetcher.get(server.url("/"))
    assert "cookie" not in server.asked[1].headers


def test_connections_are_used_again(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/", b"x")
    for _ in range(5):
        fetcher.get(server.url("/"))
    assert server.connections == 1


def test_a_304_keeps_its_connection(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/", status=304)
    for _ in range(5):
        assert fetcher.get(server.url(), etag='"1"').not_modified
    assert server.connections < 5


def test_eight_threads_share_one_fetcher(server: Loopback, fetcher: HttpFetcher) -> None:
    server.handle("/", lambda asked: Answer(asked.target.encode()))
    urls = [server.url(f"/?n={number}") for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        bodies = [answer.body for answer in pool.map(fetcher.get, urls)]
    assert bodies == [f"/?n={number}".encode() for number in range(200)]
    assert server.connections <= 8


@pytest.mark.parametrize(
    ("status", "failure", "advice"),
    [
        pytest.param(401, Failure.DENIED, "choose another source", id="401 is a wall"),
        pytest.param(403, Failure.DENIED, "choose another source", id="403 is a wall"),
        pytest.param(404, Failure.GONE, "correct the address", id="404 is gone"),
        pytest.param(410, Failure.GONE, "correct the address", id="410 is gone"),
        pytest.param(429, Failure.RATE_LIMITED, "too many requests", id="429 is our fault"),
        pytest.param(500, Failure.SERVER_ERROR, "the fault is theirs", id="500 is theirs"),
        pytest.param(503, Failure.SERVER_ERROR, "the fault is theirs", id="503 is theirs"),
        pytest.param(405, Failure.BAD_ANSWER, "in a browser", id="405, the Hub's captcha, is no answer"),
        pytest.param(204, Failure.BAD_ANSWER, "in a browser", id="a success without a body is no answer"),
        pytest.param(206, Failure.BAD_ANSWER, "in a browser", id="a part is no answer"),
        pytest.param(300, Failure.BAD_ANSWER, "in a browser", id="a choice is no answer"),
        pytest.param(302, Failure.BAD_ANSWER, "in a browser", id="a redirect to nowhere is no answer"),
        pytest.param(304, Failure.BAD_ANSWER, "since what", id="a 304 that was not asked for is no answer"),
    ],
)
def test_a_status_says_what_failed_and_what_to_do(
    other: Loopback, fetcher: HttpFetcher, status: int, failure: Failure, advice: str
) -> None:
    other.on("/feed", b"no", status=status)
    error = failure_of(fetcher, other.url("/feed"))
    assert error.failure is failure
    assert f"{other.url('/feed')} answered {status}" in str(error)
    assert advice in str(error)


def test_a_refused_token_names_the_token_and_what_the_hub_said(
    server: Loopback, fetcher: HttpFetcher
) -> None:
    said = {
        "X-Error-Message": "Invalid credentials\x1b[31m in \u202eAuthorization".encode().decode("latin-1")
    }
    server.on("/api/models", status=401, headers=said)
    error = failure_of(fetcher, server.url("/api/models"))
    assert "the token was not accepted" in str(error)
    assert "Invalid credentials" in str(error)
    assert str(error).isprintable()


def test_a_post_takes_no_connection_that_was_left_open(server: Loopback, fetcher: HttpFetcher) -> None:
    """The server may close it just then, and a post is not repeated."""
    server.on("/", b"x")
    fetcher.get(server.url("/"))
    assert fetcher.post(server.url("/"), b"news", {}, deadline=10).status == 200
    assert server.connections == 2


def test_headers_that_cannot_be_sent_fail_a_post_as_they_fail_a_get(
    server: Loopback, fetcher: HttpFetcher
) -> None:
    with pytest.raises(SourceError, match="takes no request with such headers"):
        fetcher.post(server.url("/"), b"", {"x-note": "\u4f60\u597d"}, deadline=10)


def test_a_token_goes_to_its_host_only(server: Loopback, other: Loopback, fetcher: HttpFetcher) -> None:
    for one in (server, other):
        one.on("/", b"x")
        fetcher.get(one.url("/"))
        fetcher.post(one.url("/"), b"", {}, deadline=10)
    assert [asked.headers.get("authorization") for asked in server.asked] == ["Bearer hf_server_token"] * 2
    assert [asked.headers.get("authorization") for asked in other.asked] == [None] * 2


def test_a_token_is_not_sent_in_the_clear_to_a_stranger(clock: FakeClock) -> None:
    with HttpFetcher(clock=clock, user_agent="x", tokens={"huggingface.co": "hf_x"}) as fetcher:
        assert "authorization" not in _headers_for(fetcher, "http://huggingface.co/")
        assert "authorization" not in _headers_for(fetcher, "https://huggingface.co:8443/")
        assert "authorization" not in _headers_for(fetcher, "https://huggingface.co.evil.example/")
        assert _headers_for(fetcher, "https://HuggingFace.co/")["authorization"] == "Bearer hf_x"


def _headers_for(fetcher: HttpFetcher, url: str) -> httpx.Headers:
    return fetcher._request("GET", parsed(url), {}).headers


def test_a_redirect_is_followed_and_the_answer_says_where_it_came_from(
    server: Loopback, fetcher: HttpFetcher
) -> None:
    server.on("/api/models/bert", status=307, headers={"Location": "/api/models/google/bert?full=1"})
    server.on("/api/models/google/bert", b"{}")
    answer = fetcher.get(server.url("/api/models/bert"), etag='"v"')
    assert answer.url == server.url("/api/models/google/bert?full=1")
    assert server.asked[1].headers["authorization"] == "Bearer hf_server_token"
    assert server.asked[1].headers["if-none-match"] == '"v"'


def test_a_redirect_to_another_host_takes_no_secret_along(
    server: Loopback, other: Loopback, fetcher: HttpFetcher
) -> None:
    server.on("/", status=302, headers={"Location": other.url("/")})
    other.on("/", b"x")
    answer = fetcher.get(
        server.url("/"), headers={"X-Api-Key": "s", "Cookie": "c=1", "Accept": "text/xml"}, etag='"v"'
    )
    said = other.asked[0].headers
    assert not {"authorization", "x-api-key", "cookie"} & said.keys()
    assert (said["accept"], said["if-none-match"]) == ("text/xml", '"v"')
    assert answer.url == other.url("/")


def test_a_password_in_an_address_is_neither_sent_nor_shown(
    server: Loopback, other: Loopback, fetcher: HttpFetcher
) -> None:
    target = other.url("/").replace("://", "://user:hunter2@")
    server.on("/", status=302, headers={"Location": target})
    for url in (target, server.url("/")):
        error = failure_of(fetcher, url)
        assert error.failure is Failure.FORBIDDEN_ADDRESS
        assert "hunter2" not in str(error)
    assert other.connections == 0


def test_a_secret_of_the_query_is_not_shown(other: Loopback, fetcher: HttpFetcher) -> None:
    error = failure_of(fetcher, other.url("/gone?api_key=hunter2&page=2"))
    assert "hunter2" not in str(error)
    assert "page=2" in str(error)


def test_nothing_below_us_logs_addresses(
    server: Loopback, fetcher: HttpFetcher, caplog: pytest.LogCaptureFixture
) -> None:
    server.on("/", b"x")
    with caplog.at_level(logging.INFO):
        fetcher.get(server.url("/?token=hunter2"))
    assert "hunter2" not in caplog.text


def test_a_header_that_cannot_be_sent_is_named_as_ours(server: Loopback, fetcher: HttpFetcher) -> None:
    for value in ("hunter2 \u2603", "hunter2\r\nX-Evil: 1"):
        error = failure_of(fetcher, server.url("/"), headers={"X-Key": value})
        assert error.failure is Failure.BAD_ANSWER
        assert "correct its token or `headers`" in str(error)
        assert "hunter2" not in str(error)
    assert server.asked == []


def test_a_rate_limited_host_is_left_alone_until_its_time(
    server: Loopback, other: Loopback, fetcher: HttpFetcher, clock: FakeClock
) -> None:
    server.on("/", status=429, headers={"Retry-After": "120"})
    other.on("/", b"x")
    assert failure_of(fetcher, server.url("/")).retry_after == 120
    clock.advance(timedelta(seconds=20))
    error = failure_of(fetcher, server.url("/elsewhere"))
    assert (error.failure, error.retry_after) == (Failure.RATE_LIMITED, 100)
    assert len(server.asked) == 1
    assert fetcher.get(other.url("/")).body == b"x"
    clock.advance(timedelta(seconds=100))
    server.on("/", b"back")
    assert fetcher.get(server.url("/")).body == b"back"


def test_the_hubs_last_request_of_a_window_is_answered_and_the_next_waits(
    server: Loopback, fetcher: HttpFetcher
) -> None:
    server.on("/", b"[]", headers={"RateLimit": '"api";r=0;t=75'})
    assert fetcher.get(server.url("/")).body == b"[]"
    assert failure_of(fetcher, server.url("/")).retry_after == 75


def test_a_server_that_is_down_for_a_while_is_left_alone_too(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/", status=503, headers={"Retry-After": "Wed, 01 Apr 2026 00:10:00 GMT"})
    first, second = (failure_of(fetcher, server.url("/")) for _ in range(2))
    assert (first.failure, first.retry_after) == (Failure.SERVER_ERROR, 600)
    assert (second.failure, second.retry_after) == (Failure.RATE_LIMITED, 600)


def test_an_idle_connection_that_the_server_dropped_is_replaced_once(
    server: Loopback, fetcher: HttpFetcher
) -> None:
    server.on("/", b"x")
    fetcher.get(server.url("/"))
    drops = iter([True])

    def drop_once(connection: socket.socket) -> None:
        if next(drops, False):
            reset(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    server.raw("/again", drop_once)
    assert fetcher.get(server.url("/again")).body == b"ok"
    assert [asked.target for asked in server.asked] == ["/", "/again", "/again"]


def test_a_new_connection_that_is_dropped_is_not_tried_again(server: Loopback, fetcher: HttpFetcher) -> None:
    server.raw("/", reset)
    assert failure_of(fetcher, server.url("/")).failure is Failure.UNREACHABLE
    assert len(server.asked) == 1


def test_environment_proxies_are_not_used(
    server: Loopback, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server.on("/", b"direct")
    allowed = frozenset({server.endpoint})
    with HttpFetcher(clock=clock, user_agent="x", allowed_hosts=allowed) as fetcher:
        assert fetcher.get(server.url("/")).body == b"direct"


def test_a_thread_that_ends_leaves_no_connection(server: Loopback, fetcher: HttpFetcher) -> None:
    server.on("/", b"x")
    for _ in range(3):
        thread = threading.Thread(target=fetcher.get, args=(server.url("/"),))
        thread.start()
        thread.join()
    assert not fetcher._transport._all
