"""The one HTTP server of the bot: its own pages, and whatever routes the other rooms register.

Routes are WSGI applications by method and path; each gets its request's body whole, within the limit. A path
that ends with a slash stands for all that is one step below it.
"""

import io
import json
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.handlers import SimpleHandler
from wsgiref.simple_server import WSGIRequestHandler

import structlog

from bot.errors import ConfigError, UsageError
from bot.ops.arriving import Client, Front
from bot.ops.health import Health
from bot.ops.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger()

DEADLINE = 5.0  # seconds from accepting a connection until its request is there; Slack itself waits for three
BODY_LIMIT = 1 << 20  # bytes; a form with everything in it has a few thousand
LOOPBACK = "127.0.0.1"

METRICS = ("GET", "/metrics")
# How the bot fares, whether this process can do its part, and whether its main loop ticks at all.
HEALTH, READY, ALIVE = PROBES = ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/livez")
# Of a page that people look at: nobody frames it, no other site reads it, nothing takes it for another kind.
PAGE_HEADERS = (
    ("Content-Security-Policy", "frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)

Address = tuple[str, int]
Route = tuple[str, str]
Routes = Mapping[Route, "WSGIApplication"]


def parse_address(text: str) -> Address:
    """Return host and port of ":3000", "0.0.0.0:3000" or "[::1]:3000"; without a host it is loopback.

    Raises UsageError for anything else.
    """
    host, colon, port = text.strip().rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65_535 or not colon:
        raise UsageError(f"cannot listen on {text[:60]!r}: write :3000 or 0.0.0.0:3000")
    return host.strip("[]") or LOOPBACK, int(port)


def own_pages(probes: Mapping[Route, Callable[[], Health]], metrics: Callable[[], bytes]) -> Routes:
    """Return these pages, and /metrics; what they call must only read memory."""

    def show(
        probe: Callable[[], Health], environ: "WSGIEnvironment", respond: "StartResponse"
    ) -> Iterable[bytes]:
        report = probe()
        status = HTTPStatus.OK if report.ok else HTTPStatus.SERVICE_UNAVAILABLE
        if "application/json" in environ.get("HTTP_ACCEPT", ""):
            body = json.dumps({"ok": report.ok, "sentences": report.sentences})
            return reply(respond, status, body.encode(), "application/json")
        lines = ["ok" if report.ok else "not ok", *report.sentences]
        return reply(respond, status, ("\n".join(lines) + "\n").encode())

    def show_metrics(_: "WSGIEnvironment", respond: "StartResponse") -> Iterable[bytes]:
        return reply(respond, HTTPStatus.OK, metrics(), CONTENT_TYPE)

    return {METRICS: show_metrics, **{route: partial(show, probe) for route, probe in probes.items()}}


def reply(
    respond: "StartResponse",
    status: HTTPStatus,
    body: bytes,
    kind: str = "text/plain; charset=utf-8",
    headers: Iterable[tuple[str, str]] = (),
) -> Iterable[bytes]:
    """Answer a WSGI request with one body that nobody should keep; `headers` are further ones."""
    own = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
    respond(f"{status.value} {status.phrase}", [*own, *headers])
    return [body]


def refuse_taken(address: Address) -> None:
    """Raise ConfigError where an address cannot be had."""
    _listening(address).close()


def _listening(address: Address) -> socket.socket:
    is_six = ":" in address[0]
    family, both = socket.AF_INET6 if is_six else socket.AF_INET, is_six and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(address, family=family, dualstack_ipv6=both)
    except (OSError, UnicodeError) as error:  # the latter where a name can be none
        # create_server names the address a second time, in brackets
        why = str(getattr(error, "strerror", None) or error).partition(" (while ")[0]
        raise ConfigError(
            f"cannot listen on {address[0]}:{address[1]}: {why}; choose another address or port"
        ) from error


@contextmanager
def serving(address: Address, routes: Routes, deadline: float = DEADLINE) -> Iterator[str]:
    """Serve the routes while the block runs, and yield the web address. What was taken is finished.

    Raises ConfigError when the address cannot be had.
    """
    host, is_six = address[0], ":" in address[0]
    listening = _listening(address)
    port = listening.getsockname()[1]
    front = Front(partial(_Exchange, _Server((host, port), routes)), deadline)
    front.start(listening)
    log.info("http_listening", host=host, port=port)
    try:
        yield f"http://[{host}]:{port}" if is_six else f"http://{host}:{port}"
    finally:
        front.stop()


@dataclass(frozen=True)
class _Server:
    """What every request is asked of."""

    address: Address
    routes: Routes

    @property
    def base_environ(self) -> dict[str, str]:
        """Return what WSGI tells of a server."""
        host, port = self.address
        return {"SERVER_NAME": host, "SERVER_PORT": str(port), "SCRIPT_NAME": ""}


class _Exchange(WSGIRequestHandler):
    """A request whose head has arrived, and what answers it."""

    server: Any
    server_version = "cadencebot"
    sys_version = ""
    _wants_body = True

    def __init__(self, server: _Server, head: bytes, client: Client) -> None:
        # its own reads from a connection and writes to it
        self.server, self.client_address = server, client
        self.rfile, self.wfile = io.BytesIO(head), io.BytesIO()
        self.raw_requestline = self.rfile.readline()
        self.length = 0
        self._app = self._find() if self.parse_request() else HTTPStatus.BAD_REQUEST

    def _find(self) -> "WSGIApplication | HTTPStatus":
        """Return what answers the request, or why nothing does."""
        try:
            self._path = urlsplit(self.path).path
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        # HEAD is GET without its body (RFC 9110, section 9.3.2)
        self._wants_body, self.command = self.command != "HEAD", self.command.replace("HEAD", "GET")
        if self.command not in {method for method, _ in self.server.routes}:
            return HTTPStatus.NOT_IMPLEMENTED
        routes: Routes = self.server.routes
        above = self._path[: self._path.rfind("/", 1) + 1]  # but the root, whose page is its own alone
        app = routes.get((self.command, self._path)) or routes.get((self.command, above))
        return HTTPStatus.NOT_FOUND if app is None else self._refuse_body() or app

    def _refuse_body(self) -> HTTPStatus | None:
        """Notice how long the body is; return what is wrong with that."""
        length = self.headers.get("Content-Length", "" if self.command == "POST" else "0")
        if not (length.isascii() and length.isdigit()):
            return HTTPStatus.LENGTH_REQUIRED
        if len(length) > 9 or int(length) > BODY_LIMIT:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        self.length = int(length)
        return None

    def answer(self, body: bytes) -> bytes:
        """Return what the route answers, or that there is none."""
        said = _refusal(self._app) if isinstance(self._app, HTTPStatus) else self._run(self._app, body)
        head, blank, text = said.partition(b"\r\n\r\n")
        return head + blank + (text if self._wants_body else b"")

    def _run(self, app: "WSGIApplication", body: bytes) -> bytes:
        answer = io.BytesIO()
        environ = {**self.get_environ(), "PATH_INFO": self._path}
        gateway = _Gateway(io.BytesIO(body), answer, sys.stderr, environ)
        gateway.os_environ = {}  # the process's own, with all its secrets, is no request's business
        gateway.run(app)
        return answer.getvalue()

    def log_message(self, *_: Any) -> None:
        """Stay quiet: monitors ask four times a minute, and a query may hold the code of an installation."""


def _refusal(status: HTTPStatus) -> bytes:
    text = f"{status.phrase.lower()}\n"
    head = f"HTTP/1.0 {status.value} {status.phrase}\r\nContent-Type: text/plain\r\n"
    return f"{head}Content-Length: {len(text)}\r\n\r\n{text}".encode()


class _Gateway(SimpleHandler):
    """Runs a route; one that fails is logged and answered with status 500."""

    def log_exception(self, exc_info: Any) -> None:
        log.error("http_crashed", exc_info=exc_info)
