"""A terminal in the place of Slack; its channel is a file with one JSON line a message, written first."""

import errno
import json
import os
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding

from bot.clock import Clock
from bot.model import Destination
from bot.outbox.message import Absent, Later, Message, Outcome, Search, Sent
from bot.views.terminal import card

_SECOND = 1_000_000  # microseconds


class Transcript:
    """The file: messages are appended and found again; whatever the disk refuses is raised as OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last = 0  # microseconds, 0 until the file was read

    def next_ts(self, now: datetime) -> str:
        """Return a ts like Slack's, later than all before it even when the clock stands or steps back."""
        if not self._last:
            self._last = max((_microseconds(line.get("ts")) for line in self.lines()), default=0)
        self._last = max(int(now.timestamp() * _SECOND), self._last + 1)
        return f"{self._last // _SECOND}.{self._last % _SECOND:06d}"

    def append(self, line: Mapping[str, Any]) -> None:
        """Write one line whole or not at all, and wait until it is on the disk."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        with self.path.open("ab+", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            torn = end and os.pread(file.fileno(), 1, end - 1) != b"\n"  # by a crash
            data = (b"\n" if torn else b"") + json.dumps(line).encode() + b"\n"
            if file.write(data) < len(data):
                file.truncate(end)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
            os.fsync(file.fileno())

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the messages in order, less what a crash left half written."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        for line in text.split("\n"):
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if isinstance(message, dict):
                yield message


def _microseconds(ts: object) -> int:
    seconds, _, fraction = str(ts).partition(".")
    return int(seconds + fraction) if (seconds + fraction).isdecimal() and len(fraction) == 6 else 0


_DISK_TROUBLE = 60.0  # seconds until writing is tried again


class ConsoleNotifier:
    """Carries messages to a console. What stands in the transcript was sent, printed or not."""

    name = "console"
    interactive = False

    def __init__(self, transcript: Path, console: Console, clock: Clock) -> None:
        self._transcript = Transcript(transcript)
        self._console = console
        self._clock = clock
        self._lock = threading.Lock()  # deliveries to several destinations go out at once

    def send(self, message: Message) -> Outcome:
        """Put the message on record, then print it."""
        with self._lock:
            try:
                ts = message.edit_ts or self._transcript.next_ts(self._clock.now())
                self._transcript.append(_record(message, ts))
            except OSError as error:
                return self._later(error)
            how = " · edited" if message.edit_ts else " · in the thread" if message.thread_ts else ""
            shown = card(message.content, f"{message.destination}{how}")
            self._console.print(Padding(shown, (0, 0, 0, 4)) if message.thread_ts else shown)
        return Sent(message.destination, ts)

    def find(self, message: Message, search: Search) -> Sent | Absent | Later:
        """Look for a message that has a name in common, among those printed since then."""
        try:
            for line in self._transcript.lines():
                if _is_same(line, message, search.since.timestamp()):
                    return Sent(message.destination, line["ts"])
        except OSError as error:
            return self._later(error)
        return Absent()

    def permalink(self, channel: Destination, ts: str) -> str:  # noqa: ARG002  # nothing on a terminal can be linked
        """Return "": there are no links to what a terminal showed."""
        return ""

    def time_at(self, destination: Destination) -> datetime:  # noqa: ARG002  # there is one clock for all
        """Return the time: the transcript is dated by our own clock."""
        return self._clock.now()

    def _later(self, error: OSError) -> Later:
        return Later(_DISK_TROUBLE, f"{self._transcript.path}: {error.strerror or error}")


def _is_same(line: Mapping[str, Any], message: Message, since: float) -> bool:
    if not isinstance(line.get("ts"), str):
        return False
    # An id is of one message for ever, whatever the clock says; a mark is not.
    if line.get("delivery_id") == message.delivery_id:
        return True
    there = line.get("destination") == message.destination and _microseconds(line["ts"]) >= since * _SECOND
    return there and any(mark in message.names for mark in line.get("marks", ()))


def _record(message: Message, ts: str) -> dict[str, Any]:
    record = {"delivery_id": message.delivery_id, "ts": ts, "destination": message.destination}
    optional = {"marks": list(message.marks), "edits": message.edit_ts, "thread_ts": message.thread_ts}
    return {
        **record,
        **{key: value for key, value in optional.items() if value},
        "text": message.content.text,
    }
