"""Slack's time is what dates its messages, whatever clock stands between."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from bot.slack.server_clock import ServerClock
from tests.support.clock import START, FakeClock


def dated(by: timedelta) -> dict[str, str]:
    return {"date": format_datetime(START + by, usegmt=True)}


def posted(by: timedelta) -> str:
    return f"{(START + by).timestamp():.6f}"


HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def test_what_an_answer_says_is_carried_on_by_seconds_that_nobody_sets() -> None:
    ours = FakeClock()
    clock = ServerClock(ours.ticks)
    clock.hear(dated(HOUR))
    ours.advance(30 * SECOND)
    assert clock.now() == START + HOUR + 30 * SECOND


def test_what_was_heard_long_ago_is_not_relied_upon() -> None:
    ours = FakeClock()
    clock = ServerClock(ours.ticks)
    clock.hear(dated(HOUR))
    ours.advance(HOUR)
    assert clock.now() is None


def test_messages_date_slack_where_answers_are_dated_otherwise_and_for_ever_after() -> None:
    ours = FakeClock()
    clock = ServerClock(ours.ticks)
    clock.hear(dated(HOUR))
    clock.compare(posted(9 * HOUR))
    clock.hear(dated(HOUR))
    assert clock.now() == START + 9 * HOUR
    ours.advance(HOUR)
    clock.hear(dated(2 * HOUR))
    assert clock.now() is None


@pytest.mark.parametrize("ts", ["", "now", "1e999", "nan", "-1e18"])
def test_a_ts_that_is_no_time_changes_nothing(ts: str) -> None:
    clock = ServerClock(FakeClock().ticks)
    clock.hear(dated(HOUR))
    clock.compare(ts)
    assert clock.now() == START + HOUR
