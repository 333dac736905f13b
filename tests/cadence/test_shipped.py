"""What counts as one: a release, a wave of sizes, a launch."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cadence.habits import days_of
from bot.cadence.shipped import Shipped, Unit, counted, size_class
from bot.model import DateOrigin, Published
from tests.cadence.releasing import shipped
from tests.support.shared import DATA, needs_shared

GEMMA = [
    shipped("2026-04-02", "Gemma 4 31B", family_key="gemma 4", parameters=31 * 10**9),
    shipped("2026-04-02", "Gemma 4 26B", family_key="gemma 4", parameters=26 * 10**9, open=True),
    shipped("2026-04-03", "Gemma 4 E4B", family_key="gemma 4", parameters=8 * 10**9),
    shipped("2026-06-03", "Gemma 4 12B", family_key="gemma 4", parameters=12 * 10**9),
    shipped("2026-06-10", "DiffusionGemma", family_key="diffusiongemma"),
]


@pytest.mark.parametrize(
    ("unit", "names"),
    [
        pytest.param(
            Unit.RELEASE,
            ["Gemma 4 26B", "Gemma 4 31B", "Gemma 4 E4B", "Gemma 4 12B", "DiffusionGemma"],
            id="each name is a release",
        ),
        pytest.param(
            Unit.WAVE,
            ["Gemma 4 31B", "Gemma 4 12B", "DiffusionGemma"],
            id="sizes of the same day or the next are a wave, told by the largest; a later one is its own",
        ),
        pytest.param(
            Unit.LAUNCH, ["Gemma 4 31B", "Gemma 4 12B"], id="all within seven days of the first is one launch"
        ),
    ],
)
def test_what_counts_as_one(unit: Unit, names: list[str]) -> None:
    assert [it.name for it in counted(GEMMA, unit)] == names


def test_a_wave_dates_from_its_first_and_is_open_when_one_of_it_is() -> None:
    wave = counted(GEMMA)[0]
    assert (wave.day, wave.open) == (date(2026, 4, 2), True)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        pytest.param(["2026-04-20", "2026-04-22"], "2026-04-20", id="the earlier of two days"),
        pytest.param(["2026-04", "2026-04-20"], "2026-04-20", id="a day rather than its month"),
    ],
)
def test_a_release_that_is_told_twice_counts_once(told: list[str], kept: str) -> None:
    assert counted([shipped(day, "Kimi K2.6") for day in told]) == [shipped(kept, "Kimi K2.6")]


def test_the_creation_of_a_repository_gives_way_to_a_post() -> None:
    created = shipped("2026-06-13", "Kimi K3", origin=DateOrigin.CREATED)
    assert counted([created, shipped("2026-07-27", "Kimi K3")])[0].day == date(2026, 7, 27)


def test_a_month_is_no_day() -> None:
    vague = shipped("2026-02")
    assert (vague.day, vague.last_day) == (date(2026, 2, 1), date(2026, 2, 28))
    days = days_of([vague, shipped("2026-03-05")])
    assert [it.day for it in days if it.is_exact] == [date(2026, 3, 5)]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param(None, "not stated", id="none"),
        pytest.param(3_999_999_999, "under 4B", id="just under a border"),
        pytest.param(4 * 10**9, "4B to 15B", id="on a border"),
        pytest.param(10**12, "300B and more", id="the largest"),
    ],
)
def test_the_class_of_a_size(parameters: int | None, expected: str) -> None:
    assert size_class(parameters) == expected


releases = st.lists(
    st.builds(
        Shipped,
        lab=st.sampled_from(["qwen", "zai"]),
        name=st.sampled_from(["A 7B", "A 70B", "B", "C", "D"]),
        family_key=st.sampled_from(["a", "b"]),
        published=st.builds(
            Published,
            st.datetimes(datetime(2025, 1, 1), datetime(2025, 3, 1), timezones=st.just(UTC)),  # noqa: DTZ001 hypothesis wants naive bounds
            st.sampled_from(DateOrigin),
            st.sampled_from(["second", "day", "month"]),
        ),
        verdict=st.sampled_from(["permissive", "not stated"]),
        open=st.booleans(),
        parameters=st.sampled_from([None, 7 * 10**9]),
    ),
    max_size=12,
)


@given(releases, st.randoms(), st.sampled_from(Unit))
def test_neither_order_nor_repetition_matters(found: list[Shipped], dice: Random, unit: Unit) -> None:
    again = found + found[: len(found) // 2]
    dice.shuffle(again)
    assert counted(again, unit) == counted(found, unit)


@given(releases, st.integers(-14, 14), st.sampled_from(Unit))
def test_the_time_zone_does_not_matter(found: list[Shipped], hours: int, unit: Unit) -> None:
    there = timezone(timedelta(hours=hours))
    moved = [
        replace(it, published=replace(it.published, at=it.published.at.astimezone(there))) for it in found
    ]
    assert [(it.name, it.day) for it in counted(moved, unit)] == [
        (it.name, it.day) for it in counted(found, unit)
    ]


# --- figures of docs/reference/models.md#cadence: open weights, January 2025 to August 2026, within 7 days


@needs_shared
@pytest.mark.parametrize(
    ("lab", "events", "middle", "longest"),
    [
        ("Alibaba Qwen", 15, 29.5, 134),
        ("Moonshot AI", 7, 59, 83),
        ("Z.ai (Zhipu)", 11, 39, 69),
        ("DeepSeek", 10, 64, 144),
    ],
)
def test_the_published_figures_come_out(lab: str, events: int, middle: float, longest: int) -> None:
    rows = [line.split("\t") for line in (DATA / "releases.tsv").read_text("utf-8").splitlines()]
    mine = [row for row in rows if row[0] == lab and row[-2] == "yes" and "2025-01" <= row[2] < "2026-09"]
    launches = counted((shipped(row[2][:10], row[1], lab) for row in mine), Unit.LAUNCH)
    days = [it.day for it in days_of(launches) if it.is_exact]
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    assert (len(launches), median(gaps), max(gaps)) == (events, middle, longest)
    assert _days_apart([row[2][:10] for row in mine]) == gaps


def _days_apart(days: list[str]) -> list[int]:
    """Return the gaps between launches by counting through the calendar, day by day."""
    gaps: list[int] = []
    start: date | None = None
    shipping, at = set(days), date(2025, 1, 1)
    while at < date(2026, 9, 1):
        if str(at) in shipping and (start is None or (at - start).days > 7):
            gaps += [(at - start).days] if start else []
            start = at
        at += timedelta(days=1)
    return gaps
