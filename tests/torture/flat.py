"""Fetch the paths that come on standard input, with little memory to spare, and say how it went.

`python -m tests.torture.flat HOST:PORT` answers each path with a JSON line: the failure, and by how many
megabytes the process has grown since it began.
"""

import json
import resource
import sys
from pathlib import Path

from bot.clock import SystemClock
from bot.errors import SourceError
from bot.fetch.client import HttpFetcher

_SPARE = 200_000_000  # bytes of addresses; freed memory is not always given back, and threads have stacks


def main(endpoint: str) -> None:
    allowed = frozenset({endpoint})
    with HttpFetcher(clock=SystemClock(), user_agent="x", allowed_hosts=allowed) as fetcher:
        fetcher.get(f"http://{endpoint}/small")
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + _SPARE
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        before = _peak()
        for path in sys.stdin:
            told = {
                "failure": _failure(fetcher, f"http://{endpoint}{path.strip()}"),
                "grown": _peak() - before,
            }
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


def _failure(fetcher: HttpFetcher, url: str) -> str:
    try:
        return f"none, but {len(fetcher.get(url).body)} bytes"
    except SourceError as error:
        return error.failure


def _peak() -> float:
    """Return the most megabytes that were in use: ru_maxrss would tell of the parent's as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
