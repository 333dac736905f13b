"""An HTTP server on loopback for the benchmarks, in a process of its own, so that its work counts for nobody.

A site says what is answered to a request. It is also a proxy, which is how a bot gets to hosts that it takes
for strangers: loopback itself it would refuse, or take for one of ours and ask without any manners.
"""
# ruff: noqa: INP001  # a part of scripts for people

import asyncio
import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import cast

_BEHIND_SCHEME = len("http://")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: `target` is the path with its query, header names are in lower case."""

    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, `after` so many seconds; None is for ever."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float | None = 0


NOTHING = Answer(status=404)
Site = Callable[[Request], Answer]


def validated(request: Request, answer: Answer, tag: str, modified: str = "") -> Answer:
    """Return the answer with its validators, or that nothing changed where it was told one of them."""
    told = {request.headers.get("if-none-match", ""), request.headers.get("if-modified-since", "")}
    headers = {**answer.headers, "ETag": tag, **({"Last-Modified": modified} if modified else {})}
    if told & ({tag, modified} - {""}):
        return Answer(status=304, headers=headers, after=answer.after)
    return Answer(answer.body, answer.status, headers, answer.after)


class _Answering(asyncio.Protocol):
    """One connection: it carries one request after the other."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, blank, rest = self._heard.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", 0))
        if not blank or len(rest) < length:
            return
        self._heard = rest[length:]
        target = first.split(" ")[1]
        if target.startswith("http://"):
            target = target[target.index("/", _BEHIND_SCHEME) :]
        answer = self._site(Request(target, headers, rest[:length]))
        if answer.after is not None:
            closing = headers.get("connection") == "close"
            asyncio.get_running_loop().call_later(answer.after, self._answer, answer, closing)

    def _answer(self, answer: Answer, closing: bool) -> None:
        if self._transport.is_closing():
            return
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        lines += [] if answer.status == HTTPStatus.NOT_MODIFIED else [f"Content-Length: {len(answer.body)}"]
        lines += ["Connection: close"] if closing else []
        self._transport.write("\r\n".join((*lines, "", "")).encode() + answer.body)
        if closing:
            self._transport.close()


async def _serve(site: Site, ready: Connection) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answering(site), "127.0.0.1", 0, backlog=1024)
    ready.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _run(make: Callable[[], Site], ready: Connection) -> None:
    asyncio.run(_serve(make(), ready))


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: `host` has its port."""

    host: str
    _process: SpawnProcess

    def stop(self) -> None:
        """End it; whoever waits for an answer waits no longer."""
        self._process.kill()
        self._process.join()


@contextmanager
def serving(make: Callable[..., Site], *arguments: object) -> Iterator[Server]:
    """Yield a server of the site that `make` makes, a function that has a name in its module."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_run, args=(partial(make, *arguments), theirs), daemon=True
    )
    process.start()
    server = Server(f"127.0.0.1:{ours.recv()}", process)
    try:
        yield server
    finally:
        server.stop()
