"""What no promise needs is forgotten once it is 400 days old, and nothing that was said is said again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.run import upkeep
from bot.run.upkeep import tidy
from tests.support.house import House, licensed
from tests.support.places import C1
from tests.support.postgres import migrated_schema

KIMI = "moonshotai/Kimi-K2.6"
SAID = ["alert", "note", "edit", "line"]


@pytest.fixture(params=["in a file", "on PostgreSQL"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """Return a bot that has told of a release, of its variant and of something else."""
    if request.param == "in a file":
        yield lived_in(House(tmp_path))
        return
    with migrated_schema() as url:
        house = lived_in(House(tmp_path, url=url))
        yield house
        house.store.close()


def lived_in(house: House) -> House:
    tidy(house.store, house.clock.now())  # the week is counted from then
    house.show(house.hub, house.repository(KIMI, license=licensed("mit")))
    house.later(hours=1)
    house.show(house.hub, house.repository(f"{KIMI}-GGUF"))
    house.later(hours=1)
    with house.store.transaction():
        house.store.deliveries.owe_line(
            "r1", C1, house.channel.messages[0].content, house.clock.now(), known_until=None
        )
    house.courier.deliver_all()
    assert kinds(house) == SAID
    return house


def kinds(house: House) -> list[str]:
    return [one.kind for one in reversed(house.store.deliveries.recent(99))]


def weeks_pass(house: House, weeks: int) -> None:
    for _ in range(weeks):
        house.clock.advance(timedelta(days=7))
        tidy(house.store, house.clock.now())


def test_messages_are_forgotten_after_400_days_and_alerts_never(house: House) -> None:
    weeks_pass(house, 57)
    assert kinds(house) == SAID
    weeks_pass(house, 1)
    assert kinds(house) == ["alert"]
    weeks_pass(house, 200)
    assert kinds(house) == ["alert"]


def test_nothing_is_said_again_and_the_thread_goes_on(house: House) -> None:
    weeks_pass(house, 58)
    said = len(house.channel.messages)
    house.show(house.hub)
    assert len(house.channel.messages) == said
    house.show(house.hub, house.repository(f"{KIMI}-AWQ"))
    house.later(hours=1)
    [reply] = house.channel.messages[said:]
    assert reply.thread_ts == "1.000100"


def test_a_clock_that_leaps_ahead_makes_it_forget_nothing(house: House) -> None:
    house.clock.advance(timedelta(days=2_000))
    tidy(house.store, house.clock.now())
    assert kinds(house) == SAID
    house.clock.advance(timedelta(days=-1_999))
    weeks_pass(house, 2)
    assert kinds(house) == SAID


def test_it_is_done_in_transactions_of_few_messages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_MESSAGES", 1)
    monkeypatch.setattr(upkeep, "_DESTINATIONS", 1)
    weeks_pass(house, 58)
    assert kinds(house) == ["alert"]
