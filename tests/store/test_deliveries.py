"""The outbox: owed once and for all, carried together, settled together."""

from datetime import timedelta
from functools import partial

import pytest

from bot.model import Destination
from bot.records import Content, Delivery
from bot.store.store import Store
from tests.support.clock import START
from tests.support.places import C1, C2
from tests.support.releases import open_release

HELLO = Content("hello", [{"type": "divider"}])


def owe(
    store: Store, repository: str, *destinations: Destination, minutes: int = 0, lab: str = "google"
) -> int:
    now = START + timedelta(minutes=minutes)
    release_id, key = open_release(store, repository, lab, now)
    with store.transaction():
        store.deliveries.owe_alerts(release_id, key, destinations, now, known_until=None)
    return release_id


def of(store: Store, destination: str) -> list[Delivery]:
    return [one for one in reversed(store.deliveries.recent(100)) if one.destination == destination]


def test_an_alert_is_owed_once(store: Store) -> None:
    release_id = owe(store, "google/gemma-4-31B-it", C1, C2, C1)
    with store.transaction():
        store.deliveries.owe_alerts(release_id, "google/gemma-4-31b", [C1], START, known_until=None)
    assert [one.destination for one in store.deliveries.of_release(release_id)] == ["C1", "C2"]


def test_a_destination_that_has_it_under_another_key_is_owed_nothing(store: Store) -> None:
    release_id = owe(store, "google/gemma-4-31B-it", C1)
    with store.transaction():
        store.deliveries.owe_alerts(release_id, "a/key-of-before", [C1, C2], START, known_until=None)
    assert [one.destination for one in store.deliveries.of_release(release_id)] == ["C1", "C2"]


@pytest.mark.parametrize("kind", ["line", "digest"])
def test_a_message_about_no_release_is_owed_once_a_destination(store: Store, kind: str) -> None:
    owed = partial(store.deliveries.owe_line, known_until=None, kind=kind)
    with store.transaction():
        told = [owed("r1", to, HELLO, START) for to in (C1, C1, C2)]
    assert told == [True, False, True]
    (message,) = of(store, "C1")
    assert (message.kind, message.release_id, message.release, message.content) == (kind, 0, "", HELLO)


def test_order_holds_between_all_kinds(store: Store) -> None:
    with store.transaction():
        store.deliveries.owe_line("r1", C1, HELLO, START, known_until=None)
    owe(store, "google/gemma-4-31B-it", C1)
    assert [one.kind for one in store.deliveries.heads()] == ["line"]


class TestTogether:
    """Four alerts that one message carries."""

    @pytest.fixture
    def four(self, store: Store) -> list[Delivery]:
        for minute in range(4):
            owe(store, f"google/family{'abcd'[minute]}-7B", C1, C2, minutes=minute)
        owe(store, "zai-org/GLM-5.1", C1, lab="zai")
        return of(store, "C1")[:4]

    def claim(self, store: Store, four: list[Delivery]) -> bool:
        with store.transaction():
            return store.deliveries.claim(four[0].sequence, START, carried=four[1:])

    def states(self, store: Store) -> list[tuple[str, str, bool]]:
        return [(one.state, one.ts, one.carrier is not None) for one in of(store, "C1")]

    def test_companions_are_of_the_same_lab_place_and_time(self, store: Store, four: list[Delivery]) -> None:
        found = store.deliveries.companions(four[0], "google", START)
        assert [one.sequence for one in found] == [one.sequence for one in four[1:]]
        assert len(store.deliveries.companions(four[0], "google", START + timedelta(minutes=2))) == 2
        assert store.deliveries.companions(four[0], "zai", START + timedelta(hours=1)) == []

    def test_they_are_sent_as_one(self, store: Store, four: list[Delivery]) -> None:
        assert self.claim(store, four)
        assert [one.attempts for one in of(store, "C1")] == [1, 1, 1, 1, 0]
        with store.transaction():
            store.deliveries.settle_sent(four[0].sequence, "C1", "7.7", "d", START)
        assert self.states(store) == [
            ("sent", "7.7", False),
            *[("sent", "7.7", True)] * 3,
            ("owed", "", False),
        ]
        assert len(store.deliveries.alerts_at(C1, "7.7")) == 4
        assert len(store.deliveries.carried_by(four[0].sequence)) == 3

    def test_an_edit_of_one_is_noted_in_all(self, store: Store, four: list[Delivery]) -> None:
        self.claim(store, four)
        with store.transaction():
            store.deliveries.settle_sent(four[0].sequence, "C1", "7.7", "old", START)
            store.deliveries.note_content(four[2].release_id, C1, "new")
        assert {one.digest for one in store.deliveries.alerts_at(C1, "7.7")} == {"new"}

    def test_if_one_is_taken_none_is_claimed(self, store: Store, four: list[Delivery]) -> None:
        with store.transaction():
            store.deliveries.claim(four[2].sequence, START)
        assert not self.claim(store, four)
        assert [one.state for one in of(store, "C1")] == ["owed", "owed", "claimed", "owed", "owed"]

    def test_a_process_that_died_leaves_all_of_them_in_doubt(
        self, store: Store, four: list[Delivery]
    ) -> None:
        self.claim(store, four)
        with store.transaction():
            assert store.deliveries.doubt_claims(START) == 4
        assert store.deliveries.heads()[0].sequence == four[0].sequence
        with store.transaction():
            store.deliveries.settle_sent(four[0].sequence, "C1", "7.7", "", START)
        assert [state for state, _, _ in self.states(store)] == ["sent"] * 4 + ["owed"]

    def test_what_is_owed_again_is_free_to_be_carried_otherwise(
        self, store: Store, four: list[Delivery]
    ) -> None:
        self.claim(store, four)
        with store.transaction():
            store.deliveries.settle(four[0].sequence, "owed", "try again", START, START)
        assert self.states(store) == [("owed", "", False)] * 5

    def test_what_can_never_be_sent_comes_back_whole_when_asked_for(
        self, store: Store, four: list[Delivery]
    ) -> None:
        self.claim(store, four)
        with store.transaction():
            store.deliveries.settle(four[0].sequence, "impossible", "too long", START)
        assert [state for state, _, _ in self.states(store)] == ["impossible"] * 4 + ["owed"]
        with store.transaction():
            store.deliveries.retry(of(store, "C1")[0], START)
        assert self.states(store) == [("owed", "", False)] * 5
