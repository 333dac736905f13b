"""Whom an alert calls: once, when it is sent, and only for what the channel's rule matches."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.outbox.message import Message, Unclear
from bot.records import MentionRule
from bot.releases.facts.filters import Filters
from tests.support.house import amended, licensed
from tests.support.office import ANA, Office
from tests.support.places import C1
from tests.support.slack import shown

TEAM = "<!subteam^S0MLTEAM1>"
RULE = f"settings notify:{TEAM} license:permissive max:70b"
KIMI = "moonshotai/Kimi-K2.6"
SMALL = 9 * 10**9


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office.open(tmp_path)
    office.house.subscribe("C1")
    office.house.subscribe("C2")
    return office


def alerts(office: Office, channel: str = "C1") -> Sequence[Message]:
    office.house.courier.deliver_all()
    messages = office.house.channel.messages
    return [it for it in messages if it.destination == channel and "released" in it.content.text]


def test_a_rule_is_stored_by_slacks_id_and_shown(office: Office) -> None:
    assert f"Mentions: {TEAM} in every alert of license:permissive max:70b." in office.say(RULE, ANA)
    rule = MentionRule("S0MLTEAM1", Filters(license="permissive", max=70 * 10**9))
    assert office.house.store.preferences.of(C1).notify == rule
    assert f"Mentions: {TEAM}" in office.say("list", ANA)
    assert TEAM not in office.deliver()[0][1], "the line that tells of it calls nobody"


@pytest.mark.parametrize(
    ("license", "parameters", "called"),
    [
        pytest.param("mit", SMALL, True, id="what matches"),
        pytest.param("mit", 10**12, False, id="what is too large"),
        pytest.param("cc-by-nc-4.0", SMALL, False, id="another licence"),
        pytest.param("", SMALL, False, id="what is not stated yet"),
    ],
)
def test_the_alert_calls_for_what_the_rule_matches(
    office: Office, license: str, parameters: int, called: bool
) -> None:
    office.say(RULE, ANA)
    stated = licensed(license) if license else None
    office.house.show(office.house.hub, office.house.repository(KIMI, license=stated, parameters=parameters))
    [alert] = alerts(office)
    assert (TEAM in shown(alert.content)) is called
    assert (TEAM in alert.content.text) is called
    assert TEAM not in str(alerts(office, "C2")), "another channel has another rule, or none"


def test_an_edit_keeps_the_call_that_was_made_and_makes_none_anew(office: Office) -> None:
    house = office.house
    office.say(RULE, ANA)
    first, second = (house.repository(name, parameters=SMALL) for name in (KIMI, "zai-org/GLM-5-9B"))
    first = replace(first, facts=replace(first.facts, license=licensed("mit")))
    house.show(house.hub, first, second)
    office.say("settings notify:off", replace(ANA, request="2"))
    office.say(f"settings notify:{TEAM}", replace(ANA, request="3"))
    for one in (first, second):
        house.show(house.hub, amended(one, facts=replace(one.facts, license=licensed("apache-2.0"))))
    edits = [it for it in house.channel.messages if it.edit_ts and it.destination == C1]
    assert [("Kimi" in it.content.text, TEAM in it.content.text) for it in edits] == [
        (True, True),
        (False, False),
    ]


def test_of_several_in_one_message_one_that_matches_is_enough(office: Office) -> None:
    house = office.house
    office.say("settings notify:<@U0ANA0001> match:cedar", ANA)
    house.show(
        house.hub, *(house.repository(f"zai-org/{name}-3") for name in ("Aster", "Briar", "Cedar", "Dahlia"))
    )
    [alert] = alerts(office)
    assert alert.content.text.count("<@U0ANA0001>") == 1


@pytest.mark.logs("delivery_not_sent")
def test_an_alert_whose_answer_was_lost_calls_once(office: Office) -> None:
    office.say(f"settings notify:{TEAM}", ANA)
    office.deliver()
    office.house.channel.outcomes = [Unclear("a timeout")]
    office.house.show(office.house.hub, office.house.repository(KIMI))
    office.house.later(minutes=3)
    assert [TEAM in it.content.text for it in alerts(office)] == [True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("settings notify:@ml-team", "did not make a mention of “@ml-team”", id="a plain name"),
        pytest.param("settings notify:<!channel>", "did not make a mention", id="everybody"),
        pytest.param("settings notify:here", "did not make a mention", id="whoever is there"),
        pytest.param("settings notify:off max:7b", "calls nobody", id="filters of nobody"),
        pytest.param("settings max:7b", "“max:” is not known here", id="filters without somebody"),
        pytest.param(f"settings notify:{TEAM} notify:<@U0ANA0001>", "stands twice", id="two at a time"),
    ],
)
def test_whom_nobody_can_call_is_said_in_words(office: Office, text: str, said: str) -> None:
    assert said in office.say(text, ANA)
    assert office.house.store.preferences.of(C1).notify is None


def test_in_ones_own_messages_there_is_nobody_to_call(office: Office) -> None:
    assert "nobody else to call" in office.say(f"{RULE} to:dm", ANA)
