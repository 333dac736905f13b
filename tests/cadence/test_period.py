"""The figures of a window, against a table made by hand."""

import csv
from collections import Counter
from datetime import date
from typing import Any

import pytest

from bot.cadence.period import Window, period, periods, share, window_back
from bot.cadence.shipped import Unit
from bot.cadence.stats import Hits, back_test
from bot.model import DateOrigin
from tests.cadence.backtest import HISTORY, history
from tests.cadence.releasing import every, shipped

OPEN: dict[str, Any] = {"open": True, "verdict": "permissive", "country": "CN", "task": "text-generation"}
# Six releases by hand: gaps of 31, 28, 10, 20 and 30 days, and one of which only the month is known.
TABLE = [
    shipped("2026-01-01", "A", **OPEN, parameters=7 * 10**9),
    shipped("2026-02-01", "B", **OPEN, parameters=70 * 10**9),
    shipped("2026-03-01", "C", **{**OPEN, "verdict": "conditions"}, parameters=10**12),
    shipped("2026-03-11", "D", verdict="not stated", origin=DateOrigin.CREATED),
    shipped("2026-03-31", "E", country="CN"),
    shipped("2026-04-30", "F", **OPEN, parameters=8 * 10**9),
    shipped("2026-04", "G", **OPEN),
]
SPRING = Window(date(2026, 2, 1), date(2026, 5, 20))


def test_the_figures_of_a_window() -> None:
    found = period(TABLE, SPRING)
    assert (found.releases, found.gaps, found.since_last, found.streak) == (6, (28, 10, 20, 30), 20, 4)
    assert found.quartiles == (17.5, 24.0, 28.5)
    assert found.months == (
        (date(2026, 2, 1), 1),
        (date(2026, 3, 1), 3),
        (date(2026, 4, 1), 2),
        (date(2026, 5, 1), 0),
    )


def test_the_shares_of_a_window() -> None:
    found = period(TABLE, SPRING)
    assert found.licenses == {"permissive": 3, "not stated": 2, "conditions": 1}
    assert found.weights == {"open": 4, "closed": 2}
    assert found.countries == {"CN": 5, "not stated": 1}
    assert found.sizes == {"not stated": 3, "300B and more": 1, "4B to 15B": 1, "70B to 300B": 1}
    assert found.tasks == {"text-generation": 4, "not stated": 2}
    assert found.dates == {"posted": 4, "created on the Hub": 1, "posted, month only": 1}
    assert share(found.licenses, "permissive") == 0.75
    assert share({}, "permissive") is None


def test_the_next_is_expected_within_the_middle_half_of_the_gaps() -> None:
    expected = period(TABLE, SPRING).expected  # the quartiles of 10, 20, 28, 30, 31 are 20 and 30
    assert expected
    assert (expected.first, expected.last) == (date(2026, 5, 20), date(2026, 5, 30))


@pytest.mark.parametrize(
    ("gaps", "hits"),
    [
        pytest.param([10, 10, 10, 10], Hits(0, 0), id="five releases leave nothing to try it on"),
        pytest.param([10, 20, 30, 40, 25], Hits(1, 1), id="17.5 to 32.5 days, and 25 came"),
        pytest.param([10, 20, 30, 40, 50], Hits(0, 1), id="50 is past it"),
    ],
)
def test_the_window_is_tried_on_what_came_after(gaps: list[int], hits: Hits) -> None:
    assert back_test(it.day for it in every(gaps)) == hits


def test_a_hit_rate_of_few_tries_is_none() -> None:
    assert Hits(3, 4).rate is None
    assert Hits(3, 5).rate == 0.6


def test_too_few_releases_say_nothing() -> None:
    found = period(every([10, 10, 10]), Window(date(2025, 1, 1), date(2025, 12, 31)))
    assert (found.releases, found.median_gap, found.quartiles, found.expected) == (4, None, None, None)


def test_nothing_at_all() -> None:
    found = period([], SPRING)
    assert (found.releases, found.gaps, found.since_last, found.streak) == (0, (), None, 0)


def test_what_comes_after_the_window_changes_nothing() -> None:
    later = shipped("2026-05-21", "H", family_key="f", parameters=10**12)
    assert period([*TABLE, later], SPRING) == period(TABLE, SPRING)


def test_a_present_month_without_a_release_does_not_end_a_streak() -> None:
    days = [shipped("2026-02-10"), shipped("2026-03-10")]
    assert period(days, window_back(date(2026, 4, 2), 30)).streak == 2
    assert period(days, window_back(date(2026, 5, 2), 30)).streak == 0


def test_the_window_before_has_as_many_days_and_ends_the_day_before() -> None:
    week = window_back(date(2026, 4, 26), 7)
    assert (week.first, week.before) == (date(2026, 4, 20), Window(date(2026, 4, 13), date(2026, 4, 19)))


def test_every_lab_by_itself() -> None:
    found = periods([*TABLE, *every([1, 1], lab="zai", first="2026-04-01")], SPRING)
    assert {lab: it.releases for lab, it in found.items()} == {"kimi": 6, "zai": 3}


@pytest.mark.parametrize("lab", ["qwen", "moonshot", "zai", "deepseek"])
def test_the_figures_of_the_history_against_a_count_of_the_file(lab: str) -> None:
    with HISTORY.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["lab"] == lab]
    days = {row["name"].lower(): row["date"] for row in reversed(rows) if _way(row) != "closed variant"}
    year = Window(date(2025, 9, 1), date(2026, 8, 31))
    inside = sorted(day for day in days.values() if "2025-09-01" <= day <= "2026-08-31")
    found = periods(history(), year, Unit.RELEASE)[lab]
    assert found.releases == len(inside)
    assert {str(month)[:7]: count for month, count in found.months if count} == Counter(
        day[:7] for day in inside
    )
    assert sum(found.gaps) == (date.fromisoformat(inside[-1]) - date.fromisoformat(inside[0])).days
    assert len(found.gaps) == len(set(inside)) - 1


def _way(row: dict[str, str]) -> str:
    return f"{row['weights']} {row['kind']}"
