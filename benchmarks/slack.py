"""A stand-in for Slack's Web API on loopback, in a process of its own, that says yes to everything.

Each channel's answers come after the latency asked for; C_SLOW answers after three seconds, C_HANGING never.
"""
# ruff: noqa: INP001  # a part of scripts for people

import asyncio
import json
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from multiprocessing.connection import Connection
from typing import cast
from urllib.parse import parse_qsl

SLOW, HANGING = "C0SLOW", "C0HANGING"
_DELAYS: dict[str, float | None] = {SLOW: 3.0, HANGING: None}  # seconds; None is for ever


class _Answering(asyncio.Protocol):
    """One connection: it may carry one request after the other."""

    posted = 0  # by all

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, blank, body = self._read.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if not blank or len(body) < int(headers.get(b"content-length", 0)):
            return
        self._read = b""
        is_json = b"json" in headers.get(b"content-type", b"")
        asked = json.loads(body) if is_json else dict(parse_qsl(body.decode()))
        delay = _DELAYS.get(asked.get("channel", ""), self._latency)
        if delay is not None:
            closing = headers.get(b"connection") == b"close"
            asyncio.get_running_loop().call_later(delay, self._answer, asked, closing)

    def _answer(self, asked: dict[str, str], closing: bool) -> None:
        _Answering.posted += 1
        ts = f"{time.time():.0f}.{_Answering.posted:06}"
        body = json.dumps(
            {"ok": True, "channel": asked.get("channel", ""), "ts": ts, "team": "T", "user": "U"}
        )
        lines = (
            "HTTP/1.1 200 OK",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"Date: {formatdate(usegmt=True)}",
            f"Connection: {'close' if closing else 'keep-alive'}",
        )
        self._transport.write("\r\n".join((*lines, "", body)).encode())
        if closing:
            self._transport.close()


async def _serve(ready: Connection, latency: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answering(latency), "127.0.0.1", 0, backlog=1024)
    ready.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _run(ready: Connection, latency: float) -> None:
    asyncio.run(_serve(ready, latency))


@contextmanager
def slack(latency: float) -> Iterator[str]:
    """Yield the address of its API; answers take `latency` seconds."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_run, args=(theirs, latency), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/api/"
    finally:
        server.kill()
        server.join()
