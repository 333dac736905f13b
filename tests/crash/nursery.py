"""Where children are born: forked from a process that has imported everything, so that a birth takes
milliseconds and not seconds. Each is a process of its own, with connections, threads and locks of its own,
and dies like any other.
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.crash.child"])


def born(task: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Start a process that does the task; the caller waits for its end."""
    child = _forks.Process(target=task, args=arguments)
    child.start()
    return child


def outlived(task: Callable[..., None], *arguments: Any, patience: float = 60) -> int:
    """Return the exit code of a process that does the task."""
    child = born(task, *arguments)
    child.join(patience)
    assert child.exitcode is not None, "the child hangs"
    code = child.exitcode
    child.close()
    return code
