"""How a server can misbehave: each fault scripts a loopback server's answer to whatever it is asked."""

import gzip
import socket
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.errors import Failure
from tests.support.loopback import Answer, Asked, Loopback, RawHandler, reset

_OK = b"HTTP/1.1 200 OK\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_PACKED = {"Content-Encoding": "gzip"}
_HOTEL = b"<!DOCTYPE html><html><title>Welcome</title><body><h1>Log in to our network</h1></body></html>"
_CHALLENGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and "
    b'cookies to continue</noscript><script src="/cdn-cgi/challenge-platform/h/b"></script></body></html>'
)
_ANY_REFUSAL = frozenset({Failure.BAD_ANSWER, Failure.EMPTY})
_BROKEN = frozenset({Failure.UNREACHABLE, Failure.BAD_ANSWER})


@dataclass(frozen=True)
class Fault:
    """What happens, what it may be called, and how a server comes to do it."""

    name: str
    failures: frozenset[Failure]
    script: Callable[[Loopback], None]


def _raw(
    name: str, failure: Failure | frozenset[Failure], handler: Callable[[Loopback], RawHandler]
) -> Fault:
    return Fault(name, _set(failure), lambda server: server.raw_everywhere(handler(server)))


def _sends(name: str, failure: Failure | frozenset[Failure], *pieces: bytes) -> Fault:
    def handler(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return _raw(name, failure, lambda _: handler)


def _answers(
    name: str,
    failure: Failure | frozenset[Failure],
    body: bytes = b"",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Fault:
    answer = Answer(body, status, headers or {})
    return Fault(name, _set(failure), lambda server: server.everywhere(lambda _: answer))


def _redirects(name: str, failure: Failure, target: Callable[[Asked], str]) -> Fault:
    def script(server: Loopback) -> None:
        server.everywhere(lambda asked: Answer(b"", 302, {"Location": target(asked)}))

    return Fault(name, frozenset({failure}), script)


def _always(target: str) -> Callable[[Asked], str]:
    return lambda _: target


def _set(failure: Failure | frozenset[Failure]) -> frozenset[Failure]:
    return frozenset({failure}) if isinstance(failure, Failure) else failure


def _drip(start: bytes, piece: bytes) -> Callable[[Loopback], RawHandler]:
    def handler_of(server: Loopback) -> RawHandler:
        def handler(connection: socket.socket) -> None:
            connection.sendall(start)
            while not server.wait(0.02):
                connection.sendall(piece)

        return handler

    return handler_of


def _reset_after(start: bytes) -> Callable[[Loopback], RawHandler]:
    def handler_of(server: Loopback) -> RawHandler:
        def handler(connection: socket.socket) -> None:
            connection.sendall(start)
            server.wait(0.02)  # or the reset would overtake it
            reset(connection)

        return handler

    return handler_of


def _flood(start: bytes, piece: bytes, times: int) -> Callable[[Loopback], RawHandler]:
    def handler_of(_: Loopback) -> RawHandler:
        def handler(connection: socket.socket) -> None:
            connection.sendall(start)
            for _ in range(times):
                connection.sendall(piece)

        return handler

    return handler_of


_MEGABYTE = b"x" * 1_000_000
_BOMB = gzip.compress(bytes(200_000_000), 6)  # 200 KB, prepared once for all servers
_ENDLESS = b"%x\r\n%s\r\n" % (len(_MEGABYTE), _MEGABYTE)


def faults() -> Iterator[Fault]:
    """Yield every fault."""
    yield from _of_time()
    yield from _of_form()
    yield from _of_size()
    yield from _of_redirects()
    yield from _of_content()


def _of_time() -> Iterator[Fault]:
    late = Failure.TIMEOUT
    yield _raw("says nothing", late, _drip(b"", b""))
    yield _raw("drips its headers", late, _drip(_OK + b"X-Long: ", b"x"))
    yield _raw("drips its body", late, _drip(_OK + b"Content-Length: 99999\r\n\r\n", b"<"))
    yield _raw("drips its chunks", late, _drip(_CHUNKED, b"1\r\n<\r\n"))
    yield _raw("says continue for ever", late, _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"))


def _of_form() -> Iterator[Fault]:
    yield _raw("resets at once", _BROKEN, _reset_after(b""))
    yield _raw("resets in its headers", _BROKEN, _reset_after(_OK))
    yield _raw(
        "resets in its body", Failure.UNREACHABLE, _reset_after(_OK + b"Content-Length: 99\r\n\r\n<rss")
    )
    yield _sends("promises more than it sends", Failure.UNREACHABLE, _OK + b"Content-Length: 99\r\n\r\n<rss>")
    yield _sends("promises less than it sends", _ANY_REFUSAL, _OK + b"Content-Length: 3\r\n\r\n<rss>")
    yield _sends(
        "promises two lengths", Failure.BAD_ANSWER, _OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n<r"
    )
    yield _sends("promises a length below nothing", Failure.BAD_ANSWER, _OK + b"Content-Length: -3\r\n\r\n<r")
    yield _sends("sends a chunk of no size", Failure.BAD_ANSWER, _CHUNKED + b"zz\r\n<rss\r\n")
    yield _sends("ends amid its chunks", Failure.UNREACHABLE, _CHUNKED + b"4\r\n<rss\r\n")
    yield _sends("speaks another protocol", Failure.BAD_ANSWER, b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    yield _sends("makes noise", Failure.BAD_ANSWER, bytes(range(256)) * 40 + b"\r\n\r\n")
    yield _sends("sends one huge header", Failure.BAD_ANSWER, _OK + b"X: " + b"x" * 300_000)
    yield _sends("sends many headers", Failure.BAD_ANSWER, _OK + b"X: y\r\n" * 100_000 + b"\r\n")


def _of_size() -> Iterator[Fault]:
    yield _raw(
        "sends 40 MB", Failure.TOO_LARGE, _flood(_OK + b"Content-Length: 40000000\r\n\r\n", _MEGABYTE, 40)
    )
    yield _raw("sends chunks without an end", Failure.TOO_LARGE, _flood(_CHUNKED, _ENDLESS, 40))
    yield _answers("sends a gzip bomb", Failure.TOO_LARGE, _BOMB, headers=_PACKED)
    yield _answers(
        "sends a bomb in zlib",
        Failure.TOO_LARGE,
        zlib.compress(bytes(60_000_000)),
        headers={"Content-Encoding": "deflate"},
    )
    yield _answers("hides a bomb in another gzip", _ANY_REFUSAL, gzip.compress(_BOMB), headers=_PACKED)
    twice = {"Content-Encoding": "gzip, gzip"}
    yield _answers("says that it hides a bomb", Failure.BAD_ANSWER, gzip.compress(_BOMB), headers=twice)
    yield _answers("sends half a gzip", Failure.BAD_ANSWER, gzip.compress(_HOTEL)[:-9], headers=_PACKED)
    yield _answers("calls plain text gzip", Failure.BAD_ANSWER, _HOTEL, headers=_PACKED)
    yield _answers("packs as nobody asked", Failure.BAD_ANSWER, _HOTEL, headers={"Content-Encoding": "br"})


def _of_redirects() -> Iterator[Fault]:
    circle = {"/a": "/b", "/b": "/a"}
    yield _redirects(
        "redirects in a circle", Failure.TOO_MANY_REDIRECTS, lambda it: circle.get(it.target, "/a")
    )
    yield _redirects(
        "redirects for ever", Failure.TOO_MANY_REDIRECTS, lambda it: it.target.partition("?")[0] + "x"
    )
    for place in ("10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0", "2130706433"):
        yield _redirects(f"redirects to {place}", Failure.FORBIDDEN_ADDRESS, _always(f"http://{place}/"))
    yield _redirects("redirects to a file", Failure.FORBIDDEN_ADDRESS, lambda _: "file:///etc/passwd")
    yield _redirects("redirects nowhere", Failure.BAD_ANSWER, lambda _: "http://a:b:c/")


def _of_content() -> Iterator[Fault]:
    yield _answers("says not modified, unasked", Failure.BAD_ANSWER, status=304)
    yield _answers("says nothing is there", Failure.BAD_ANSWER, status=204)
    yield _answers("sends a part", Failure.BAD_ANSWER, _HOTEL, 206)
    yield _answers("answers with a status that is none", Failure.SERVER_ERROR, b"", 999)
    yield _answers("sends an empty body", _ANY_REFUSAL)
    yield _answers("is a captive portal", _ANY_REFUSAL, _HOTEL, headers={"Content-Type": "text/html"})
    for kind in ("application/rss+xml", "application/json", "text/markdown; charset=punycode"):
        yield _answers(f"calls a page {kind}", _ANY_REFUSAL, _HOTEL, headers={"Content-Type": kind})
    yield _answers(
        "sends a picture",
        _ANY_REFUSAL,
        b"\x89PNG\r\n\x1a\n" + bytes(999),
        headers={"Content-Type": "image/png"},
    )
    cloudflare = {"Server": "cloudflare", "CF-RAY": "8f0-AMS", "Content-Type": "text/html; charset=UTF-8"}
    mitigated = {**cloudflare, "cf-mitigated": "challenge"}
    yield _answers("challenges with 403", Failure.DENIED, _CHALLENGE, 403, mitigated)
    yield _answers("challenges with 503", Failure.SERVER_ERROR, _CHALLENGE, 503, mitigated)
    yield _answers("challenges with 200", _ANY_REFUSAL, _CHALLENGE, 200, cloudflare)
    yield _answers("has an origin that is down", Failure.SERVER_ERROR, _HOTEL, 522, cloudflare)
    yield _answers("has had enough", Failure.RATE_LIMITED, b"", 429, {"Retry-After": "9" * 5_000})
