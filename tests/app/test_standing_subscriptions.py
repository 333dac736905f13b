"""feeds.yaml is written otherwise, and whoever goes on following a lab loses nothing that was waited for."""

from pathlib import Path

import pytest

from bot.errors import ConfigError, UsageError
from bot.model import Destination
from bot.run.wiring import App
from bot.settings.environment import Environment
from bot.settings.feeds import Config
from bot.sources.build import kinds
from tests.support.house import House, amended, licensed

KIMI = "moonshotai/Kimi-K2.6"
LABS = [{"id": lab, "name": lab, "sources": [{"hub": lab}]} for lab in ("moonshot", "zai", "qwen")]
ALL, ONE, MORE, OTHER = "all", ["moonshot"], ["zai", "moonshot"], ["zai"]


def standing(channel: str, labs: object, license: str = "permissive") -> dict[str, object]:
    return {"channel": channel, "labs": labs, "license": license}


def app_of(house: House, *subscriptions: dict[str, object], **environment: str) -> App:
    file = {"labs": LABS, "subscriptions": subscriptions}
    config = Config.model_validate(file, context=kinds())
    return App(config, Environment.model_validate(environment), house.labs, house.store, house.clock)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param([standing("C1", ALL)], [standing("C1", ONE)], True, id="all labs become a list"),
        pytest.param([standing("C1", ONE)], [standing("C1", MORE)], True, id="a list grows"),
        pytest.param([standing("C1", MORE)], [standing("C1", ONE)], True, id="a list shrinks"),
        pytest.param([standing("C1", ONE)], [standing("C1", ALL)], True, id="a list becomes all labs"),
        pytest.param(
            [standing("C1", ONE), standing("C1", OTHER)], [standing("C1", MORE)], True, id="two are joined"
        ),
        pytest.param(
            [standing("C1", MORE)], [standing("C1", OTHER), standing("C1", ONE)], True, id="one is split"
        ),
        pytest.param(
            [standing("C2", ALL), standing("C1", ONE)],
            [standing("C1", ONE), standing("C2", ALL)],
            True,
            id="they stand in another order",
        ),
        pytest.param([standing("C1", ALL)], [standing("C1", ONE, "mit")], True, id="the filters change too"),
        pytest.param([standing("C1", OTHER)], [standing("C1", MORE)], False, id="the lab is new to it"),
        pytest.param([standing("C1", OTHER)], [standing("C1", ALL)], False, id="the lab is one of all new"),
        pytest.param([standing("C2", ALL)], [standing("C1", ALL)], False, id="another channel"),
    ],
)
def test_what_waited_for_a_licence_is_told_to_who_still_follows_the_lab(
    tmp_path: Path, before: list[dict[str, object]], after: list[dict[str, object]], told: bool
) -> None:
    house = House(tmp_path, subscribed=False)
    app_of(house, *before).sync_subscriptions()
    house.later(hours=1)
    house.show(house.hub, house.repository(KIMI))
    assert house.channel.alerts == []
    house.later(hours=1)
    app_of(house, *after).sync_subscriptions()
    house.later(hours=1)
    stated = house.repository(KIMI, license=licensed("mit"))
    house.show(house.hub, amended(house.hub.shown[0], facts=stated.facts))
    assert ("C1" in [one.destination for one in house.channel.messages]) is told


def test_what_was_followed_by_name_is_followed_as_long_through_any_number_of_changes(tmp_path: Path) -> None:
    house = House(tmp_path, subscribed=False)
    began = house.clock.now()
    for labs in (ONE, ALL, MORE, ONE, ALL, ONE):
        app_of(house, standing("C1", labs)).sync_subscriptions()
        house.later(days=1)
    [left] = house.store.subscriptions.all()
    assert (str(left.follow), left.created_at) == ("moonshot", began)


def test_what_a_person_followed_and_feeds_yaml_follows_now_is_as_old(tmp_path: Path) -> None:
    house = House(tmp_path, subscribed=False)
    house.subscribe("C1", "moonshot")
    began = house.clock.now()
    house.later(days=1)
    app = app_of(house, standing("C1", ONE))
    assert {one.created_at for one in app.subscriptions()} == {began}
    app.sync_subscriptions()
    assert {one.created_at for one in house.store.subscriptions.all()} == {began}


@pytest.mark.parametrize(
    ("channel", "environment", "complaint"),
    [
        pytest.param(
            "T9/C1", {"slack_bot_token": "xoxb-1"}, "one workspace: write C1", id="a workspace too much"
        ),
        pytest.param("C1", {"slack_client_id": "1.2"}, "as T0123456789/C1", id="a workspace too little"),
    ],
)
def test_a_place_that_no_token_leads_to_is_refused(
    tmp_path: Path, channel: str, environment: dict[str, str], complaint: str
) -> None:
    app = app_of(House(tmp_path), standing(channel, ALL), **environment)
    with pytest.raises(ConfigError, match=complaint):
        app.standing_subscriptions()
    with pytest.raises(UsageError, match=complaint):
        app.refuse_unreachable(Destination(channel))


def test_a_channel_whose_id_slack_changed_is_followed_under_the_one_that_feeds_yaml_knows(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, subscribed=False)
    app = app_of(house, standing("C1", ONE))
    app.sync_subscriptions()
    with house.store.transaction():
        house.store.places.move(Destination("C1"), Destination("C9"), house.clock.now())
    app.sync_subscriptions()
    assert [one.destination for one in house.store.subscriptions.all()] == ["C9"]
    assert app.moved_channels == {"C1": "C9"}
