"""A flood may come in drips, after an absence, and under a wrong clock; a busy day is none."""

import re
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from bot.outbox.floods import HeldFloods, expire, left
from tests.support.house import House
from tests.support.made_up import names
from tests.support.places import UADMIN

DAY = timedelta(days=1)
MONTH = timedelta(days=30)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.poller.admins = (UADMIN,)
    return house


@pytest.fixture
def made_up() -> list[str]:
    return list(islice(names(), 400))


def shown(house: House, made_up: list[str], count: int) -> None:
    """Let the Hub show so many models that were not there before, each of a family of its own."""
    house.show(house.hub, *(house.repository(f"moonshotai/{made_up.pop()}") for _ in range(count)))


def announced(house: House) -> int:
    return sum(1 for one in house.store.deliveries.recent(1_000) if one.kind == "alert")


def held(house: House) -> int:
    return sum(len(flood.leads) for flood in house.store.held.waiting())


def lines(house: House) -> list[str]:
    return [m.content.text for m in house.channel.messages if m.destination == "UADMIN"]


class TestInDrips:
    def test_twelve_every_poll_for_hours_are_a_flood(self, house: House, made_up: list[str]) -> None:
        for _ in range(20):
            shown(house, made_up, 12)
            house.later(minutes=11)
        assert (announced(house), held(house)) == (12, 19 * 12)

    @pytest.mark.parametrize(("a_poll", "polls"), [(1, 60), (12, 20)])
    def test_the_admins_are_asked_a_few_times_and_not_at_every_poll(
        self, house: House, made_up: list[str], a_poll: int, polls: int
    ) -> None:
        for _ in range(polls):
            shown(house, made_up, a_poll)
            house.later(minutes=11)
        assert len(house.store.held.waiting()) == 1
        assert 2 <= len(lines(house)) <= 6
        last = int(re.findall(r"showed (\d+) release", lines(house)[-1])[0])
        assert last <= held(house) < 2 * last

    def test_announcing_it_announces_all_that_it_has_become(self, house: House, made_up: list[str]) -> None:
        for _ in range(3):
            shown(house, made_up, 10)
            house.later(minutes=11)
        assert (announced(house), held(house)) == (10, 20)
        HeldFloods(house.store, house.clock).announce(1, "ana")
        assert announced(house) == 30

    def test_what_was_settled_is_over_and_what_comes_then_is_another_flood(
        self, house: House, made_up: list[str]
    ) -> None:
        shown(house, made_up, 20)
        HeldFloods(house.store, house.clock).ignore(1, "ana")
        house.later(minutes=11)
        shown(house, made_up, 20)
        assert [flood.id for flood in house.store.held.waiting()] == [2]

    def test_the_day_after_is_another_day(self, house: House, made_up: list[str]) -> None:
        shown(house, made_up, 12)
        for _ in range(25):
            house.later(hours=1)
            shown(house, made_up, 0)
        shown(house, made_up, 12)
        assert (announced(house), held(house)) == (24, 0)

    def test_another_source_is_not_made_to_pay_for_it(self, house: House, made_up: list[str]) -> None:
        shown(house, made_up, 12)
        house.show(house.blog, house.post("Introducing Kimi K9", "moonshot"))
        assert held(house) == 0

    def test_listings_that_nobody_confirms_are_counted_over_the_day_too(
        self, house: House, made_up: list[str]
    ) -> None:
        for _ in range(4):
            house.show(house.listing, *(house.row(made_up.pop(), "moonshot") for _ in range(5)))
            house.later(hours=1)
        for _ in range(30):
            house.later(hours=1)
            house.show(house.listing)
        assert (announced(house), held(house)) == (10, 10)


def test_a_busy_day_is_no_flood(house: House, made_up: list[str]) -> None:
    """Ten waves of eight sizes each, with a packaging and a post: what one wave holds counts once."""
    for _ in range(10):
        name = made_up.pop()
        sized = [f"moonshotai/{name}-{size}B" for size in (1, 2, 4, 8, 14, 32, 72, 200)]
        house.show(house.hub, *(house.repository(one) for one in (*sized, f"{sized[0]}-FP8")))
        house.show(house.blog, house.post(f"Introducing {name}", "moonshot"))
        house.later(minutes=45)
    assert (announced(house), held(house)) == (10, 0)


@pytest.mark.parametrize(
    ("days", "count", "told"),
    [
        pytest.param(0, 12, True, id="a dozen, as ever"),
        pytest.param(0, 13, False, id="more than a dozen, as ever"),
        pytest.param(2, 20, True, id="twenty after a weekend"),
        pytest.param(21, 36, True, id="three dozen after three weeks"),
        pytest.param(30, 37, False, id="more than that after a month"),
        pytest.param(30, 300, False, id="hundreds after a month"),
    ],
)
def test_an_absence_makes_room_for_more_and_not_for_everything(
    house: House, made_up: list[str], days: int, count: int, told: bool
) -> None:
    house.later(days=days)
    shown(house, made_up, count)
    assert (announced(house), held(house)) == ((count, 0) if told else (0, count))


class TestUnderAWrongClock:
    @pytest.mark.parametrize("by", [MONTH, -MONTH], ids=["a month ahead", "a month back"])
    def test_a_flood_outlasts_a_clock_that_steps_and_is_set_right(
        self, house: House, made_up: list[str], by: timedelta
    ) -> None:
        shown(house, made_up, 20)
        house.clock.advance(by)
        for _ in range(60):  # an hour of it
            house.later(minutes=1)
            expire(house.store, house.clock.now())
        house.clock.advance(-by)
        for _ in range(5):
            assert held(house) == 20
            house.later(days=1)
            expire(house.store, house.clock.now())
        assert held(house) == 20

    def test_a_flood_outlasts_a_clock_that_stays_a_month_ahead(
        self, house: House, made_up: list[str]
    ) -> None:
        shown(house, made_up, 20)
        house.clock.advance(MONTH)
        for _ in range(5):
            house.later(days=1)
            expire(house.store, house.clock.now())
            assert held(house) == 20
        for _ in range(3):
            house.later(days=1)
            expire(house.store, house.clock.now())
        assert held(house) == 0, "but not for ever"

    def test_a_flood_that_was_held_a_month_ahead_waits_no_longer_than_others(
        self, house: House, made_up: list[str]
    ) -> None:
        house.clock.advance(MONTH)
        shown(house, made_up, 40)
        house.clock.advance(-MONTH)
        for _ in range(8):
            assert left(house.store.held.waiting()[0], house.clock.now()) <= 7 * DAY
            house.later(days=1)
            expire(house.store, house.clock.now())
        assert held(house) == 0

    def test_a_bot_that_was_away_leaves_people_their_time(self, house: House, made_up: list[str]) -> None:
        shown(house, made_up, 20)
        house.later(days=20)
        expire(house.store, house.clock.now())
        [flood] = house.store.held.waiting()
        assert left(flood, house.clock.now()) > 4 * DAY
        house.later(hours=1)
        expire(house.store, house.clock.now())
        assert held(house) == 20

    def test_a_clock_that_is_set_right_does_not_count_what_the_wrong_one_announced(
        self, house: House, made_up: list[str]
    ) -> None:
        house.clock.advance(MONTH)
        shown(house, made_up, 12)
        house.clock.advance(-MONTH)
        shown(house, made_up, 3)
        assert held(house) == 0
