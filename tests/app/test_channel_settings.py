"""How each channel wants to be told: variants, updates, kinds and mutes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from bot.model import Follow, Sighting
from bot.records import Mute, Preferences
from bot.releases.facts.filters import Filters
from tests.support.house import House, amended, licensed
from tests.support.places import C1

KIMI = "moonshotai/Kimi-K2.6"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def prefer(house: House, preferences: Preferences) -> None:
    with house.store.transaction():
        house.store.preferences.set(C1, preferences, None)


def relicensed(sighting: Sighting, key: str = "mit") -> Sighting:
    return amended(sighting, facts=replace(sighting.facts, license=licensed(key)))


def reasons(house: House) -> Sequence[str]:
    return [one.reason for one in house.store.deliveries.recent(10, ("skipped",))]


@pytest.mark.parametrize(
    ("variants", "alerts", "replies"),
    [
        pytest.param("thread", 1, 1, id="in the thread"),
        pytest.param("post", 2, 0, id="as messages of their own"),
        pytest.param("off", 1, 0, id="not at all"),
    ],
)
def test_where_variants_are_told(
    house: House, variants: Literal["thread", "post", "off"], alerts: int, replies: int
) -> None:
    prefer(house, Preferences(variants=variants))
    house.show(house.hub, house.repository(KIMI))
    house.show(house.hub, house.repository(f"{KIMI}-FP8"))
    assert (len(house.channel.alerts), len(house.channel.replies)) == (alerts, replies)


@pytest.mark.parametrize(
    ("kinds", "alerts", "replies"),
    [
        pytest.param("all", 1, 1, id="releases with their variants"),
        pytest.param("release", 1, 0, id="releases without variants"),
        pytest.param("variants", 1, 0, id="only variants, as messages of their own"),
    ],
)
def test_which_kinds_are_told(tmp_path: Path, kinds: str, alerts: int, replies: int) -> None:
    house = House(tmp_path, subscribed=False)
    house.subscribe("C1", filters=Filters(kinds=kinds))
    house.show(house.hub, house.repository(KIMI))
    house.show(house.hub, house.repository(f"{KIMI}-FP8"))
    assert (len(house.channel.alerts), len(house.channel.replies)) == (alerts, replies)
    assert ("FP8" in house.channel.alerts[0]) == (kinds == "variants")


def test_who_wants_only_variants_hears_of_those_of_old_releases_too(tmp_path: Path) -> None:
    house = House(tmp_path, subscribed=False, baselined=False)
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll(house.sources)
    house.subscribe("C1", filters=Filters(kinds="variants"))
    house.show(house.hub, house.repository(f"{KIMI}-FP8"))
    assert len(house.channel.alerts) == 1


@pytest.mark.parametrize(
    ("updates", "edits", "replies"),
    [
        pytest.param("edit", 1, 0, id="in the alert"),
        pytest.param("thread", 0, 1, id="in the thread"),
        pytest.param("off", 0, 0, id="not at all"),
    ],
)
def test_where_new_facts_are_told(
    house: House, updates: Literal["edit", "thread", "off"], edits: int, replies: int
) -> None:
    prefer(house, Preferences(updates=updates))
    kimi = house.repository(KIMI)
    house.show(house.hub, kimi)
    house.show(house.hub, relicensed(kimi))
    assert (len(house.channel.edits), len(house.channel.replies)) == (edits, replies)
    told = [*house.channel.edits, *house.channel.replies]
    assert all("MIT" in text for text in told)


def test_the_thread_is_told_nothing_where_no_fact_changed(house: House) -> None:
    prefer(house, Preferences(updates="thread"))
    house.show(house.hub, house.repository(KIMI, license=licensed("mit")))
    house.show(house.blog, house.post("Kimi K2.6: open-source coding", "moonshot"))
    assert house.channel.replies == []


def test_the_same_facts_are_told_to_the_thread_once(house: House) -> None:
    prefer(house, Preferences(updates="thread"))
    kimi = house.repository(KIMI)
    house.show(house.hub, kimi)
    house.show(house.hub, relicensed(kimi))
    house.show(house.hub, relicensed(kimi))
    assert len(house.channel.replies) == 1


def test_a_confirmation_is_an_update(house: House) -> None:
    prefer(house, Preferences(updates="off"))
    house.show(house.hub, house.repository(KIMI))
    house.show(house.blog, house.post("Kimi K2.6: open-source coding", "moonshot"))
    assert house.channel.replies == []


def test_a_changed_licence_is_marked_in_the_alert_and_told_in_the_thread(house: House) -> None:
    kimi = house.repository(KIMI, license=licensed("apache-2.0"))
    house.show(house.hub, kimi)
    house.later(days=2)
    house.show(house.hub, relicensed(kimi))
    [edit], [reply] = house.channel.edits, house.channel.replies
    assert "MIT (changed from Apache 2.0 on 3 April)" in edit
    assert "now MIT, permissive (before: Apache 2.0, permissive)" in reply


def test_a_licence_that_changed_back_is_not_marked(house: House) -> None:
    kimi = house.repository(KIMI, license=licensed("apache-2.0"))
    house.show(house.hub, kimi)
    house.later(days=2)
    house.show(house.hub, relicensed(kimi))
    house.later(days=2)
    house.hub.shown.clear()
    house.show(house.hub, relicensed(kimi, "apache-2.0"))
    assert ["changed from" in edit for edit in house.channel.edits] == [True, False]


@pytest.mark.parametrize(
    ("lab", "span", "alerts"),
    [
        pytest.param("moonshot", timedelta(days=7), 0, id="the lab is muted"),
        pytest.param("all", timedelta(days=7), 0, id="every lab is muted"),
        pytest.param("moonshot", None, 0, id="muted for ever"),
        pytest.param("zai", timedelta(days=7), 1, id="another lab is muted"),
        pytest.param("moonshot", timedelta(seconds=0), 1, id="the mute is over"),
    ],
)
def test_a_mute_skips_what_is_owed(house: House, lab: str, span: timedelta | None, alerts: int) -> None:
    with house.store.transaction():
        house.store.preferences.mute(Mute(C1, lab, house.clock.now() + span if span is not None else None))
    house.show(house.hub, house.repository(KIMI))
    assert len(house.channel.alerts) == alerts
    assert all(reason.startswith("muted until") for reason in reasons(house))


def test_a_mute_says_until_when(house: House) -> None:
    with house.store.transaction():
        house.store.preferences.mute(Mute(C1, "moonshot", house.clock.now() + timedelta(days=7)))
    kimi = house.repository(KIMI)
    house.show(house.hub, kimi)
    release_id = house.store.history.id_of("moonshot/kimi-k2.6")
    assert house.store.deliveries.declined(release_id) == {"C1": "muted until 2026-04-08 00:00 UTC"}
    with house.store.transaction():
        house.store.preferences.unmute(C1, ["moonshot"])
    house.show(house.hub, relicensed(kimi))
    assert house.channel.messages == [], "a mute that is lifted brings nothing of what it kept away"


def test_who_got_the_alert_declines_nothing_by_a_mute_that_comes_later(house: House) -> None:
    kimi = house.repository(KIMI)
    house.show(house.hub, kimi)
    with house.store.transaction():
        house.store.preferences.mute(Mute(C1, "moonshot", None))
    house.show(house.hub, relicensed(kimi))
    assert house.store.deliveries.declined(house.store.history.id_of("moonshot/kimi-k2.6")) == {}


def test_what_a_filter_has_against_a_release_is_kept_as_it_was_decided(tmp_path: Path) -> None:
    house = House(tmp_path, subscribed=False)
    house.subscribe("C1", "moonshot", Filters(max=10**9))
    house.show(house.hub, house.repository(KIMI, parameters=10**12))
    release_id = house.store.history.id_of("moonshot/kimi-k2.6")
    assert house.store.deliveries.declined(release_id) == {"C1": "1.0T is above max:1b"}


def test_a_muted_lab_edits_what_stands_and_adds_no_reply(house: House) -> None:
    kimi = house.repository(KIMI)
    house.show(house.hub, kimi)
    with house.store.transaction():
        house.store.preferences.mute(Mute(C1, "moonshot", None))
    house.show(house.hub, relicensed(kimi), house.repository(f"{KIMI}-FP8"))
    assert (len(house.channel.edits), house.channel.replies) == (1, [])


def test_who_unsubscribed_gets_no_replies_to_old_alerts(house: House) -> None:
    house.show(house.hub, house.repository(KIMI))
    with house.store.transaction():
        house.store.subscriptions.remove(C1, [Follow("all")])
    house.show(house.hub, house.repository(f"{KIMI}-FP8"))
    assert house.channel.replies == []
    assert "nobody there follows the lab any more" in reasons(house)
