"""What an attempt makes of a delivery: how long it waits, and where it is looked for."""

from datetime import datetime, timedelta

import pytest

from bot.outbox.message import Absent
from bot.outbox.settlement import lands_within, search_for, settlement
from bot.records import Delivery
from tests.support.clock import START
from tests.support.places import C1

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def doubtful(**known: object) -> Delivery:
    owed = {"sequence": 1, "id": "a", "release_id": 1, "release": "Kimi", "destination": C1, "kind": "alert"}
    begun = {"state": "doubtful", "attempts": 1, "created_at": START, "due_at": START}
    return Delivery(**{**owed, **begun, **known})  # type: ignore[arg-type]  # the fields by name


@pytest.mark.parametrize(
    ("lost_for", "attempts", "waits"),
    [
        pytest.param(timedelta(minutes=9), 8, timedelta(), id="for minutes: it is sent again at once"),
        pytest.param(2 * HOUR, 20, 2 * HOUR, id="for hours and many attempts: as long again"),
        pytest.param(5 * DAY, 30, DAY, id="for days: a day at most"),
        pytest.param(5 * DAY, 3, timedelta(minutes=4), id="for days in which hardly anything was tried"),
    ],
)
def test_where_answers_are_lost_again_and_again_a_message_waits_ever_longer(
    lost_for: timedelta, attempts: int, waits: timedelta
) -> None:
    settled = settlement(Absent(), doubtful(attempts=attempts, strange_since=START), START + lost_for)
    assert settled.due_at == START + lost_for + waits
    assert settled.yields == (waits > timedelta())


@pytest.mark.parametrize(
    ("owed", "claimed", "ahead", "since"),
    [
        pytest.param(0, 0, 0, -1, id="our clock may have been wrong by a day"),
        pytest.param(
            0, 3, 0, -1, id="it was not posted long before it was claimed, but perhaps since it was owed"
        ),
        pytest.param(3, 3, 2, 0, id="our clock is two days ahead"),
        pytest.param(0, 0, -2, -1, id="a clock that is behind makes nothing older"),
    ],
)
def test_a_message_is_looked_for_since_it_can_have_been_posted(
    owed: int, claimed: int, ahead: int, since: int
) -> None:
    delivery = doubtful(created_at=START + owed * DAY, claimed_at=START + claimed * DAY)
    assert search_for(delivery, ahead * DAY).since == START + since * DAY


@pytest.mark.parametrize(
    ("known", "waits"),
    [
        pytest.param({"posted_before": START + HOUR}, HOUR, id="its answer was lost just now"),
        pytest.param({"posted_before": START - HOUR}, timedelta(), id="it was lost long ago"),
        pytest.param({"posted_after": START}, timedelta(seconds=75), id="the bot was killed while sending"),
        pytest.param({}, timedelta(), id="the server's clock was not known then"),
    ],
)
def test_it_may_land_late_by_the_clock_of_the_server(known: dict[str, datetime], waits: timedelta) -> None:
    assert lands_within(doubtful(**known), START) == waits
    assert lands_within(doubtful(**known), None) == timedelta()
