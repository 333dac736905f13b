"""`cadencebot import`, in the offline world."""

from pathlib import Path

from tests.cli.conftest import Shell

LINES = """lab,name,date,url,source
kimi,Kimi K1.5,2025-01-20,https://kimi.example/k1.5,a wiki
glm,GLM-4.5,2025-07,,
"""


def write(tmp_path: Path, text: str) -> str:
    path = tmp_path / "years.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_history_is_shown_with_how_exact_its_dates_are(shell: Shell, tmp_path: Path) -> None:
    result = shell.run("import", write(tmp_path, LINES))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "2 lines: 2 releases new" in result.stdout
    told = shell.run("recent", "since:9y").stdout
    assert "2025-01-20 (imported)" in told
    assert "2025-07 (imported)" in told
    assert "import:years.csv, brought by a person" in shell.run("why", "Kimi K1.5").stdout
    assert shell.run("show", "Kimi K1.5").exit_code == 0


def test_twice_is_once(shell: Shell, tmp_path: Path) -> None:
    path = write(tmp_path, LINES)
    assert shell.json("import", path)["opened"] == 2
    assert shell.json("import", path) == {
        "lines": 2,
        "opened": 0,
        "joined": 0,
        "passed_over": 0,
        "on_no_release": [],
        "known": 2,
        "left_out": {},
        "complaints": [],
    }


def test_wrong_lines_are_named_and_the_others_come_in(shell: Shell, tmp_path: Path) -> None:
    result = shell.run(
        "import", write(tmp_path, LINES + "glm,GLM-4.6,yesterday,,\nSomebody,X1,2025-01-20,,\n")
    )
    assert result.exit_code == 1
    assert "years.csv: line 4: date: “yesterday” is no date" in result.stderr
    assert "2 releases new" in result.stdout
    assert "Left out: 1 line of labs that feeds.yaml does not name: Somebody (1)" in result.stdout


def test_a_file_that_cannot_be_read_is_wrong_usage(shell: Shell, tmp_path: Path) -> None:
    result = shell.run("import", str(tmp_path / "none.csv"))
    assert result.exit_code == 2
    assert "none.csv: cannot be read" in result.stderr
