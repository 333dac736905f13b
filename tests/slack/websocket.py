"""A Socket Mode server on loopback: as much of RFC 6455 as the SDK's client speaks."""

import base64
import hashlib
import json
import queue
import socket
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Connection:
    """One client that shook hands; `received` holds the JSON that it sent."""

    def __init__(self, connection: socket.socket, *, pongs: bool) -> None:
        self.pongs = pongs
        self.received: queue.Queue[Any] = queue.Queue()
        self.closed = threading.Event()
        self._socket = connection
        self._thread = threading.Thread(target=self._read)

    def shake_hands(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._exactly(1)
        lines = [line.partition(b":") for line in head.split(b"\r\n")]
        key = next(value.strip() for name, _, value in lines if name.lower() == b"sec-websocket-key")
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        self._socket.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self._thread.start()

    def send(self, message: Mapping[str, Any]) -> None:
        self._frame(_TEXT, json.dumps(message).encode())

    def hang_up(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _read(self) -> None:
        with suppress(ConnectionError, OSError):
            while True:
                opcode, data = self._read_frame()
                if opcode == _TEXT:
                    self.received.put(json.loads(data))
                elif opcode == _PING and self.pongs:
                    self._frame(_PONG, data)
                elif opcode == _CLOSE:
                    break
        self.closed.set()

    def _read_frame(self) -> tuple[int, bytes]:
        first, second = self._exactly(2)
        length = second & 0x7F
        if length == 126:
            [length] = struct.unpack("!H", self._exactly(2))
        mask = self._exactly(4)
        masked = self._exactly(length)
        return first & 0x0F, bytes(byte ^ mask[n % 4] for n, byte in enumerate(masked))

    def _frame(self, opcode: int, data: bytes) -> None:
        length = bytes([len(data)]) if len(data) < 126 else b"\x7e" + struct.pack("!H", len(data))
        self._socket.sendall(bytes([0x80 | opcode]) + length + data)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self._socket.recv(count - len(data))
            if not more:
                raise ConnectionError("the client hung up")
            data += more
        return data


class SocketServer:
    """Takes connections until it is left; `pongs` says whether it answers pings. A context manager."""

    def __init__(self, *, pongs: bool = True) -> None:
        self.pongs = pongs
        self.connections: queue.Queue[Connection] = queue.Queue()
        self._all: list[Connection] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept)

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/link?ticket=1"

    def next(self, seconds: float = 15) -> Connection:
        """Return the next client that connects."""
        return self.connections.get(timeout=seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for connection in self._all:
            connection.hang_up()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection = Connection(self._listener.accept()[0], pongs=self.pongs)
                self._all.append(connection)
                connection.shake_hands()
                self.connections.put(connection)
