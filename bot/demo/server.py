"""A small web server on loopback that answers what it is told to, misbehaviour included."""

import json
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One request: header names in lower case, every value of a repeated query parameter."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back; `wait` seconds come first, `cut` closes the connection without a word."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    cut: bool = False


Handle = Callable[[Request], Answer]


def as_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer that carries `value` as compact JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


def validated(request: Request, answer: Answer, etag: str, last_modified: str = "") -> Answer:
    """Return the answer with its validators, or 304 to a caller that already has it.

    As in HTTP, `If-Modified-Since` counts only where `If-None-Match` was not sent.
    """
    headers = {"ETag": etag, **({"Last-Modified": last_modified} if last_modified else {})}
    has_etag = request.headers.get("if-none-match")
    has_date = request.headers.get("if-modified-since", "") if has_etag is None else ""
    if has_etag == etag or (has_date and has_date == last_modified):
        return Answer(304, headers=headers)
    return replace(answer, headers={**answer.headers, **headers})


def dropped() -> Answer:
    """Return no answer at all: the connection closes."""
    return Answer(cut=True)


def _now() -> datetime:
    return datetime.now(UTC)


class Loopback:
    """Serve `handle` on 127.0.0.1, at a port that is free, for as long as the context lasts.

    Whatever `handle` raises is raised again when the context ends, so that a bug in a stand-in is loud.
    """

    def __init__(self, handle: Handle, now: Callable[[], datetime] = _now) -> None:
        self.handle = handle
        self.now = now  # dates the answers
        self.requests: list[Request] = []  # everything that was asked, in order of arrival
        self.closing = threading.Event()
        self._server = _Server(self)
        # The default poll of half a second would be the time that every shutdown takes.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def host(self) -> str:
        """Return "127.0.0.1:port"."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """Return the address without a slash at its end."""
        return f"http://{self.host}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()
        if error is None and self._server.crashes:
            raise self._server.crashes[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close() waits for every one of them
    request_queue_size = 64

    def __init__(self, owner: Loopback) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        self.crashes: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open, or their threads would wait for ever."""
        with self._lock:
            for connection in self._open:
                _hang_up(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # the base class's
        error = sys.exception()
        # A client that gave up or was killed is what the fault tests are about, and no bug.
        if error is not None and not isinstance(error, ConnectionError):
            self.crashes.append(error)


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "cadencebot-demo"
    sys_version = ""
    wbufsize = -1  # one packet for head and body: two would wait for each other's acknowledgement
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=address.path,
            query=parse_qs(address.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        self.server.owner.requests.append(request)
        self._send(self.server.owner.handle(request))

    do_POST = do_GET  # noqa: N815  # the base class looks for this name

    def _send(self, answer: Answer) -> None:
        if answer.wait:
            self.server.owner.closing.wait(answer.wait)
        if answer.cut:
            self.close_connection = True
            _hang_up(self.connection)
            return
        self.send_response_only(answer.status)
        date = format_datetime(self.server.owner.now().astimezone(UTC), usegmt=True)
        for name, value in {"Server": self.version_string(), "Date": date, **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: Any) -> None:
        """Stay quiet: `Loopback.requests` is the log."""
