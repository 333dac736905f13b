"""Measure what a feed costs in a first sweep and in one without news, beside peers and floors, by turns.

Run from the project's root: `python -m benchmarks.sweeps [feeds [rounds]]`. All watch the same feeds of one
server. What a start costs is taken out: (CPU of N feeds - CPU of one) / (N - 1), the least of the rounds of
both, for whatever else the machine does can only add to it.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from benchmarks.feeds import serving_feeds
from benchmarks.programs import Program, cpu_of, installed

FIRST, UNCHANGED = "first sweep", "unchanged sweep"
_TIMES = 3  # that nothing has changed, in each round: it takes no longer than a start


def sweeps(program: Program, host: str, count: int) -> Iterator[tuple[str, float]]:
    """Yield the CPU seconds of a first sweep, and of some in which nothing has changed."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        command = program.prepare(program.bin, home, host, count)
        for kind in (FIRST, *[UNCHANGED] * _TIMES):
            yield kind, cpu_of(command, home)


def main(feeds: int = 300, rounds: int = 3) -> None:
    """Print the CPU milliseconds a feed of each program."""
    costs: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    programs = installed()
    with serving_feeds(feeds) as host:
        for _, program, count in product(range(rounds), programs, (1, feeds)):
            for kind, cost in sweeps(program, host, count):
                costs[kind, program.name, count].append(cost)
    for kind, program in product((FIRST, UNCHANGED), programs):
        best, start = (min(costs[kind, program.name, count]) for count in (feeds, 1))
        print(f"{kind}: {program.name:<14} {1000 * (best - start) / (feeds - 1):8.2f} ms CPU a feed")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
