"""What a tick asks of the store costs as much as there is news, not as much as there is: steps of SQLite."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import Destination, Lab
from bot.outbox.doubts import tell_admins
from bot.records import Content
from bot.store.store import Store
from tests.support.steps import steps

NOW = datetime(2026, 4, 20, tzinfo=UTC)
SAID = Content("hello")
FEW, MANY = 200, 2_000
Question = Callable[[Store], object]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, [Lab("moonshot", "Moonshot AI")])


def owe(store: Store, number: int) -> None:
    """Owe one channel as many lines."""
    with store.transaction():
        for identity in range(number):
            store.deliveries.owe_line(f"{number}|{identity}", Destination("C1"), SAID, NOW, known_until=None)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda s: s.deliveries.heads(), id="what is first in each channel"),
        pytest.param(
            lambda s: s.deliveries.heads(NOW, NOW - timedelta(minutes=10)), id="what is first, the rest aside"
        ),
        pytest.param(
            lambda s: s.deliveries.heads(due=(NOW, NOW), apart_from=[Destination("C2")]),
            id="what is due first",
        ),
        pytest.param(lambda s: s.deliveries.ahead_of(NOW), id="what a wrong clock put off"),
        pytest.param(lambda s: s.deliveries.puzzling(), id="what the admins must hear of"),
        pytest.param(lambda s: s.deliveries.doubt_claims(NOW), id="what a killed process left"),
    ],
)
def test_a_tick_asks_no_more_of_a_channel_that_is_owed_much(store: Store, question: Question) -> None:
    owe(store, FEW)
    before = steps(store, question)
    owe(store, MANY)
    assert steps(store, question) <= before + 20


def test_a_tick_does_not_look_again_at_what_the_admins_have_heard_of(store: Store) -> None:
    def heard_of(number: int) -> None:
        with store.transaction():
            store._database.run("UPDATE delivery SET state = 'unclear' WHERE state = 'owed'")
            unclear = [one.sequence for one in store.deliveries.recent(number, ("unclear",))]
            store.deliveries.note_told(unclear, NOW)

    owe(store, FEW)
    heard_of(FEW)
    before = steps(store, lambda s: s.deliveries.puzzling())
    owe(store, MANY)
    heard_of(FEW + MANY)
    assert steps(store, lambda s: s.deliveries.puzzling()) <= before + 20


def test_where_there_are_no_admins_nobody_asks_what_they_must_hear_of(store: Store) -> None:
    assert steps(store, lambda s: tell_admins(s, (), NOW)) == 0


def test_channels_that_are_served_already_are_passed_over(store: Store) -> None:
    def owed_by(number: int) -> list[Destination]:
        places = [Destination(f"C{place}") for place in range(number)]
        with store.transaction():
            for place in places:
                store.deliveries.owe_line("news", place, SAID, NOW, known_until=None)
        return places

    places = owed_by(FEW)
    everyone = steps(store, lambda s: s.deliveries.heads())
    nobody = steps(store, lambda s: s.deliveries.heads(apart_from=places))
    later = steps(
        store, lambda s: s.deliveries.heads(due=(NOW - timedelta(hours=1), NOW + timedelta(hours=1)))
    )
    assert nobody * 2 < everyone
    assert later < everyone
    assert store.deliveries.heads(apart_from=places[1:]) == store.deliveries.heads()[:1]
    owed_by(MANY)
    assert steps(store, lambda s: s.deliveries.heads()) < 12 * everyone


@pytest.mark.parametrize(
    "aside",
    [
        pytest.param("hushed = 1, due_at = :later", id="for the end of quiet hours"),
        pytest.param("wait_until = :later", id="for company"),
        pytest.param("strange_since = :now, due_at = :later", id="for an answer that makes sense"),
        pytest.param("state = 'doubtful', yields = 1, due_at = :later", id="to be looked up again"),
    ],
)
def test_ten_times_as_many_messages_that_wait_are_ten_times_the_work(store: Store, aside: str) -> None:
    def first(number: int) -> int:
        owe(store, number)
        store._database.run(f"UPDATE delivery SET {aside}", {"now": NOW, "later": NOW + timedelta(hours=8)})
        assert store.deliveries.heads(NOW, NOW) == []
        return steps(store, lambda s: s.deliveries.heads(NOW, NOW))

    assert first(FEW) * 12 >= first(MANY)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(lambda s, ids: s.sources.known("hub:org", ids), id="what the source showed before"),
        pytest.param(lambda s, ids: s.sources.shown_elsewhere("feed:x", ids), id="what another one showed"),
    ],
)
def test_a_listing_of_ten_times_as_many_repositories_is_ten_times_the_work(
    store: Store, question: Callable[[Store, list[str]], object]
) -> None:
    listed = [f"id:{number:024x}" for number in range(MANY)]

    def shown(number: int) -> int:
        with store.transaction():
            store.sources.remember("hub:org", dict.fromkeys(listed[:number], "digest"), NOW)
        return steps(store, lambda s: question(s, listed[:number]))

    assert shown(FEW) * 12 >= shown(MANY)
