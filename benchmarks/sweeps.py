"""Measure what a feed costs in a first sweep and in one without news, beside peers and floors, by turns.

Run from the project's root: `python -m benchmarks.sweeps [feeds [rounds]]`. All watch the same feeds of one
server. What a start costs is taken out: (CPU of N feeds - CPU of one) / (N - 1), the median of the rounds.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.feeds import serving_feeds
from benchmarks.programs import Program, cpu_of, installed

SWEEPS = ("first sweep", "unchanged sweep")


def sweep(program: Program, host: str, count: int) -> Iterator[float]:
    """Yield the CPU seconds of a first sweep, and of one in which nothing has changed."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        command = program.prepare(program.bin, home, host, count)
        for _ in SWEEPS:
            yield cpu_of(command, home)


def main(feeds: int = 300, rounds: int = 3) -> None:
    """Print the CPU milliseconds a feed of each program."""
    costs: dict[tuple[str, str], list[float]] = defaultdict(list)
    programs = installed()
    with serving_feeds(feeds) as host:
        for _ in range(rounds):
            for program in programs:
                alone = sweep(program, host, 1)
                for kind, cost, start in zip(SWEEPS, sweep(program, host, feeds), alone, strict=True):
                    costs[kind, program.name].append(1000 * (cost - start) / (feeds - 1))
    for (kind, name), found in sorted(costs.items()):
        print(f"{kind}: {name:<14} {median(found):8.2f} ms CPU a feed ({min(found):.2f} to {max(found):.2f})")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
