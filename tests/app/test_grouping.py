"""Four or more releases of one lab at once share a message, and stay one release each in all else."""

from pathlib import Path

import pytest

from bot.outbox.message import Absent, Impossible, Later, Message, Outcome, Search, Sent, Unclear
from bot.records import Delivery, Mute
from tests.support.house import Found, House, amended, licensed
from tests.support.places import C1

pytestmark = pytest.mark.logs("delivery_not_sent", "claims_doubted")
NAMES = ("Aster", "Briar", "Cedar", "Dahlia", "Elder")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def release_together(house: House, count: int = 4) -> None:
    house.show(house.hub, *(house.repository(f"moonshotai/{name}-3") for name in NAMES[:count]))


def deliveries(house: House) -> list[Delivery]:
    return house.store.deliveries.recent(20)[::-1]


def mute(house: House, lab: str = "moonshot") -> None:
    with house.store.transaction():
        house.store.preferences.mute(Mute(C1, lab, None))


@pytest.mark.parametrize(
    ("count", "messages"),
    [
        pytest.param(3, 3, id="three come one by one"),
        pytest.param(4, 1, id="four share a message"),
        pytest.param(5, 1, id="so do five"),
    ],
)
def test_how_many_share_a_message(house: House, count: int, messages: int) -> None:
    release_together(house, count)
    assert len(house.channel.messages) == messages
    assert [one.state for one in deliveries(house)] == ["sent"] * count
    for name in NAMES[:count]:
        assert sum(f"{name}" in text for text in house.channel.alerts) == 1


def test_each_lab_has_its_own_message(house: House) -> None:
    others = [house.repository(f"zai-org/{name}-4") for name in NAMES[:4]]
    house.show(house.hub, *(house.repository(f"moonshotai/{name}-3") for name in NAMES[:4]), *others)
    assert [text.split(":")[0] for text in house.channel.alerts] == [
        "Moonshot AI released 4 models",
        "Z.ai released 4 models",
    ]


def test_what_was_owed_more_than_ten_minutes_apart_comes_one_by_one(house: House) -> None:
    house.channel.outcomes = [Later(3600, "the free plan's cap", asked=True)]
    house.show(house.hub, *(house.repository(f"moonshotai/{name}-3") for name in NAMES[:2]))
    house.later(minutes=11)
    house.show(house.hub, *(house.repository(f"moonshotai/{name}-3") for name in NAMES[2:4]))
    house.later(hours=1)
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 4


def test_what_waited_together_goes_together(house: House) -> None:
    house.channel.outcomes = [Later(3600, "the free plan's cap", asked=True)]
    house.show(house.hub, *(house.repository(f"moonshotai/{name}-3") for name in NAMES[:2]))
    house.later(minutes=5)
    house.show(house.hub, *(house.repository(f"moonshotai/{name}-3") for name in NAMES[2:4]))
    house.later(hours=1)
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 1


@pytest.mark.parametrize(
    ("outcomes", "lookups", "posts", "states"),
    [
        pytest.param([Later(5, "ratelimited")], [], 1, "sent", id="put off, it goes once"),
        pytest.param([Unclear("reset")], [Sent(C1, "7.7")], 0, "sent", id="in doubt and found, it stays"),
        pytest.param([Unclear("reset")], [Absent()], 1, "sent", id="in doubt and absent, it goes again"),
        pytest.param(
            [Unclear("reset")], [Unclear("missing_scope")], 0, "unclear", id="without looks, it is unclear"
        ),
        pytest.param([Impossible("invalid_arguments")], [], 0, "impossible", id="refused for good"),
    ],
)
def test_all_that_share_a_message_share_its_fate(
    house: House, outcomes: list[Outcome], lookups: list[Found], posts: int, states: str
) -> None:
    house.channel.outcomes, house.channel.lookups = outcomes, lookups
    release_together(house)
    assert len(house.channel.messages) == posts
    assert {one.state for one in deliveries(house)} == {states}
    assert len({one.ts for one in deliveries(house)}) == 1


def test_the_message_of_a_dead_process_is_looked_up_by_its_own_id(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_for: list[str] = []

    def find(message: Message, search: Search) -> Found:
        looked_for.append(message.delivery_id)
        return Sent(C1, "7.7")

    house.channel.outcomes = [Later(3600, "later", asked=True)]
    release_together(house)
    house.later(hours=1)
    head, *others = deliveries(house)
    with house.store.transaction():
        assert house.store.deliveries.claim(head.sequence, house.clock.now(), carried=others)
    house.restart()
    monkeypatch.setattr(house.channel, "find", find)
    house.courier.deliver_all()
    assert looked_for == [head.id]
    assert house.channel.messages == []
    assert {(one.state, one.ts) for one in deliveries(house)} == {("sent", "7.7")}


def test_a_variant_of_one_of_them_answers_to_the_message_of_all(house: House) -> None:
    release_together(house)
    house.show(house.hub, house.repository("moonshotai/Cedar-3-FP8"))
    [reply] = [message for message in house.channel.messages if message.thread_ts]
    assert reply.thread_ts == deliveries(house)[0].ts
    assert "Cedar-3 is now also available as FP8" in reply.content.text


def test_a_fact_of_one_of_them_edits_the_message_of_all_once(house: House) -> None:
    release_together(house)
    cedar, dahlia = house.hub.shown[-2:]
    changed = [
        amended(one, facts=type(one.facts)(license=licensed("mit"), task="text-generation"))
        for one in (cedar, dahlia)
    ]
    house.show(house.hub, *changed)
    assert len(house.channel.edits) == 1
    assert str(house.channel.messages[-1].content.blocks).count("🟢 MIT, permissive") == 2


def test_one_that_is_muted_is_left_out(house: House) -> None:
    house.channel.outcomes = [Later(3600, "later", asked=True)]
    release_together(house)
    mute(house)
    house.later(hours=1)
    house.courier.deliver_all()
    assert house.channel.messages == []
    assert {one.reason for one in deliveries(house)} == {"muted until somebody unmutes it"}


def test_a_found_message_counts_as_sent_though_the_lab_was_muted_meanwhile(house: House) -> None:
    house.channel.outcomes = [Unclear("reset")]
    house.channel.lookups = [Sent(C1, "7.7")]
    house.show(house.hub)
    house.hub.shown += [house.repository(f"moonshotai/{name}-3") for name in NAMES[:4]]
    house.poller.poll([house.hub])
    house.courier.deliver_due()
    mute(house)
    house.later(minutes=1)
    house.courier.deliver_all()
    assert {one.state for one in deliveries(house)} == {"sent"}
