"""A message is found by any of its names: its delivery's id, and the marks that it was posted with."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.outbox.console import ConsoleNotifier
from bot.outbox.message import Absent, Message, Search, Sent
from bot.records import Content
from bot.slack.notifier import SlackNotifier
from tests.support.clock import START, FakeClock
from tests.support.places import C1

POSTED = Message("key-1", C1, Content("hello"), marks=("key-2", "family:x"))
WANTED = Message("key-9", C1, Content("hello"))

Api = Any


@pytest.fixture
def slack(slack_api: Api) -> SlackNotifier:
    return SlackNotifier("xoxb-test", slack_api.url, timeout=5)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        pytest.param({"delivery_id": "key-1"}, True, id="its own id"),
        pytest.param({"delivery_id": "key-2"}, True, id="one that it carries"),
        pytest.param({"marks": ("family:x",)}, True, id="a mark in common"),
        pytest.param({"marks": ("family:y",)}, False, id="no name in common"),
        pytest.param({"marks": ("family:x",), "destination": "C2"}, False, id="in another channel"),
    ],
)
def test_the_console_finds_it(tmp_path: Path, names: dict[str, Any], found: bool) -> None:
    clock = FakeClock()
    console = ConsoleNotifier(tmp_path / "console.jsonl", Console(quiet=True), clock)
    assert isinstance(console.send(POSTED), Sent)
    answer = console.find(replace(WANTED, **names), Search(clock.now()))
    assert isinstance(answer, Sent if found else Absent)


def test_a_mark_of_long_ago_is_another_messages(tmp_path: Path) -> None:
    clock = FakeClock()
    console = ConsoleNotifier(tmp_path / "console.jsonl", Console(quiet=True), clock)
    console.send(POSTED)
    since = Search(clock.now() + timedelta(seconds=1))
    assert console.find(replace(WANTED, marks=("family:x",)), since) == Absent()
    assert isinstance(console.find(replace(WANTED, delivery_id="key-1"), since), Sent)


def test_slack_is_given_the_marks(slack: SlackNotifier, slack_api: Api) -> None:
    slack.send(POSTED)
    [call] = slack_api.calls_of("chat.postMessage")
    payload = {"delivery_key": "key-1", "marks": ["key-2", "family:x"]}
    assert call["metadata"]["event_payload"] == payload


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        pytest.param({"delivery_key": "key-1", "marks": ["family:x"]}, True, id="a mark in common"),
        pytest.param({"delivery_key": "key-1", "marks": ["key-9"]}, True, id="it carries the one"),
        pytest.param({"delivery_key": "key-1"}, False, id="no marks at all"),
        pytest.param({"delivery_key": ["key-9"], "marks": "key-9"}, False, id="another app's shape"),
        pytest.param({"marks": [{"family:x": 1}, None, 7]}, False, id="marks that are no names"),
    ],
)
def test_slack_finds_it(slack: SlackNotifier, slack_api: Api, payload: dict[str, Any], found: bool) -> None:
    metadata = {"event_type": "model_release", "event_payload": payload}
    slack_api.script("auth.test", {"ok": True, "bot_id": "B1"})
    messages = [{"ts": "2.0", "text": "hi", "bot_id": "B1", "metadata": metadata}]
    slack_api.script("conversations.history", {"ok": True, "messages": messages})
    answer = slack.find(replace(WANTED, marks=("family:x",)), Search(START))
    assert answer == (Sent(C1, "2.0") if found else Absent())
