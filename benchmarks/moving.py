"""Measure how long a memory takes to move to PostgreSQL and back; ask it the same before, there and after.

Run from the project's root: `python -m benchmarks.moving [releases]`, ten sightings each. It ends with 1
where an answer is not the same bit for bit. The server is that of the tests (tests/support/postgres.py).
"""
# A script for people: it prints, and it is no package.
# ruff: noqa: INP001, T201

import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.questions import LABS, fill
from bot.cli import main as cadencebot
from bot.model import ALL, Follow
from bot.records import Subscription
from bot.releases.facts.filters import Filters
from bot.store.store import Store
from tests.support.clock import START
from tests.support.places import C1
from tests.support.postgres import schema

QUESTIONS = (
    "recent since:5y n:50", "recent lab7 since:5y n:9", "recent license:permissive max:70b since:5y",
    "recent match:zephyr7 since:5y", "show Zephyr77-2.5-40B", "show zephyr77", "show Zephr77-2.5-4OB",
    "why owner27/Zephyr77-2.5-40B", "why https://blog.example/77/3", "why zephyr77-",
    "why Nothing-Like-It-9B", "list",
)  # fmt: skip


@dataclass(frozen=True)
class Trip:
    """What a memory said before it moved, on PostgreSQL and back in a file, and the seconds both ways."""

    answers: tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]
    rows: int
    there: float
    back: float

    @property
    def differing(self) -> list[str]:
        """Return the questions that were not answered the same three times."""
        before, there, after = self.answers
        return [text for text in before if not before[text] == there[text] == after[text]]


def furnished(directory: Path, releases: int) -> Mapping[str, str]:
    """Make a state with so many releases; return the environment in which a bot has it."""
    with closing(Store(directory, LABS)) as store:
        fill(store, releases)
        with store.transaction():
            store.subscriptions.add(Subscription(C1, Follow(ALL), Filters(max=70 * 10**9), "Slack", START))
    config = directory / "feeds.yaml"
    labs = [{"id": lab.id, "name": lab.name, "sources": [{"hub": lab.owners[0]}]} for lab in LABS]
    config.write_text(json.dumps({"labs": labs}), encoding="utf-8")  # which is YAML
    return {"CADENCEBOT_STATE": str(directory), "CADENCEBOT_CONFIG": str(config)}


def there_and_back(environment: Mapping[str, str], url: str) -> Trip:
    """Move a memory to PostgreSQL and back, and ask it the same before, there and after."""
    on_postgres = {**environment, "DATABASE_URL": url}
    before = asked(environment)
    rows, there = moved(environment, "migrate-to", url)
    meanwhile = asked(on_postgres)
    rows_back, back = moved(environment, "migrate-from", url)
    if rows_back != rows:
        sys.exit(f"{rows} rows went, and {rows_back} came back")
    return Trip((before, meanwhile, asked(environment)), rows, there, back)


def moved(environment: Mapping[str, str], *words: str) -> tuple[int, float]:
    """Return how many rows a command moves, and in how many seconds."""
    start = time.monotonic()
    rows: int = json.loads(said(environment, [*words, "--json"]))["rows"]
    return rows, time.monotonic() - start


def asked(environment: Mapping[str, str]) -> Mapping[str, str]:
    return {text: said(environment, [*text.split(), "--json"]) for text in QUESTIONS}


def said(environment: Mapping[str, str], words: Sequence[str]) -> str:
    result = CliRunner().invoke(cadencebot, words, env=dict(environment))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    if not result.stdout:
        sys.exit(f"{' '.join(words)}: {result.stderr}")
    return result.stdout


def main(releases: int = 100_000) -> None:
    """Print both times, and whether all answers were the same."""
    try:
        with schema() as url, tempfile.TemporaryDirectory() as directory:
            trip = there_and_back(furnished(Path(directory), releases), url)
    except pytest.skip.Exception as absent:
        print(f"moving: not measured, {absent}")
        return
    print(f"moving: to PostgreSQL {trip.there:8.1f} s clock ({trip.rows:,} rows of {releases:,} releases)")
    print(f"moving: and back      {trip.back:8.1f} s clock")
    same = len(QUESTIONS) - len(trip.differing)
    print(f"moving: answers that were the same three times: {same} of {len(QUESTIONS)}")
    if trip.differing:
        sys.exit(f"these were not: {', '.join(trip.differing)}")


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:]))
