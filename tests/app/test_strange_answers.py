"""Answers of Slack that nobody knows: what they concern waits, nothing is lost or held up behind it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.outbox.doubts import tell_admins
from bot.outbox.message import Absent, Later, Message, Outcome, Refused, Sent, Unclear
from bot.records import Preferences, QuietHours
from tests.support.house import House, amended
from tests.support.places import C1, UANA

KIMI, GLM = "moonshotai/Kimi-K2.6", "zai-org/GLM-5.1"
STRANGE = Later(5, "Slack says something_new", strange=True)
pytestmark = pytest.mark.logs("delivery_not_sent", "claims_doubted", "clock_set_back")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def answer_strangely(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    to: Callable[[Message], bool] = lambda _: True,
    answer: Outcome = STRANGE,
) -> list[timedelta]:
    """Answer some messages strangely from now on; return how long after that each was tried."""
    start, well, tried = house.clock.now(), house.channel.send, list[timedelta]()

    def send(message: Message) -> Outcome:
        if not to(message):
            return well(message)
        tried.append(house.clock.now() - start)
        return answer

    monkeypatch.setattr(house.channel, "send", send)
    return tried


def pass_time(house: House, **span: float) -> None:
    end = house.clock.now() + timedelta(**span)
    while house.clock.now() < end:
        house.later(minutes=10)
        house.courier.deliver_due()


def state_of(house: House, name: str, kind: str = "alert") -> str:
    return next(
        one.state for one in house.store.deliveries.recent(20) if (one.release, one.kind) == (name, kind)
    )


def test_it_waits_ever_longer_and_is_given_up_after_seven_days_and_not_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = answer_strangely(house, monkeypatch)
    house.show(house.hub, house.repository(KIMI))
    pass_time(house, days=6, hours=20)
    assert state_of(house, "Kimi-K2.6") == "owed"
    pass_time(house, days=2)
    assert state_of(house, "Kimi-K2.6") == "impossible"
    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert len(tried) < 30
    assert timedelta(hours=20) < max(waits) <= timedelta(days=1, minutes=10)


def test_what_is_behind_it_goes_within_minutes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_strangely(house, monkeypatch, lambda message: "Kimi" in message.content.text)
    house.show(house.hub, house.repository(KIMI), house.repository(GLM))
    pass_time(house, minutes=40)
    assert state_of(house, "GLM-5.1") == "sent"
    assert state_of(house, "Kimi-K2.6") == "owed"


def test_a_message_that_is_never_answered_and_never_there_holds_up_nothing_and_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when something between Slack and the bot swallows one message, look-up after look-up."""
    with monkeypatch.context() as strange:
        tried = answer_strangely(
            house,
            strange,
            lambda message: "Kimi" in message.content.text,
            Unclear("Slack says internal_error"),
        )
        house.show(house.hub, house.repository(KIMI), house.repository(GLM))
        pass_time(house, hours=5)
        assert state_of(house, "GLM-5.1") == "sent"
        assert len(tried) <= 12
        tell_admins(house.store, [UANA], house.clock.now())
        house.courier.deliver_all()
        assert "Slack says internal_error; it was not posted" in house.channel.alerts[-1]
        pass_time(house, days=9)
        assert state_of(house, "Kimi-K2.6") == "owed", "nothing speaks against it but lost answers"
    pass_time(house, days=2)
    assert state_of(house, "Kimi-K2.6") == "sent"


def test_quiet_hours_in_between_change_nothing_of_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with house.store.transaction():
        house.store.preferences.set(C1, Preferences(quiet=QuietHours(time(12), time(20), "UTC")), None)
    house.later(hours=11, minutes=50)
    answer_strangely(house, monkeypatch)
    house.show(house.hub, house.repository(KIMI))
    pass_time(house, hours=1)
    tell_admins(house.store, [UANA], house.clock.now())
    assert [one for one in house.store.deliveries.recent(9) if one.destination == UANA] == []
    pass_time(house, days=9)
    assert state_of(house, "Kimi-K2.6") == "impossible"


