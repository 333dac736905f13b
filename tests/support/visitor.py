"""Somebody at the demo's page without a browser: what they see, and what they do there."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

_ROUNDS = 12  # of looking until something comes; each waits until anything is new, or some seconds
_VOID = {"input", "meta", "hr", "br", "rect"}


@dataclass
class Spot:
    """Something that can be pressed or filled: where it is, what it brings along, and its words."""

    key: str
    at: str
    value: str | None
    attributes: Mapping[str, str]
    words: str = ""


@dataclass
class Read(HTMLParser):
    """Read a part of the page: its text, its elements, and what can be pressed or filled in it."""

    html: str
    text: str = ""
    tags: list[str] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    attributes: list[dict[str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self._keys: list[str] = []
        self._open: Spot | None = None
        self._label = ""
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes.append(given)
        if tag not in _VOID:
            self._keys.append(given.get("data-key") or (self._keys[-1] if self._keys else ""))
        self._label = given.get("for", "") if tag == "label" else ""
        at = given.get("data-at") or given.get("name", "")
        if at or "data-close" in given:
            key = self._keys[-1] if self._keys else ""
            self._open = Spot(key, at, given.get("data-value"), given)
            self.spots.append(self._open)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._keys.pop()
        self._open = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open:
            self._open.words += data
        if self._label:
            self.labels.setdefault(data.strip(), self._label)

    def spot(self, words: str) -> Spot:
        """Return the last thing that says just this, or else begins with it."""
        begun = [spot for spot in self.spots if spot.words.strip().startswith(words)]
        return ([spot for spot in begun if spot.words.strip() == words] or begun)[-1]

    def place(self, label: str) -> str:
        """Return the place of the input whose label begins so: "3.0"."""
        known = next(known for words, known in self.labels.items() if words.startswith(label))
        return ".".join(known.split("-")[-2:])


class Visitor:
    """A person at the page."""

    def __init__(self, url: str, person: str) -> None:
        self.netloc = urlsplit(url).netloc
        self.person = person
        status, page = self.ask("GET", f"/?as={person}")
        assert status == 200, page
        self.page = Read(page)
        self.token = next(it["data-token"] for it in self.page.attributes if "data-token" in it)
        self.version = -1
        self.parts: dict[str, str] = {}
        self.look()

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.netloc, timeout=60)
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        told = answer.status, answer.read().decode()
        connection.close()
        return told

    def look(self) -> None:
        """See what is new, or wait for it."""
        status, told = self.ask("GET", f"/now?as={self.person}&after={self.version}")
        assert status == 200, told
        now = json.loads(told)
        self.version, self.parts = now["version"], now["parts"]

    def read(self, part: str) -> Read:
        return Read(self.parts[part])

    def sees(self, part: str, words: str, *, gone: bool = False) -> Read:
        """Wait until a part of the page says something, or says it no more."""
        for _ in range(_ROUNDS):
            shown = self.read(part)
            if (words in shown.text) is not gone:
                return shown
            self.look()
        raise AssertionError(f"{words!r} {'stays' if gone else 'never came'}: {self.read(part).text[-600:]}")

    def told(self, act: str, **what: Any) -> tuple[int, str]:
        body = json.dumps({"person": self.person, "act": act, **what}).encode()
        headers = {"Content-Type": "application/json", "X-Demo-Token": self.token}
        return self.ask("POST", "/do", body, headers)

    def does(self, act: str, **what: Any) -> None:
        assert self.told(act, **what) == (200, ""), (act, what)

    def says(self, room: str, text: str) -> None:
        self.does("say", room=room, text=text)

    def presses(self, part: str, words: str) -> None:
        spot = self.read(part).spot(words)
        self.does(
            "press",
            key=spot.key or part,
            at=spot.at,
            values=[] if spot.value is None else [spot.value],
            form={},
        )

    def submits(self, typed: Mapping[str, list[str]]) -> None:
        """Send the form of the window that is open; `typed` is by the beginnings of labels."""
        window = self.read("window")
        form = {window.place(label): values for label, values in typed.items()}
        self.does("submit", key=window.spots[0].key, form=form)
