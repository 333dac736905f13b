"""The console: what it prints, and that its transcript loses and doubles nothing."""

import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from bot.model import Destination
from bot.outbox.console import ConsoleNotifier, Transcript
from bot.outbox.message import Absent, Later, Message, Search, Sent
from bot.records import Content
from bot.views.alert import render_alert
from tests.support.builders import KIMI, NOW, alone
from tests.support.clock import START, FakeClock

EVER = Search(START)

CHANNEL = Destination("model-releases")
ALERT = Message("key-1", CHANNEL, render_alert(alone(KIMI), NOW))
TS = "1776699960.000000"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def printed() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def screen(printed: io.StringIO) -> Console:
    return Console(file=printed, width=100, color_system=None)


@pytest.fixture
def console(tmp_path: Path, screen: Console) -> ConsoleNotifier:
    return ConsoleNotifier(tmp_path / "state" / "console.jsonl", screen, FakeClock(NOW))


def lines(tmp_path: Path) -> list[dict[str, str]]:
    text = (tmp_path / "state" / "console.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_message_is_on_record_and_printed(
    console: ConsoleNotifier, printed: io.StringIO, tmp_path: Path
) -> None:
    assert console.send(ALERT) == Sent(CHANNEL, TS)
    assert "─ model-releases ─" in printed.getvalue()
    assert "Moonshot AI released Kimi K2.6" in printed.getvalue()
    [line] = lines(tmp_path)
    assert line == {
        "delivery_id": "key-1",
        "ts": TS,
        "destination": "model-releases",
        "text": ALERT.content.text,
    }


def test_replies_are_indented_and_edits_say_so(
    console: ConsoleNotifier, printed: io.StringIO, tmp_path: Path
) -> None:
    console.send(Message("key-2", CHANNEL, Content("A reply"), thread_ts=TS))
    assert printed.getvalue().startswith("    ╭─ model-releases · in the thread ")
    assert console.send(Message("key-3", CHANNEL, Content("New"), edit_ts=TS)) == Sent(CHANNEL, TS)
    assert "─ model-releases · edited ─" in printed.getvalue()
    assert [line.get("thread_ts") for line in lines(tmp_path)] == [TS, None]
    assert [line.get("edits") for line in lines(tmp_path)] == [None, TS]


def test_what_was_sent_is_found_after_a_restart(tmp_path: Path, screen: Console) -> None:
    path = tmp_path / "console.jsonl"
    sent = ConsoleNotifier(path, screen, FakeClock(NOW)).send(ALERT)
    again = ConsoleNotifier(path, screen, FakeClock(NOW))
    assert again.find(ALERT, EVER) == sent
    assert again.find(Message("key-2", CHANNEL, ALERT.content), EVER) == Absent()


def test_each_ts_is_later_than_all_before_it(tmp_path: Path, screen: Console) -> None:
    path, clock = tmp_path / "console.jsonl", FakeClock(NOW)
    outcomes = [ConsoleNotifier(path, screen, clock).send(ALERT) for _ in range(2)]
    clock.advance(timedelta(hours=-1))
    outcomes.append(ConsoleNotifier(path, screen, clock).send(ALERT))
    stamps = (TS, "1776699960.000001", "1776699960.000002")
    assert outcomes == [Sent(CHANNEL, ts) for ts in stamps]


@pytest.mark.parametrize(
    "torn",
    [
        pytest.param('{"delivery_id": "key-0", "ts": "17', id="a line that a crash tore"),
        pytest.param("[1]\n7\n\n", id="lines that are no messages"),
        pytest.param('{"delivery_id": "key-1"}\n{"ts": 7}\n', id="messages without their parts"),
        pytest.param(
            "\ud800\x00".encode("utf-8", "surrogatepass").decode("latin-1"), id="bytes of a bad disk"
        ),
    ],
)
def test_a_damaged_transcript_loses_nothing_new(torn: str, tmp_path: Path, screen: Console) -> None:
    path = tmp_path / "console.jsonl"
    path.write_text(torn, encoding="latin-1")
    console = ConsoleNotifier(path, screen, FakeClock(NOW))
    assert console.find(ALERT, EVER) == Absent()
    sent = console.send(ALERT)
    assert console.find(ALERT, EVER) == sent == Sent(CHANNEL, TS)


def test_what_cannot_be_recorded_is_not_printed(
    tmp_path: Path, printed: io.StringIO, screen: Console
) -> None:
    path = tmp_path / "console.jsonl"
    path.mkdir()
    console = ConsoleNotifier(path, screen, FakeClock(NOW))
    for outcome in (console.send(ALERT), console.find(ALERT, EVER)):
        assert isinstance(outcome, Later)
        assert outcome.reason == f"{path}: Is a directory"
    assert printed.getvalue() == ""


_WRITE_WITH_FIVE_BYTES_LEFT = """
import resource, sys
from pathlib import Path
from bot.outbox.console import Transcript
path = Path(sys.argv[1])
limit = path.stat().st_size + 5
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    Transcript(path).append({"delivery_id": "key-2"})
except OSError as error:
    print(error.strerror)
"""


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    transcript = Transcript(tmp_path / "console.jsonl")
    transcript.append({"delivery_id": "key-1", "ts": TS})
    before = transcript.path.read_bytes()
    # only a process of its own may be limited in what it writes
    command = [sys.executable, "-c", _WRITE_WITH_FIVE_BYTES_LEFT, str(transcript.path)]
    child = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    assert child.stdout == "No space left on device\n"
    assert transcript.path.read_bytes() == before


def test_nothing_on_a_terminal_can_be_linked(console: ConsoleNotifier) -> None:
    assert console.permalink(CHANNEL, TS) == ""
