"""What a channel makes of a release: its own, in the alert and in `recent`, whatever comes later."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from bot.desk.corrections import Corrector
from bot.desk.questions import Asker
from bot.model import Destination
from bot.outbox.message import Message
from bot.records import Preferences
from bot.releases.naming.labs import Labs
from tests.support.house import LABS, amended, licensed
from tests.support.office import ANA, Office
from tests.support.places import C1, C2
from tests.support.slack import shown

KIMI, TURBO, GLM = "moonshotai/Kimi-K2.6", "moonshotai/Kimi-Turbo-K2.6", "zai-org/GLM-5.1"
BO = Asker("UBO", "C2", request="1.bo", name="bo")
NAMED = replace(ANA, name="ana")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a house of which two channels were told of Kimi K2.6."""
    office = Office.open(tmp_path)
    office.house.channel.interactive = True
    office.house.subscribe("C1")
    office.house.subscribe("C2")
    office.house.show(office.house.hub, office.house.repository(KIMI))
    office.house.later(days=1)
    return office


def mark(office: Office, text: str, asker: Asker = NAMED) -> str:
    """Say what a channel makes of a release, deliver, and return the answer."""
    office.house.later(seconds=1)
    request = office.house.clock.now().isoformat()
    answer = office.say(f"triage {text}", replace(asker, request=request))
    office.house.courier.deliver_all()
    return answer


def edits(office: Office, channel: Destination) -> Sequence[Message]:
    return [it for it in office.house.channel.messages if it.edit_ts and it.destination == channel]


def listed(office: Office, state: str, asker: Asker = NAMED) -> set[str]:
    text = office.say(f"recent triage:{state}", asker)
    return {name for name in ("Kimi-K2.6", "Kimi-Turbo-K2.6", "GLM-5.1") if f"{name} by" in text}


def chosen(message: Message) -> str:
    """Return what the menu of an alert shows as chosen, "" for nothing."""
    elements: list[dict[str, Any]] = list(message.content.blocks[-1]["elements"])
    [menu] = [it for it in elements if it["type"] == "static_select"]
    return str(menu["initial_option"]["text"]["text"]) if "initial_option" in menu else ""


@pytest.mark.parametrize(
    ("word", "label"),
    [
        pytest.param("looking", "Looking at it", id="somebody looks at it"),
        pytest.param("adopted", "Adopted", id="it is adopted"),
        pytest.param("no", "Not for us", id="it is not for us"),
    ],
)
def test_the_alert_says_who_made_what_of_it_and_when_and_pings_nobody(
    office: Office, word: str, label: str
) -> None:
    assert f"Kimi-K2.6 is marked as “{label}” here." in mark(office, f"Kimi-K2.6 {word}")
    [edit] = edits(office, C1)
    at = office.house.clock.now()
    assert f"*{label}* · ana, {at.day} {at:%B}" in shown(edit.content)
    assert edit.content.text.endswith(f"{label} (ana).")
    assert "<@" not in str(edit)
    assert chosen(edit) == label


def test_it_is_a_channels_own_and_never_anothers(office: Office) -> None:
    mark(office, "Kimi-K2.6 adopted")
    assert edits(office, C2) == []
    assert (listed(office, "adopted"), listed(office, "adopted", BO)) == ({"Kimi-K2.6"}, set())
    assert (listed(office, "open"), listed(office, "open", BO)) == (set(), {"Kimi-K2.6"})
    mark(office, "Kimi-K2.6 no", BO)
    assert "Not for us (bo)" in edits(office, C2)[-1].content.text
    assert "Adopted" not in edits(office, C2)[-1].content.text
    assert len(edits(office, C1)) == 1


def test_a_later_edit_by_new_facts_keeps_it(office: Office) -> None:
    mark(office, "Kimi-K2.6 looking")
    kimi = office.house.repository(KIMI)
    office.house.show(office.house.hub, amended(kimi, facts=replace(kimi.facts, license=licensed("mit"))))
    last = edits(office, C1)[-1]
    assert "MIT" in last.content.text
    assert "Looking at it (ana)" in last.content.text


def test_the_last_word_holds_and_open_takes_it_back(office: Office) -> None:
    mark(office, "Kimi-K2.6 looking")
    mark(office, "Kimi-K2.6 adopted", replace(BO, channel="C1"))
    last = edits(office, C1)[-1]
    assert "Adopted (bo)" in last.content.text
    assert "Looking at it" not in last.content.text
    assert "no longer marked here" in mark(office, "Kimi-K2.6 open")
    last = edits(office, C1)[-1]
    assert "Adopted (" not in last.content.text
    assert chosen(last) == ""
    assert listed(office, "open") == {"Kimi-K2.6"}


