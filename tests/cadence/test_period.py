"""The figures of a window, against a table made by hand."""

import csv
from collections import Counter
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cadence.gaps import Hits, back_test, expected_gap
from bot.cadence.period import Window, lab_rows, period, share, window_back
from bot.cadence.phrases import hits_text
from bot.cadence.shipped import Shipped, Unit
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
    assert back_test([it.day for it in every(gaps)]) == hits


def test_hits_of_few_tries_say_so() -> None:
    assert hits_text(Hits(3, 4)) == "right 3 of 4 times: too few to say"
    assert hits_text(Hits(3, 5)) == "right 3 of 5 times"


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
    found = lab_rows([*TABLE, *every([1, 1], lab="zai", first="2026-04-01")], SPRING)
    assert [(it.last.lab, it.releases) for it in found] == [("kimi", 6), ("zai", 3)]


@pytest.mark.parametrize("lab", ["qwen", "moonshot", "zai", "deepseek"])
def test_the_figures_of_the_history_against_a_count_of_the_file(lab: str) -> None:
    with HISTORY.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["lab"] == lab]
    days = {row["name"].lower(): row["date"] for row in reversed(rows) if _way(row) != "closed variant"}
    year = Window(date(2025, 9, 1), date(2026, 8, 31))
    inside = sorted(day for day in days.values() if "2025-09-01" <= day <= "2026-08-31")
    (found,) = (it for it in lab_rows(history(), year, Unit.RELEASE) if it.last.lab == lab)
    assert found.releases == len(inside)
    assert {str(month)[:7]: count for month, count in found.months if count} == Counter(
        day[:7] for day in inside
    )
    assert sum(found.gaps) == (date.fromisoformat(inside[-1]) - date.fromisoformat(inside[0])).days
    assert len(found.gaps) == len(set(inside)) - 1


# Moonshot's releases of a year, counted by hand.
KIMI = [shipped(day) for day in ("2025-07-11", "2025-09-05", "2025-11-06", "2026-01-27", "2026-04-20")]
TODAY = "2026-04-30"


@pytest.mark.parametrize(
    ("history", "recent", "gaps", "since_last"),
    [
        pytest.param([], (0, 0, 0), (), None, id="a lab that never shipped"),
        pytest.param([shipped(TODAY)], (1, 1, 1), (), 0, id="one release today has no gap"),
        pytest.param(KIMI, (1, 1, 5), (56, 62, 82, 83), 10, id="five releases have four gaps"),
        pytest.param(
            [shipped(TODAY, "A"), shipped(TODAY, "B"), shipped("2026-04-23")],
            (3, 3, 3),
            (7,),
            0,
            id="two on one day count twice and make no gap of nothing",
        ),
        pytest.param([shipped("2026-05-01")], (0, 0, 0), (), None, id="tomorrow does not count"),
        pytest.param(
            [shipped("2026-04-01"), shipped("2026-03-31")],
            (1, 2, 2),
            (1,),
            29,
            id="today is one of the last thirty days",
        ),
    ],
)
def test_the_recent_counts(
    history: list[Shipped], recent: tuple[int, ...], gaps: tuple[int, ...], since_last: int | None
) -> None:
    found = period(history, window_back(date.fromisoformat(TODAY), 365))
    assert tuple(found.recent(days) for days in (30, 90, 365)) == recent
    assert (found.gaps, found.since_last) == (gaps, since_last)


def test_the_median_gap_of_kimi_is_seventy_two_days() -> None:
    assert period(KIMI, window_back(date.fromisoformat(TODAY), 365)).median_gap == 72


@given(st.lists(st.dates(date(2020, 1, 1), date(2027, 1, 1))), st.randoms())
def test_the_order_does_not_matter(days: list[date], dice: Random) -> None:
    history = [shipped(str(day)) for day in days]
    shuffled = list(history)
    dice.shuffle(shuffled)
    assert period(history, SPRING) == period(shuffled, SPRING)


@pytest.mark.parametrize(
    ("gaps", "window"),
    [
        pytest.param((), None, id="nothing is known of one release"),
        pytest.param((10, 10, 10), None, id="four releases are too few to say"),
        pytest.param((10, 10, 10, 10), (10, 10), id="a lab like a clock"),
        pytest.param((56, 62, 82, 83), (60, 83), id="the quartiles of Kimi's gaps, rounded outwards"),
        pytest.param((1, 50, 52, 54, 400), (50, 54), id="one long silence moves nothing"),
    ],
)
def test_the_expected_gap(gaps: tuple[int, ...], window: tuple[int, int] | None) -> None:
    assert expected_gap(gaps) == window


@given(st.lists(st.integers(1, 2_000), min_size=4))
def test_the_expected_gap_lies_within_the_gaps(gaps: list[int]) -> None:
    window = expected_gap(gaps)
    assert window is not None
    assert min(gaps) <= window[0] <= window[1] <= max(gaps)


def _way(row: dict[str, str]) -> str:
    return f"{row['weights']} {row['kind']}"
