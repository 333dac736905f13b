"""The table of `make bench`: a row finds its figure in what its script prints, and each script is there."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.table import ROWS, SCRIPTS, Row
from tests.torture.long import long_form

ROOT = Path(__file__).parents[1]
SCRIPTS_THERE = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
# The smallest numbers with which a script prints all of its figures; the two that need pip are left out.
SMALLEST = {
    "understanding": "60",
    "fetch": "16",
    "poll": "3",
    "hub": "2 0.01",
    "run": "1 4 10",
    "deliver": "3 2",
    "outbox": "10",
    "idle": "5",
    "memory": "20 3",
    "questions": "50",
    "digests": "20",
    "growth": "100",
}
PRINTED = """\
first sweep: cadencebot        30.00 ms CPU a feed (29.10 to 31.00)
unchanged sweep: cadencebot         1.50 ms CPU a feed (1.40 to 1.60)
unchanged sweep: floor-httpx        3.00 ms CPU a feed (2.90 to 3.10)
100 validated feeds, no news         0.21 s    1.24 ms CPU a feed    117 MB   0 failed
growth: new entries, all of them           exponent -0.02 (17.56 ms at 10)
"""


def row(label: str, beside: str = "") -> Row:
    return Row("", "", label, "", beside=beside)


@pytest.mark.parametrize(
    ("label", "figure"),
    [
        pytest.param("unchanged sweep: cadencebot", 1.5, id="the first number behind its label"),
        pytest.param(r"\d+ validated feeds, no news .* s  ", 1.24, id="a later one, by a pattern"),
        pytest.param("growth: new entries.*exponent", -0.02, id="a negative one"),
        pytest.param("sweep: cadencebot", None, id="none in the middle of a line"),
        pytest.param("unchanged sweep: urlwatch", None, id="none where a peer is left out"),
    ],
)
def test_a_row_finds_its_figure(label: str, figure: float | None) -> None:
    assert row(label).figure(PRINTED) == figure


@pytest.mark.parametrize(("beside", "ratio"), [("floor-httpx", 0.5), ("urlwatch", None)])
def test_a_row_may_be_a_share_of_another_figure(beside: str, ratio: float | None) -> None:
    shared = row("unchanged sweep: cadencebot", beside=f"unchanged sweep: {beside}")
    assert shared.figure(PRINTED) == ratio


def test_every_row_is_filled_by_a_script_that_is_there() -> None:
    assert {row.script for row in ROWS} == set(SCRIPTS)
    assert set(SCRIPTS) <= SCRIPTS_THERE


def texts_of(script: str) -> Iterator[str]:
    """Yield all texts that stand in a script, and in the others of its directory that it imports."""
    tree = ast.parse((ROOT / "benchmarks" / f"{script}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("benchmarks."):
            yield from texts_of(str(node.module).removeprefix("benchmarks."))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.script}: {row.label}")
def test_a_label_has_the_words_of_its_script(row: Row) -> None:
    words = re.findall(r"[A-Za-z][\w.'-]+", re.sub(r"\\.|\.\*", " ", f"{row.label} {row.beside}"))
    said = " ".join(texts_of(row.script))
    assert words
    assert [word for word in words if word not in said] == []


@long_form
@pytest.mark.parametrize("script", SMALLEST)
def test_a_script_prints_the_figure_of_each_of_its_rows(script: str) -> None:
    command = [sys.executable, "-m", f"benchmarks.{script}", *SMALLEST[script].split()]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    assert [row.label for row in ROWS if row.script == script and row.figure(done.stdout) is None] == []


def test_what_the_clock_says_never_fails_the_bench() -> None:
    assert not [row.work for row in ROWS if row.binding and "clock" in row.unit]
