"""`cadencebot push`: what could be pushed is listed, and asked for, with one line for each source."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from bot.demo.server import Answer, Loopback, Request, as_json
from bot.run.service import Service
from tests.cli.conftest import Shell
from tests.support.pushing import event

PUSHES = {
    "CADENCEBOT_PUBLIC_URL": "https://bot.example",
    "CADENCEBOT_PUSH_SECRET": "0123456789abcdef",
    "HF_TOKEN": "hf_token",
}
FEEDS = """
labs:
  - {{id: qwen, name: Qwen, sources: [hub: Qwen, feed: {url}/feed, feed: {url}/silent]}}
  - {{id: zai, name: Z.ai, sources: [hub: zai-org, {{page: {url}/blog, item: li}}]}}
"""
FEED = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Lab</title>{link}
<item><guid>1</guid><title>GLM-6</title></item></channel></rss>"""


class Outside(Loopback):
    """Is the Hub, two feeds, and the WebSub hub that one of them names."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.status = 202

    def _answer(self, request: Request) -> Answer:
        if request.method == "POST":
            return Answer(self.status)
        if request.path.startswith("/api/settings"):
            return as_json([])
        link = f'<atom:link rel="hub" href="{self.url}/hub"/>' if request.path == "/feed" else ""
        return Answer(200, FEED.format(link=link).encode())

    @property
    def posted(self) -> list[str]:
        return [request.path for request in self.requests if request.method == "POST"]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def outside(shell: Shell) -> Iterator[Outside]:
    with Outside() as outside:
        Path(shell.variables["CADENCEBOT_CONFIG"]).write_text(FEEDS.format(url=outside.url), encoding="utf-8")
        shell.variables.update(PUSHES, HF_ENDPOINT=outside.url, CADENCEBOT_ALLOW_HOSTS=outside.host)
        yield outside


def test_it_lists_what_could_be_pushed_and_asks_nobody(shell: Shell, outside: Outside) -> None:
    listed = shell.run("push")
    assert listed.exit_code == 0
    host = outside.host
    assert listed.stdout.splitlines() == [
        "• hub:Qwen could be pushed through the Hub's webhook",
        f"• feed:{host}/feed could be pushed through {outside.url}/hub",
        f"• feed:{host}/silent polled only: names no hub",
        "• hub:zai-org could be pushed through the Hub's webhook",
        f"• page:{host}/blog polled only: neither a feed nor on the Hub",
        "5 sources: 3 could push, 0 of them do. `cadencebot push subscribe` asks all that could.",
    ]
    assert outside.posted == []


def test_it_asks_the_hub_once_and_each_websub_hub(shell: Shell, outside: Outside) -> None:
    asked = shell.run("push", "subscribe")
    assert asked.exit_code == 0, asked.output
    assert "hub:Qwen pushed\n" in asked.stdout
    assert f"feed:{outside.host}/feed polled only until its hub confirms\n" in asked.stdout
    assert "5 sources: 3 could push, 2 of them do. WebSub hubs call back while" in asked.stdout
    assert outside.posted == ["/api/settings/webhooks", "/hub"]
    webhook, form = (request.body for request in outside.requests if request.method == "POST")
    assert json.loads(webhook)["watched"] == [
        {"type": "org", "name": "Qwen"},
        {"type": "org", "name": "zai-org"},
    ]
    assert json.loads(webhook)["url"] == "https://bot.example/push/hub"
    assert parse_qs(form.decode())["hub.topic"] == [f"{outside.url}/feed"]
    said = {one["id"]: one["pushed"] for one in shell.json("status")["sources"]}
    assert said["hub:Qwen"]["holds"]
    assert not said[f"feed:{outside.host}/feed"]["holds"]
    assert said[f"page:{outside.host}/blog"] is None
    told = shell.run("status").stdout
    assert "2 of" not in told
    assert "· pushed" in told


def test_who_refuses_is_told_with_the_reason_and_polled(shell: Shell, outside: Outside) -> None:
    outside.status = 403
    asked = shell.run("push", "subscribe")
    assert asked.exit_code == 1
    assert "hub:Qwen could be pushed through the Hub's webhook, which refused: http" in asked.stdout
    assert "answered 403: HF_TOKEN must be" in asked.stdout
    assert f"feed:{outside.host}/feed polled only: its hub answered 403" in asked.stdout
    ways = {one["source"]: one for one in shell.json("push")}
    assert ways[f"feed:{outside.host}/feed"]["pushed"]["refused"] == "its hub answered 403"
    assert ways["hub:Qwen"]["pushed"] is None


@pytest.mark.parametrize(
    ("words", "without", "complaint"),
    [
        pytest.param(["unsubscribe"], "", "'unsubscribe' is not 'subscribe'", id="a deed that there is not"),
        pytest.param(["subscribe", "hub:Qwen"], "", "unexpected extra argument", id="one source"),
        pytest.param(["subscribe"], "CADENCEBOT_PUBLIC_URL", "docs/push.md tells how", id="no address"),
        pytest.param(["subscribe"], "CADENCEBOT_PUSH_SECRET", "docs/push.md tells how", id="no secret"),
    ],
)
def test_what_it_does_not_take(
    shell: Shell, outside: Outside, words: list[str], without: str, complaint: str
) -> None:
    shell.variables.pop(without, None)
    done = shell.run("push", *words)
    assert done.exit_code == 2
    assert complaint in done.stderr
    assert outside.requests == []


@pytest.mark.parametrize(
    ("without", "statuses"),
    [
        pytest.param("", {"/slack/events": 401, "/push/hub": 204}, id="Slack and pushes"),
        pytest.param("SLACK_SIGNING_SECRET", {"/slack/events": 404, "/push/hub": 204}, id="pushes alone"),
        pytest.param("CADENCEBOT_PUSH_SECRET", {"/slack/events": 401, "/push/hub": 404}, id="Slack alone"),
    ],
)
def test_run_takes_pushes_where_it_is_told_their_secret(
    shell: Shell, outside: Outside, monkeypatch: pytest.MonkeyPatch, without: str, statuses: dict[str, int]
) -> None:
    shell.variables.pop(without, None)
    port, answered = free_port(), dict[str, int]()

    def ask(_: Service) -> None:
        """Ask in the place of the main loop."""
        for path in statuses:
            with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                headers = {"X-Webhook-Secret": PUSHES["CADENCEBOT_PUSH_SECRET"]}
                connection.request("POST", path, event(), headers)
                answered[path] = connection.getresponse().status

    monkeypatch.setattr(Service, "run", ask)
    monkeypatch.setattr("bot.cli.service._first_sight", lambda *_: None)
    assert shell.run("run", "--http", f":{port}").exit_code == 0
    assert answered == statuses
