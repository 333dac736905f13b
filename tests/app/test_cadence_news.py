"""Who follows the cadence of labs hears its news once, and of the days since then alone."""

from pathlib import Path

import pytest

from bot.outbox.owe import owe_cadence_news
from tests.support.office import ANA, Office

WEEKLY = [f"Qwen/Qwen{number}-8B" for number in range(3, 20)]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office with a lab that shipped every week so far, and a channel that follows its cadence."""
    office = Office.open(tmp_path)
    office.say("subscribe cadence qwen", ANA)
    for name in WEEKLY:
        office.house.show(office.house.hub, office.house.repository(name))
        office.house.later(days=7)
    office.house.channel.messages.clear()
    return office


def pass_days(office: Office, days: int) -> list[str]:
    for _ in range(days):
        office.house.later(days=1)
        owe_cadence_news(office.house.store, office.house.clock.now())
    return [text for to, text in office.deliver() if to == "C1"]


def test_a_lab_that_goes_quiet_is_told_once_and_so_is_its_return(office: Office) -> None:
    told = pass_days(office, 60)
    assert len([text for text in told if "quiet" in text]) == 1
    office.house.show(office.house.hub, office.house.repository("Qwen/Qwen30-8B"))
    again = pass_days(office, 5)
    assert len([text for text in again if "back" in text]) == 1
    assert len(office.deliver()) == len(again)


def test_following_a_cadence_brings_no_alerts_and_is_listed_by_name(office: Office) -> None:
    office.house.show(office.house.hub, office.house.repository("Qwen/Qwen40-8B"))
    assert not [text for _, text in office.deliver() if "released" in text]
    assert "The cadence of Qwen" in office.say("list", ANA)


def test_unfollowing_a_cadence_ends_it(office: Office) -> None:
    assert "no longer follows the cadence of Qwen" in office.say("unsubscribe cadence qwen", ANA)
    assert office.follows() == []
    assert not [text for text in pass_days(office, 60) if "quiet" in text]


def test_who_follows_later_hears_nothing_of_before(office: Office) -> None:
    office.house.later(days=60)
    office.say("subscribe cadence all to:dm", ANA)
    owe_cadence_news(office.house.store, office.house.clock.now())
    assert not [text for to, text in office.deliver() if to == "UANA"]
