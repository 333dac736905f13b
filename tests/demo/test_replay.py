"""The whole bot plays the story as the story expects, and says so in messages that Slack would take."""

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from rich.console import Console

from bot.demo import run
from bot.demo.run import Played, Stage, telling
from bot.demo.world import World
from tests.support.shared import SHARED, needs_shared

# The story has faults, of sources and of Slack.
pytestmark = pytest.mark.logs("source_failed", "delivery_not_sent")

STRICT_PROXY = SHARED / "slackcheck" / "strict_proxy.py"


def test_every_step_adds_to_the_channels_what_the_story_expects(tmp_path: Path) -> None:
    page = tmp_path / "channel.html"
    told = replayed(page)
    assert surprises(told.played) == {}
    readme = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")
    assert told.summary.rpartition("; ")[0] in readme, "how many alerts, replies and edits that makes"
    quiet = [each for each in told.played if not each.step.expect and each.edits]
    told_by_the_alert = (
        "LLM Stats lists",
        "Google's post",
        "Its announcement",
        "Moonshot AI announces",
        "The card",
        "The base models",
    )
    assert all(each.step.tell.startswith(told_by_the_alert) for each in quiet), "no other is news"
    text = page.read_text(encoding="utf-8")
    assert "Kimi-K2.6" in text
    assert "127.0.0.1" not in text, "the page leads to what the stand-ins stand for"
    assert not [part for part in ("<script", "<link", "<img", "@import", "url(http") if part in text]


def replayed(page: Path) -> Stage:
    with telling(page, Console(quiet=True)) as stage:
        return stage


def surprises(told: Sequence[Played]) -> dict[str, dict[str, list[str]]]:
    return {
        f"{each.step.at:%d %b %H:%M}": {
            name: [post.text for post in posts] for name, posts in each.new.items()
        }
        for each in told
        if not each.as_expected
    }


class Strict(World):
    """The world with the strict proxy standing before its Slack; `log` is what passed it."""

    log: list[dict[str, Any]]

    def __enter__(self) -> Self:
        super().__enter__()
        self._proxy, self._port = strict_proxy(self.slack.url)
        return self

    def environment(self, directory: Path) -> dict[str, str]:
        return {**super().environment(directory), "SLACK_API_URL": f"http://127.0.0.1:{self._port}/api/"}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/__log", timeout=10) as answer:
            Strict.log = json.load(answer)["log"]
        self._proxy.terminate()
        self._proxy.communicate()
        super().__exit__(kind, error, trace)


def strict_proxy(upstream: str) -> tuple[subprocess.Popen[str], str]:
    """Start the strict proxy, with room for the story's month in seconds, and return it with its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    command = [sys.executable, str(STRICT_PROXY), "--upstream", upstream, "--burst", "1000", "--port", port]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline(), "the proxy says when it listens"
    return process, port


@needs_shared
def test_slacks_strict_stand_in_takes_every_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "World", Strict)
    told = replayed(tmp_path / "channel.html")
    assert surprises(told.played) == {}
    posts = [call for call in Strict.log if call["method"].startswith("chat.")]
    assert len(posts) > 30
    assert [call for call in posts if call.get("problems") or call.get("notes")] == []
