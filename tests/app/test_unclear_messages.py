"""What may have arrived or not: the admins are asked once, and what they say settles it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.outbox.doubts import tell_admins
from bot.outbox.message import Later, Unclear
from bot.records import Content, Delivery
from tests.support.house import amended
from tests.support.office import ADMIN, ANA, Office
from tests.support.places import UADMIN
from tests.support.slack import complaints, pressed
from tests.support.slackcheck import slackcheck, validate

__all__ = ["slackcheck", "validate"]

KIMI, GLM = "moonshotai/Kimi-K2.6", "zai-org/GLM-5.1"
LOST, BLIND = Unclear("the connection dropped"), Unclear("Slack says missing_scope")
pytestmark = pytest.mark.logs("delivery_not_sent")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office.open(tmp_path)
    office.house.subscribe("C1")
    return office


def lose(office: Office, *names: str) -> None:
    """Let alerts be sent whose answers are lost, where nothing can be looked up."""
    house = office.house
    house.channel.outcomes, house.channel.lookups = [LOST] * len(names), [BLIND] * len(names)
    house.show(house.hub, *(house.repository(name) for name in names))


def asked(office: Office, *, after_minutes: float = 2) -> list[Content]:
    """Return what the admins have been told some time later."""
    house = office.house
    house.later(minutes=after_minutes)
    tell_admins(house.store, (UADMIN,), house.clock.now())
    house.courier.deliver_all()
    return [message.content for message in house.channel.messages if message.destination == UADMIN]


def alert(office: Office, name: str) -> Delivery:
    return next(
        one for one in office.house.store.deliveries.recent(20) if one.kind == "alert" and one.release == name
    )


class TestAsking:
    def test_the_admins_are_asked_in_one_line_with_two_buttons(self, office: Office) -> None:
        lose(office, KIMI)
        [line] = asked(office)
        key = alert(office, "Kimi-K2.6").id
        assert "The alert of Kimi-K2.6 for <#C1>" in line.text
        assert "missing_scope" in line.text
        assert pressed(line) == {
            "It is there": ("replace:0", f"unclear there {key}"),
            "Send it again": ("replace:1", f"unclear again {key}"),
        }

    def test_they_are_asked_once(self, office: Office) -> None:
        lose(office, KIMI)
        asked(office)
        assert len(asked(office)) == 1

    def test_several_that_come_together_are_one_line(self, office: Office) -> None:
        lose(office, KIMI, GLM)
        assert asked(office, after_minutes=0.5) == []
        [line] = asked(office)
        assert "2 messages" in line.text
        assert [block["type"] for block in line.blocks].count("actions") == 2

    def test_one_that_comes_later_is_a_line_of_its_own(self, office: Office) -> None:
        lose(office, KIMI)
        asked(office)
        lose(office, GLM)
        assert [("Kimi" in line.text, "GLM" in line.text) for line in asked(office)] == [
            (True, False),
            (False, True),
        ]

    def test_a_wrong_clock_puts_the_question_off_for_no_month(self, office: Office) -> None:
        office.house.later(days=30)
        lose(office, KIMI)
        assert len(asked(office, after_minutes=-30 * 24 * 60)) == 1

    def test_a_question_that_gets_lost_itself_asks_nothing_more(self, office: Office) -> None:
        lose(office, KIMI)
        office.house.channel.outcomes, office.house.channel.lookups = [LOST], [BLIND]
        assert asked(office) == []
        assert asked(office) == []
        assert office.house.store.deliveries.counts()["unclear"] == 2

    def test_without_admins_they_are_asked_once_there_are_some(self, office: Office) -> None:
        lose(office, KIMI)
        office.house.later(minutes=2)
        tell_admins(office.house.store, (), office.house.clock.now())
        assert len(asked(office)) == 1

    def test_it_keeps_slacks_limits_however_many_there_are(self, office: Office, validate: Any) -> None:
        for number in range(12):
            lose(office, f"google/Family{chr(ord('a') + number)}-{number + 1}-7B")
        [line] = asked(office)
        assert complaints(validate, line) == []
        assert "7 more" in str(line.blocks)

    def test_an_answer_that_nobody_knows_is_told_once_however_many_wait(self, office: Office) -> None:
        house = office.house
        strange = Later(5, "Slack says something_new", strange=True)
        house.channel.outcomes = [strange] * 40
        house.show(house.hub, house.repository(KIMI), house.repository(GLM))
        for _ in range(6):
            house.later(minutes=10)
            house.courier.deliver_due()
            tell_admins(house.store, (UADMIN,), house.clock.now())
        lines = [one for one in house.store.deliveries.recent(20) if one.destination == UADMIN]
        assert [one.content.text.count("something_new") for one in lines if one.content] == [1]


class TestSettling:
    def test_what_is_there_is_sent_and_nothing_answers_to_it(self, office: Office) -> None:
        lose(office, KIMI)
        said = office.say(f"unclear there {alert(office, 'Kimi-K2.6').id}", ADMIN)
        assert said.startswith("Noted: the alert of Kimi-K2.6 is there.")
        assert alert(office, "Kimi-K2.6").state == "sent"
        house = office.house
        first = house.hub.shown[0]
        house.show(house.hub, house.repository(f"{KIMI}-NVFP4"))
        house.show(house.hub, amended(first, facts=replace(first.facts, parameters=7_000_000_000)))
        assert house.channel.messages == []

    def test_what_is_to_be_sent_again_is_sent_once(self, office: Office) -> None:
        lose(office, KIMI)
        key = alert(office, "Kimi-K2.6").id
        assert office.say(f"unclear again {key[:8]}", ADMIN) == "The alert of Kimi-K2.6 is sent again."
        assert "nothing about it is unclear" in office.say(f"unclear again {key}", ADMIN)
        office.deliver()
        assert len(office.house.channel.alerts) == 1

    def test_one_that_is_lost_again_is_asked_about_again(self, office: Office) -> None:
        lose(office, KIMI)
        asked(office)
        office.say(f"unclear again {alert(office, 'Kimi-K2.6').id}", ADMIN)
        office.house.channel.outcomes, office.house.channel.lookups = [LOST], [BLIND]
        office.deliver()
        assert len(asked(office)) == 2

    def test_what_is_unclear_is_listed_and_nothing_else(self, office: Office) -> None:
        assert office.say("unclear", ADMIN).startswith("Nothing is unclear")
        lose(office, KIMI)
        assert "The alert of Kimi-K2.6 for <#C1>" in office.say("unclear", ADMIN)

    @pytest.mark.parametrize("words", ["unclear", "unclear there 5f0c4f0e", "unclear again 5f0c4f0e"])
    def test_only_admins_may(self, office: Office, words: str) -> None:
        assert "`admins`" in office.say(words, ANA)
        outsider = replace(ADMIN, is_member=False)
        assert "Nothing was changed" in office.say(words, outsider)

    @pytest.mark.parametrize(
        ("words", "complaint"),
        [
            pytest.param("unclear there", "needs one id", id="no id"),
            pytest.param("unclear there x!", "needs one id", id="no id but something"),
            pytest.param("unclear their 5f0c4f0e", "there", id="misspelt"),
            pytest.param("unclear there 00000000", "o message has the id", id="an unknown id"),
        ],
    )
    def test_what_makes_no_sense_is_said(self, office: Office, words: str, complaint: str) -> None:
        assert complaint in office.say(words, ADMIN)
