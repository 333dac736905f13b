"""Stand-ins written by hand: the desk, the Web API, threads that work at once, stored installations."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bot.demo.server import Answer as Reply
from bot.demo.server import Loopback, Request, as_json
from bot.desk.channels import Presence
from bot.desk.comings import Comings
from bot.desk.desk import Desk
from bot.desk.questions import Asker
from bot.desk.windows import Windows
from bot.model import Destination
from bot.records import Content, View

MODAL: View = {"type": "modal", "title": {"type": "plain_text", "text": "Details"}, "blocks": []}
HOME: View = {"type": "home", "blocks": []}


class FakeComings(Comings):
    """Notes what it was told."""

    _asked: list[tuple[Any, ...]]

    def __init__(self, asked: list[tuple[Any, ...]]) -> None:
        object.__setattr__(self, "_asked", asked)

    def stands(self, channel: Destination, told: Presence | None = None) -> None:
        self._asked.append(("stands", channel, told))

    def moved(self, former: Destination, now: Destination) -> None:
        self._asked.append(("moved", former, now))

    def uninstalled(self, team: str) -> None:
        self._asked.append(("uninstalled", team))


class FakeWindows(Windows):
    """Opens what there is, and has its desk remember what it was asked."""

    _desk: "FakeDesk"

    def __init__(self, desk: "FakeDesk") -> None:
        object.__setattr__(self, "_desk", desk)

    def follow_problems(self, view: View) -> Mapping[str, str]:
        return {}

    def report_problems(self, text: str) -> Mapping[str, str]:
        if self._desk.misjudges:
            raise self._desk.misjudges
        return self._desk.wrong

    def correct_problems(self, report_id: int, fields: Mapping[str, str]) -> Mapping[str, str]:
        return {}

    def home(self, asker: Asker) -> View:
        self._desk.note(asker, "home", asker.destination)
        return HOME

    def follow_form(self, asker: Asker, place: Destination) -> View | Content:
        return self._opened(asker, "follow_form", place)

    def where_form(self, asker: Asker) -> View | Content:
        return self._opened(asker, "where_form")

    def form_of(self, asker: Asker, text: str) -> View | Content | None:
        return MODAL if text == "subscribe" else None

    def details(self, release_id: int) -> View | Content:
        self._desk.asked.append(("details", release_id))
        return MODAL if self._desk.knows else self._desk.content

    def report_form(self, asker: Asker, release_id: int) -> View | Content:
        return self._opened(asker, "report_form", release_id)

    def correct_form(self, asker: Asker, report_id: int) -> View | Content:
        return self._opened(asker, "correct_form", report_id)

    def report(self, asker: Asker, release_id: int, text: str) -> Content:
        self._desk.note(asker, "report", release_id, text)
        return self._desk.content

    def correct(self, asker: Asker, report_id: int, fields: Mapping[str, str]) -> Content:
        self._desk.note(asker, "correct", report_id, dict(fields))
        return self._desk.content

    def _opened(self, asker: Asker, *what: Any) -> View | Content:
        self._desk.note(asker, *what)
        return MODAL if self._desk.knows else self._desk.content


class FakeDesk(Desk):
    """Answers everything with `content`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.askers: list[Asker] = []
        self.content = Content("an answer")
        self.knows = True
        self.refused: Content | None = None
        self.wrong: Mapping[str, str] = {}  # with a report
        self.misjudges: Exception | None = None
        self.crash: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)  # a desk is frozen, and what a test puts there is not

    def answer(self, asker: Asker, text: str) -> Content:
        self.note(asker, "answer", asker.destination, text)
        self.gate.wait(10)
        if self.crash:
            raise self.crash
        return self.content

    def answer_there(self, asker: Asker, place: Destination, text: str) -> tuple[Content, bool]:
        return (self.refused, False) if self.refused else (self.answer(asker.at(place), text), True)

    def undo(self, asker: Asker, value: str) -> Content:
        self.note(asker, "undo", value)
        return self.content

    def to_share(self, asker: Asker, text: str) -> tuple[Content, bool]:
        return (self.refused, False) if self.refused else (self.answer(asker, text), True)

    def triage(self, asker: Asker, release_id: int, state: str) -> Content:
        self.note(asker, "triage", release_id, state)
        return self.content

    def welcome(self, asker: Asker) -> Content | None:
        self.note(asker, "welcome", asker.destination)
        return self.content if self.knows else None

    @property
    def windows(self) -> Windows:
        return FakeWindows(self)

    @property
    def comings(self) -> Comings:
        return FakeComings(self.asked)

    def note(self, asker: Asker, *what: Any) -> None:
        self.askers.append(asker)
        self.asked.append(what)


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
        sent: Mapping[str, Any] = json.loads(request.body or b"{}")
        return sent
    found = dict(parse_qsl(request.body.decode()))
    return {key: json.loads(value) if key == "blocks" else value for key, value in found.items()}
