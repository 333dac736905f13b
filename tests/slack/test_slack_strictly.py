"""Messages through ../shared/slackcheck/strict_proxy.py: it refuses what Slack would and fails as asked."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from bot.demo.slack import Slack
from bot.model import Note, NoteKind, SourceKind, Wave
from bot.outbox.message import Absent, Later, Message, Refused, Search, Sent, Unclear
from bot.records import Content
from bot.slack.notifier import SlackNotifier
from bot.views.alert import render_alert
from bot.views.notes import render_note
from tests.support.builders import GEMMA_POST, GEMMA_SIZES, GOOGLE, KIMI, NOW, alone
from tests.support.clock import FakeClock
from tests.support.places import C1
from tests.support.strict import load_strict_proxy, strict_front

ALERT = Message("key-1", C1, render_alert(alone(KIMI), NOW))
SINCE = Search(NOW)


@pytest.fixture
def workspace() -> Iterator[Slack]:
    with Slack(FakeClock(NOW).now, {"C1": "model-releases"}) as slack:
        yield slack


@pytest.fixture(scope="session")
def strict_proxy(slackcheck: Path) -> ModuleType:
    return load_strict_proxy(slackcheck)


@pytest.fixture
def proxy(
    strict_proxy: ModuleType, workspace: Slack, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SimpleNamespace]:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with strict_front(strict_proxy, workspace.url) as front:
        yield front


@pytest.fixture
def slack(proxy: SimpleNamespace, workspace: Slack) -> SlackNotifier:
    return SlackNotifier(workspace.token, proxy.url, timeout=1)


def fault(proxy: SimpleNamespace, mode: str, method: str = "chat.postMessage") -> None:
    proxy.faults.append({"method": method, "mode": mode, "left": 1})


def test_an_alert_its_edit_and_a_reply_are_taken_as_they_are(
    slack: SlackNotifier, proxy: SimpleNamespace, workspace: Slack
) -> None:
    sent = slack.send(ALERT)
    assert isinstance(sent, Sent)
    wave = Wave(GOOGLE, GEMMA_POST, (GEMMA_POST, *GEMMA_SIZES))
    edit = Message("key-2", sent.channel, render_alert(wave, NOW), edit_ts=sent.ts)
    note = Note(NoteKind.VARIANT, "moonshotai/Kimi-K2.6-FP8", "https://x.y", SourceKind.HUB, "FP8")
    reply = Message("key-3", sent.channel, render_note(alone(KIMI), note), thread_ts=sent.ts)
    assert isinstance(slack.send(edit), Sent)
    assert isinstance(slack.send(reply), Sent)
    assert [call["answer"] for call in proxy.log] == ["ok"] * 3
    assert not any(call.get("notes") for call in proxy.log)
    alert, answer = workspace.posts("C1")
    assert (alert.edits, alert.metadata["event_payload"]) == (1, {"delivery_key": "key-1"})
    assert answer.thread_ts == alert.ts


@pytest.mark.parametrize("mode", ["commit_then_drop", "commit_then_500", "commit_then_hang:2"])
def test_what_was_posted_without_an_answer_is_found(
    slack: SlackNotifier, proxy: SimpleNamespace, workspace: Slack, mode: str
) -> None:
    fault(proxy, mode)
    assert isinstance(slack.send(ALERT), Unclear)
    [posted] = workspace.posts("C1")
    assert slack.find(ALERT, SINCE) == Sent(C1, posted.ts)


@pytest.mark.parametrize("mode", ["drop", "500", "html", "error:internal_error"])
def test_what_was_never_posted_is_absent(
    slack: SlackNotifier, proxy: SimpleNamespace, workspace: Slack, mode: str
) -> None:
    fault(proxy, mode)
    assert isinstance(slack.send(ALERT), Unclear)
    assert slack.find(ALERT, SINCE) == Absent()
    assert workspace.posts("C1") == ()


def test_a_reply_is_found_in_its_thread(slack: SlackNotifier, proxy: SimpleNamespace) -> None:
    alert = slack.send(ALERT)
    assert isinstance(alert, Sent)
    reply = replace(ALERT, delivery_id="key-2", thread_ts=alert.ts)
    fault(proxy, "commit_then_drop")
    assert isinstance(slack.send(reply), Unclear)
    found = slack.find(reply, SINCE)
    assert isinstance(found, Sent)
    assert found.ts != alert.ts


def test_too_many_at_once_wait_and_other_refusals_pause(slack: SlackNotifier, proxy: SimpleNamespace) -> None:
    outcomes = [slack.send(replace(ALERT, delivery_id=str(number))) for number in range(6)]
    assert [type(outcome) for outcome in outcomes] == [Sent] * 5 + [Later]
    fault(proxy, "error:is_archived")
    assert isinstance(slack.send(ALERT), Refused)


@pytest.mark.logs("slack_refused_payload")
def test_blocks_that_slack_refuses_go_out_as_text(slack: SlackNotifier, workspace: Slack) -> None:
    content = Content("51 dividers", ({"type": "divider"},) * 51)
    assert isinstance(slack.send(replace(ALERT, content=content)), Sent)
    [posted] = workspace.posts("C1")
    assert (posted.text, list(posted.blocks)) == ("51 dividers", [])
