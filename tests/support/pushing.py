"""A bot that takes pushes over real HTTP, and a WebSub hub on loopback."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from bot.demo.server import Answer, Loopback, Request
from bot.fetch.client import HttpFetcher
from bot.ops.web import serving
from bot.run.push.routes import push_routes
from bot.run.push.subscribing import Subscriber, subscriber_of
from bot.run.wiring import App, open_app
from tests.support.clock import FakeClock

SECRET = "0123456789abcdef-of-pushes"
FEED = "feed:lab.example/feed"
FEEDS = """
labs:
  - {id: qwen, name: Qwen, sources: [hub: Qwen, feed: https://lab.example/feed]}
  - {id: zai, name: Z.ai, sources: [hub: zai-org, {page: https://z.example/blog, item: li}]}
"""


def event(**repo: object) -> bytes:
    """Return an event as the Hub's documentation shows it."""
    shown = {"type": "model", "name": "Qwen/Qwen4-8B", "id": "621ffdc036468d709f17434d", "private": False}
    return json.dumps(
        {"event": {"action": "create", "scope": "repo"}, "repo": {**shown, **repo}, "webhook": {"version": 3}}
    ).encode()


@dataclass
class Receiver:
    """A bot whose routes are served; `heard` lists the sources of which something was pushed."""

    app: App
    clock: FakeClock
    url: str
    heard: list[str] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Return the status and the body of what is answered."""
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=10)) as connection:
            sent = body if method == "POST" else None
            connection.request(method, path, sent, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()


@contextmanager
def receiving(directory: Path, **variables: str) -> Iterator[Receiver]:
    """Serve a bot's routes while the block runs, at its public address."""
    config = directory / "feeds.yaml"
    config.write_text(FEEDS, encoding="utf-8")
    clock, heard = FakeClock(), list[str]()
    settings = {
        "CADENCEBOT_CONFIG": str(config),
        "CADENCEBOT_STATE": str(directory / "state"),
        "CADENCEBOT_PUSH_SECRET": SECRET,
        "CADENCEBOT_PUBLIC_URL": "https://bot.example/",
        **variables,
    }
    with (
        open_app(settings, clock) as app,
        serving(("127.0.0.1", 0), push_routes(app, heard.append)) as url,
    ):
        yield Receiver(app, clock, url, heard)


class WebSubHub(Loopback):
    """A hub that answers with `status`, and calls back before it does, as old ones do, unless `silent`."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(self._subscribe)
        self.receiver = receiver
        self.status, self.silent, self.lease = 202, False, 864_000
        self.confirmed: list[tuple[int, bytes]] = []

    @property
    def forms(self) -> list[dict[str, str]]:
        """Return what was asked, in order."""
        return [
            {name: values[0] for name, values in parse_qs(one.body.decode()).items()} for one in self.requests
        ]

    @property
    def path(self) -> str:
        """Return the path of the address that it was last told to call."""
        return urlsplit(self.forms[-1]["hub.callback"]).path

    def _subscribe(self, request: Request) -> Answer:
        if not self.silent:
            self.confirmed.append(self.call_back())
        return Answer(self.status)

    def call_back(self, **more: str) -> tuple[int, bytes]:
        """Ask whether what it was last asked for is wanted, and return what is answered."""
        query = {
            "hub.mode": "subscribe",
            "hub.topic": self.forms[-1]["hub.topic"],
            "hub.challenge": "a challenge & more",
            "hub.lease_seconds": str(self.lease),
        } | {f"hub.{name}": value for name, value in more.items()}
        return self.receiver.ask("GET", f"{self.path}?{urlencode(query)}")

    def distribute(self, body: bytes = b"<feed/>", secret: str = "") -> tuple[int, bytes]:
        """Push the topic, signed with the secret that it was given or with another."""
        key = secret or self.forms[-1]["hub.secret"]
        signature = f"sha256={hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}"
        return self.receiver.ask("POST", self.path, body, {"X-Hub-Signature": signature})


@contextmanager
def subscribing(receiver: Receiver, hub: WebSubHub) -> Iterator[Subscriber]:
    """Yield what asks the hub for pushes."""
    with HttpFetcher(clock=receiver.clock, user_agent="test", allowed_hosts=frozenset({hub.host})) as web:
        yield subscriber_of(receiver.app, web)
