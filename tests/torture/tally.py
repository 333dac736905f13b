"""Count what the torture tests try, a JSON line for each test, and make the table of it.

A conftest.py that imports `tally` and `pytest_runtest_makereport` from here gives its tests the fixture.
Lines go to the file that CADENCEBOT_TALLY names, if it names one.
"""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ENDINGS = ("lost", "doubled")  # of releases, in every destination: both are to be 0
_ORDER = ("kills", "faults", "bad inputs", *ENDINGS)


@dataclass
class Tally:
    """What one test tried, by "kills", "faults", "bad inputs" ... and kind, and what it measured."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    peaks: dict[str, float] = field(default_factory=dict)

    def count(self, what: str, kind: str, number: int = 1) -> None:
        """Count `number` more of a kind; 0 says that it was looked for and not found."""
        self.counts[what][kind] += number

    def measure(self, what: str, value: float) -> None:
        """Keep the largest value of what is measured."""
        self.peaks[what] = max(value, self.peaks.get(what, value))


_TALLY = pytest.StashKey[Tally]()


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    tally: Tally = request.node.stash.setdefault(_TALLY, Tally())
    return tally


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    path, counted = os.environ.get("CADENCEBOT_TALLY"), item.stash.get(_TALLY, None)
    if path and counted and call.when == "call":
        line = {
            "test": item.nodeid,
            "passed": report.passed,
            "counts": counted.counts,
            "peaks": counted.peaks,
        }
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")  # one short write: lines of parallel tests do not mix
    return report


def table(lines: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the table over the tests' JSON objects."""
    total, failed = Tally(), 0
    for line in lines:
        failed += not line["passed"]
        for what, kinds in line["counts"].items():
            for kind, number in kinds.items():
                total.count(what, kind, number)
        for what, value in line["peaks"].items():
            total.measure(what, value)
    for what in sorted(total.counts, key=lambda it: _ORDER.index(it) if it in _ORDER else len(_ORDER)):
        yield f"{what:<56}{total.counts[what].total():>12,}"
        yield from (f"  {kind:<54}{number:>12,}" for kind, number in sorted(total.counts[what].items()))
    yield from (f"{ending:<56}{'not counted':>12}" for ending in ENDINGS if ending not in total.counts)
    yield from (f"most {what:<51}{value:>12,.1f}" for what, value in sorted(total.peaks.items()))
    yield f"{'tests failed':<56}{failed:>12,}"
