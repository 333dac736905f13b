"""Webhooks: signed, told apart by their id, and never lost, whatever the receiver does."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.demo.server import Answer, Loopback, Request, dropped
from bot.errors import StoreError
from bot.fetch import Posted
from bot.fetch.client import HttpFetcher
from bot.model import ALL, Destination, Follow
from bot.outbox.courier import Courier
from bot.outbox.webhooks import Outlets, Webhook, WebhookNotifier
from bot.records import FROM_FILE, Subscription
from bot.releases.facts.filters import Filters
from bot.views.objects import wave_object
from tests.support.clock import FakeClock
from tests.support.house import House, amended, licensed
from tests.support.places import C1
from tests.support.sqlite import sqlite_of

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
KIMI, GLM = "moonshotai/Kimi-K2.6", "zai-org/GLM-5.1"
TEAMS = Destination("webhook:teams")
SECRET = "0123456789abcdef-of-teams"
pytestmark = pytest.mark.logs("delivery_not_sent", "claims_doubted", "clock_set_back")


class Receiver(Loopback):
    """Takes what is posted; answers with what a test lines up first, then with 204."""

    def __init__(self) -> None:
        super().__init__(self._take)
        self.answers: list[Answer] = []

    def _take(self, request: Request) -> Answer:
        return self.answers.pop(0) if self.answers else Answer(204)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.body) for request in self.requests]

    @property
    def ids(self) -> list[str]:
        return [request.headers["cadencebot-delivery"] for request in self.requests]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def fetcher(receiver: Receiver) -> Iterator[HttpFetcher]:
    with HttpFetcher(
        clock=FakeClock(), user_agent="cadencebot/0 (+test)", allowed_hosts=frozenset({receiver.host})
    ) as it:
        yield it


@pytest.fixture
def house(tmp_path: Path, receiver: Receiver, fetcher: HttpFetcher) -> House:
    house = House(tmp_path)
    with house.store.transaction():
        house.store.subscriptions.add(
            Subscription(TEAMS, Follow(ALL), Filters(), FROM_FILE, house.clock.now())
        )
    start(house, receiver, fetcher)
    return house


def start(house: House, receiver: Receiver, fetcher: HttpFetcher) -> None:
    """Begin a process whose messages go to a channel, where buttons are heard, and to a receiver."""
    house.restart()
    house.channel.interactive = True
    webhooks = {TEAMS: Webhook(f"{receiver.url}/hook", SECRET)}
    notifier = Outlets(house.channel, WebhookNotifier(lambda: webhooks, fetcher, house.clock))
    old = house.courier
    threads = old.threads, old.writer
    house.courier = Courier(old.store, notifier, old.clock, *threads, old.pace, moment=old.moment)


def state(house: House) -> tuple[str, str]:
    [one] = [one for one in house.store.deliveries.recent(9) if one.destination == TEAMS]
    return one.state, one.reason


class NoTurn:
    """A poster that cannot read whose turn it is."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, deadline: float) -> Posted:
        raise StoreError("PostgreSQL was stopped")


def test_what_could_not_have_its_turn_was_not_posted_and_is_posted_later(house: House) -> None:
    webhooks = {TEAMS: Webhook("https://teams.example/hook", SECRET)}
    house.courier.notifier = Outlets(house.channel, WebhookNotifier(lambda: webhooks, NoTurn(), house.clock))
    house.show(house.hub, house.repository(KIMI))
    assert state(house) == ("owed", "webhook:teams was not asked: PostgreSQL was stopped")


def test_a_release_is_posted_as_the_object_that_json_prints(house: House, receiver: Receiver) -> None:
    house.show(house.hub, house.repository(KIMI, license=licensed("mit")))
    [body] = receiver.bodies
    [lead] = house.store.history.recent(limit=1)[1]
    assert body["releases"] == [json.loads(json.dumps(wave_object(house.store.history.wave(lead.lead.id))))]
    assert (body["kind"], body["delivery"]) == ("release", receiver.ids[0])
    assert len(house.channel.alerts) == 1, "the channel gets its own"


