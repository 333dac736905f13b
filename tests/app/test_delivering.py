"""What becomes of a message, whatever Slack answers."""

from pathlib import Path

import pytest

from bot.delivery.message import Absent, Closed, Impossible, Later, Outcome, Refused, Sent, Unclear
from tests.support.house import House

KIMI = "moonshotai/Kimi-K2.6"


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
    house.channel.lookups = [Sent("C1", "7.7")]
    house.show(house.hub, house.repository(KIMI))
    assert house.channel.messages == []
    assert states(house) == ["sent"]
    assert house.store.deliveries.recent(1)[0].ts == "7.7"


def test_an_unclear_message_that_is_not_there_is_sent_once_it_can_no_longer_land(house: House) -> None:
    house.channel.outcomes = [Unclear("the connection dropped")]
    house.channel.lookups = [Absent(), Absent()]
    house.show(house.hub, house.repository(KIMI))
    assert len(house.channel.alerts) == 1
    assert sum(house.clock.slept) >= 5


def test_a_message_that_lands_late_is_not_sent_again(house: House) -> None:
    house.channel.outcomes = [Unclear("the connection dropped")]
    house.channel.lookups = [Absent(), Sent("C1", "7.7")]
    house.show(house.hub, house.repository(KIMI))
    assert house.channel.messages == []
    assert states(house) == ["sent"]


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
    assert house.store.subscriptions.pauses()["C1"].reason == "is_archived"
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
    house.channel.lookups = [Sent("C1", "7.7")]
    house.courier.recover()
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
