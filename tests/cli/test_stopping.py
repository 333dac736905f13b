"""A signal ends a command in peace within ten seconds, whatever hangs; a second one ends it at once."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bot.cli.stopping import PATIENCE, stopping
from bot.demo.server import Answer, Loopback, Request
from bot.run import service as service_room
from bot.run import ticks as ticks_room
from bot.run.service import Service
from tests.support.house import House
from tests.support.serving import service_of
from tests.torture.long import long_form

LOOP = (service_room.__file__, ticks_room.__file__)
LONG = 20.0  # seconds that no thread of a test that goes well has to wait
QUICK = 0.05


@contextmanager
def signals() -> Iterator[None]:
    """Put back what a command that was asked to stop leaves behind, as its process is about to end."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    pipe = signal.set_wakeup_fd(-1)
    if pipe >= 0:
        os.close(pipe)
    for thread in threading.enumerate():
        if thread.name == "stop":
            thread.join(LONG)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    with signals():
        yield


def run_with_a_signal_at(service: Service, step: int) -> bool:
    """Run the loop, and let a signal come at a step of its waiting; return whether it came to that step."""
    steps = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal steps
        if frame.f_code.co_filename != threading.__file__:
            return trace if frame.f_code.co_filename in LOOP else None
        steps += event == "line"
        if event == "line" and steps == step:
            signal.raise_signal(signal.SIGTERM)
        return trace

    def finish() -> str:
        service.stop()
        return ""

    too_late = threading.Timer(LONG / 10, service.stop)
    too_late.start()
    with signals(), stopping(finish, interrupts=False, end=lambda _: None):
        sys.settrace(trace)
        try:
            service.run()
        finally:
            sys.settrace(None)
            too_late.cancel()
    return steps >= step


def test_a_signal_at_any_step_of_the_wait_ends_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks_room, "TICK", 0.01)
    monkeypatch.setattr(ticks_room, "set_ticks", lambda *_: None)
    house = House(tmp_path)
    assert all(run_with_a_signal_at(service_of(house), step) for step in range(1, 60))


@dataclass
class Ended:
    """What stands for the end of the process: what hangs goes on when it comes."""

    codes: "queue.Queue[int]" = field(default_factory=queue.Queue)

    def __call__(self, code: int) -> None:
        self.codes.put(code)

    def hang(self) -> int:
        return self.codes.get(timeout=LONG)


def test_what_hangs_is_ended_when_patience_is_over(capfd: pytest.CaptureFixture[str]) -> None:
    end = Ended()
    with stopping(lambda: "reads hub:slow", interrupts=False, patience=QUICK, end=end):
        signal.raise_signal(signal.SIGTERM)
        assert end.hang() == 1
    told = capfd.readouterr().err
    assert "stopping: reads hub:slow first, ten seconds at most. Ctrl+C again ends it at once." in told
    assert "ended after ten seconds, in the middle of it; the next start takes up the rest." in told


def test_a_second_signal_ends_at_once() -> None:
    end, first = Ended(), threading.Event()

    def finish() -> str:
        first.set()
        return ""

    with stopping(finish, interrupts=False, patience=LONG, end=end):
        signal.raise_signal(signal.SIGTERM)
        assert first.wait(LONG)
        signal.raise_signal(signal.SIGINT)
        assert end.hang() == 128 + signal.SIGINT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_without_a_loop_is_interrupted(number: int) -> None:
    end = Ended()
    with pytest.raises(KeyboardInterrupt), stopping(patience=QUICK, end=end):
        signal.raise_signal(number)
    assert end.hang() == 1, "what hangs behind the command is ended too"


def test_after_a_command_everything_is_as_before() -> None:
    before = signal.getsignal(signal.SIGTERM), threading.active_count()
    with stopping():
        pass
    for watch in threading.enumerate():
        if watch.name == "stop":
            watch.join(LONG)
    assert before == (signal.getsignal(signal.SIGTERM), threading.active_count())


# --- the real process, before sources that hang


@contextmanager
def hanging_hub() -> Iterator[tuple[Loopback, threading.Event]]:
    """Serve a Hub that takes every question and answers none; the event tells of the first."""
    asked, over = threading.Event(), threading.Event()

    def handle(_: Request) -> Answer:
        asked.set()
        over.wait(LONG * 3)
        return Answer(503)

    with Loopback(handle) as hub:
        try:
            yield hub, asked
        finally:
            over.set()


@contextmanager
def at_work(directory: Path, hub: Loopback, *words: str) -> Iterator["subprocess.Popen[str]"]:
    feeds = directory / "feeds.yaml"
    feeds.write_text("labs: [{id: qwen, name: Qwen, sources: [hub: Qwen]}]", encoding="utf-8")
    known = {"CADENCEBOT_CONFIG": str(feeds), "CADENCEBOT_STATE": str(directory / "state")}
    known |= {"HF_ENDPOINT": f"http://{hub.host}", "CADENCEBOT_ALLOW_HOSTS": hub.host}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        env={"PATH": os.environ["PATH"], "CADENCEBOT_HEALTH": "off", **known},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


COMMANDS = [("run",), ("poll", "--all"), ("check", "--online")]
in_words = " ".join


@pytest.mark.parametrize("words", COMMANDS, ids=in_words)
def test_a_second_signal_ends_the_process_before_a_source_that_hangs(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    with hanging_hub() as (hub, asked), at_work(tmp_path, hub, *words) as process:
        assert asked.wait(LONG)
        process.send_signal(signal.SIGTERM)
        assert process.stderr
        assert any("Ctrl+C again" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 128 + signal.SIGINT


@long_form
@pytest.mark.parametrize("words", COMMANDS, ids=in_words)
def test_a_source_that_hangs_holds_up_the_end_for_ten_seconds_at_most(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    with hanging_hub() as (hub, asked), at_work(tmp_path, hub, *words) as process:
        assert asked.wait(LONG)
        process.send_signal(signal.SIGTERM)
        process.wait(LONG)  # the hub would hang for longer
        assert PATIENCE < 10