def test_the_snippet_of_the_page_knows_what_is_ours(house: House, receiver: Receiver) -> None:
    house.show(house.hub, house.repository(KIMI))
    [request] = receiver.requests
    headers = {name.title(): value for name, value in request.headers.items()}
    snippet: dict[str, Any] = {}
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(code, snippet)  # it is our own
    is_ours: Callable[..., bool] = snippet["is_from_cadencebot"]
    posted_at = int(headers["Cadencebot-Timestamp"])
    assert posted_at == int(house.clock.now().timestamp())
    snippet["time"] = type("Then", (), {"time": staticmethod(lambda: posted_at + 200)})
    assert is_ours(SECRET, headers, request.body)
    assert not is_ours(SECRET, headers, request.body + b" ")
    assert not is_ours("another secret", headers, request.body)
    assert not is_ours(SECRET, {**headers, "Cadencebot-Timestamp": str(posted_at + 1)}, request.body)
    snippet["time"] = time
    assert not is_ours(SECRET, headers, request.body), "it is months old"


def test_what_comes_later_is_an_update_with_the_whole_object(house: House, receiver: Receiver) -> None:
    kimi = house.repository(KIMI)
    house.show(house.hub, kimi)
    house.show(house.hub, amended(kimi, facts=house.repository(KIMI, license=licensed("mit")).facts))
    house.show(house.hub, house.repository(f"{KIMI}-FP8"))
    first, *updates = receiver.bodies
    assert [one["kind"] for one in updates] == ["update"] * len(updates)
    assert {one["updates"] for one in updates} == {first["delivery"]}
    assert updates[0]["releases"][0]["license"]["id"] == "mit"
    assert f"{KIMI}-FP8" in json.dumps(updates[-1])
    assert len({*receiver.ids}) == len(receiver.ids)


def test_four_at_once_are_four(house: House, receiver: Receiver) -> None:
    names = ("Kimi-K2.6", "Kimi-K3", "Kimi-VL-2", "Kimi-Dev-2")
    house.show(house.hub, *(house.repository(f"moonshotai/{name}") for name in names))
    assert len(receiver.bodies) == 4


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(500), id="an error"),
        pytest.param(Answer(400), id="a refusal that nobody knows"),
        pytest.param(dropped(), id="taken, and no answer"),
    ],
)
def test_what_is_not_acknowledged_comes_again_under_the_same_id(
    house: House, receiver: Receiver, answer: Answer
) -> None:
    receiver.answers = [answer, answer]
    house.show(house.hub, house.repository(KIMI))
    assert len(receiver.ids) == 3
    assert len({*receiver.ids}) == 1
    assert state(house)[0] == "sent"
    assert len(house.channel.alerts) == 1


