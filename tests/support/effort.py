"""Limits of time that hold on a busy machine as well."""

import time
from collections.abc import Callable

_YARDSTICK = 0.05  # seconds that the fixed piece of work below takes where nothing else runs


def is_done_within(seconds: float, work: Callable[[], object]) -> bool:
    """Whether `work` takes at most so many seconds of a machine that has nothing else to do.

    Its time is compared with that of a fixed piece of work before and after it, for a busy machine is slow at
    both; and it has three tries.
    """
    for _ in range(3):
        before, taken, after = _time_of(_fixed), _time_of(work), _time_of(_fixed)
        if taken <= seconds * max(1, max(before, after) / _YARDSTICK):
            return True
    return False


def _time_of(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _fixed() -> list[str]:
    return sorted("".join(reversed(str(number))) for number in range(50_000))
