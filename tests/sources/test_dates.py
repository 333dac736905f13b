"""The dates that sites print, with the precision that they have."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources.dates import read_date, split_date

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2026-04-20T08:30:00.000Z", "2026-04-20 08:30", "second"),
        ("2026-04-20T08:30:00-07:00", "2026-04-20 15:30", "second"),
        ("2026-03-04 00:00:03 +0800 +0800", "2026-03-03 16:00", "second"),
        ("2026-04-20T00:00:00Z", "2026-04-20 00:00", "day"),
        ("2026-04-20", "2026-04-20 00:00", "day"),
        ("2026/4/7", "2026-04-07 00:00", "day"),
        ("2026年4月20日", "2026-04-20 00:00", "day"),
        ("2026年4月", "2026-04-01 00:00", "month"),
        ("2026-04", "2026-04-01 00:00", "month"),
        ("MARCH 23, 2026 / Cloud", "2026-03-23 00:00", "day"),
        ("DEC. 19, 2025", "2025-12-19 00:00", "day"),
        ("September 23, 2025 · 7 min · 1470 words · Qwen Team", "2025-09-23 00:00", "day"),
        ("Sept 3rd, 2025", "2025-09-03 00:00", "day"),
        ("20 April 2026", "2026-04-20 00:00", "day"),
        ("Mon, 20 Apr 2026 10:00:00 GMT", "2026-04-20 00:00", "day"),
        ("Mar. 2026", "2026-03-01 00:00", "month"),
        ("May 2026", "2026-05-01 00:00", "month"),
    ],
)
def test_dates_keep_their_precision(text: str, day: str, precision: str) -> None:
    found = read_date(text, NOW)
    assert found
    assert (f"{found.at:%Y-%m-%d %H:%M}", found.precision) == (day, precision)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Feb 26", id="a year would be a guess"),
        pytest.param("3 days ago", id="nor is this a date"),
        pytest.param("2014-12-31", id="before any lab of ours"),
        pytest.param("2026-11-03", id="more than a day ahead"),
        pytest.param("2026-02-30", id="a day that never was"),
        pytest.param("2026-13-01", id="a month that never was"),
        pytest.param("Qwen3-2507", id="a stamp in a name"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert read_date(text, NOW) is None


def test_unix_times_come_in_seconds_and_milliseconds() -> None:
    at = datetime(2026, 4, 20, 9, 30, tzinfo=UTC)
    for number in (at.timestamp(), at.timestamp() * 1000):
        found = read_date(number, NOW)
        assert found
        assert found.at == at
    assert [read_date(number, NOW) for number in (0, -1, 1e300, float("nan"), True)] == [None] * 5


@pytest.mark.parametrize(
    ("heading", "rest"),
    [
        ("2026-04-20 Kimi K2.6", "Kimi K2.6"),
        ("Kimi K2.6 (April 20, 2026)", "Kimi K2.6"),
        ("April 20, 2026 — Kimi K2.6", "Kimi K2.6"),
        ("Kimi K2.6", "Kimi K2.6"),
    ],
)
def test_a_heading_without_its_date(heading: str, rest: str) -> None:
    assert split_date(heading, NOW)[1] == rest


@settings(deadline=None)
@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.datetimes().map(str)))
def test_no_value_breaks_it_and_no_date_is_implausible(value: object) -> None:
    found = read_date(value, NOW)
    assert found is None or (found.at.year >= 2014 and found.at <= NOW + timedelta(days=1))
