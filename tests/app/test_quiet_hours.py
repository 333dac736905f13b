"""Alerts of the night come together in the morning; nothing is lost, and what people do now goes on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from bot.model import Sighting
from bot.outbox.message import Later, Unclear
from bot.records import Preferences, QuietHours
from bot.releases.facts.filters import Filters
from tests.support.clock import START
from tests.support.house import House, amended, licensed
from tests.support.office import ANA, Office
from tests.support.places import C1

NIGHT = QuietHours(time(22), time(7), "UTC")  # the house's clock begins at midnight
KIMI = "moonshotai/Kimi-K2.6"
FLOWERS = ("Aster", "Briar", "Cedar", "Dahlia")


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    be_quiet(house, NIGHT)
    return house


def be_quiet(house: House, hours: QuietHours | None) -> None:
    with house.store.transaction():
        house.store.preferences.set(C1, Preferences(quiet=hours), None)


def hourly(house: House, *names: str) -> None:
    """Show each of these an hour after the one before."""
    for name in names:
        house.show(house.hub, house.repository(name))
        house.later(hours=1)


def in_the_morning(house: House) -> Sequence[str]:
    """Deliver at seven, and return what was posted."""
    house.later(seconds=(START.replace(hour=7) - house.clock.now()).total_seconds())
    house.courier.deliver_all()
    return house.channel.alerts


def test_an_alert_waits_for_the_morning(house: House) -> None:
    assert house.clock.now() == START.replace(hour=0)
    hourly(house, KIMI)
    assert house.channel.messages == []
    [waiting] = house.store.deliveries.recent(9)
    assert (waiting.state, waiting.due_at) == ("owed", START.replace(hour=7))
    assert waiting.reason == f"quiet hours until {START:%Y-%m-%d} 07:00 UTC"
    assert [text.partition(".")[0] for text in in_the_morning(house)] == ["Moonshot AI released Kimi-K2"]


def test_four_of_a_lab_come_as_one_however_far_apart_they_were(house: House) -> None:
    hourly(house, *(f"zai-org/{name}-3" for name in FLOWERS), KIMI)
    first, second = in_the_morning(house)
    assert first.startswith("Z.ai released 4 models: Aster-3")
    assert second.startswith("Moonshot AI released Kimi-K2.6")


def test_by_day_alerts_that_are_hours_apart_stay_apart(house: House) -> None:
    house.later(hours=8)
    hourly(house, *(f"zai-org/{name}-3" for name in FLOWERS))
    assert len(house.channel.alerts) == 4


@pytest.mark.logs("delivery_not_sent")
def test_they_come_together_although_slack_puts_them_off_at_first(house: House) -> None:
    hourly(house, *(f"zai-org/{name}-3" for name in FLOWERS))
    house.channel.outcomes = [Later(1, "ratelimited")]
    assert len(in_the_morning(house)) == 1


def test_what_comes_later_in_the_night_is_in_the_alert(house: House) -> None:
    kimi = house.repository(KIMI)
    house.show(house.hub, kimi)
    house.show(house.hub, amended(kimi, facts=replace(kimi.facts, license=licensed("mit"))))
    [text] = in_the_morning(house)
    assert "MIT" in text
    assert house.channel.edits == []


def changed(kimi: Sighting) -> Sighting:
    return amended(kimi, facts=replace(kimi.facts, license=licensed("mit")))


def test_replies_wait_and_edits_which_nobody_hears_do_not(house: House) -> None:
    house.later(hours=20)
    kimi = house.repository(KIMI)
    house.show(house.hub, kimi)
    house.later(hours=3)
    house.show(house.hub, changed(kimi), house.repository(f"{KIMI}-FP8"))
    assert (len(house.channel.edits), len(house.channel.replies)) == (1, 0)
    house.later(hours=9)
    house.courier.deliver_all()
    assert len(house.channel.replies) == 1


def test_other_channels_are_told_at_once(house: House) -> None:
    house.subscribe("C2")
    hourly(house, KIMI)
    assert [it.destination for it in house.channel.messages] == ["C2"]


def test_a_restart_in_the_night_wakes_nobody_and_loses_nothing(house: House) -> None:
    hourly(house, KIMI)
    house.restart()
    house.courier.hasten()
    house.courier.deliver_all()
    assert house.channel.messages == []
    assert len(in_the_morning(house)) == 1


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office.open(tmp_path)
    office.house.subscribe("C1")
    return office


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        pytest.param("settings quiet:22:00-07:00", "Asia/Tokyo", id="none is named"),
        pytest.param("settings quiet 22:00 - 7:00", "Asia/Tokyo", id="none is named, in words"),
        pytest.param("settings quiet:22:00-07:00 UTC", "UTC", id="one is named"),
    ],
)
def test_the_night_is_that_of_whoever_asks_unless_they_name_a_zone(
    office: Office, text: str, zone: str
) -> None:
    office.channels.zone = "Asia/Tokyo"
    assert f"22:00-07:00 {zone}" in office.say(text, ANA)


def test_what_people_ask_for_now_does_not_wait_behind_it(office: Office) -> None:
    office.say("settings quiet:22:00-07:00", ANA)
    office.house.show(office.house.hub, office.house.repository(KIMI))
    office.say("test", replace(ANA, request="2"))
    told = [text for _, text in office.deliver()]
    assert told == ["<@UANA> set quiet:22:00-07:00 UTC in this channel."]
    assert office.channels.posts == [(C1, "cadencebot can post here; <@UANA> asked.")]


def test_to_end_quiet_hours_wakes_what_waits(office: Office) -> None:
    office.say("settings quiet:22:00-07:00 UTC", ANA)
    office.house.show(office.house.hub, office.house.repository(KIMI))
    assert not [text for _, text in office.deliver() if "released" in text]
    office.say("settings quiet:off", replace(ANA, request="2"))
    assert [text for _, text in office.deliver() if "released" in text]


def test_what_was_waited_for_waits_for_the_morning_too(office: Office) -> None:
    office.say("settings quiet:22:00-07:00 UTC", ANA)
    office.say("watch kimi", replace(ANA, request="2"))
    office.say("watch kimi k2.6", replace(ANA, request="3"))
    office.house.show(office.house.hub, office.house.repository(KIMI))
    assert not [text for _, text in office.deliver() if "waited for" in text]
    office.house.later(hours=8)
    assert [text for _, text in office.deliver() if "waited for" in text]


def test_the_list_and_the_settings_say_when_it_is_quiet(office: Office) -> None:
    office.say("settings quiet:22:00-7:00 berlin", ANA)
    for text in ("list", "settings"):
        assert "Quiet hours: 22:00-07:00 Europe/Berlin." in office.say(text, ANA)
    office.say("settings variants:off", replace(ANA, request="2"))
    assert office.house.store.preferences.of(C1).quiet == QuietHours(time(22), time(7), "Europe/Berlin")


def test_a_filter_of_a_subscription_is_kept_beside(office: Office) -> None:
    office.house.subscribe("C1", "qwen", Filters(max=7))
    office.say("settings quiet:off", ANA)
    assert office.house.store.preferences.of(C1).quiet is None


@pytest.mark.logs("clock_set_back")
def test_a_clock_that_was_ahead_puts_nothing_off_for_a_day(house: House) -> None:
    house.later(hours=23)  # in truth it is two in the afternoon
    house.show(house.hub, house.repository(KIMI))
    assert house.channel.messages == []
    house.later(hours=-9)
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 1


@pytest.mark.logs("delivery_not_sent")
def test_a_setting_makes_no_message_that_is_under_way_be_looked_for_too_soon(office: Office) -> None:
    house = office.house
    house.later(hours=12)
    house.channel.outcomes = [Unclear("the answer was lost")]
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll([house.hub])
    house.courier.deliver_due()
    office.say("settings every:1h", ANA)
    house.courier.deliver_due()
    [lost] = [one for one in house.store.deliveries.recent(9) if one.kind == "alert"]
    assert lost.state == "doubtful"
    office.desk.comings.resume(lambda _: True)
    house.courier.deliver_due()
    assert house.store.deliveries.recent(9, ("doubtful",))