def test_what_answers_to_it_waits_for_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as strange:
        answer_strangely(house, strange)
        house.show(house.hub, house.repository(KIMI))
        pass_time(house, hours=5)
        house.show(house.hub, house.repository(f"{KIMI}-NVFP4"))
        assert state_of(house, "Kimi-K2.6", "note") == "owed"
    pass_time(house, days=1)
    [alert] = house.channel.messages
    assert "also as NVFP4" in str(alert.content.blocks), "so that the reply has nothing to add"


def test_after_thirty_hours_of_it_everything_arrives(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as strange:
        answer_strangely(house, strange)
        for number in range(3):
            house.show(house.hub, house.repository(f"zai-org/GLM-{number + 7}"))
            pass_time(house, hours=10)
    pass_time(house, hours=24)
    assert len(house.channel.alerts) == 3


def test_one_message_that_goes_brings_the_others_along(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as strange:
        answer_strangely(house, strange)
        house.show(house.hub, house.repository(KIMI))
        pass_time(house, hours=30)
    house.show(house.hub, house.repository(GLM))
    pass_time(house, minutes=10)
    assert len(house.channel.alerts) == 2


def test_a_clock_that_jumps_by_a_month_gives_nothing_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_strangely(house, monkeypatch)
    house.show(house.hub, house.repository(KIMI))
    for days in (30, -30):
        house.later(days=days)
        pass_time(house, minutes=20)
        assert state_of(house, "Kimi-K2.6") == "owed"


def test_an_edit_that_is_answered_oddly_is_given_up_in_the_end_and_the_next_one_compares(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = house.repository(KIMI)
    house.show(house.hub, first)
    with monkeypatch.context() as strange:
        answer_strangely(house, strange, lambda message: bool(message.edit_ts))
        house.show(house.hub, amended(first, facts=replace(first.facts, parameters=7_000_000_000)))
        house.show(house.hub, house.repository(GLM))
        pass_time(house, hours=1)
        assert state_of(house, "GLM-5.1") == "sent"
        pass_time(house, days=9)
        assert state_of(house, "Kimi-K2.6", "edit") == "impossible"
    house.show(house.hub, amended(first, facts=replace(first.facts, download_bytes=9_000_000_000)))
    assert "7.0B" in house.channel.edits[-1]


def test_an_edit_that_is_refused_pauses_no_posts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    first = house.repository(KIMI)
    house.show(house.hub, first)
    refused = Refused("Slack says restricted_action")
    answer_strangely(house, monkeypatch, lambda message: bool(message.edit_ts), refused)
    house.show(house.hub, amended(first, facts=replace(first.facts, parameters=7_000_000_000)))
    house.show(house.hub, house.repository(GLM))
    pass_time(house, hours=1)
    assert house.store.subscriptions.pauses() == {}
    assert state_of(house, "GLM-5.1") == "sent"
    assert state_of(house, "Kimi-K2.6", "edit") == "owed"


@pytest.mark.parametrize("named", [True, False], ids=["its names were kept", "its names were dropped"])
def test_absent_is_not_believed_where_slack_drops_what_messages_are_found_by(
    house: House, named: bool
) -> None:
    house.channel.outcomes = [Sent(C1, "1.1", named=named), Unclear("the connection dropped")]
    house.channel.lookups = [Absent()]
    house.show(house.hub, house.repository(KIMI))
    house.show(house.hub, house.repository(GLM))
    assert state_of(house, "GLM-5.1") == ("sent" if named else "unclear")


def test_it_is_believed_again_once_slack_keeps_them(house: House) -> None:
    house.channel.outcomes = [Sent(C1, "1.1", named=False), Sent(C1, "1.2"), Unclear("dropped")]
    house.channel.lookups = [Absent()]
    for name in (KIMI, "google/gemma-4-31B", GLM):
        house.show(house.hub, house.repository(name))
    assert state_of(house, "GLM-5.1") == "sent"
