"""One clock for all: machines whose clocks differ tell the time of the database."""

from datetime import datetime, timedelta

import pytest

from bot.clock import AgreedClock
from bot.errors import StoreError
from tests.support.clock import START, FakeClock


def test_machines_with_different_clocks_agree() -> None:
    true = FakeClock()
    slow, fast = (FakeClock(START + timedelta(minutes=minutes)) for minutes in (-10, 10))
    clocks = [AgreedClock(true.now, own) for own in (slow, fast)]
    for clock in (true, slow, fast):
        clock.advance(timedelta(seconds=50))
    assert [clock.now() for clock in clocks] == [true.now()] * 2


def test_it_asks_again_once_a_minute() -> None:
    true, own = FakeClock(), FakeClock()
    clock = AgreedClock(true.now, own)
    true.advance(timedelta(seconds=90))
    own.advance(timedelta(seconds=59))
    clock.renew()
    assert clock.now() == START + timedelta(seconds=59)
    own.advance(timedelta(seconds=1))
    clock.renew()
    assert clock.now() == true.now()


def test_the_time_of_asking_is_the_middle_of_what_it_took() -> None:
    own = FakeClock()

    def asked_for_two_seconds() -> datetime:
        own.advance(timedelta(seconds=2))
        return START

    clock = AgreedClock(asked_for_two_seconds, own)
    assert clock.now() == START + timedelta(seconds=1)


class Busy:
    """A database that tells the time at once, or once a connection is free."""

    def __init__(self, own: FakeClock) -> None:
        self.own, self.true, self.wait, self.asked = own, START, 0.0, 0

    def time(self) -> datetime:
        self.asked += 1
        self.own.advance(timedelta(seconds=self.wait))
        self.true += timedelta(seconds=self.wait)
        return self.true

    def passes(self, seconds: float) -> None:
        self.own.advance(timedelta(seconds=seconds))
        self.true += timedelta(seconds=seconds)


def test_what_was_waited_for_tells_no_time_and_is_asked_for_again_at_the_next_tick() -> None:
    busy = Busy(FakeClock())
    clock = AgreedClock(busy.time, busy.own)
    for busy.wait in (6.0, 0.6, 0.1):
        busy.passes(60 if busy.wait == 6.0 else 1)
        clock.renew()
        assert abs(clock.now() - busy.true) <= timedelta(seconds=0.05)
    busy.passes(1)
    clock.renew()
    assert busy.asked == 4


def test_the_first_answer_counts_whatever_it_took_until_there_is_a_better_one() -> None:
    busy = Busy(FakeClock())
    busy.wait = 6.0
    clock = AgreedClock(busy.time, busy.own)
    off = []
    for busy.wait in (8.0, 2.0, 0.0):
        off.append((clock.now() - busy.true).total_seconds())
        busy.passes(1)
        clock.renew()
    off.append((clock.now() - busy.true).total_seconds())
    assert off == [3.0, 3.0, 1.0, 0.0]


def test_a_database_that_tells_nothing_leaves_the_clock_as_it_was() -> None:
    own, answers = FakeClock(), [START]

    def ask() -> datetime:
        if not answers:
            raise StoreError("is not there")
        return answers.pop()

    clock = AgreedClock(ask, own)
    own.advance(timedelta(minutes=5))
    with pytest.raises(StoreError):
        clock.renew()
    assert clock.now() == START + timedelta(minutes=5)
