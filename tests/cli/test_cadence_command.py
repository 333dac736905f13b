"""`cadence` and `report`, as a person and as a program use them."""

import csv
import io
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.cadence.period import Window, lab_rows, month_rows
from bot.cadence.shipped import Unit
from bot.cli.questions import _objects, _picture_file
from bot.views.answers import CadenceTable
from tests.cadence.releasing import every, shipped
from tests.cli.conftest import Shell

SPRING = Window(date(2026, 2, 15), date(2026, 4, 26))
HISTORY = [
    *every([10, 20, 30, 40, 25, 20], "2025-11-12"),  # to 2026-04-06
    shipped("2026-04-20", "Qwen3.6", "qwen", open=True, verdict="permissive", license="Apache 2.0"),
    shipped("2026-04-20", "GLM-5.1", "zai", open=True, verdict="conditions"),
]


@pytest.fixture
def polled(shell: Shell) -> Shell:
    shell.run("poll", "--all")
    return shell


def test_a_program_gets_the_figures_of_a_lab() -> None:
    (told,) = _objects(CadenceTable(SPRING, labs=lab_rows(HISTORY, SPRING)[:1]))
    assert {key: told[key] for key in ("lab", "releases", "last_30", "last_90", "last_365")} == {
        "lab": "kimi",
        "releases": 3,
        "last_30": 1,
        "last_90": 3,
        "last_365": 7,
    }
    assert (told["expected_first"], told["expected_right"], told["expected_tried"]) == ("2026-04-26", 2, 2)
    assert told["months"] == {"2026-02": 1, "2026-03": 1, "2026-04": 1}


def test_months_count_every_lab_and_stay_within_the_window() -> None:
    told = _objects(CadenceTable(SPRING, months=month_rows(HISTORY, SPRING)))
    counts = {row["month"]: row["releases"] for row in told}
    assert counts == {"2026-02": 1, "2026-03": 1, "2026-04": 3}
    assert told[2]["labs"] == {"Kimi": 1, "Qwen": 1, "Zai": 1}


def test_the_unit_can_be_chosen() -> None:
    sizes = [shipped("2026-04-20", f"Qwen3.6-{size}B", "qwen", family_key="qwen3.6") for size in (4, 27, 35)]
    counts = {unit: lab_rows(sizes, SPRING, unit)[0].releases for unit in Unit}
    assert counts == {Unit.RELEASE: 3, Unit.WAVE: 1, Unit.LAUNCH: 1}


def test_cadence_on_the_terminal(polled: Shell) -> None:
    shown = polled.run("cadence", "since:20y").stdout
    assert "Moonshot AI" in shown
    assert "releases" in shown
    assert "How often" in shown
    months = polled.run("cadence", "qwen", "since:20y", "by:month", "unit:release").stdout
    assert "Every size counts" in months
    assert "Releases by month" in months


def test_a_lab_that_is_named_is_shown_however_little_it_ships(polled: Shell) -> None:
    assert polled.json("cadence", "since:1d") == []
    assert [row["lab"] for row in polled.json("cadence", "kimi", "since:1d")] == ["moonshot"]


def test_cadence_as_json_and_as_csv_say_the_same(polled: Shell) -> None:
    told = polled.json("cadence", "since:20y")
    rows = list(csv.DictReader(io.StringIO(polled.run("cadence", "since:20y", "--csv").stdout)))
    assert [row["lab"] for row in rows] == [row["lab"] for row in told]
    assert [int(row["releases"]) for row in rows] == [row["releases"] for row in told]
    monthly = polled.json("cadence", "since:20y", "by:month")
    assert sum(row["releases"] for row in monthly) == sum(row["releases"] for row in told)


def test_nothing_read_yet_says_what_to_do(begun: Shell) -> None:
    assert "Nothing came out" in begun.run("cadence").stdout
    assert begun.json("cadence") == []
    assert begun.run("cadence", "--csv").stdout == ""


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        pytest.param(("by:moon",), "write lab, month", id="an unknown grouping"),
        pytest.param(("unit:token",), "write release, wave, launch", id="an unknown unit"),
        pytest.param(("moonshoot",), "did you mean moonshot", id="an unknown lab"),
    ],
)
def test_wrong_words_are_told_the_right_ones(begun: Shell, words: tuple[str, ...], complaint: str) -> None:
    result = begun.run("cadence", *words)
    assert result.exit_code == 2
    assert complaint in result.stderr


def test_the_pictures_are_drawn_beside_each_other(polled: Shell, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (the extra charts)")
    result = polled.run("cadence", "since:20y", "--png", str(tmp_path / "it.png"))
    drawn = {path.name: path.read_bytes() for path in tmp_path.glob("*.png")}
    assert set(drawn) == {"it.png", "it-gaps.png", "it-months.png"}
    assert all(data.startswith(b"\x89PNG") and len(data) < 300_000 for data in drawn.values())
    assert [line.partition(": ")[0] for line in result.stdout.splitlines()] == [
        str(tmp_path / name) for name in ("it.png", "it-gaps.png", "it-months.png")
    ]


@pytest.mark.parametrize(
    ("given", "made"),
    [
        pytest.param("it", "it.png", id="a name without an end gets it"),
        pytest.param("v1.2", "v1.2.png", id="a version is no end"),
        pytest.param("it.svg", "it.svg.png", id="nor is another kind's"),
        pytest.param("IT.PNG", "IT.png", id="capitals are one"),
    ],
)
def test_a_picture_has_the_end_of_its_kind(tmp_path: Path, given: str, made: str) -> None:
    assert _picture_file(tmp_path / given, "png", "timeline") == tmp_path / made
    assert _picture_file(tmp_path / given, "png", "gaps").stem == f"{made.removesuffix('.png')}-gaps"


def test_a_picture_that_cannot_be_written_is_a_line(polled: Shell, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (the extra charts)")
    result = polled.run("cadence", "--svg", str(tmp_path / "nowhere" / "it.svg"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_without_matplotlib_a_picture_says_how_to_get_it(
    begun: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = begun.run("cadence", "--png", str(tmp_path / "it.png"))
    assert result.exit_code == 2
    assert "pip install matplotlib" in result.stderr


def test_the_report_is_written_and_listed(polled: Shell, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "index.html" in polled.run("report", "--out", str(out)).stdout
    assert "Kimi" in (out / "index.html").read_text(encoding="utf-8")
    assert set(polled.json("report", "--out", str(out))["files"]) == {path.name for path in out.iterdir()}
