"""Who is downloaded and built upon, and what nobody can say."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cadence.adoption import (
    LabDerivatives,
    Progress,
    Sum,
    derivatives_by_lab,
    downloads_by_country,
    downloads_by_lab,
    outnumbers,
    weeks_of,
)
from bot.cadence.measures import Measure, Subject
from bot.model import Lab

LABS = {
    lab.id: lab
    for lab in (
        Lab("qwen", "Qwen", country="CN"),
        Lab("zai", "Z.ai", country="CN"),
        Lab("google", "Google", country="US"),
        Lab("mistral", "Mistral", country="FR"),
    )
}
FIRST = date(2026, 4, 6)
WEEKS = tuple(FIRST + timedelta(weeks=number) for number in range(4))
Figures = dict[str, tuple[int | None, ...]]


def measured(figures: Figures) -> tuple[list[Sum], list[Progress]]:
    """Return sums and progress of labs with a figure a week; None is a week that was planned in vain."""
    sums, progress = [], []
    for lab, values in figures.items():
        for week, value in zip(WEEKS, values, strict=False):
            progress.append(Progress(week, lab, Subject.DOWNLOADS, 1, int(value is not None)))
            if value is not None:
                sums.append(Sum(week, lab, Measure.DOWNLOADS, value, 7))
    return sums, progress


def test_the_lab_with_the_most_comes_first_with_its_growth() -> None:
    sums, progress = measured({"google": (5, 5, 5, 5), "qwen": (10, 12, 11, 14)})
    rows = downloads_by_lab(sums, progress, LABS, WEEKS)
    assert [(row.lab.id, row.last, row.growth, row.repositories) for row in rows] == [
        ("qwen", 14, 4, 7),
        ("google", 5, 0, 7),
    ]


def test_a_week_that_was_not_measured_is_a_gap_and_is_not_filled_in() -> None:
    sums, progress = measured({"qwen": (10, None, 11, None)})
    (row,) = downloads_by_lab(sums, progress, LABS, WEEKS)
    assert list(row.weeks) == [WEEKS[0], WEEKS[2]]
    assert row.gaps == (WEEKS[1],)  # the last week is not over


def test_a_lab_with_two_organisations_of_which_one_failed_has_no_figure() -> None:
    sums = [Sum(WEEKS[0], "qwen", Measure.DOWNLOADS, 10, 7)]
    progress = [Progress(WEEKS[0], "qwen", Subject.DOWNLOADS, 2, 1)]
    (row,) = downloads_by_lab(sums, progress, LABS, WEEKS)
    assert (row.last, row.growth) == (None, None)
    assert row.gaps == WEEKS[:-1]


def test_countries_count_the_weeks_that_all_labs_have() -> None:
    sums, progress = measured({"qwen": (10, 10, 30), "zai": (10, None, 10), "google": (20, 90, 10)})
    found = downloads_by_country(downloads_by_lab(sums, progress, LABS, WEEKS))
    assert found.weeks == (WEEKS[0], WEEKS[2])
    assert [(row.country, row.labs, row.last) for row in found.rows] == [("CN", 2, 40), ("US", 1, 10)]
    assert found.rows[0].share == pytest.approx(0.8)
    assert found.rows[0].share_over_window == pytest.approx(60 / 90)


def test_a_lab_that_was_never_measured_is_left_out_and_named() -> None:
    sums, progress = measured({"qwen": (10,), "mistral": (None,)})
    found = downloads_by_country(downloads_by_lab(sums, progress, LABS, WEEKS))
    assert [lab.name for lab in found.left_out] == ["Mistral"]
    assert found.rows[0].share == 1


def test_without_a_common_week_no_country_leads() -> None:
    sums, progress = measured({"qwen": (10, None), "google": (None, 10)})
    assert downloads_by_country(downloads_by_lab(sums, progress, LABS, WEEKS)).rows == ()


@given(
    st.lists(
        st.tuples(st.sampled_from(list(LABS)), st.integers(0, 10**12)),
        max_size=12,
        unique_by=lambda it: it[0],
    )
)
def test_shares_add_up_to_one_or_to_nothing(figures: list[tuple[str, int]]) -> None:
    sums, progress = measured({lab: (value,) for lab, value in figures})
    shares = [row.share for row in downloads_by_country(downloads_by_lab(sums, progress, LABS, WEEKS)).rows]
    assert sum(shares) == pytest.approx(1) or not any(shares)


def derived(lab: str, total: int, *, complete: bool = True) -> LabDerivatives:
    return LabDerivatives(LABS[lab], FIRST, {Measure.FINETUNES: total}, 1, 1, complete)


@pytest.mark.parametrize(
    ("one", "others", "answer"),
    [
        pytest.param((10, True), [(4, True), (5, True)], True, id="more than both"),
        pytest.param((9, True), [(4, True), (5, True)], False, id="as many is not more"),
        pytest.param((10, False), [(4, True), (5, True)], True, id="at least ten are more than nine"),
        pytest.param((9, False), [(4, True), (5, True)], None, id="at least nine may be more"),
        pytest.param((10, True), [(4, False), (5, True)], None, id="theirs may be more than was counted"),
        pytest.param((8, True), [(4, False), (5, True)], False, id="at least nine are more than eight"),
    ],
)
def test_whether_one_outnumbers_two_together(
    one: tuple[int, bool], others: list[tuple[int, bool]], answer: bool | None
) -> None:
    rows = [derived("google", total, complete=complete) for total, complete in others]
    assert outnumbers(derived("qwen", one[0], complete=one[1]), rows) is answer


def test_derivatives_are_of_the_last_week_that_was_done_in_full() -> None:
    progress = [
        Progress(WEEKS[1], "qwen", Subject.DERIVATIVES, 2, 2),
        Progress(WEEKS[2], "qwen", Subject.DERIVATIVES, 3, 1),
        Progress(WEEKS[2], "zai", Subject.DERIVATIVES, 3, 1),
        Progress(WEEKS[2], "google", Subject.DERIVATIVES, 3, 0),
    ]
    sums = [
        Sum(WEEKS[1], "qwen", Measure.FINETUNES, 5, 2),
        Sum(WEEKS[1], "qwen", Measure.QUANTISATIONS, 7, 2),
        Sum(WEEKS[2], "qwen", Measure.FINETUNES, 99, 1),
        Sum(WEEKS[2], "zai", Measure.FINETUNES, 3, 1),
    ]
    rows = derivatives_by_lab(sums, progress, LABS)
    assert [(row.lab.id, row.week, row.total, row.complete) for row in rows] == [
        ("qwen", WEEKS[1], 12, True),
        ("zai", WEEKS[2], 3, False),
    ]


def test_the_window_begins_with_the_first_week_that_was_planned() -> None:
    now = datetime(2026, 4, 29, tzinfo=UTC)
    assert weeks_of([WEEKS[1]], now - timedelta(days=365), now) == WEEKS[1:]
    assert weeks_of([], now - timedelta(days=365), now) == WEEKS[3:]
    assert weeks_of([FIRST], now - timedelta(days=14), now) == WEEKS[3:]