def test_a_receiver_that_is_too_slow_gets_it_again(
    house: House, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.webhooks._DEADLINE", 0.3)
    receiver.answers = [Answer(204, wait=2.0)]
    house.show(house.hub, house.repository(KIMI))
    assert len(receiver.ids) == 2
    assert len({*receiver.ids}) == 1


def test_killed_between_claim_and_settlement_it_comes_again_under_the_same_id(
    house: House, receiver: Receiver, fetcher: HttpFetcher
) -> None:
    house.later(seconds=1)
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll([house.hub])
    [owed] = [one for one in house.store.deliveries.heads() if one.destination == TEAMS]
    with house.store.transaction():
        house.store.deliveries.claim(owed.sequence, house.clock.now())
    start(house, receiver, fetcher)  # whether it was posted before that, nobody knows
    house.courier.deliver_all()
    assert receiver.ids == [owed.id]
    assert state(house)[0] == "sent"


def test_a_kill_after_the_post_sends_it_twice_and_no_third_time(
    house: House, receiver: Receiver, fetcher: HttpFetcher
) -> None:
    house.show(house.hub, house.repository(KIMI))
    [sent] = [one for one in house.store.deliveries.recent(9) if one.destination == TEAMS]
    sqlite_of(house.store).connection.execute(
        "UPDATE delivery SET state = 'claimed', ts = NULL WHERE sequence = ?", [sent.sequence]
    )
    for _ in range(2):
        start(house, receiver, fetcher)
        house.later(minutes=5)
        house.courier.deliver_all()
    assert receiver.ids == [sent.id, sent.id]


@pytest.mark.parametrize("status", [301, 401, 404, 410])
def test_one_that_is_gone_is_paused_and_tried_every_hour(
    house: House, receiver: Receiver, status: int
) -> None:
    receiver.answers = [Answer(status, headers={"Location": f"{receiver.url}/elsewhere"})]
    house.show(house.hub, house.repository(KIMI), house.repository(GLM))
    assert len(receiver.ids) == 1
    assert f"status {status}" in house.store.subscriptions.pauses()[TEAMS].reason
    house.later(hours=1, minutes=1)
    house.courier.deliver_all()
    assert len(receiver.ids) == 3
    assert house.store.subscriptions.pauses() == {}


def test_one_that_asks_for_a_rest_is_left_alone(house: House, receiver: Receiver) -> None:
    receiver.answers = [Answer(429, headers={"Retry-After": "40"})]
    house.show(house.hub, house.repository(KIMI))
    assert sum(house.clock.slept) >= 40
    assert len({*receiver.ids}) == 1


def test_one_that_fails_for_days_holds_up_neither_the_channel_nor_what_is_behind_it(
    house: House, receiver: Receiver
) -> None:
    receiver.answers = [Answer(500)] * 10
    house.show(house.hub, house.repository(KIMI))
    for _ in range(30):
        house.later(hours=8)
        house.courier.deliver_all()
    assert [text.count("Kimi") > 0 for text in house.channel.alerts] == [True]
    assert len({*receiver.ids}) == 1


def test_a_private_address_is_not_asked(tmp_path: Path, receiver: Receiver) -> None:
    house = House(tmp_path)
    with house.store.transaction():
        house.store.subscriptions.add(
            Subscription(TEAMS, Follow(ALL), Filters(), FROM_FILE, house.clock.now())
        )
    with HttpFetcher(clock=FakeClock(), user_agent="cadencebot/0 (+test)") as guarded:
        start(house, receiver, guarded)
        house.show(house.hub, house.repository(KIMI))
    assert receiver.requests == []
    assert "CADENCEBOT_ALLOW_HOSTS" in house.store.subscriptions.pauses()[TEAMS].reason


def test_neither_its_address_nor_its_secret_is_told_of(house: House, receiver: Receiver) -> None:
    receiver.answers = [Answer(500), dropped()]
    house.show(house.hub, house.repository(KIMI))
    told = json.dumps([one.reason for one in house.store.deliveries.recent(9)])
    assert "/hook" not in told
    assert SECRET not in repr(house.courier.notifier)
    assert receiver.url not in repr(house.courier.notifier)


def test_one_that_feeds_yaml_names_no_more_gets_nothing(house: House, receiver: Receiver) -> None:
    house.show(house.hub, house.repository(KIMI))
    with house.store.transaction():
        house.store.subscriptions.sync(FROM_FILE, [])
    house.show(house.hub, house.repository(GLM))
    assert len(receiver.ids) == 1


def test_what_slack_lacks_is_none_of_a_webhooks_business(house: House, receiver: Receiver) -> None:
    with house.store.transaction():
        house.store.installations.note_names("", kept=False)
    receiver.answers = [dropped()]
    house.channel.messages.clear()
    house.show(house.hub, house.repository(KIMI))
    assert state(house)[0] == "sent"
    assert C1 in {message.destination for message in house.channel.messages}
