"""Requests as they arrive, without a thread for any that is not there yet: slow strangers hold up nobody.

A stranger cannot be told from Slack before the whole request is there. When there are too many that are not,
the oldest of them goes: Slack's are there within milliseconds. A share for each address would help nobody, as
behind a proxy all come from one, and a crowd of strangers has many.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

import structlog

log = structlog.get_logger()

HEAD_LIMIT = 16_384  # bytes of the line and the headers of a request
MOST_AT_ONCE = 256  # connections whose requests are not there yet
_MOST_BYTES = 1 << 25  # that these may hold together
_WORKERS = 32  # threads: one a connection would be a database connection each
_END = b"\r\n\r\n"
_THEIRS = (OSError, EOFError, asyncio.LimitOverrunError)  # hung up, one too many, too slow or too long
_QUIET = 60.0  # seconds between two lines of the log on what was turned away

Client = tuple[str, int]


class Request(Protocol):
    """A request whose head is there."""

    length: int  # bytes of the body that belongs to it

    def answer(self, body: bytes) -> bytes:
        """Return the whole answer."""
        ...


class Front:
    """Takes connections until it is told to stop, and has a bounded pool of threads answer what came in."""

    def __init__(self, open_request: Callable[[bytes, Client], Request], deadline: float) -> None:
        self._open = open_request
        self._deadline = deadline
        self._pool = ThreadPoolExecutor(_WORKERS, "http")
        self._arriving: dict[asyncio.StreamWriter, int] = {}  # the oldest first, with the bytes it may hold
        self._refused, self._quiet_until = 0, 0.0
        self._started = threading.Event()

    def start(self, listening: socket.socket) -> None:
        """Take what connects to a bound socket, in a thread of its own."""
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(listening),), name="http")
        self._thread.start()
        self._started.wait()

    def stop(self) -> None:
        """Take nothing more, let go of what is not there yet, and finish the rest."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._pool.shutdown()

    async def _serve(self, listening: socket.socket) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(
            self._take, sock=listening, limit=HEAD_LIMIT, backlog=MOST_AT_ONCE
        )
        self._started.set()
        await self._over.wait()
        self._loop.remove_reader(listening)  # a server that is closed leaves open what it was accepting
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for writer in self._arriving:
                writer.transport.abort()
            await asyncio.wait(others, return_when=asyncio.FIRST_COMPLETED)
        server.close()
        self._tell()

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._make_room(writer, HEAD_LIMIT)
        task = self._loop.create_task(self._exchange(reader, writer))
        task.add_done_callback(partial(self._let_go, writer))

    def _make_room(self, writer: asyncio.StreamWriter, needed: int) -> None:
        """Let go of the oldest that are not there yet, as far as one that may hold so much needs it."""
        self._arriving[writer] = needed
        while len(self._arriving) > MOST_AT_ONCE or sum(self._arriving.values()) > _MOST_BYTES:
            oldest = next(iter(self._arriving))
            del self._arriving[oldest]
            oldest.transport.abort()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """Read one request and write its answer; then the connection is over, as in HTTP/1.0."""
        async with asyncio.timeout(self._deadline):
            request = self._open(await reader.readuntil(_END), writer.get_extra_info("peername")[:2])
            self._make_room(writer, HEAD_LIMIT + request.length)
            body = await reader.readexactly(request.length)
        self._arriving.pop(writer, None)
        answer = await self._loop.run_in_executor(self._pool, request.answer, body)
        async with asyncio.timeout(self._deadline):
            writer.write(answer)
            writer.close()
            await writer.wait_closed()
        return answer

    def _let_go(self, writer: asyncio.StreamWriter, task: asyncio.Task[bytes]) -> None:
        writer.transport.abort()
        self._arriving.pop(writer, None)
        error = task.exception()
        if error and not isinstance(error, _THEIRS):  # a bug must not go down with its connection unheard
            log.error("http_crashed", exc_info=error)
        elif error or task.result()[9:10] == b"4":
            self._count()

    def _count(self) -> None:
        """Count one that was turned away; one line a minute tells of all of them."""
        self._refused += 1
        if self._loop.time() >= self._quiet_until:
            self._tell()
            self._refused, self._quiet_until = 0, self._loop.time() + _QUIET

    def _tell(self) -> None:
        if self._refused:
            log.info("http_refused", count=self._refused)
