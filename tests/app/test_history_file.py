"""Files that people bring, read line by line."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.importing.history import HistoryFile, read_history
from bot.model import DateOrigin
from bot.releases.naming.labs import Labs
from tests.support.house import LABS

NOW = datetime(2026, 4, 20, tzinfo=UTC)


def read(path: Path, text: str | bytes, name: str = "years.csv") -> HistoryFile:
    file = path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_history(file, Labs(LABS), NOW)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("y.csv", "lab,name,date\nkimi,Kimi K1.5,2025-01-20\n", id="CSV"),
        pytest.param("y.csv", "lab;name;date\r\nkimi;Kimi K1.5;2025-01-20\r\n", id="as Excel writes it"),
        pytest.param("y.csv", "\ufeffLab, Model ,RELEASED\nkimi,Kimi K1.5,2025-01-20", id="other spellings"),
        pytest.param("y.tsv", "lab\tname\tdate\nMoonshot AI\tKimi K1.5\t2025-01-20\n", id="TSV"),
        pytest.param(
            "y.json", '[{"lab": "kimi", "name": "Kimi K1.5", "date": "2025-01-20", "stars": 5}]', id="JSON"
        ),
    ],
)
def test_all_formats_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    (line,) = read(tmp_path, text, name).lines
    assert (line.lab.id, line.name) == ("moonshot", "Kimi K1.5")
    assert line.published.at == datetime(2025, 1, 20, tzinfo=UTC)
    assert (line.published.origin, line.published.precision) == (DateOrigin.IMPORTED, "day")


@pytest.mark.parametrize(
    ("date", "at", "precision"),
    [
        pytest.param("2025-01-20", datetime(2025, 1, 20, tzinfo=UTC), "day", id="a day"),
        pytest.param("2025-01", datetime(2025, 1, 1, tzinfo=UTC), "month", id="a month"),
        pytest.param(
            "2025-01-20T23:30:00-08:00", datetime(2025, 1, 21, 7, 30, tzinfo=UTC), "second", id="a moment"
        ),
        pytest.param("2025-01-20; weights later", datetime(2025, 1, 20, tzinfo=UTC), "day", id="a remark"),
    ],
)
def test_dates_keep_how_exact_they_are(tmp_path: Path, date: str, at: datetime, precision: str) -> None:
    (line,) = read(tmp_path, f"lab,name,date\nkimi,Kimi K1.5,{date}\n").lines
    assert (line.published.at, line.published.precision) == (at, precision)


@pytest.mark.parametrize(
    ("called", "lab"),
    [
        pytest.param("Moonshot AI (Kimi)", "moonshot", id="with a remark"),
        pytest.param("Alibaba Qwen", "qwen", id="made of two of its names"),
        pytest.param("Google Qwen", None, id="not made of two labs' names"),
        pytest.param("Somebody", None, id="nobody in feeds.yaml"),
    ],
)
def test_labs_as_people_write_them(tmp_path: Path, called: str, lab: str | None) -> None:
    found = read(tmp_path, f"lab,name,date\n{called},Some-1,2025-01-20\n")
    assert [line.lab.id for line in found.lines] == ([lab] if lab else [])
    assert found.strangers == ({} if lab else {called: 1})
    assert found.complaints == ()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param(",K1,2025-01-20,", "line 3: lab: is missing", id="no lab"),
        pytest.param("kimi,\u200b,2025-01-20,", "line 3: name: is missing", id="nothing that shows"),
        pytest.param("kimi,K1,,", "line 3: date: is missing", id="no date"),
        pytest.param("kimi,K1,20.1.2025,", "line 3: date: “20.1.2025” is no date", id="another way to date"),
        pytest.param("kimi,K1,2025-02-30,", "line 3: date: “2025-02-30” is no date", id="no such day"),
        pytest.param("kimi,K1,2026-05-01,", "line 3: date: 2026-05-01 is yet to come", id="the future"),
        pytest.param("kimi,K1,0001-01-01,", "line 3: date: 0001-01-01 is before 1990", id="long ago"),
        pytest.param("kimi,K1,2025-01-20,ftp://x", "line 3: url: “ftp://x” is no address", id="no address"),
        pytest.param(f"kimi,{'K' * 201},2025-01-20,", "line 3: name: has more than 200", id="too long"),
    ],
)
def test_a_wrong_line_is_named_with_its_field_and_the_others_are_read(
    tmp_path: Path, line: str, complaint: str
) -> None:
    found = read(tmp_path, f"lab,name,date,url\nkimi,K2,2025-07-11,\n{line}\nkimi,K3,2025-08-11,\n")
    assert [one.place for one in found.lines] == ["line 2", "line 4"]
    (said,) = found.complaints
    assert said.startswith(complaint)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        pytest.param("y.csv", "lab,when\nkimi,2025\n", "names no date and no name", id="columns are missing"),
        pytest.param("y.csv", "", "names no date", id="an empty file"),
        pytest.param("y.csv", b"lab,name,date\n\xff\xfe", "is not UTF-8 at byte 14", id="another encoding"),
        pytest.param("y.csv", "lab,name,date\n" + "x" * 200_000, "line 1: is no line", id="an endless field"),
        pytest.param("y.json", "[", "is not JSON", id="half a list"),
        pytest.param("y.json", "[" * 100_000, "is not JSON", id="a deep list"),
        pytest.param("y.json", "{}", "write a list of objects", id="no list"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(
    tmp_path: Path, name: str, text: str | bytes, complaint: str
) -> None:
    with pytest.raises(UsageError, match=complaint):
        read(tmp_path, text, name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_history(tmp_path / "none.csv", Labs(LABS), NOW)


def test_an_entry_that_is_no_object_is_named(tmp_path: Path) -> None:
    assert read(tmp_path, '[5, {"lab": 5}]', "y.json").complaints == (
        "entry 1: date: is missing",
        "entry 2: date: is missing",
    )


_HOSTILE = st.text(max_size=60) | st.sampled_from(["kimi", "2025-01-20", "\u202e" * 9, "=cmd()", "\x00", '"'])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries({"lab": _HOSTILE, "name": _HOSTILE, "date": _HOSTILE}), max_size=4))
def test_whatever_a_file_says_every_entry_is_accounted_for(
    tmp_path: Path, entries: list[dict[str, str]]
) -> None:
    found = read(tmp_path, json.dumps(entries), "y.json")
    assert len(found.lines) + len(found.complaints) + sum(found.strangers.values()) == len(entries)
