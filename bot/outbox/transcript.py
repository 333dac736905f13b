"""The console's channel: a file with one JSON line a message, on disk before anything is printed."""

import errno
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

_SECOND = 1_000_000  # microseconds


class Transcript:
    """Append messages to a file and find them again; whatever the disk refuses is raised as OSError."""

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
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            data = _separator(file.fileno(), end) + json.dumps(line).encode() + b"\n"
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


def is_after(ts: str, since: float) -> bool:
    """Whether a message was printed at `since` (Unix time) or later."""
    return _microseconds(ts) >= since * _SECOND


def _separator(descriptor: int, end: int) -> bytes:
    """Return what keeps a new line apart from one that a crash tore."""
    return b"\n" if end and os.pread(descriptor, 1, end - 1) != b"\n" else b""


def _microseconds(ts: object) -> int:
    seconds, _, fraction = str(ts).partition(".")
    return int(seconds + fraction) if (seconds + fraction).isdecimal() and len(fraction) == 6 else 0
