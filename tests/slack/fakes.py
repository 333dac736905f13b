"""Stand-ins written by hand: the desk, the Web API, threads that work at once, stored installations."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from bot.demo.serving import Answer as Reply
from bot.demo.serving import Loopback, Request, as_json
from bot.desk.asker import Asker
from bot.records import Content, View

MODAL: View = {"type": "modal", "title": {"type": "plain_text", "text": "Details"}, "blocks": []}
HOME: View = {"type": "home", "blocks": []}


class FakeDesk:
    """Answers everything with `content`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.askers: list[Asker] = []
        self.content = Content("an answer")
        self.knows = True
        self.crash: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def answer(self, asker: Asker, text: str) -> Content:
        self._note(asker, "answer", asker.destination, text)
        self.gate.wait(10)
        if self.crash:
            raise self.crash
        return self.content

    def home(self, asker: Asker, channels: Sequence[str] | None) -> View:
        self._note(asker, "home", asker.destination, channels)
        return HOME

    def subscribe_form(self, asker: Asker, destination: str) -> View:
        self._note(asker, "subscribe_form", destination)
        return MODAL

    def details(self, release_id: int) -> View | None:
        self.asked.append(("details", release_id))
        return MODAL if self.knows else None

    def report_form(self, release_id: int) -> View | None:
        self.asked.append(("report_form", release_id))
        return MODAL if self.knows else None

    def correct_form(self, report_id: int, asker: Asker) -> View | None:
        self._note(asker, "correct_form", report_id)
        return MODAL if self.knows else None

    def report(self, asker: Asker, release_id: int, text: str) -> Content:
        self._note(asker, "report", release_id, text)
        return self.content

    def correct(self, asker: Asker, report_id: int, fields: Mapping[str, str]) -> Content:
        self._note(asker, "correct", report_id, dict(fields))
        return self.content

    def welcome(self, asker: Asker) -> Content | None:
        self._note(asker, "welcome", asker.destination)
        return self.content if self.knows else None

    def uninstalled(self, team: str) -> None:
        self.asked.append(("uninstalled", team))

    def _note(self, asker: Asker, *what: Any) -> None:
        self.askers.append(asker)
        self.asked.append(what)


class AtOnce(Executor):
    """Runs what is submitted before it returns, so that a test sees the end of it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@dataclass(frozen=True)
class Call:
    """One call of the Web API, or of a response URL, whose method is "hook"."""

    method: str
    token: str
    arguments: Mapping[str, Any]


class SlackApi(Loopback):
    """Says yes to every call, but for the answers that a test lines up."""

    def __init__(self) -> None:
        super().__init__(self._handle)
        self.calls: list[Call] = []
        self._answers: dict[str, list[Reply]] = {}

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def hook(self) -> str:
        return f"{self.url}/hook"

    def will_answer(self, method: str, *bodies: Mapping[str, Any] | Reply) -> None:
        replies = [body if isinstance(body, Reply) else as_json(body) for body in bodies]
        self._answers.setdefault(method, []).extend(replies)

    def methods(self) -> list[str]:
        return [call.method for call in self.calls]

    def _handle(self, request: Request) -> Reply:
        method = request.path.removeprefix("/api/").strip("/")
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.calls.append(Call(method, token, _arguments(request)))
        answers = self._answers.get(method)
        if answers:
            return answers.pop(0)
        return Reply(body=b"ok") if method == "hook" else as_json({"ok": True})


def _arguments(request: Request) -> Mapping[str, Any]:
    if "json" in request.headers.get("content-type", ""):
        return json.loads(request.body or b"{}")
    found = dict(parse_qsl(request.body.decode()))
    return {key: json.loads(value) if key == "blocks" else value for key, value in found.items()}


@dataclass
class FakeInstallations:
    """store.installations in a dictionary."""

    kept: dict[tuple[str, str], bytes] = field(default_factory=dict)
    states: dict[str, datetime] = field(default_factory=dict)

    def save(self, team: str, enterprise: str, sealed: bytes, bot_user: str, now: datetime) -> None:
        self.kept[team, enterprise] = sealed

    def find(self, team: str, enterprise: str = "") -> bytes | None:
        return self.kept.get((team, enterprise))

    def uninstall(self, team: str, now: datetime, enterprise: str = "") -> bool:
        return self.kept.pop((team, enterprise), None) is not None

    def issue_state(self, state: str, expires_at: datetime) -> None:
        self.states[state] = expires_at

    def consume_state(self, state: str, now: datetime) -> bool:
        return self.states.pop(state, now) > now


@dataclass
class FakeStore:
    """As much of the store as installing takes."""

    installations: FakeInstallations = field(default_factory=FakeInstallations)
    resumed: list[str] = field(default_factory=list)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield
