"""When quiet hours end, by the clock on the wall, in every night of the year."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.pace import quiet_until
from bot.records import QuietHours

BERLIN = QuietHours(time(22), time(7), "Europe/Berlin")
NOON = QuietHours(time(12), time(13, 30), "UTC")
NIGHTLY = QuietHours(time(2, 30), time(2, 45), "Europe/Berlin")  # left out on 29 March, twice on 25 October


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        pytest.param(None, "2026-04-20T23:00", "", id="no quiet hours"),
        pytest.param(BERLIN, "2026-04-20T19:59", "", id="a minute before"),
        pytest.param(BERLIN, "2026-04-20T20:00", "2026-04-21T05:00", id="as they begin"),
        pytest.param(BERLIN, "2026-04-21T01:00", "2026-04-21T05:00", id="after midnight"),
        pytest.param(BERLIN, "2026-04-21T05:00", "", id="as they end"),
        pytest.param(BERLIN, "2026-03-28T23:00", "2026-03-29T05:00", id="the short night of spring"),
        pytest.param(BERLIN, "2026-10-24T23:00", "2026-10-25T06:00", id="the long night of autumn"),
        pytest.param(BERLIN, "2026-01-15T21:30", "2026-01-16T06:00", id="in winter"),
        pytest.param(NOON, "2026-04-20T12:30", "2026-04-20T13:30", id="within a day"),
        pytest.param(NOON, "2026-04-20T13:30", "", id="later that day"),
        pytest.param(NIGHTLY, "2026-03-29T01:00", "", id="hours that are left out are not there"),
        pytest.param(
            NIGHTLY, "2026-10-25T00:35", "2026-10-25T00:45", id="the first of hours that come twice"
        ),
    ],
)
def test_when_it_is_quiet_no_longer(hours: QuietHours | None, now: str, until: str) -> None:
    assert quiet_until(hours, at(now)) == (at(until) if until else None)


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.times(),
    st.integers(1, 16 * 60),
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_they_always_end_soon_at_their_hour(after: int, begin: time, minutes: int, zone: str) -> None:
    begin, moment = begin.replace(second=0, microsecond=0), at("2026-01-01T00:00") + timedelta(minutes=after)
    end = (datetime.combine(moment.date(), begin) + timedelta(minutes=minutes)).time()
    hours = QuietHours(begin, end, zone)
    until = quiet_until(hours, moment)
    if until is None:
        return
    assert timedelta() < until - moment <= timedelta(hours=17)
    assert quiet_until(hours, until) is None
    shown = until.astimezone(ZoneInfo(zone))
    assert shown.time() >= end, "or later, where that hour is left out"
