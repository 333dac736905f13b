"""How often labs ship, against tables made by hand."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cadence.stats import Cadence, cadence, expected_window

TODAY = date(2026, 4, 30)
# Moonshot's releases of a year, counted by hand.
KIMI = [date(2025, 7, 11), date(2025, 9, 5), date(2025, 11, 6), date(2026, 1, 27), date(2026, 4, 20)]


@pytest.mark.parametrize(
    ("days", "rhythm"),
    [
        pytest.param([], Cadence(0, 0, 0, (), None), id="a lab that never shipped"),
        pytest.param([TODAY], Cadence(1, 1, 1, (), 0), id="one release today has no gap"),
        pytest.param(KIMI, Cadence(1, 1, 5, (56, 62, 82, 83), 10), id="five releases have four gaps"),
        pytest.param(
            [TODAY, TODAY, TODAY - timedelta(days=7)],
            Cadence(3, 3, 3, (7,), 0),
            id="two on one day count twice and make no gap of nothing",
        ),
        pytest.param([TODAY + timedelta(days=1)], Cadence(0, 0, 0, (), None), id="tomorrow does not count"),
    ],
)
def test_the_rhythm(days: list[date], rhythm: Cadence) -> None:
    assert cadence(days, TODAY) == rhythm


def test_the_median_gap_of_kimi_is_seventy_two_days() -> None:
    assert cadence(KIMI, TODAY).median_gap == 72


@given(st.lists(st.dates(date(2020, 1, 1), date(2027, 1, 1))), st.randoms())
def test_the_order_does_not_matter(days: list[date], dice: Random) -> None:
    shuffled = list(days)
    dice.shuffle(shuffled)
    assert cadence(days, TODAY) == cadence(shuffled, TODAY)


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
def test_the_expected_window(gaps: tuple[int, ...], window: tuple[int, int] | None) -> None:
    assert expected_window(Cadence(0, 0, 0, gaps, 0)) == window


@given(st.lists(st.integers(1, 2_000), min_size=4))
def test_the_window_lies_within_the_gaps(gaps: list[int]) -> None:
    window = expected_window(Cadence(0, 0, 0, tuple(gaps), 0))
    assert window is not None
    assert min(gaps) <= window[0] <= window[1] <= max(gaps)
