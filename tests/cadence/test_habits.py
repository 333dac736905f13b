"""A habit tells what all the units of its lab would."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.cadence.habits import Habit, habits_of
from bot.cadence.news import all_news, quiet_and_news
from bot.cadence.period import Cadence, Window, cadences, lab_rows, window_back
from bot.cadence.shipped import Shipped, by_lab, counted
from bot.store.rows import bound, read
from tests.cadence.releasing import shipped

FIRST, LAST = date(2024, 1, 1), date(2025, 6, 30)
DAYS = st.dates(FIRST, LAST)


@st.composite
def releases(draw: st.DrawFn) -> Shipped:
    day, number = draw(DAYS), draw(st.integers(0, 30))
    return shipped(
        draw(st.sampled_from([str(day), f"{day:%Y-%m}"])),
        f"Kimi {number} {draw(st.sampled_from(['small', 'LARGE']))}",
        draw(st.sampled_from(["kimi", "qwen"])),
        family_key=f"kimi {number}",
        series=draw(st.sampled_from(["", "kimi", "kimi vl"])),
        open=draw(st.booleans()),
        verdict=draw(st.sampled_from(["permissive", "conditions", "not stated"])),
        license=draw(st.sampled_from(["", "MIT"])),
        parameters=draw(st.sampled_from([None, 10**9, 104 * 10**7, 10**10, 10**11])),
    )


HISTORIES = st.lists(releases(), max_size=60)


def whole(history: Sequence[Shipped]) -> list[Habit]:
    """Return habits that have all units to tell from."""
    units = by_lab(counted(history))
    return [replace(habit, telling=tuple(units[habit.lab])) for habit in habits_of(history)]


@given(HISTORIES, DAYS)
def test_the_units_that_it_keeps_tell_all_the_news(history: list[Shipped], today: date) -> None:
    for day in (today, LAST):
        assert all_news(habits_of(history), day) == all_news(whole(history), day)


@given(HISTORIES, st.integers(1, 500))
def test_its_figures_are_those_of_all_units(history: list[Shipped], days: int) -> None:
    window = window_back(LAST, days)
    mine, theirs = cadences(habits_of(history), window), lab_rows(history, window)
    assert [*map(figures, mine)] == [*map(figures, theirs)]


def figures(row: Cadence) -> list[object]:
    return [
        (row.last.lab, row.last.name, row.last.who), row.releases, row.recent(30), row.since_last,
        row.named_gaps, row.quartiles, row.months, row.streak, row.expected,
    ]  # fmt: skip


@given(HISTORIES)
def test_it_is_the_same_when_it_was_stored(history: list[Shipped]) -> None:
    for habit in habits_of(history):
        assert read(Habit, bound(habit)) == habit


def test_what_came_after_a_window_is_not_in_its_news() -> None:
    steady = [shipped(str(FIRST + timedelta(days=30 * number)), f"K{number}") for number in range(6)]
    back = shipped("2024-12-01", "K7")
    window = Window(date(2024, 7, 1), date(2024, 7, 31))
    (quiet,), told = quiet_and_news(habits_of([*steady, back]), window)
    assert (quiet.last.name, quiet.ended_by, told) == ("K5", None, [])
