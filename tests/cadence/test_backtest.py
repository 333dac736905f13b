"""The figures that docs/cadence.md states, kept from getting worse."""

from datetime import date

import pytest

from bot.cadence.habits import habits_of
from bot.cadence.news import silences
from bot.cadence.shipped import Shipped, Unit, counted
from tests.cadence.backtest import (
    END,
    PACES,
    history,
    is_false,
    judged_bursts,
    made_up_quiet,
    quiet,
    window_hits,
)
from tests.cadence.releasing import every, shipped


def test_no_lab_is_falsely_called_quiet_twice_a_year() -> None:
    found = quiet(counted(history()), END)
    assert found.alarms.total() >= 8  # an alarm that never rings is never false
    assert found.worst <= 1


@pytest.mark.parametrize("pace", PACES)
def test_labs_that_ship_at_random_are_falsely_called_quiet_less_than_once_a_year(pace: int) -> None:
    assert made_up_quiet(pace).false.total() <= 0.6 * 50 * 4  # of 50 labs in 4 years


def test_the_window_holds_about_half_of_what_comes() -> None:
    hits = window_hits(counted(history(), Unit.WAVE)).values()
    share = sum(it.hits for it in hits) / sum(it.tried for it in hits)
    assert 0.45 <= share <= 0.6


def test_most_bursts_stand_out() -> None:
    judged = judged_bursts(counted(history()))
    assert sum(stood for _, stood in judged) >= 0.75 * len(judged) > 0


@pytest.mark.parametrize(
    ("after", "false"),
    [
        pytest.param("2025-07-20", True, id="nineteen days after the alarm, the median gap being thirty"),
        pytest.param("2025-08-20", False, id="fifty days after it"),
    ],
)
def test_what_is_false(after: str, false: bool) -> None:
    history_of_one: list[Shipped] = [*every([30] * 5), shipped(after)]
    found = silences(habits_of(history_of_one), date(2025, 9, 1))
    assert [is_false(it) for it in found if it.ended_by] == [false]
