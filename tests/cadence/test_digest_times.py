"""A digest comes on its day at its hour, as the reader's clock shows them, whatever clocks do in spring."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.digests import next_digest, period_before, period_name, plan_words
from bot.records import DigestPlan


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(hour: int, minute: int, zone: str) -> DigestPlan:
    return DigestPlan("daily", 0, hour, minute, zone)


MONDAYS = DigestPlan("weekly", 0, 9, 0, "Europe/Berlin")
NIGHTLY = daily(2, 30, "Europe/Berlin")  # 02:30 is left out on 29 March 2026 and comes twice on 25 October


@pytest.mark.parametrize(
    ("plan", "after", "due"),
    [
        pytest.param(daily(9, 0, "UTC"), "2026-04-20T08:59", "2026-04-20T09:00", id="later today"),
        pytest.param(
            daily(9, 0, "UTC"), "2026-04-20T09:00", "2026-04-21T09:00", id="not twice in one moment"
        ),
        pytest.param(MONDAYS, "2026-04-20T06:59", "2026-04-20T07:00", id="Monday at nine in Berlin's summer"),
        pytest.param(MONDAYS, "2026-04-20T07:00", "2026-04-27T07:00", id="a week later"),
        pytest.param(MONDAYS, "2026-01-01T00:00", "2026-01-05T08:00", id="Monday at nine in Berlin's winter"),
        pytest.param(MONDAYS, "2026-03-23T08:00", "2026-03-30T07:00", id="the week in which summer begins"),
        pytest.param(MONDAYS, "2026-10-19T07:00", "2026-10-26T08:00", id="the week in which summer ends"),
        pytest.param(
            NIGHTLY, "2026-03-28T01:30", "2026-03-29T01:00", id="a time left out is the next there is"
        ),
        pytest.param(NIGHTLY, "2026-03-29T01:00", "2026-03-30T00:30", id="the day after is as ever"),
        pytest.param(
            NIGHTLY, "2026-10-24T00:30", "2026-10-25T00:30", id="of a time that comes twice the first"
        ),
        pytest.param(NIGHTLY, "2026-10-25T00:30", "2026-10-26T01:30", id="and not the second"),
        pytest.param(
            daily(2, 15, "Australia/Lord_Howe"),
            "2026-10-03T00:00",
            "2026-10-03T15:30",
            id="half an hour left out",
        ),
        pytest.param(
            daily(0, 30, "Africa/Cairo"), "2026-04-23T12:00", "2026-04-23T22:00", id="midnight left out"
        ),
        pytest.param(
            daily(9, 0, "America/Los_Angeles"),
            "2026-03-07T18:00",
            "2026-03-08T16:00",
            id="California's summer",
        ),
        pytest.param(
            daily(9, 0, "Pacific/Kiritimati"),
            "2026-04-20T00:00",
            "2026-04-20T19:00",
            id="fourteen hours ahead",
        ),
        pytest.param(
            daily(9, 0, "Asia/Kathmandu"), "2026-04-20T00:00", "2026-04-20T03:15", id="quarter hours"
        ),
    ],
)
def test_the_next_digest(plan: DigestPlan, after: str, due: str) -> None:
    assert next_digest(plan, at(after)) == at(due)


@pytest.mark.parametrize(
    ("plan", "due", "start", "name"),
    [
        pytest.param(MONDAYS, "2026-04-20T07:00", "2026-04-13T07:00", "2026-W16", id="the week before"),
        pytest.param(
            MONDAYS, "2026-03-30T07:00", "2026-03-23T08:00", "2026-W13", id="a week of an hour less"
        ),
        pytest.param(
            MONDAYS, "2026-10-26T08:00", "2026-10-19T07:00", "2026-W43", id="a week of an hour more"
        ),
        pytest.param(
            MONDAYS, "2027-01-04T08:00", "2026-12-28T08:00", "2026-W53", id="the last week of a year"
        ),
        pytest.param(
            daily(9, 0, "UTC"), "2026-04-20T09:00", "2026-04-19T09:00", "2026-04-19", id="the day before"
        ),
        pytest.param(
            daily(9, 0, "Asia/Tokyo"),
            "2026-04-20T00:00",
            "2026-04-19T00:00",
            "2026-04-19",
            id="Tokyo's day before",
        ),
        pytest.param(
            NIGHTLY, "2026-03-30T00:30", "2026-03-29T01:00", "2026-03-29", id="the day without its hour"
        ),
    ],
)
def test_a_digest_tells_of_the_time_since_the_one_before(
    plan: DigestPlan, due: str, start: str, name: str
) -> None:
    assert period_before(plan, at(due)) == (at(start), at(due))
    assert period_name(plan, at(due)) == name


ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Africa/Cairo",
)
plans = st.builds(
    DigestPlan,
    st.sampled_from(["daily", "weekly"]),
    st.integers(0, 6),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from((*ZONES, "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati", "America/Nuuk")),
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone


@given(plans, moments)
def test_digests_follow_each_other_without_a_gap(plan: DigestPlan, after: datetime) -> None:
    due = next_digest(plan, after)
    following = next_digest(plan, due)
    assert after < due <= after + timedelta(days=8)
    assert period_before(plan, following) == (due, following)
    assert period_name(plan, due) != period_name(plan, following)


@given(plans, moments)
def test_a_digest_comes_at_its_time_or_right_after_the_hour_left_out(
    plan: DigestPlan, after: datetime
) -> None:
    local = next_digest(plan, after).astimezone(ZoneInfo(plan.zone))
    late = local.hour * 60 + local.minute - plan.hour * 60 - plan.minute
    assert late == 0 or (0 < late <= 60 and _was_left_out(local, late))
    assert plan.every == "daily" or local.weekday() == plan.weekday


def _was_left_out(local: datetime, minutes: int) -> bool:
    wanted = local - timedelta(minutes=minutes)
    there_and_back = wanted.astimezone(UTC).astimezone(wanted.tzinfo)
    return there_and_back.replace(tzinfo=None) != wanted.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        pytest.param(MONDAYS, "weekly mon 09:00 Europe/Berlin", id="weekly"),
        pytest.param(daily(17, 5, "UTC"), "daily 17:05 UTC", id="daily"),
    ],
)
def test_a_plan_is_told_as_it_is_typed(plan: DigestPlan, words: str) -> None:
    assert plan_words(plan) == words


@pytest.mark.parametrize(
    ("after", "due"),
    [
        pytest.param("2026-04-01T06:59", "2026-04-01T07:00", id="on the first itself, before the time"),
        pytest.param("2026-04-01T07:00", "2026-05-01T07:00", id="a moment later it is next month's"),
        pytest.param("2026-10-20T00:00", "2026-11-01T08:00", id="behind the change to winter time"),
        pytest.param("2026-12-31T23:00", "2027-01-01T08:00", id="over the turn of the year"),
    ],
)
def test_a_monthly_digest_comes_on_the_first(after: str, due: str) -> None:
    plan = DigestPlan("monthly", zone="Europe/Berlin")
    assert next_digest(plan, at(after)) == at(due)
    start, end = period_before(plan, at(due))
    assert 28 <= (end - start).days <= 31
    assert period_name(plan, end) == f"{start.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m}"
