"""A shard of the outbox is delivered by whoever has the turn, in order and at the pace of its channels."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from bot.errors import LostTurnError, StoreError
from bot.model import Destination
from bot.outbox.courier import Courier
from bot.outbox.message import Message, Outcome
from bot.records import Content
from bot.run.chores import Chores
from bot.run.engines import Engines
from bot.run.workers import delivering as delivering_room
from bot.run.workers.delivering import Delivering
from bot.store.rows import moment
from bot.store.shards import ALL
from tests.support.house import LONG, Channel, House
from tests.support.postgres import migrated_schema

SECOND = timedelta(seconds=1)


@dataclass
class Stopping(Channel):
    """Has a message hang until it is released, and says when it hangs."""

    hangs: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def send(self, message: Message) -> Outcome:
        self.hangs.set()
        assert self.released.wait(LONG)
        return super().send(message)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with migrated_schema() as url:
        house = House(tmp_path, url=url)
        yield house
        house.store.close()


def delivering(house: House, channel: Channel | None = None) -> Delivering:
    house.courier = replace(house.courier, notifier=channel or house.channel, pace=SECOND, moment=0.01)
    engines = Engines(house.poller, house.courier, object.__new__(Chores))
    return Delivering(house.store, engines, lambda *_: None)


def owe(house: House, *channels: str, about: str = "r") -> None:
    with house.store.transaction():
        for channel in channels:
            where, news = Destination(channel), Content(f"{about} in {channel}")
            house.store.deliveries.owe_line(about, where, news, house.clock.now(), known_until=None)


def shard_of(house: House) -> int:
    """Return the shard of the one channel that is owed something."""
    [shard] = house.store.shards.due(house.clock.now())
    return shard


def test_each_share_delivers_its_own_channels_and_all_of_them_everything(house: House) -> None:
    channels = [f"C{number}" for number in range(20)]
    owe(house, *channels)
    due = house.store.shards.due(house.clock.now())
    work = delivering(house)
    work.deliver(due[0])
    first = {message.destination for message in house.channel.messages}
    assert 0 < len(first) < 20
    assert house.store.shards.due(house.clock.now()) == due[1:]
    for shard in ALL:
        work.deliver(shard)
    assert sorted(message.destination for message in house.channel.messages) == sorted(channels)


@pytest.mark.logs("clock_set_back")
def test_a_clock_that_was_set_back_is_followed_in_its_own_shard_alone(house: House) -> None:
    owe(house, *(f"C{number}" for number in range(20)))
    owed_at = house.clock.now()
    house.clock.advance(timedelta(hours=-5))
    shard, *others = house.store.shards.due(house.clock.now())
    delivering(house).deliver(shard)
    owed = house.store._database.tuples("SELECT shard, created_at FROM delivery")
    assert {moment(at) for where, at in owed if where == shard} == {house.clock.now()}
    assert {moment(at) for where, at in owed if where != shard} == {owed_at}
    assert house.store.shards.due(house.clock.now()) == others


def test_the_next_worker_keeps_the_pace_of_the_one_before(house: House) -> None:
    owe(house, "C7")
    shard = shard_of(house)
    delivering(house).deliver(shard)
    owe(house, "C7", about="s")
    store = house.store.of_shard(shard)
    posted = house.store.shards.posted_since(shard, house.clock.now() - SECOND)
    courier = replace(house.courier, store=store, posted=posted)
    courier.deliver_due()
    courier.finish()
    assert [message.content.text for message in house.channel.messages] == ["r in C7"]
    house.later(seconds=1)
    courier.deliver_due()
    courier.finish()
    assert [message.content.text for message in house.channel.messages] == ["r in C7", "s in C7"]


@pytest.mark.logs("bot.outbox.courier")
def test_who_lost_the_turn_while_a_message_hung_settles_nothing_and_the_next_one_looks_it_up(
    house: House,
) -> None:
    owe(house, "C7")
    shard, channel = shard_of(house), Stopping()
    with ThreadPoolExecutor(2) as senders:
        frozen = replace(
            house.courier, store=house.store.of_shard(shard), notifier=channel, threads=senders, moment=0
        )
        assert frozen.deliver_due() == (0, "")
        assert channel.hangs.wait(LONG)
        successor = replace(house.courier, store=house.store.of_shard(shard))
        successor.deliver_due()
        channel.released.set()
        with pytest.raises(LostTurnError, match="another worker has taken over"):
            frozen.finish()
    [line] = house.store.deliveries.recent(1)
    assert (line.state, line.reason) == ("doubtful", "the bot stopped while sending")


@dataclass
class Late(Courier):
    """Is frozen for a while after it has claimed something."""

    def _note_claims(self) -> None:
        super()._note_claims()
        self.clock.sleep(3)


def late(house: House, claims_last: float | None) -> Courier:
    courier = house.courier
    return Late(
        courier.store,
        courier.notifier,
        courier.clock,
        courier.threads,
        courier.writer,
        timedelta(),
        moment=LONG,
        claims_last=claims_last,
    )


@pytest.mark.logs("bot.outbox.courier")
@pytest.mark.parametrize(
    ("claims_last", "sent"),
    [
        pytest.param(2.0, 0, id="one that others may have taken over is given back"),
        pytest.param(None, 1, id="one that nobody can take over is sent"),
    ],
)
def test_a_claim_that_has_grown_old(house: House, claims_last: float | None, sent: int) -> None:
    owe(house, "C7")
    late(house, claims_last).deliver_due()
    assert len(house.channel.messages) == sent
    [line] = house.store.deliveries.recent(1)
    assert line.state == ("sent" if sent else "owed")


@dataclass
class Broken(Channel):
    """Brings out a bug with one message."""

    def send(self, message: Message) -> Outcome:
        if message.destination == "T1/C1":
            raise StoreError("a step that fails")
        return super().send(message)


@pytest.mark.logs("bot.run.workers.delivering", "bot.outbox.courier")
def test_one_step_that_fails_leaves_those_beside_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering_room, "_IDLE", 0.01)
    monkeypatch.setattr(delivering_room, "_TURN_LASTS", 0.5)
    owe(house, *(f"T1/C{number}" for number in range(1, 6)))
    channel, ticks = Broken(), count()
    monkeypatch.setattr(house.clock, "ticks", lambda: next(ticks) / 10)
    delivering(house, channel).deliver(shard_of(house))
    assert sorted(message.destination for message in channel.messages) == [f"T1/C{n}" for n in range(2, 6)]
    assert [one.state for one in house.store.deliveries.recent(9)].count("sent") == 4
