"""Measure what a start costs: the bot's commands and the peers' --version, as whole processes, by turns.

Run from the project's root: `python -m benchmarks.starts [rounds]`. The store holds 1,000 releases; the least
of the rounds counts, as whatever else the machine does can only add to it.
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.programs import ROOT, Command, cpu_of, installed
from benchmarks.questions import LABS, fill
from bot.store.store import Store

COMMANDS = ("--version", "--help", "recent", "identify")
LINE = json.dumps({"source": "hub", "text": "moonshotai/Kimi-K2.6-NVFP4"}).encode()


def main(rounds: int = 7) -> None:
    """Print the CPU seconds of each start."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        store = Store(home / "state", LABS)
        fill(store, 1_000)
        store.close()
        variables = {
            "PYTHONPATH": str(ROOT),
            "CADENCEBOT_CONFIG": str(ROOT / "feeds.yaml"),
            "CADENCEBOT_STATE": str(home / "state"),
        }
        starts: dict[str, Command] = {}
        for program in installed():
            if program.name == "cadencebot":
                python = str(program.bin / "python")
                starts |= {it: Command((python, "-m", "bot", it), variables) for it in COMMANDS}
            elif program.version:
                script, *words = program.version
                starts[program.name] = Command((str(program.bin / script), *words))
        costs: dict[str, list[float]] = defaultdict(list)
        for _ in range(rounds):
            for name, command in starts.items():
                costs[name].append(cpu_of(command, home, LINE))
    for name, found in costs.items():
        print(f"start: {name:<12} {min(found):6.3f} s CPU")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
