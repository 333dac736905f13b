"""Asking hubs to push: stored before it is asked, renewed before it ends, and polled whatever comes of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.records import Push
from bot.run.push.subscribing import Subscriber, subscriber_of
from bot.sources.websub import Offer
from tests.support.house import NoFetcher
from tests.support.pushing import FEED, Receiver, WebSubHub, receiving, subscribing

TOPIC = "https://lab.example/feed"
DAY = timedelta(days=1)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as bot:
        yield bot


@pytest.fixture
def hub(bot: Receiver) -> Iterator[WebSubHub]:
    with WebSubHub(bot) as hub:
        yield hub


@pytest.fixture
def subscriber(bot: Receiver, hub: WebSubHub) -> Iterator[Subscriber]:
    with subscribing(bot, hub) as subscriber:
        yield subscriber


def push_of(bot: Receiver) -> Push:
    return bot.app.store.pushes.all()[FEED]


def ask(subscriber: Subscriber, hub: WebSubHub) -> str:
    return subscriber.ask(FEED, Offer(f"{hub.url}/", TOPIC))


def test_a_hub_may_call_back_before_it_answers(bot: Receiver, hub: WebSubHub, subscriber: Subscriber) -> None:
    assert ask(subscriber, hub) == ""
    assert hub.confirmed == [(200, b"a challenge & more")]
    assert hub.forms[0]["hub.callback"].startswith("https://bot.example/push/websub/")
    assert push_of(bot).lease_until == bot.clock.now() + 10 * DAY


def test_a_hub_may_call_back_later(bot: Receiver, hub: WebSubHub, subscriber: Subscriber) -> None:
    hub.silent = True
    assert ask(subscriber, hub) == ""
    assert not push_of(bot).holds(bot.clock.now())
    bot.clock.advance(timedelta(minutes=20))
    assert hub.call_back()[0] == 200
    assert push_of(bot).holds(bot.clock.now())


def test_a_lease_is_renewed_when_a_third_of_it_is_left(
    bot: Receiver, hub: WebSubHub, subscriber: Subscriber
) -> None:
    ask(subscriber, hub)
    asked = []
    for _ in range(20):
        bot.clock.advance(DAY)
        subscriber.renew_due()
        subscriber.renew_due()
        asked.append(len(hub.requests))
        assert push_of(bot).holds(bot.clock.now())
    assert asked[5:7] == [1, 2], "after six days it rests, on the seventh it is renewed"
    assert asked[-1] == 3
    assert len({form["hub.callback"] for form in hub.forms}) == 1, "what is under way still arrives"


def test_a_short_lease_is_renewed_once_an_hour_at_most(
    bot: Receiver, hub: WebSubHub, subscriber: Subscriber
) -> None:
    hub.lease = 1
    ask(subscriber, hub)
    for _ in range(12):
        bot.clock.advance(timedelta(minutes=10))
        subscriber.renew_due()
    assert len(hub.requests) == 3


@pytest.mark.logs("push_refused")
@pytest.mark.parametrize("status", [400, 404, 500, 307])
def test_a_hub_that_refuses_is_asked_again_every_six_hours_and_its_lease_goes_on(
    bot: Receiver, hub: WebSubHub, subscriber: Subscriber, status: int
) -> None:
    ask(subscriber, hub)
    hub.status, hub.silent = status, True
    bot.clock.advance(7 * DAY)
    for _ in range(24):
        subscriber.renew_due()
        bot.clock.advance(timedelta(hours=1))
    assert len(hub.requests) == 1 + 4
    assert push_of(bot).refused == f"its hub answered {status}"
    assert push_of(bot).holds(bot.clock.now())
    bot.clock.advance(3 * DAY)
    assert not push_of(bot).holds(bot.clock.now())


@pytest.mark.logs("push_refused")
def test_a_hub_that_confirms_and_answers_badly_pushes_all_the_same(
    bot: Receiver, hub: WebSubHub, subscriber: Subscriber
) -> None:
    hub.status = 500
    assert ask(subscriber, hub) == "its hub answered 500"
    assert push_of(bot).holds(bot.clock.now())


@pytest.mark.logs("push_refused")
def test_a_hub_at_a_private_address_is_not_asked(
    bot: Receiver, hub: WebSubHub, subscriber: Subscriber
) -> None:
    assert "private address" in subscriber.ask(FEED, Offer("http://169.254.169.254/", TOPIC))
    assert "only http" in subscriber.ask(FEED, Offer("ftp://hub.example/", TOPIC))
    assert hub.requests == []


def test_another_hub_gets_an_address_and_a_secret_of_its_own(
    bot: Receiver, hub: WebSubHub, subscriber: Subscriber
) -> None:
    ask(subscriber, hub)
    former = hub.path
    subscriber.ask(FEED, Offer(f"{hub.url}/another", TOPIC))
    one, other = hub.forms
    assert one["hub.secret"] != other["hub.secret"]
    assert bot.ask("POST", former, b"<feed/>")[0] == 404


def test_what_is_watched_no_more_runs_out(bot: Receiver, hub: WebSubHub, subscriber: Subscriber) -> None:
    ask(subscriber, hub)
    bot.app.config = bot.app.config.model_copy(update={"labs": bot.app.config.labs[1:]})
    bot.clock.advance(8 * DAY)
    subscriber.renew_due()
    assert bot.app.store.pushes.all() == {}
    assert len(hub.requests) == 1


@pytest.mark.parametrize("missing", ["CADENCEBOT_PUBLIC_URL", "CADENCEBOT_PUSH_SECRET"])
def test_without_an_address_or_a_secret_nobody_is_asked(tmp_path: Path, missing: str) -> None:
    with (
        receiving(tmp_path, **{missing: ""}) as bot,
        pytest.raises(ConfigError, match=r"CADENCEBOT_PUBLIC_URL and CADENCEBOT_PUSH_SECRET are needed"),
    ):
        subscriber_of(bot.app, NoFetcher())
