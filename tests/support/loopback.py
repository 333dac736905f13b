"""A real HTTP server on 127.0.0.1 that answers as a test scripts it, byte by byte where it must."""

import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that arrived: `target` with its query, header names in lower case."""

    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; Content-Length is added unless `headers` has one or is chunked."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


_Request = socket.socket | tuple[bytes, socket.socket]  # as socketserver has it, for TCP and for UDP
Handler = Callable[[Asked], Answer]
RawHandler = Callable[[socket.socket], None]


def reset(connection: socket.socket) -> None:
    """End a connection the rude way (RST)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Loopback:
    """Serve what was scripted with `on`, `handle` and `raw`; anything else is a 404. A context manager.

    `asked` lists the requests in order, `connections` counts the connections. Connections are kept alive,
    as real servers do, except after a raw handler.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self._scheme = "https" if tls else "http"
        self._tls = tls
        self._handlers: dict[str, Handler] = {}
        self._raw: dict[str, RawHandler] = {}
        self._otherwise: Handler = lambda _: Answer(b"nothing here", 404)
        self._raw_otherwise: RawHandler | None = None
        self._closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._server = _Server(("127.0.0.1", 0), self._serve)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        """Return the port that is served."""
        return self._server.server_address[1]

    @property
    def endpoint(self) -> str:
        """Return `127.0.0.1:port`, as in CADENCEBOT_ALLOW_HOSTS."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """Return the whole address of `path`."""
        return f"{self._scheme}://{self.endpoint}{path}"

    def on(
        self, path: str, body: bytes = b"", status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer `path`, whatever its query, always the same."""
        answer = Answer(body, status, headers or {})
        self.handle(path, lambda asked: answer)

    def handle(self, path: str, handler: Handler) -> None:
        """Let `handler` answer `path`; it runs in the thread of its connection."""
        self._handlers[path] = handler
        self._raw.pop(path, None)

    def raw(self, path: str, handler: RawHandler) -> None:
        """Give `handler` the bare connection once `path` was asked; the connection ends with it."""
        self._raw[path] = handler
        self._handlers.pop(path, None)

    def everywhere(self, handler: Handler) -> None:
        """Let `handler` answer every path that has no handler of its own."""
        self._otherwise, self._raw_otherwise = handler, None

    def raw_everywhere(self, handler: RawHandler) -> None:
        """Give `handler` the bare connection once any path was asked that has no handler of its own."""
        self._raw_otherwise = handler

    def wait(self, seconds: float) -> bool:
        """Let a handler wait; returns True at once when the server closes, so that no test hangs on it."""
        return self._closing.wait(seconds)

    def _serve(self, connection: socket.socket) -> None:
        self.connections += 1
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.add(connection)
            while (asked := _read_head(connection)) and self._answer(asked, connection):
                pass
        except OSError:
            pass  # the client hung up, which many a test is about
        finally:
            self._open.discard(connection)
            connection.close()

    def _answer(self, asked: Asked, connection: socket.socket) -> bool:
        """Answer one request; returns whether the connection stays open."""
        self.asked.append(asked)
        path = asked.target.partition("?")[0]
        if raw := self._raw.get(path, None if path in self._handlers else self._raw_otherwise):
            raw(connection)
            return False
        connection.sendall(_written(self._handlers.get(path, self._otherwise)(asked)))
        return True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], serve: Callable[[socket.socket], None]) -> None:
        super().__init__(address, socketserver.BaseRequestHandler)
        self._serve = serve

    def finish_request(self, request: _Request, client_address: object) -> None:
        assert isinstance(request, socket.socket), "a server of TCP is given connections"
        self._serve(request)

    def shutdown_request(self, request: _Request) -> None:
        assert isinstance(request, socket.socket), "a server of TCP is given connections"
        request.close()  # the handler has already ended it as the test wanted


def _read_head(connection: socket.socket) -> Asked | None:
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(65536)
        if not data:
            return None
        head += data
    first, *lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Asked(first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs})


def _written(answer: Answer) -> bytes:
    headers = dict(answer.headers)
    if not {"content-length", "transfer-encoding"} & {name.lower() for name in headers}:
        headers["Content-Length"] = str(len(answer.body))
    lines = [f"HTTP/1.1 {answer.status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
    body = b"" if answer.status == 304 else answer.body
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
