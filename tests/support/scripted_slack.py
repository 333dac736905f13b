"""A scripted server that stands for Slack's Web API, as a fixture for the conftest of a folder to import."""

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest


@dataclass
class Scripted:
    """Answer each method with what was scripted for it, in order, the last one for ever.

    An answer is a body (with status 200), a pair of status and body, a triple with headers, or one of
    "drop" (close without an answer) and "hang" (answer nothing until the server closes).
    """

    url: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, deque[Any]] = field(default_factory=dict)
    closing: threading.Event = field(default_factory=threading.Event)

    def script(self, method: str, *answers: Any) -> None:
        self.answers[method] = deque(answers)

    def calls_of(self, method: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.calls if name == method]

    def next_answer(self, method: str) -> Any:
        answers = self.answers.get(method, deque([{"ok": False, "error": "unknown_method"}]))
        return answers.popleft() if len(answers) > 1 else answers[0]


class _Handler(BaseHTTPRequestHandler):
    scripted: Scripted

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        method = self.path.removeprefix("/api/")
        is_json = "json" in self.headers.get("content-type", "")
        self.scripted.calls.append((method, json.loads(body or "{}") if is_json else dict(parse_qsl(body))))
        self._answer(self.scripted.next_answer(method))

    def _answer(self, answer: Any) -> None:
        if answer == "hang":
            self.scripted.closing.wait(30)
        if answer in ("hang", "drop"):
            self.close_connection = True
            return
        status, body, headers = answer if isinstance(answer, tuple) else (200, answer, {})
        data = json.dumps(body).encode() if isinstance(body, Mapping | list) else body
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def slack_api() -> Iterator[Scripted]:
    scripted = Scripted()
    handler = type("Handler", (_Handler,), {"scripted": scripted})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        scripted.url = f"http://127.0.0.1:{server.server_address[1]}/api/"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield scripted
        scripted.closing.set()
        server.shutdown()
        thread.join()
