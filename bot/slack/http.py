"""Take Slack's requests over HTTP, behind a proxy that speaks TLS.

What is not signed by Slack is turned away before anything of it is parsed. Signatures:
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import http.client
import io
import socket
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.oauth import OAuthFlow
from slack_sdk.errors import SlackClientError
from slack_sdk.signature import SignatureVerifier

from bot.errors import ConfigError, UsageError

log = structlog.get_logger(__name__)

EVENTS = "/slack/events"
INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"
HEALTH = "/healthz"

_LOOPBACK = "127.0.0.1"
_BODY_LIMIT = 1 << 20  # bytes; a form with everything in it has a few thousand
_DEADLINE = 10.0  # seconds for a request to arrive; Slack itself waits for three
_WORKERS = 32
_WAITING = 256  # connections; whoever comes then is let go


def parse_listen(listen: str) -> tuple[str, int]:
    """Return host and port of ":3000", "0.0.0.0:3000" or "[::1]:3000"; without a host it is loopback.

    Raises UsageError for anything else.
    """
    host, colon, port = listen.strip().rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65_535 or not colon:
        raise UsageError(f"cannot listen on {listen[:60]!r}: write :3000 or 0.0.0.0:3000")
    return host.strip("[]") or _LOOPBACK, int(port)


class HttpFront:
    """Listen for Slack until stopped; `flow` is None where the bot serves one workspace."""

    def __init__(
        self,
        address: tuple[str, int],
        app: App,
        signing_secret: str,
        flow: OAuthFlow | None = None,
        deadline: float = _DEADLINE,
    ) -> None:
        """Bind the address. Raises ConfigError when that cannot be done, or without a signing secret."""
        if not signing_secret:
            raise ConfigError(
                "environment variable SLACK_SIGNING_SECRET is not set: anybody could pass for Slack"
            )
        try:
            self._server = _Server(address, _Front(app, SignatureVerifier(signing_secret), flow), deadline)
        except OSError as error:
            raise ConfigError(f"cannot listen on {address[0]}:{address[1]}: {error.strerror}") from error
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="slack-http")

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        log.info("slack_http_listening", host=self._server.server_address[0], port=self.port)

    def stop(self) -> None:
        """Take nothing new, and finish what was taken."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Front:
    """Decide what comes of a request: pure but for what the app does."""

    def __init__(self, app: App, verifier: SignatureVerifier, flow: OAuthFlow | None) -> None:
        self._app = app
        self._verifier = verifier
        self._flow = flow

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> BoltResponse:
        """Return what Slack is told."""
        if path != EVENTS:
            return _plain(404, "not found")
        if not self._is_signed(headers, body):
            return _plain(401, "not signed by Slack")
        try:
            request = BoltRequest(body=body.decode(), headers={**headers})
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            log.warning("slack_payload_malformed", error=type(error).__name__)
            return _plain(400, "malformed")
        return self._app.dispatch(request)

    def get(self, path: str, query: str, headers: Mapping[str, str]) -> BoltResponse:
        """Return what a browser or a health check is told."""
        if path == HEALTH:
            return _plain(200, "ok")
        if self._flow is None or path not in (INSTALL, REDIRECT):
            return _plain(404, "not found")
        request = BoltRequest(body="", query=query, headers={**headers})
        if path == INSTALL:
            return self._flow.handle_installation(request)
        try:
            return self._flow.handle_callback(request)
        except (OSError, http.client.HTTPException, SlackClientError) as error:
            log.warning("slack_install_failed", error=type(error).__name__)
            return _plain(502, "Slack does not answer just now; please try again")

    def _is_signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        lower = {name.lower(): value for name, value in headers.items()}
        stamp = lower.get("x-slack-request-timestamp", "")
        signature = lower.get("x-slack-signature", "")
        # the verifier raises on what is no number, no ASCII or no UTF-8
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 20 and signature.isascii()):
            return False
        try:
            return self._verifier.is_valid(body, stamp, signature)
        except UnicodeDecodeError:
            return False


def _plain(status: int, text: str) -> BoltResponse:
    return BoltResponse(status=status, body=text, headers={"Content-Type": "text/plain; charset=utf-8"})


class _Server(HTTPServer):
    """Serve from a bounded pool: a thread a connection would be a database connection each."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], front: _Front, deadline: float) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.front = front
        self.deadline = deadline
        self._pool = ThreadPoolExecutor(_WORKERS, "slack-http")
        self._room = threading.BoundedSemaphore(_WAITING)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            done = self._pool.submit(self._process, request, client_address)
            done.add_done_callback(_log_crash)
        else:
            self.shutdown_request(request)

    def _process(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        finally:
            self.shutdown_request(request)
            self._room.release()

    def server_close(self) -> None:
        super().server_close()
        self._pool.shutdown()


def _log_crash(done: Future[None]) -> None:
    error = done.exception()
    if error and not isinstance(error, ConnectionError | TimeoutError):  # whoever hung up needs no answer
        log.error("slack_http_crashed", exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    """Speak HTTP/1.0: one request a connection, in and out."""

    server: _Server
    server_version = "cadencebot"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        self.rfile = io.BufferedReader(_Timely(self.connection, self.server.deadline))

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self._send(self.server.front.get(address.path, address.query, dict(self.headers)))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length") or ""
        if not (length.isascii() and length.isdigit()):
            self._send(_plain(411, "a body needs its length"))
        elif len(length) > 9 or int(length) > _BODY_LIMIT:
            self._send(_plain(413, "too large"))
        else:
            body = self.rfile.read(int(length))
            self._send(self.server.front.post(urlsplit(self.path).path, dict(self.headers), body))

    def _send(self, response: BoltResponse) -> None:
        self.send_response(response.status)
        for name, values in response.headers.items():
            for value in values:
                self.send_header(name, value)
        body = (response.body or "").encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay quiet: a query may hold the code of an installation."""


class _Timely(io.RawIOBase):
    """Read a socket until a deadline, however slowly the other side drips."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._end = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request did not arrive in time")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)