def test_open_is_what_was_told_here_and_nobody_looked_at(office: Office) -> None:
    office.house.subscribe("C3", "zai")
    office.house.show(office.house.hub, office.house.repository(GLM))
    mark(office, "Kimi-K2.6 no")
    assert listed(office, "open") == {"GLM-5.1"}
    assert listed(office, "no") == {"Kimi-K2.6"}
    assert listed(office, "open", replace(ANA, channel="C3")) == {"GLM-5.1"}
    assert listed(office, "open", replace(ANA, channel="C4")) == set()


@pytest.mark.parametrize("updates", ["thread", "off"])
def test_who_wants_no_edits_of_facts_sees_it_all_the_same(
    office: Office, updates: Literal["thread", "off"]
) -> None:
    with office.house.store.transaction():
        office.house.store.preferences.set(C1, Preferences(updates=updates), None)
    mark(office, "Kimi-K2.6 adopted")
    assert "Adopted (ana)" in edits(office, C1)[-1].content.text
    kimi = office.house.repository(KIMI)
    office.house.show(office.house.hub, amended(kimi, facts=replace(kimi.facts, license=licensed("mit"))))
    office.house.later(minutes=15)  # a thread speaks no more often
    office.deliver()
    assert len(edits(office, C1)) == 1
    assert len([it for it in office.house.channel.messages if it.thread_ts and "MIT" in it.content.text]) == (
        updates == "thread"
    )


def test_facts_that_come_with_it_are_still_told_in_the_thread(office: Office) -> None:
    house = office.house
    with house.store.transaction():
        house.store.preferences.set(C1, Preferences(updates="thread"), None)
    kimi = house.repository(KIMI)
    house.hub.shown.append(amended(kimi, facts=replace(kimi.facts, license=licensed("mit"))))
    house.poller.poll([house.hub])
    mark(office, "Kimi-K2.6 adopted")
    assert "Adopted (ana)" in edits(office, C1)[-1].content.text
    replies = [it for it in house.channel.messages if it.thread_ts and it.destination == C1]
    assert ["MIT" in it.content.text for it in replies] == [True]


def test_after_a_merge_the_last_word_holds_and_a_split_gives_each_its_own_again(office: Office) -> None:
    house = office.house
    house.show(house.hub, house.repository(TURBO))
    mark(office, "Kimi-K2.6 adopted")
    mark(office, "Kimi-Turbo-K2.6 no")
    corrector = Corrector(house.store, Labs(LABS), house.clock)
    turbo = corrector.find(TURBO)
    corrector.correct(turbo, {"merge": "Kimi-K2.6"}, "ana")
    house.courier.deliver_all()
    assert (listed(office, "no"), listed(office, "adopted")) == ({"Kimi-K2.6"}, set())
    corrector.undo(turbo)
    house.courier.deliver_all()
    assert (listed(office, "no"), listed(office, "adopted")) == ({"Kimi-Turbo-K2.6"}, {"Kimi-K2.6"})


def test_a_name_that_several_releases_have_changes_nothing_and_offers_them(office: Office) -> None:
    office.house.show(office.house.hub, office.house.repository(TURBO))
    answer = mark(office, "Kimi adopted")
    assert "several releases are called so" in answer.lower()
    assert "triage Kimi-Turbo-K2.6 adopted" in answer
    assert edits(office, C1) == []


@pytest.mark.parametrize(
    ("asker", "text", "said"),
    [
        pytest.param(
            replace(NAMED, is_member=False),
            "triage Kimi-K2.6 no",
            "another workspace",
            id="an outsider says it",
        ),
        pytest.param(
            replace(NAMED, is_member=False),
            "recent triage:no",
            "another workspace",
            id="an outsider asks for it",
        ),
        pytest.param(NAMED, "triage Kimi-K2.7 no", "triage Kimi-K2.6 no", id="a release that nobody knows"),
    ],
)
def test_what_may_not_be_or_is_not_there_is_said_in_words(
    office: Office, asker: Asker, text: str, said: str
) -> None:
    assert said in office.say(text, asker)
    assert office.house.store.triage.of(C1, [1, 2, 3]) == {}


def test_a_state_that_a_forged_menu_brings_is_refused(office: Office) -> None:
    lead = office.desk.questions.one("Kimi-K2.6")[0].lead.id
    assert "no state" in office.desk.triage(NAMED, lead, "loved").text
    assert "not known any more" in office.desk.triage(NAMED, 4711, "no").text


def test_a_grouped_message_names_the_release(office: Office) -> None:
    house = office.house
    house.show(
        house.hub, *(house.repository(f"zai-org/{name}-3") for name in ("Aster", "Briar", "Cedar", "Dahlia"))
    )
    mark(office, "Cedar-3 adopted")
    [edit] = edits(office, C1)
    assert "Cedar-3: *Adopted* · ana" in shown(edit.content)
    assert edit.content.text.endswith("Cedar-3: Adopted (ana).")
