"""Destinations are served side by side: what hangs holds up nobody else, and facts fall into no gap."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.model import Destination, Wave
from bot.outbox import courier, known
from bot.outbox.courier import Courier
from bot.outbox.message import Message, Outcome
from bot.records import Content
from bot.views.alert import render_alert
from tests.support.house import LONG, Channel, House, amended, licensed

KIMI = "moonshotai/Kimi-K2.6"
SECOND = timedelta(seconds=1)


@dataclass
class Hanging(Channel):
    """Answer nothing to C1 until it is `released`; `asked` is set once it was asked."""

    asked: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def send(self, message: Message) -> Outcome:
        if message.destination == "C1":
            self.asked.set()
            self.released.wait(LONG)
        return super().send(message)

    def told(self, destination: str) -> int:
        return sum(message.destination == destination for message in self.messages)


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[tuple[House, Hanging]]:
    house, channel = House(tmp_path), Hanging()
    with ThreadPoolExecutor(4) as threads:
        writer = house.courier.writer
        house.courier = Courier(house.store, channel, house.clock, threads, writer, timedelta(), moment=0.01)
        yield house, channel
        channel.released.set()


def owe_lines(house: House, destination: str, count: int) -> None:
    with house.store.transaction():
        for number in range(count):
            house.store.deliveries.owe_line(
                f"r{number}", Destination(destination), Content("news"), house.clock.now(), known_until=None
            )


def test_one_channel_that_hangs_delays_no_other(hanging: tuple[House, Hanging]) -> None:
    house, channel = hanging
    for number in range(1, 31):
        owe_lines(house, f"C{number}", 5)
    rounds = 0
    while sum(channel.told(f"C{number}") for number in range(2, 31)) < 29 * 5:
        house.courier.deliver_due()
        rounds += 1
        assert rounds < 3_000
    assert channel.told("C1") == 0
    channel.released.set()
    house.courier.deliver_all()
    assert channel.told("C1") == 5


def test_a_claim_that_is_under_way_is_not_doubted_when_another_step_fails(
    hanging: tuple[House, Hanging],
) -> None:
    house, channel = hanging
    owe_lines(house, "C1", 1)
    house.courier.deliver_due()
    assert channel.asked.wait(LONG)
    with house.store.transaction():
        assert house.store.deliveries.doubt_claims(house.clock.now(), house.courier._steps) == 0
        assert house.store.deliveries.doubt_claims(house.clock.now()) == 1


def test_a_channel_gets_its_next_message_a_second_after_the_last(house: House) -> None:
    times: list[datetime] = []
    house.courier = replace(house.courier, pace=SECOND)
    house.courier.settled = lambda *_: times.append(house.clock.now())
    owe_lines(house, "C1", 4)
    house.courier.deliver_all()
    assert [after - before for before, after in pairwise(times)] == [SECOND] * 3


def test_between_two_messages_the_courier_says_when_the_next_one_may_go(house: House) -> None:
    house.courier = replace(house.courier, pace=SECOND)
    owe_lines(house, "C1", 2)
    assert house.courier.deliver_due() == (1, "")
    assert house.courier.next_wait() == SECOND


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.mark.parametrize("moment", ["as it is taken up", "as it is rendered", "as it is sent"])
def test_a_fact_is_shown_whenever_it_comes(
    house: House, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    first = house.repository(KIMI)
    house.hub.shown.append(first)
    house.poller.poll([house.hub])
    house.poller.threads = ThreadPoolExecutor(1)
    told: list[threading.Thread] = []

    def learn() -> None:
        if not told:
            house.hub.shown[:] = [amended(first, facts=replace(first.facts, license=licensed("apache-2.0")))]
            told.append(threading.Thread(target=house.poller.poll, args=([house.hub],)))
            told[0].start()

    def time_at(destination: str) -> None:
        learn()
        told[0].join()

    def render(wave: Wave, now: datetime, **options: Any) -> Content:
        learn()  # it is stored when it may be
        return render_alert(wave, now, **options)

    def send(message: Message) -> Outcome:
        learn()
        told[0].join()
        return Channel.send(house.channel, message)

    if moment == "as it is taken up":
        monkeypatch.setattr(house.channel, "time_at", time_at)
    elif moment == "as it is rendered":
        monkeypatch.setattr(known, "render_alert", render)
    else:
        monkeypatch.setattr(house.channel, "send", send)
    house.courier.deliver_all()
    told[0].join()
    house.courier.deliver_all()
    assert "Apache 2.0" in house.channel.messages[-1].content.text
    assert len(house.channel.alerts) == 1


def test_a_round_begins_only_so_many_and_the_next_one_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_AT_ONCE", 5)
    for number in range(12):
        owe_lines(house, f"C{number}", 1)
    assert [house.courier.deliver_due()[0] for _ in range(4)] == [5, 5, 2, 0]
    assert house.courier.next_wait() is None


def test_what_is_put_off_for_long_takes_nobodys_place_in_a_round(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "_AT_ONCE", 5)
    for number in range(6):
        owe_lines(house, f"C{number}", 1)
    tomorrow = house.clock.now() + timedelta(hours=8)
    with house.store.transaction():
        for head in house.store.deliveries.heads():
            house.store.deliveries.settle(head.sequence, "owed", "quiet", house.clock.now(), tomorrow)
            house.store.deliveries.hush(head.sequence)
    owe_lines(house, "C9", 1)
    assert house.courier.deliver_due()[0] == 1
