"""How a command ends when Ctrl+C or SIGTERM asks it to: in peace within ten seconds; asked twice, at once.

Python runs the handler of a signal in the main thread, between any two of its steps: one that takes a lock
which that thread holds waits for itself for ever. So ours take none. The interpreter writes the number of the
signal to a pipe, whatever the main thread is at, and a thread that reads it does the rest.
"""

import os
import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

PATIENCE = 9.0  # seconds; with what comes before and after them, ten
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_REST = "the next start takes up the rest"


@contextmanager
def stopping(
    finish: Callable[[], str] = lambda: "",
    *,
    interrupts: bool = True,
    patience: float = PATIENCE,
    end: Callable[[int], object] = os._exit,
) -> Iterator[None]:
    """While the block runs, let a signal end it; `finish` is called by a thread, and says what is done first.

    Where a signal `interrupts`, the main thread gets a KeyboardInterrupt as well. A process that is not gone
    when the patience is, or hears a second signal, is ended as if it had crashed.
    """
    if threading.current_thread() is not threading.main_thread():  # no other one may listen to signals
        yield
        return
    asked: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        if interrupts and len(asked) == 1:  # the second one is the watch's, which no unwinding shall outrun
            signal.default_int_handler(number, frame)

    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    threading.Thread(target=_watch, args=(reading, finish, patience, end), name="stop", daemon=True).start()
    pipe_before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    before = [(number, signal.signal(number, hear)) for number in _SIGNALS]
    try:
        yield
    finally:
        if not asked:  # else the watch goes on until the process is gone
            for number, handler in before:
                signal.signal(number, handler)
            signal.set_wakeup_fd(pipe_before)
            os.close(writing)


def _watch(reading: int, finish: Callable[[], str], patience: float, end: Callable[[int], object]) -> None:
    """Wait for a signal, then for a second one or the end of patience, or else for the block to end."""
    if _next_signal(reading):
        first = finish()
        doing = f": {first} first, ten seconds at most" if first else " within ten seconds"
        _say(f"stopping{doing}. Ctrl+C again ends it at once.")
        again = _next_signal(reading, patience)
        if again:
            _say(f"ended at once; {_REST}.")
            end(128 + again)
        elif again is None:
            _say(f"ended after ten seconds, in the middle of it; {_REST}.")
            end(1)
    os.close(reading)


def _next_signal(reading: int, patience: float | None = None) -> int | None:
    """Return the number of the next signal; 0 when the block has ended, None when patience has."""
    while select.select([reading], [], [], patience)[0]:
        number = int.from_bytes(os.read(reading, 1))
        if number == 0 or number in _SIGNALS:
            return number
    return None


def _say(text: str) -> None:
    click.echo(f"cadencebot: {text}", err=True)
