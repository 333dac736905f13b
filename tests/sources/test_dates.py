"""The dates that sites print, with the precision that they have."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.date_forms import MONTHS
from bot.sources.dates import is_only_date, read_date, split_date, split_partial
from tests.support.effort import is_done_within

NOW = datetime(2026, 11, 29, tzinfo=UTC)


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
        ("Mon, 20 Apr 2026 10:00:00 GMT", "2026-04-20 10:00", "second"),
        ("Mar. 2026", "2026-03-01 00:00", "month"),
        ("May 2026", "2026-05-01 00:00", "month"),
        ("2026年4月份", "2026-04-01 00:00", "month"),
        ("2026 年 6 月 1 日", "2026-06-01 00:00", "day"),
        ("2026 年 4 月", "2026-04-01 00:00", "month"),
        ("2026年11月20日 星期五 下午3:07", "2026-11-20 15:07", "day"),
        ("2026年4月3款新模型", "2026-04-01 00:00", "month"),
        ("2026년 4월 20일", "2026-04-20 00:00", "day"),
        ("Fri,20 Nov 2026 10:00:00 GMT", "2026-11-20 10:00", "second"),
        ("Fri, Nov 20 2026 10:00:00 +0000", "2026-11-20 10:00", "second"),
        ("Fri Nov 20 10:00:00 UTC 2026", "2026-11-20 10:00", "second"),
        ("Fri Nov 20 2026 10:00:00 GMT+0800 (China Standard Time)", "2026-11-20 02:00", "second"),
        ("Friday, 20-Nov-2026 10:00:00 UTC", "2026-11-20 10:00", "second"),
        ("November 20, 2026 at 10:00 pm PST", "2026-11-21 06:00", "second"),
        ("Thursday, November 19th, 2026 @ 4:30PM EST by Jane", "2026-11-19 21:30", "second"),
        ("10:30 CET, Friday, 20 November 2026", "2026-11-20 09:30", "second"),
        ("2026-11-20T10:00:00.123+08", "2026-11-20 02:00", "second"),
        ("20261120T101500Z", "2026-11-20 10:15", "second"),
        ("20261120", "2026-11-20 00:00", "day"),
        ("1795000000", "2026-11-18 11:06", "second"),
        ("20th of November, 2026", "2026-11-20 00:00", "day"),
        ("20. November 2026", "2026-11-20 00:00", "day"),
        ("20-Nov-2026", "2026-11-20 00:00", "day"),
        ("2026 Nov 20", "2026-11-20 00:00", "day"),
        ("November 17–20, 2026", "2026-11-17 00:00", "day"),
        ("20.11.2026", "2026-11-20 00:00", "day"),
        ("20/11/2026", "2026-11-20 00:00", "day"),
        ("2026‑11‑20", "2026-11-20 00:00", "day"),
        ("2026/11/20（金）", "2026-11-20 00:00", "day"),
        ("2026 November", "2026-11-01 00:00", "month"),
        ("le 20 novembre 2026", "2026-11-20 00:00", "day"),
        ("20. März 2026", "2026-03-20 00:00", "day"),
        ("3 de septiembre de 2026", "2026-09-03 00:00", "day"),
        ("Mai 2026", "2026-05-01 00:00", "month"),
        ("11/20/2026", "2026-11-20 00:00", "day"),
        ("2026. 4. 20.", "2026-04-20 00:00", "day"),
        ("2026.04", "2026-04-01 00:00", "month"),
        ("GLM-5 Nov 2026", "2026-11-01 00:00", "month"),
    ],
)
def test_dates_keep_their_precision(text: str, day: str, precision: str) -> None:
    found = read_date(text, NOW)
    assert found
    assert (f"{found.at:%Y-%m-%d %H:%M}", found.precision) == (day, precision)


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 20 Nov 2026 10:00:00",
        "November 20, 2026 10:00 AM",
        "2026/11/20 10:00:41",
        "2026/11/20 - 10:00",
        "10:00 2026/11/20",
        pytest.param("2026-11-20 10:00 PT", id="a zone of summer and winter"),
        pytest.param("2026-11-20 10:00 +9900", id="a zone that no place has"),
    ],
)
def test_a_time_without_a_zone_is_no_more_exact_than_its_day(text: str) -> None:
    found = read_date(text, NOW)
    assert found
    assert (f"{found.at:%Y-%m-%d %H:%M}", found.precision) == ("2026-11-20 10:00", "day")


@pytest.mark.parametrize("zone", ["+08:00", "-07:00", "Z", " JST", " PST"])
def test_midnight_is_the_day_that_its_place_has(zone: str) -> None:
    found = read_date(f"2026-11-20T00:00:00{zone}", NOW)
    assert found
    assert (f"{found.at:%Y-%m-%d %H:%M}", found.precision) == ("2026-11-20 00:00", "day")


@pytest.mark.parametrize("time", ["25:00:00Z", "10:61Z", "23:59:60Z"])
def test_a_time_that_never_was_leaves_the_day(time: str) -> None:
    found = read_date(f"2026-11-20T{time}", NOW)
    assert found
    assert (f"{found.at:%Y-%m-%d %H:%M}", found.precision) == ("2026-11-20 00:00", "day")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Feb 26", id="a year would be a guess"),
        pytest.param("02/03/2026", id="the second of March or the third of February"),
        pytest.param("OpenVINO 2026.1", id="a version"),
        pytest.param("Qwen3.2026-1", id="a version after a name"),
        pytest.param("3 days ago", id="nor is this a date"),
        pytest.param("2014-12-31", id="before any lab of ours"),
        pytest.param("2026-12-01", id="more than a day ahead"),
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
        ("Fri, Nov 20, 2026, 10:00 AM: Kimi K2.6", "Kimi K2.6"),
        ("2026 年 6 月 1 日（星期一）：Kimi K2.6", "Kimi K2.6"),
        ("10:00 UTC, 20 Nov 2026 | Kimi K2.6", "Kimi K2.6"),
    ],
)
def test_a_heading_without_its_date(heading: str, rest: str) -> None:
    assert split_date(heading, NOW)[1] == rest


@pytest.mark.parametrize(
    ("text", "parts", "rest"),
    [
        ("September", {"month": "9"}, ""),
        ("September updates", {"month": "9"}, "updates"),
        ("9 月", {"month": "9"}, ""),
        ("Wed, Sep 3rd", {"month": "9", "day": "3"}, ""),
        ("3 September", {"month": "9", "day": "3"}, ""),
        ("9 月 21 日", {"month": "9", "day": "21"}, ""),
        ("21st", {"day": "21"}, ""),
        ("2026", {"year": "2026"}, ""),
        ("Sep 3: GPT-9", {"month": "9", "day": "3"}, "GPT-9"),
        ("GPT-9 (Sep 3)", {"month": "9", "day": "3"}, "GPT-9"),
        pytest.param("March of the models", {}, "March of the models", id="a word that is a month too"),
        pytest.param("Claude 4 may 3", {}, "Claude 4 may 3", id="nor is this set apart"),
        pytest.param("Sep 35", {}, "Sep 35", id="a day that no month has"),
        pytest.param("Kimi K2.6", {}, "Kimi K2.6", id="a name"),
        pytest.param("v2026.1", {}, "v2026.1", id="a version"),
    ],
)
def test_what_a_heading_says_of_a_date(text: str, parts: dict[str, str], rest: str) -> None:
    assert split_partial(text) == (parts, rest)


@pytest.mark.parametrize(
    "title",
    [
        "2026-11-27",
        "2026-9-3",
        "November 27, 2026",
        "Fri, 27 Nov 2026 13:39:25 GMT",
        "2026年11月27日更新",
        "Week of Nov 23, 2026",
        "September",
        "Sep 3",
        "Release notes: April 2026",
        "API updates: 2026-11-20",
        "Product update November 2026",
        "Nov 16 - Nov 20, 2026",
        "20 novembre 2026",
        "20 de noviembre",
        "Oktober 2026",
        "11月20日（金）",
        "Fri 20",
        "20261120",
        pytest.param("2031-11-27", id="a date that cannot be yet"),
    ],
)
def test_a_title_that_is_only_a_date(title: str) -> None:
    assert is_only_date(title)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "GLM-9.3",
        "2026-11-27 GLM-9.3",
        "GLM-9.3 (Nov 27)",
        "May the source be with you",
        "2.5",
        "K2 2026",
        "MAI-2",
        "Mars 2",
    ],
)
def test_a_title_that_says_more(title: str) -> None:
    assert not is_only_date(title)


FORMS = (
    "{y}-{m:02}-{d:02}",
    "{y}/{m}/{d}",
    "{y}年{m}月{d}日",
    "{y} 年 {m} 月 {d} 日",
    "{d}.{m}.{y}",
    "{name} {d}, {y}",
    "{NAME} {d} {y}",
    "{abbr}. {d}, {y}",
    "{d} {name} {y}",
    "{d}. {name} {y}",
    "{d}-{abbr}-{y}",
    "{weekday}, {d} {abbr} {y}",
    "{weekday},{d} {abbr} {y}",
    "{weekday}, {abbr} {d} {y}",
    "{y} {abbr} {d}",
)
CLOCKS = (
    "",
    " {H:02}:{M:02}",
    " {H:02}:{M:02}:07 GMT",
    ", {h}:{M:02} {half}M UTC",
    " {H:02}:{M:02}:07 +0000",
)


@given(
    st.integers(1, 3_980).map(lambda days: NOW - timedelta(days=days, minutes=days % 1_440)),
    st.sampled_from(FORMS),
    st.sampled_from(CLOCKS),
)
def test_every_form_of_every_day_is_read_as_that_day(at: datetime, form: str, clock: str) -> None:
    name = f"{at:%B}"
    half = "A" if at.hour < 12 else "P"
    clock_of = {"H": at.hour, "h": at.hour % 12 or 12, "M": at.minute, "half": half}
    names = {"name": name, "NAME": name.upper(), "abbr": name[:3], "weekday": f"{at:%a}"}
    text = (form + clock).format_map({"y": at.year, "m": at.month, "d": at.day, **names, **clock_of})
    found = read_date(text, NOW)
    assert found, text
    assert (found.at.date(), is_only_date(text)) == (at.date(), True), text
    assert (found.at.hour, found.at.minute) == ((at.hour, at.minute) if clock else (0, 0)), text


@given(st.text(alphabet="0123456789-/.:, TZ年月日ADNOVSPETnovst+()[]", max_size=80))
def test_no_text_like_a_date_breaks_it(text: str) -> None:
    found, rest = split_date(text, NOW)
    assert found is None or found.at <= NOW + timedelta(days=1)
    assert len(rest) <= len(text) + 1
    parts, _ = split_partial(text)
    assert set(parts) <= {"year", "month", "day"}
    assert isinstance(is_only_date(text), bool)


def test_eleven_hundred_dates_are_read_in_no_time() -> None:
    dates = [f"Fri, {number % 28 + 1} {MONTHS[number % 12]} 2026 10:00:00 GMT" for number in range(1_100)]
    assert is_done_within(0.5, lambda: [read_date(date, NOW) for date in dates])


@pytest.mark.parametrize("piece", ["2026 ", "nov ", "10:00 ", "20 nov ", "2026年", " ", "1", "((", "a.m. 1 "])
def test_hostile_text_is_read_in_no_time(piece: str) -> None:
    def read() -> None:
        for _ in range(100):
            is_only_date(piece * 16)
            split_partial(piece * 200)
            read_date(piece * 200, NOW)

    assert is_done_within(1, read)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.datetimes().map(str)))
def test_no_value_breaks_it_and_no_date_is_implausible(value: object) -> None:
    found = read_date(value, NOW)
    assert found is None or (found.at.year >= 2014 and found.at <= NOW + timedelta(days=1))
