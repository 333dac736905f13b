"""What becomes of a message, whatever Slack answers."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.model import Follow, Wave
from bot.outbox import known
from bot.outbox.message import (
    Absent,
    Closed,
    Impossible,
    Later,
    Message,
    Outcome,
    Refused,
    Search,
    Sent,
    Unclear,
)
from bot.records import Content
from bot.views.alert import render_alert
from tests.support.house import Found, House
from tests.support.places import C1

KIMI = "moonshotai/Kimi-K2.6"
pytestmark = pytest.mark.logs("delivery_not_sent", "claims_doubted")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def states(house: House) -> list[str]:
    return [delivery.state for delivery in reversed(house.store.deliveries.recent(10))]


def test_a_rate_limit_is_waited_out(house: House) -> None:
    house.channel.outcomes = [Later(30, "ratelimited")]
    house.show(house.hub, house.repository(KIMI))
    assert len(house.channel.alerts) == 1
    assert sum(house.clock.slept) >= 30


def test_the_order_is_kept_when_the_first_message_has_to_wait(house: House) -> None:
    house.channel.outcomes = [Later(30, "ratelimited")]
    house.show(house.hub, house.repository(KIMI), house.repository("zai-org/GLM-5.1"))
    assert ["Kimi" in text for text in house.channel.alerts] == [True, False]


def test_an_unclear_message_that_arrived_is_not_sent_again(house: House) -> None:
    house.channel.outcomes = [Unclear("the connection dropped")]
    house.channel.lookups = [Sent(C1, "7.7")]
    house.show(house.hub, house.repository(KIMI))
    assert house.channel.messages == []
    assert states(house) == ["sent"]
    assert house.store.deliveries.recent(1)[0].ts == "7.7"


def test_an_unclear_message_that_is_not_there_is_sent_once_it_can_no_longer_land(house: House) -> None:
    house.channel.outcomes = [Unclear("the connection dropped")]
    house.channel.lookups = [Absent()]
    house.show(house.hub, house.repository(KIMI))
    assert len(house.channel.alerts) == 1
    assert sum(house.clock.slept) >= 5


def test_the_look_waits_for_a_late_landing_from_the_lost_answer_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def slow(message: Message) -> Outcome:
        house.later(seconds=15)
        return Unclear("no answer in 15 s")

    def find(message: Message, search: Search) -> Found:
        waited.append(sum(house.clock.slept))
        return Sent(C1, "7.7")

    monkeypatch.setattr(house.channel, "send", slow)
    monkeypatch.setattr(house.channel, "find", find)
    house.show(house.hub, house.repository(KIMI))
    assert states(house) == ["sent"]
    assert waited[0] >= 5


@pytest.mark.logs("notifier_crashed")
def test_a_notifier_that_crashes_leaves_the_message_in_doubt_and_nothing_stuck(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(message: Message) -> Outcome:
        monkeypatch.undo()
        raise ZeroDivisionError

    monkeypatch.setattr(house.channel, "send", crash)
    house.show(house.hub, house.repository(KIMI))
    assert len(house.channel.alerts) == 1


def test_a_claim_that_could_not_be_settled_is_looked_up_by_the_same_process(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        monkeypatch.undo()
        raise StoreError("the disk is full")

    monkeypatch.setattr(house.store.deliveries, "settle_sent", full)
    with pytest.raises(StoreError):
        house.show(house.hub, house.repository(KIMI))
    house.channel.lookups = [Sent(C1, "1.000100")]
    house.courier.deliver_all()
    assert len(house.channel.messages) == 1
    assert states(house) == ["sent"]


@pytest.mark.logs("rendering_crashed")
def test_a_message_that_cannot_be_rendered_does_not_hold_up_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picky(wave: Wave, now: datetime, **options: Any) -> Content:
        if "Kimi" in wave.lead.name.display:
            raise ZeroDivisionError
        return render_alert(wave, now, **options)

    monkeypatch.setattr(known, "render_alert", picky)
    house.show(house.hub, house.repository(KIMI), house.repository("zai-org/GLM-5.1"))
    assert states(house) == ["impossible", "sent"]


def test_a_retried_alert_brings_its_thread_along(house: House) -> None:
    house.channel.outcomes = [Impossible("invalid_blocks")]
    house.show(house.hub, house.repository(KIMI))
    house.show(house.hub, house.repository(f"{KIMI}-NVFP4"))
    alert = house.store.deliveries.recent(2)[1]
    with house.store.transaction():
        house.store.deliveries.retry(alert, house.clock.now())
    house.courier.deliver_all()
    assert sorted(states(house)) == ["sent", "skipped"], "the alert names the packaging by now"


def test_who_unsubscribed_before_it_was_sent_gets_nothing(house: House) -> None:
    house.channel.outcomes = [Refused("is_archived")]
    house.show(house.hub, house.repository(KIMI))
    with house.store.transaction():
        house.store.subscriptions.remove(C1, [Follow("all")])
    house.later(hours=2)
    house.courier.deliver_all()
    assert house.channel.messages == []
    assert states(house) == ["skipped"]


@pytest.mark.logs("clock_set_back")
def test_a_clock_that_was_a_year_ahead_delays_nothing(house: House) -> None:
    house.later(days=365)
    house.channel.outcomes = [Later(30, "ratelimited")]
    house.show(house.hub, house.repository(KIMI))
    house.later(days=-365)
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 1
    assert house.hub in house.poller.due()


def test_a_message_that_cannot_be_looked_up_stays_visible_and_is_never_resent(house: House) -> None:
    house.channel.outcomes = [Unclear("the connection dropped")]
    house.channel.lookups = [Unclear("missing_scope: channels:history")]
    house.show(house.hub, house.repository(KIMI))
    house.later(days=1)
    house.courier.deliver_all()
    assert house.channel.messages == []
    assert states(house) == ["unclear"]


def test_replies_to_a_message_that_is_not_there_are_skipped(house: House) -> None:
    house.channel.outcomes = [Impossible("invalid_blocks")]
    house.show(house.hub, house.repository(KIMI), house.repository(f"{KIMI}-NVFP4"))
    assert states(house) == ["impossible", "skipped"]


def test_a_refusing_destination_pauses_alone_and_resumes_by_itself(house: House) -> None:
    house.subscribe("C2")
    house.channel.outcomes = [Refused("is_archived")]
    house.show(house.hub, house.repository(KIMI))
    assert [message.destination for message in house.channel.messages] == ["C2"]
    assert house.store.subscriptions.pauses()[C1].reason == "is_archived"
    house.later(hours=1, minutes=1)
    house.courier.deliver_all()
    assert [message.destination for message in house.channel.messages] == ["C2", "C1"]
    assert house.store.subscriptions.pauses() == {}


def test_a_revoked_token_stops_everything_and_loses_nothing(house: House) -> None:
    house.channel.outcomes = [Closed("token_revoked")]
    house.show(house.hub, house.repository(KIMI), house.repository("zai-org/GLM-5.1"))
    assert house.courier.deliver_all().owed == 2
    house.later(minutes=6)
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 2


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(Later(1, "connection refused"), id="Slack is down"),
        pytest.param(Unclear("503"), id="Slack answers nonsense"),
    ],
)
def test_an_outage_does_not_hold_the_command_for_ever(house: House, outcome: Outcome) -> None:
    house.channel.outcomes = [outcome] * 50
    house.channel.lookups = [Later(1, "connection refused")] * 50
    house.show(house.hub, house.repository(KIMI))
    assert house.channel.messages == []
    assert house.courier.deliver_all().owed == 1


def test_a_claim_of_a_dead_process_is_looked_up_before_anything_is_sent(house: House) -> None:
    house.channel.outcomes = [Later(3600, "later")]
    house.show(house.hub, house.repository(KIMI))
    head = house.store.deliveries.heads()[0]
    with house.store.transaction():
        assert house.store.deliveries.claim(head.sequence, house.clock.now())
    house.channel.lookups = [Sent(C1, "7.7")]
    house.restart()
    house.courier.deliver_all()
    assert house.channel.messages == []
    assert states(house) == ["sent"]


def test_a_claimed_message_cannot_be_claimed_twice(house: House) -> None:
    house.channel.outcomes = [Later(3600, "later")]
    house.show(house.hub, house.repository(KIMI))
    sequence = house.store.deliveries.heads()[0].sequence
    with house.store.transaction():
        claims = [house.store.deliveries.claim(sequence, house.clock.now()) for _ in range(2)]
    assert claims == [True, False]


def test_a_time_that_the_server_named_is_kept_even_when_somebody_asks_for_more(house: House) -> None:
    house.channel.outcomes = [Later(300, "ratelimited", asked=True)]
    house.show(house.hub, house.repository(KIMI))
    house.courier.hasten()
    assert house.courier.deliver_due() == (0, "")
    house.later(minutes=5)
    assert house.courier.deliver_due() == (1, "")


def test_a_wait_of_hours_that_the_server_named_is_waited_out_whole(house: House) -> None:
    house.channel.outcomes = [Later(4 * 3600, "ratelimited", asked=True)] * 10
    house.show(house.hub, house.repository(KIMI))
    for _ in range(23):
        house.later(minutes=10)
        house.courier.deliver_due()
    assert len(house.channel.outcomes) == 9
    house.later(minutes=20)
    house.courier.deliver_due()
    assert len(house.channel.outcomes) == 8


def test_what_was_put_off_for_another_reason_goes_at_once_when_somebody_asks(house: House) -> None:
    house.channel.outcomes = [Closed("token_revoked")]
    house.show(house.hub, house.repository(KIMI))
    assert house.courier.deliver_due() == (0, "")
    house.courier.hasten()
    assert house.courier.deliver_due() == (1, "")
