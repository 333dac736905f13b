"""Cadence news: what is told, on which day, and what is not."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cadence.habits import habits_of
from bot.cadence.news import News, NewsKind, all_news, limit_of, news, quiet_labs
from bot.cadence.shipped import Shipped
from tests.cadence.releasing import every, shipped

FAR = date(2027, 1, 1)
STEADY = every([30, 30, 30, 30, 30])  # until 2025-05-31; the limit is 30 days


KNOWN = "that I know of"
SIZED = [(1, "First", 10**11), *((month, f"M{month}", 10**10) for month in range(2, 6))]


def told(history: list[Shipped], today: date = FAR) -> list[tuple[str, str]]:
    return [(it.kind.value, str(it.day)) for it in all_news(habits_of(history), today)]


@pytest.mark.parametrize(
    ("gaps", "days"),
    [
        pytest.param([30, 30, 30], None, id="four releases are too few"),
        pytest.param([2, 2, 2, 2, 2], 14, id="a fortnight at least"),
        pytest.param([10, 20, 30, 40, 50], 46, id="the 90th percentile of the gaps is 46"),
        pytest.param([20] * 10 + [60], 60, id="eleven gaps in a year: the longest of them"),
    ],
)
def test_the_limit_of_silence(gaps: list[int], days: int | None) -> None:
    limit = limit_of([it.day for it in every(gaps)])
    assert (limit and limit.days) == days


def test_a_lab_is_quiet_the_day_after_its_limit_and_told_once() -> None:
    assert told(STEADY, date(2025, 6, 30)) == []
    assert told(STEADY, date(2025, 7, 1)) == [("quiet", "2025-07-01")]
    assert told(STEADY) == [("quiet", "2025-07-01")]


def test_it_is_back_once() -> None:
    history = [*STEADY, shipped("2025-08-01", "Kimi K3"), shipped("2025-08-20", "Kimi K3.1")]
    found = [it for it in all_news(habits_of(history), date(2025, 9, 1)) if it.kind is NewsKind.BACK]
    assert [(str(it.day), it.sentence) for it in found] == [
        ("2025-08-01", "Kimi is back: Kimi K3 after 62 days; its median gap is 30 days.")
    ]


def test_a_release_on_the_very_day_of_the_alarm_is_no_silence() -> None:
    assert told([*STEADY, shipped("2025-07-01", "On the day")], date(2025, 7, 1)) == []


def test_a_release_of_that_month_may_have_broken_the_silence() -> None:
    assert told([*STEADY, shipped("2025-06", "Some day in June")], date(2025, 7, 2)) == []


def test_a_burst_is_told_once() -> None:
    usual = every([40] * 6)  # until 2025-08-29
    burst = [shipped(f"2025-09-{day:02}", f"B{day}") for day in (10, 12, 14, 16)]
    found = [
        it for it in all_news(habits_of([*usual, *burst]), date(2025, 9, 20)) if it.kind is NewsKind.BURST
    ]
    (told_once,) = found
    assert str(told_once.day) == "2025-09-14"
    assert told_once.sentence == (
        "Kimi ships a lot: 3 releases in 14 days, the newest B14; no fortnight of the year before "
        "had more than 1."
    )


@pytest.mark.parametrize(
    ("history", "news_of_it"),
    [
        pytest.param(
            [shipped("2025-01-01", "Closed"), shipped("2025-03-01", "Open", open=True)],
            ["Kimi releases open weights for the first time that I know of: Open."],
            id="open weights after closed ones",
        ),
        pytest.param(
            [shipped("2025-03-01", "Open", open=True)], [], id="a lab that was always open is no news"
        ),
        pytest.param(
            [
                shipped("2025-01-01", "K2", open=True, series="kimi", verdict="permissive", license="MIT"),
                shipped("2025-03-01", "K3", open=True, series="kimi", verdict="conditions"),
            ],
            ["Kimi changes the licence: K3 is with conditions, after K2 is permissive (MIT)."],
            id="MIT gives way to a custom licence",
        ),
        pytest.param(
            [
                shipped("2025-01-01", "K2", open=True, series="kimi", verdict="permissive"),
                shipped("2025-03-01", "K3", open=True, series="kimi", verdict="unknown"),
            ],
            [],
            id="a licence that nobody assessed is no change",
        ),
        pytest.param(
            [
                shipped("2025-01-01", "K2", open=True, series="kimi", verdict="permissive"),
                shipped("2025-03-01", "VL", open=True, series="kimi vl", verdict="conditions"),
            ],
            [],
            id="another series is no version",
        ),
        pytest.param(
            [
                shipped("2025-01-01", "7B", open=True, series="q", verdict="permissive", family_key="q 1"),
                shipped(
                    "2025-03-01", "3B", open=True, series="q", verdict="non-commercial", family_key="q 1"
                ),
            ],
            [],
            id="another size of the same version is none either",
        ),
        pytest.param(
            [
                *(
                    shipped(f"2025-0{month}-01", open=True, parameters=size, lab="zai", name=name)
                    for month, name, size in SIZED
                ),
                shipped("2025-05-20", "Same", open=True, parameters=104 * 10**9, lab="zai"),
                shipped("2025-05-30", "Huge", open=True, parameters=10**12, lab="zai"),
            ],
            [f"Huge by Zai is any lab's largest open model {KNOWN}: 1.0T parameters, after First with 100B."],
            id="a record, and 4 % more is none",
        ),
    ],
)
def test_firsts(history: list[Shipped], news_of_it: list[str]) -> None:
    assert [it.sentence for it in all_news(habits_of(history), date(2025, 6, 1))] == news_of_it


def test_a_record_of_the_lab_alone_says_so() -> None:
    others = [shipped("2025-01-01", f"L{n}", "meta", open=True, parameters=10**13) for n in range(1)]
    mine = [shipped(f"2025-02-{day:02}", open=True, parameters=10**9) for day in range(1, 6)]
    largest = shipped("2025-03-01", "Ten", open=True, parameters=10**10)
    found = all_news(habits_of([*others, *mine, largest]), date(2025, 3, 1))
    records = [it for it in found if it.kind is NewsKind.RECORD]
    assert [it.sentence.split(" that")[0] for it in records] == ["Ten by Kimi is Kimi's largest open model"]


def test_only_what_is_fresh_is_news() -> None:
    assert len(news(habits_of(STEADY), date(2025, 7, 3))) == 1
    assert news(habits_of(STEADY), date(2025, 7, 4)) == []
    assert len(news(habits_of(STEADY), date(2025, 7, 4), fresh=7)) == 1


def test_names_from_outside_fit_a_sentence() -> None:
    names = "\u202e\x00" + "x" * 10_000
    history = [shipped("2025-01-01", "Closed"), shipped("2025-03-01", names, open=True, lab_name=names)]
    (only,) = all_news(habits_of(history), date(2025, 4, 1))
    assert len(only.sentence) < 300
    assert only.sentence.isprintable()


days = st.lists(st.dates(date(2024, 1, 1), date(2026, 1, 1)), max_size=40)


@given(days, st.randoms(), st.dates(date(2024, 6, 1), date(2026, 6, 1)))
def test_neither_order_nor_the_future_changes_the_news(when: list[date], dice: Random, today: date) -> None:
    history = [shipped(str(day), open=day.day % 2 == 0) for day in when]
    shuffled = [*history, *history, shipped("2026-12-01")]
    dice.shuffle(shuffled)
    assert all_news(habits_of(shuffled), today) == all_news(habits_of(history), today)


@given(days)
def test_day_by_day_gives_each_once(when: list[date]) -> None:
    """What each morning brings is what the whole history tells in the end: nothing lost, nothing twice."""
    history = [shipped(str(day)) for day in when]
    daily: list[News] = []
    today = date(2026, 1, 1)
    while today <= date(2026, 2, 1):
        daily += news(habits_of(history), today, fresh=1)
        today += timedelta(days=1)
    in_the_end = [it for it in all_news(habits_of(history), date(2026, 2, 1)) if it.day >= date(2026, 1, 1)]
    assert daily == in_the_end
    assert len({it.key for it in daily}) == len(daily)


QUIET = every([30] * 5, first="2025-10-25", lab="mistral")  # until 2026-03-24: quiet from 2026-04-24


def test_a_silence_that_lasts_is_quiet_and_news_of_its_week() -> None:
    (silence,) = quiet_labs(habits_of([*QUIET, shipped("2026-04-27", lab="kimi")]), date(2026, 4, 26))
    assert (silence.last.lab, str(silence.alarm)) == ("mistral", "2026-04-24")
    assert [it.kind for it in news(habits_of(QUIET), date(2026, 4, 26), 7)] == [NewsKind.QUIET]


def test_a_lab_that_is_silent_for_a_year_is_forgotten() -> None:
    assert quiet_labs(habits_of(QUIET), date(2027, 4, 26)) == []
