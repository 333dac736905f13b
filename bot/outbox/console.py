"""Print messages on the terminal, for a bot without Slack; a transcript file stands for the channel."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding

from bot.clock import Clock
from bot.outbox.message import Absent, Later, Message, Outcome, Sent
from bot.outbox.transcript import Transcript, is_after
from bot.views.card import card

_DISK_TROUBLE = 60.0  # seconds until writing is tried again


class ConsoleNotifier:
    """Carry messages to a console. What stands in the transcript was sent, printed or not."""

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
            self._print(message)
        return Sent(message.destination, ts)

    def _print(self, message: Message) -> None:
        if message.edit_ts:
            shown = card(message.content, f"{message.destination} · edited")
        elif message.thread_ts:
            shown = Padding(card(message.content, f"{message.destination} · in the thread"), (0, 0, 0, 4))
        else:
            shown = card(message.content, message.destination)
        self._console.print(shown)

    def find(
        self,
        message: Message,
        since: float,
    ) -> Sent | Absent | Later:
        """Look for a message that has a name in common, among those printed after `since` (Unix time)."""
        try:
            for line in self._transcript.lines():
                if _is_same(line, message, since):
                    return Sent(message.destination, line["ts"])
        except OSError as error:
            return self._later(error)
        return Absent()

    def permalink(self, channel: str, ts: str) -> str:  # noqa: ARG002  # nothing on a terminal can be linked
        """Return "": there are no links to what a terminal showed."""
        return ""

    def _later(self, error: OSError) -> Later:
        return Later(_DISK_TROUBLE, f"{self._transcript.path}: {error.strerror or error}")


def _is_same(line: Mapping[str, Any], message: Message, since: float) -> bool:
    if not isinstance(line.get("ts"), str):
        return False
    # An id is of one message for ever, whatever the clock says; a mark is not.
    if line.get("delivery_id") == message.delivery_id:
        return True
    there = line.get("destination") == message.destination and is_after(line["ts"], since)
    return there and any(mark in message.names for mark in line.get("marks", ()))


def _record(message: Message, ts: str) -> dict[str, Any]:
    record: dict[str, Any] = {
        "delivery_id": message.delivery_id,
        "ts": ts,
        "destination": message.destination,
    }
    if message.marks:
        record["marks"] = list(message.marks)
    if message.edit_ts:
        record["edits"] = message.edit_ts
    if message.thread_ts:
        record["thread_ts"] = message.thread_ts
    return {**record, "text": message.content.text}
