"""Measure whether memory stays flat over many polls in one process.

Run from the project's root: `python -m benchmarks.memory [polls [feeds]]`. Where Linux's /proc is not there,
nothing is measured.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import resource
import sys
import tempfile
from pathlib import Path

from benchmarks.bots import bot, feeds_yaml
from benchmarks.feeds import serving_feeds

SETTLED = 10  # a tenth of the polls: what is loaded and cached only once is there by then
PAGES = Path("/proc/self/statm")


def megabytes() -> float:
    """Return what this process has in memory."""
    return int(PAGES.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 10**6


def main(polls: int = 20_000, feeds: int = 100) -> None:
    """Print the memory after a tenth of the polls, and after all of them."""
    if not PAGES.exists():
        print("memory: this system does not tell")
        return
    rounds, found = polls // feeds, list[float]()
    with (
        tempfile.TemporaryDirectory() as home,
        serving_feeds(feeds) as host,
        bot(
            Path(home),
            feeds_yaml(f"http://{host}/feed/{number}.xml" for number in range(feeds)),
            {"CADENCEBOT_ALLOW_HOSTS": host},
        ) as (_, engines),
    ):
        for _ in range(rounds):
            done = engines.poller.poll(engines.poller.rested())
            if done.failed:
                sys.exit(f"a feed could not be read: {done.failed[0].complaint}")
            found.append(megabytes())
    early = rounds // SETTLED
    print(f"memory: after a tenth of the polls {found[early]:7.1f} MB")
    print(f"memory: after all of the polls {found[-1]:7.1f} MB ({rounds * feeds} of {feeds} feeds)")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
