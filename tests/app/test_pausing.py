"""Who made a channel follow labs is told, once, when the channel gets nothing."""

from pathlib import Path

import pytest

from bot.model import ALL, Destination, Follow
from bot.outbox.message import Refused
from bot.outbox.owe import subscribers
from bot.records import Subscription
from bot.releases.facts.filters import Filters
from bot.views.notes import render_pause
from tests.support.clock import START
from tests.support.house import House
from tests.support.places import C1

KIMI = "moonshotai/Kimi-K2.6"
pytestmark = pytest.mark.logs("delivery_not_sent")


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path, subscribed=False)
    with house.store.transaction():
        for lab, person in (("moonshot", "U0ANA"), ("zai", "U0BEN"), ("qwen", "U0ANA"), ("google", "")):
            house.store.subscriptions.add(subscription("C1", person, lab))
    return house


def subscription(destination: str, created_by: str, lab: str = ALL) -> Subscription:
    return Subscription(Destination(destination), Follow(lab), Filters(), "Slack", START, created_by)


def told(house: House) -> dict[str, str]:
    return {
        message.destination: message.content.text
        for message in house.channel.messages
        if message.destination.startswith("U")
    }


def refuse(house: House, times: int = 1) -> None:
    house.channel.outcomes = [Refused("Slack says is_archived")] * times
    house.show(house.hub, house.repository(KIMI))


def test_each_subscriber_is_told_once_why_and_what_to_do(house: House) -> None:
    refuse(house)
    assert set(told(house)) == {"U0ANA", "U0BEN"}
    assert len(house.channel.messages) == 2
    assert "it is archived. Unarchive it" in told(house)["U0ANA"]
    assert house.store.subscriptions.pauses()[C1].notified_at


def test_another_refusal_an_hour_later_tells_nobody(house: House) -> None:
    refuse(house)
    house.channel.outcomes = [Refused("Slack says is_archived")]
    house.later(hours=1, minutes=1)
    house.courier.deliver_all()
    assert len(house.channel.messages) == 2


def test_a_channel_that_comes_back_gets_what_it_is_owed_and_nothing_is_said_of_it(house: House) -> None:
    refuse(house)
    house.later(hours=1, minutes=1)
    house.courier.deliver_all()
    assert [message.destination for message in house.channel.messages[2:]] == ["C1"]
    assert house.store.subscriptions.pauses() == {}
    assert len(house.store.subscriptions.of_destination(C1)) == 4, "nobody was unsubscribed"


def test_a_second_pause_is_told_again(house: House) -> None:
    refuse(house)
    house.later(hours=2)
    house.courier.deliver_all()
    house.channel.outcomes = [Refused("Slack says not_in_channel")]
    house.show(house.hub, house.repository("zai-org/GLM-5.1"))
    assert "I am not in it. Invite me there with `/invite`" in told(house)["U0ANA"]


@pytest.mark.parametrize(
    ("destination", "created_by", "people"),
    [
        pytest.param("C1", "U0ANA", ["U0ANA"], id="a person"),
        pytest.param("C1", "", [], id="feeds.yaml has nobody to tell"),
        pytest.param("C1", "root", [], id="nor has the command line"),
        pytest.param("U0ANA", "U0ANA", [], id="nobody is told by the way that is closed"),
        pytest.param("T0A/C1", "U0ANA", ["T0A/U0ANA"], id="in the workspace of the channel"),
        pytest.param("T0A/C1", "T0A/U0ANA", ["T0A/U0ANA"], id="a person of a workspace"),
    ],
)
def test_who_is_told(destination: str, created_by: str, people: list[str]) -> None:
    assert subscribers(Destination(destination), [subscription(destination, created_by)]) == people


@pytest.mark.parametrize(
    ("destination", "reason", "words"),
    [
        pytest.param("C0123", "Slack says is_archived", "<#C0123>: it is archived", id="a channel's mention"),
        pytest.param("T0A/C0123", "Slack says is_archived", "<#C0123>", id="without its workspace"),
        pytest.param("general", "Slack says channel_not_found", "general: I cannot see it", id="only a name"),
        pytest.param("C0123", "Slack says <!channel>", "Slack says &lt;!channel&gt;", id="a strange reason"),
    ],
)
def test_what_is_told(destination: str, reason: str, words: str) -> None:
    assert words in render_pause(Destination(destination), reason).text
