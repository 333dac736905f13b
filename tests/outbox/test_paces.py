"""The pace of posts to one destination, and what is forgotten of it."""

from datetime import timedelta

from bot.model import Destination
from bot.outbox.pace import Paces
from tests.support.clock import START

SECOND = timedelta(seconds=1)
C1 = Destination("C1")


def test_a_destination_takes_a_post_a_pace_after_the_last_one() -> None:
    paces = Paces(SECOND, {C1: START - SECOND / 2})
    assert paces.ready(C1, START, START) == START + SECOND / 2
    paces.posted(C1, START + SECOND)
    assert paces.ready(C1, START, START + SECOND) == START + 2 * SECOND
    assert paces.ready(C1, START, START + 3 * SECOND) == START
    assert paces.ready(Destination("C2"), START, START + SECOND) == START


def test_those_rest_that_take_no_post_soon() -> None:
    paces = Paces(SECOND, {C1: START})
    assert paces.resting(START, SECOND / 5) == [C1]
    assert paces.resting(START, SECOND) == []
    assert paces.resting(START + SECOND, SECOND / 5) == []


def test_a_clock_that_is_set_back_holds_up_nothing() -> None:
    paces = Paces(SECOND, {})
    paces.posted(C1, START)
    earlier = START - timedelta(hours=1)
    assert paces.ready(C1, earlier, earlier) == earlier


def test_of_many_only_those_are_remembered_that_wait() -> None:
    paces = Paces(SECOND, {})
    for number in range(5_000):
        paces.posted(Destination(f"C{number}"), START + number * SECOND / 10)
    assert len(paces._free) <= 1_000
    now = START + 499.9 * SECOND
    assert paces.ready(Destination("C4999"), now, now) == now + SECOND
