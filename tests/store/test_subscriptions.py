"""Who follows what."""

import pytest

from bot.model import ALL, Destination, Follow
from bot.records import FROM_FILE, FROM_SLACK, Subscription
from bot.releases.facts.filters import Filters
from bot.store.store import Store
from tests.support.clock import START
from tests.support.places import C1, C2
from tests.support.releases import open_release


def follow(
    store: Store, destination: str, lab: str, origin: str = FROM_SLACK, filters: Filters | None = None
) -> bool:
    with store.transaction():
        return store.subscriptions.add(
            Subscription(Destination(destination), Follow(lab), filters or Filters(), origin, START, "ana")
        )


def test_what_is_said_twice_changes_nothing_the_second_time(store: Store) -> None:
    assert follow(store, "C1", "zai")
    assert not follow(store, "C1", "zai")
    assert follow(store, "C1", "zai", filters=Filters(max=7 * 10**9))


def test_filters_come_back_as_they_went(store: Store) -> None:
    filters = Filters(license="mit", max=7 * 10**9, fits=80 * 10**9, type="text", match=("coder", "vl"))
    follow(store, "C1", "zai", filters=filters)
    assert store.subscriptions.of_destination(C1)[0].filters == filters


def test_a_lab_is_followed_by_those_who_follow_all(store: Store) -> None:
    follow(store, "C1", "zai")
    follow(store, "C2", ALL)
    follow(store, "C3", "moonshot")
    assert [one.destination for one in store.subscriptions.of_lab("zai")] == ["C1", "C2"]


@pytest.mark.parametrize(
    ("labs", "left"),
    [
        pytest.param(["zai"], ["moonshot", "qwen", "zai"], id="a lab, but what feeds.yaml says stays"),
        pytest.param([ALL], ["zai"], id="everything, and feeds.yaml stays"),
        pytest.param(["google"], ["moonshot", "qwen", "zai", "zai"], id="what is not followed"),
    ],
)
def test_what_is_removed(store: Store, labs: list[str], left: list[str]) -> None:
    follow(store, "C1", "zai")
    follow(store, "C1", "zai", FROM_FILE)
    follow(store, "C1", "moonshot")
    follow(store, "C1", "qwen", "command line")
    follow(store, "C2", "zai")
    with store.transaction():
        removed = store.subscriptions.remove(C1, [Follow.read(lab) for lab in labs])
    assert [str(one.follow) for one in store.subscriptions.of_destination(C1)] == left
    assert removed == 4 - len(left)
    assert len(store.subscriptions.of_destination(C2)) == 1


def test_the_last_delivery_of_each_lab(store: Store) -> None:
    for repository, lab in (("moonshotai/Kimi-K2.6", "moonshot"), ("zai-org/GLM-5.1", "zai")):
        release_id, key = open_release(store, repository, lab, START)
        with store.transaction():
            store.deliveries.owe_alerts(release_id, key, [C1, C2], START, known_until=None)
    with store.transaction():
        first = store.deliveries.heads()[0]
        store.deliveries.settle_sent(first.sequence, "C1", "1.1", "", START)
    assert store.subscriptions.last_deliveries_to(Destination("C1")) == {"moonshot": START}
    assert store.subscriptions.last_deliveries_to(C1) == {"moonshot": START}
    assert store.subscriptions.last_deliveries_to(C2) == {}
