"""Poll every body of one kind of source, each in a process of its own, and say what that took.

`python -m tests.torture.weigh KIND AMOUNT ...` writes a JSON line for each body: its name, the seconds of
CPU, the megabytes at the peak with interpreter and body, and how the poll ended. AMOUNT: see bodies.py.
"""

import json
import os
import resource
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any

from bot.errors import SourceError
from tests.support.memory import Watch
from tests.torture.bodies import Body, bodies
from tests.torture.kinds import KINDS, SITE, Everywhere

_CPU_SECONDS = 60  # the kernel ends what takes longer


def weighed(kind: str, body: Body) -> Mapping[str, Any]:
    """Return what one poll of `body` took."""
    watch, fetch = Watch(KINDS[kind](SITE)), Everywhere(body.content)
    began = time.process_time()
    ending = _ending(watch, fetch)
    return {
        "kind": kind,
        "body": body.name,
        "seconds": round(time.process_time() - began, 3),
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "ending": ending,
    }


def _ending(watch: Watch, fetch: Everywhere) -> str:
    try:
        return f"{watch.poll(fetch).count} entries"
    except SourceError as error:
        return f"refused: {error.failure}"
    except Exception:  # noqa: BLE001 - whatever it is, it is what the test is after
        return f"CRASHED: {traceback.format_exc(limit=-3)}"


def _in_a_child(kind: str, body: Body) -> None:
    """Weigh in a fork, so that no body's peak counts for the next one."""
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
        sys.stdout.write(json.dumps(weighed(kind, body)) + "\n")
        sys.stdout.flush()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        lost = {"kind": kind, "body": body.name, "seconds": _CPU_SECONDS, "megabytes": 0, "ending": "KILLED"}
        sys.stdout.write(json.dumps(lost) + "\n")


def main(kind: str, *amounts: str) -> None:
    _ending(Watch(KINDS[kind](SITE)), Everywhere(b"<rss><item><title>&nope;<b></item></rss>"))  # imports late
    for body in bodies(kind, amounts):
        _in_a_child(kind, body)


if __name__ == "__main__":
    main(*sys.argv[1:])
