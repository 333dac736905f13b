"""A variant whose answer was lost is looked for where it was wanted then, not only where it is wanted now."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from bot.outbox.message import Absent, Message, Outcome, Search, Sent
from bot.records import Preferences
from tests.support.house import Channel, House
from tests.support.places import C1

KIMI = "moonshotai/Kimi-K2.6"

pytestmark = pytest.mark.logs("delivery_not_sent")


_IN_THREAD: dict[str, list[bool]] = {"thread": [True], "post": [False], "off": []}

Variants = Literal["thread", "post", "off"]


@dataclass
class Forgetful(Channel):
    """Lose the answer to a variant that was `posted` or not; find a message only in its own place."""

    posted: bool = True
    loses: bool = True

    def send(self, message: Message) -> Outcome:
        if "FP8" not in message.content.text or not self.loses:
            return super().send(message)
        self.loses = False
        if self.posted:
            super().send(message)
        raise TimeoutError

    def find(self, message: Message, search: Search) -> Sent | Absent:
        for number, theirs in enumerate(self.messages, start=1):
            if theirs.delivery_id == message.delivery_id and theirs.thread_ts == message.thread_ts:
                return Sent(theirs.destination, f"{number}.000100")
        return Absent()


@pytest.mark.logs("notifier_crashed")
@pytest.mark.parametrize("posted", [True, False], ids=["it was posted", "it was not posted"])
@pytest.mark.parametrize(("then", "now"), [("thread", "post"), ("post", "thread"), ("post", "off")])
def test_a_channel_that_changed_its_mind_meanwhile_gets_it_once(
    tmp_path: Path, then: Variants, now: Variants, posted: bool
) -> None:
    house = House(tmp_path)
    house.channel = house.courier.notifier = Forgetful(posted=posted)

    def prefer(variants: Variants) -> None:
        with house.store.transaction():
            house.store.preferences.set(C1, Preferences(variants=variants), None)

    prefer(then)
    house.show(house.hub, house.repository(KIMI))
    house.later(minutes=1)
    house.hub.shown.append(house.repository(f"{KIMI}-FP8"))
    house.poller.poll([house.hub])
    house.courier.deliver_due()
    prefer(now)
    house.courier.deliver_all()
    told = [message for message in house.channel.messages if "FP8" in message.content.text]
    if posted:
        assert [bool(message.thread_ts) for message in told] == [then == "thread"]
    else:
        assert [bool(message.thread_ts) for message in told] == {
            "thread": [True],
            "post": [False],
            "off": [],
        }[now]
