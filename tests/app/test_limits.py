"""What one person may do within an hour, and what a channel reads of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.limits import CHANGE, HOUR, MOST, REPORT, free_at, told_with
from bot.desk.questions import Asker
from tests.support.clock import START
from tests.support.office import ANA, Office
from tests.support.places import C1


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.open(tmp_path)


def asked(number: int, asker: Asker = ANA) -> Asker:
    return replace(asker, request=f"{number}.x")


@pytest.mark.parametrize(
    ("ages", "free"),
    [
        pytest.param([], None, id="nothing yet"),
        pytest.param([1] * (MOST[REPORT] - 1), None, id="one less than the most"),
        pytest.param([10, *range(1, MOST[REPORT])], 50, id="the most: free when the first is an hour old"),
        pytest.param(range(1, 21), 50, id="more than the most, as of an older version"),
        pytest.param([60] * 20, None, id="an hour ago"),
        pytest.param([-5] * 20, None, id="written by a clock that ran ahead"),
    ],
)
def test_when_somebody_may_again(ages: list[int], free: int | None) -> None:
    times = [START - timedelta(minutes=age) for age in ages]
    expected = None if free is None else START + timedelta(minutes=free)
    assert free_at(REPORT, times, START) == expected


def test_two_thousand_toggles_are_one_line_and_no_alert_waits_for_more(office: Office) -> None:
    office.say("subscribe all", asked(0))
    office.deliver()
    for number in range(1, 2_000):
        said = office.say("mute kimi" if number % 2 else "unmute kimi", asked(number))
    assert "60 changes within an hour" in said
    assert "Nothing was changed" in said
    office.house.show(office.house.hub, office.house.repository("Qwen/Qwen4-8B"))
    line, alert, *more = [text for _, text in office.deliver()[1:]]
    assert line == "<@UANA> muted Moonshot AI in this channel until it is unmuted."
    assert "released Qwen4-8B" in alert
    assert more == []


def test_the_limit_is_a_persons_own_outlasts_a_restart_and_ends(tmp_path: Path) -> None:
    office = Office.open(tmp_path)
    for number in range(MOST[CHANGE] + 1):
        said = office.say("mute kimi" if number % 2 else "unmute kimi", asked(number))
    # the unmutes that had nothing to unmute are attempts as well
    assert "within an hour" not in office.say("mute zai", asked(1, replace(ANA, user="UBO")))
    again = Office.open(tmp_path)
    again.house.clock.advance(timedelta(minutes=1))
    for number in range(1000, 1000 + MOST[CHANGE]):
        said = again.say("mute kimi" if number % 2 else "unmute kimi", asked(number))
    assert "within an hour" in said
    again.house.clock.advance(HOUR)
    assert "within an hour" not in again.say("mute zai", asked(5000))


def test_two_thousand_reports_owe_the_admins_ten_messages(office: Office) -> None:
    office.house.show(office.house.hub, office.house.repository("Qwen/Qwen4-8B"))
    wave, _ = office.desk.questions.one("Qwen4-8B")
    for number in range(200):
        said = office.desk.windows.report(asked(number), wave.lead.id, f"wrong {number}").text
    assert "10 reports within an hour" in said
    assert len(office.deliver()) == len(office.house.store.reports.open()) == 10


def test_a_request_that_is_replayed_after_a_restart_is_not_done_again(tmp_path: Path) -> None:
    office = Office.open(tmp_path)
    office.say("subscribe kimi", asked(1))
    office.say("unsubscribe kimi", asked(2))
    again = Office.open(tmp_path)
    assert "done the first time" in again.say("subscribe kimi", asked(1))
    assert again.follows() == []


def test_a_request_without_an_id_changes_nothing(office: Office) -> None:
    assert "Nothing was changed" in office.say("subscribe kimi", replace(ANA, request=""))
    assert office.follows() == []


def test_questions_have_no_limit(office: Office) -> None:
    assert all("within an hour" not in office.say("list", asked(number)) for number in range(100))


def test_changes_of_different_things_are_told_together_by_whom(office: Office) -> None:
    office.say("subscribe kimi", asked(1))
    office.say("mute qwen", asked(2, replace(ANA, user="UBO")))
    office.say("unsubscribe kimi", asked(3))
    told = [
        "<@UBO> muted Qwen in this channel until it is unmuted.",
        "<@UANA> made this channel unfollow Moonshot AI.",
    ]
    assert office.deliver() == [(C1, "\n".join(told))]


def test_a_line_says_so_much_and_that_there_was_more() -> None:
    line = None
    for number in range(50):
        line = told_with(line, f"mute {number}", f"muted {number}")
    assert line
    assert len(line.blocks) == 20
    assert line.text.startswith("More was changed before")
    assert line.text.endswith("muted 49")
