"""The bot's own small web server: GET /healthz and GET /metrics, on loopback unless told otherwise."""

import io
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, ClassVar

import structlog

from bot.ops.health import Health
from bot.ops.metrics import CONTENT_TYPE

log = structlog.get_logger()

DEADLINE = 5.0  # seconds for a whole request
MOST_BYTES = 16_384  # of a request: its line and headers
MOST_AT_ONCE = 8  # connections; a monitor needs one


@dataclass(frozen=True, slots=True)
class Pages:
    """What is served; both are called from the server's threads and must only read memory."""

    health: Callable[[], Health]
    metrics: Callable[[], bytes]


@contextmanager
def serving(address: str, pages: Pages) -> Iterator[str]:
    """Serve `pages` at `address` (host:port, [::1]:9464; "" serves nothing) and yield the web address.

    A port that cannot be had is a logged warning and yields "": the bot works without.
    """
    server = _opened(address, pages) if address else None
    if server is None:
        yield ""
        return
    threading.Thread(target=server.serve_forever, args=(0.1,), name="health", daemon=True).start()
    try:
        yield f"http://{address.rpartition(':')[0]}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _opened(address: str, pages: Pages) -> "_Server | None":
    host, _, port = address.rpartition(":")
    try:
        return _Server(host.strip("[]"), int(port), pages)
    except OSError as error:
        log.warning("health_server_off", address=address, reason=error.strerror or str(error))
        return None


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True  # a connection lives for seconds and holds nothing: no stop waits for it
    request_queue_size = 16

    def __init__(self, host: str, port: int, pages: Pages) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._seats = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__((host, port), type("Handler", (_Handler,), {"pages": pages}))

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._seats.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._seats.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver's signature
        """Log what a handler raised; a client that hung up is nobody's error."""
        error = sys.exception()
        if not isinstance(error, OSError):
            log.error("health_server_crashed", exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    pages: ClassVar[Pages]
    server_version = "cadencebot"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.rfile = io.BufferedReader(_Limited(self.connection))

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/healthz":
            self._answer_health()
        elif path == "/metrics":
            self._answer(200, CONTENT_TYPE, self.pages.metrics())
        else:
            self._answer(404, "text/plain; charset=utf-8", b"There are /healthz and /metrics.\n")

    def _answer_health(self) -> None:
        health = self.pages.health()
        status = 200 if health.ok else 503
        if "application/json" in self.headers.get("Accept", ""):
            body = json.dumps({"ok": health.ok, "sentences": health.sentences})
            self._answer(status, "application/json", body.encode())
        else:
            lines = ["ok" if health.ok else "not ok", *health.sentences]
            self._answer(status, "text/plain; charset=utf-8", ("\n".join(lines) + "\n").encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a monitor asks four times a minute."""


class _Limited(io.RawIOBase):
    """Read a request's head from its connection, within a total time and size.

    The handler's own timeout is for one read, so that a client which drips bytes would never end.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until = time.monotonic() + DEADLINE
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        seconds = self._until - time.monotonic()
        if seconds <= 0 or self._left <= 0:
            raise TimeoutError("the request is too slow or too long")  # the handler hangs up
        self._connection.settimeout(seconds)
        count = self._connection.recv_into(buffer, min(len(buffer), self._left))
        self._left -= count
        return count
