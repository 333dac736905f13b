"""Waiting for one thing: one message when it is so, where it was asked, and then no more."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk.channels import Presence
from bot.desk.corrections import Corrector
from bot.desk.questions import Asker
from bot.model import Release, Sighting
from bot.outbox.message import Message, Sent, Unclear
from bot.outbox.watches import met_by
from bot.records import Content, Watch
from bot.releases.facts.filters import Filters
from bot.releases.naming.labs import Labs
from bot.releases.naming.names import parse
from bot.store.forgotten import PUT_BACK, doubt
from tests.support.builders import APACHE, NOW, release
from tests.support.house import LABS, House, amended, licensed
from tests.support.office import ANA, Office
from tests.support.places import C1
from tests.support.slack import pressed, shown

K3 = "moonshotai/Kimi-K3"
MIT, GB = licensed("mit"), 10**9


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.open(tmp_path)


def ask(office: Office, text: str, asker: Asker = ANA) -> str:
    office.house.later(seconds=1)
    return office.say(text, replace(asker, request=office.house.clock.now().isoformat()))


def told(office: Office) -> Sequence[Message]:
    office.house.courier.deliver_all()
    return [it for it in office.house.channel.messages if "waited for" in it.content.text]


def repository(house: House, name: str, **facts: Any) -> Sighting:
    return house.repository(name, **facts)


BECOMES_SO = [
    pytest.param("watch kimi k3 weights", K3, {}, id="weights"),
    pytest.param("watch kimi k3", K3, {}, id="a release at all"),
    pytest.param("watch moonshot k3 weights", K3, {}, id="weights, of a bare version"),
    pytest.param("watch kimi gguf", f"{K3}-GGUF", {}, id="a packaging"),
    pytest.param("watch qwen license:permissive", "Qwen/Qwen4-8B", {"license": MIT}, id="a licence"),
    pytest.param("watch glm fits:80gb", "zai-org/GLM-6-9B", {"download_bytes": 18 * GB}, id="memory"),
]


@pytest.mark.parametrize(("text", "name", "facts"), BECOMES_SO)
def test_one_message_tells_that_it_is_so_and_then_no_more(
    office: Office, text: str, name: str, facts: dict[str, Any]
) -> None:
    house = office.house
    assert "This channel is told once, when " in ask(office, text)
    house.show(house.hub, repository(house, "deepseek-ai/DeepSeek-V5", license=MIT))
    assert told(office) == []
    house.show(house.hub, repository(house, name, **facts))
    [message] = told(office)
    assert message.destination == C1
    assert message.content.text.startswith("<@UANA> waited for ")
    house.show(house.hub, repository(house, f"{name}-2", **facts), repository(house, f"{name}-AWQ", **facts))
    assert len(told(office)) == 1
    assert house.store.watches.all() == []


@pytest.mark.parametrize(("text", "name", "facts"), BECOMES_SO)
def test_what_is_so_already_is_answered_at_once_and_not_waited_for(
    office: Office, text: str, name: str, facts: dict[str, Any]
) -> None:
    house = office.house
    house.show(house.hub, repository(house, name.removesuffix("-GGUF"), **facts))
    house.show(house.hub, repository(house, name, **facts))
    answer = ask(office, text)
    assert "is out already" in answer
    assert parse(name, "").display in answer
    assert house.store.watches.all() == []
    assert told(office) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("watch kimi k3", "when kimi k3 is out.", id="a release"),
        pytest.param("watch kimi k3 weights", "when kimi k3 with open weights is out.", id="its weights"),
        pytest.param("watch kimi gguf", "when a release of Moonshot AI as GGUF is out.", id="a packaging"),
        pytest.param("watch glm fits:80gb", "when a release of Z.ai with fits:80gb is out.", id="a filter"),
    ],
)
def test_what_is_waited_for_is_said_as_people_say_it(office: Office, text: str, said: str) -> None:
    assert f"This channel is told once, {said}" in ask(office, text)


def test_what_one_fact_after_the_other_makes_so_is_told_with_the_last(office: Office) -> None:
    house = office.house
    kimi = house.repository(K3)
    ask(office, "watch kimi k3 weights license:permissive")
    house.show(house.blog, house.post("Introducing Kimi K3", "moonshot"))
    house.show(house.hub, kimi)
    assert told(office) == []
    house.show(house.hub, amended(kimi, facts=replace(kimi.facts, license=MIT)))
    assert "MIT" in told(office)[0].content.text


def test_a_correction_makes_it_so_as_well(office: Office) -> None:
    house = office.house
    house.show(house.hub, house.repository(K3))
    ask(office, "watch kimi k3 license:permissive")
    corrector = Corrector(house.store, Labs(LABS), house.clock)
    corrector.correct(corrector.find(K3), {"license": "mit"}, "ana")
    assert len(told(office)) == 1


@pytest.mark.logs("delivery_not_sent")
def test_a_correction_made_again_after_a_backup_was_put_back_tells_nobody_twice(office: Office) -> None:
    house = office.house
    house.show(house.hub, house.repository(K3))
    ask(office, "watch kimi k3 license:permissive")
    house.later(hours=1)
    now = house.clock.now()
    with house.store.transaction():
        doubt(house.store._database.run, now - timedelta(minutes=30), now, PUT_BACK)
    house.channel.lookups = [Sent(C1, "9.9")]
    house.later(minutes=1)
    corrector = Corrector(house.store, Labs(LABS), house.clock)
    corrector.correct(corrector.find(K3), {"license": "mit"}, "ana")
    assert told(office) == []
    assert house.store.deliveries.recent(1, ("sent",))[0].ts == "9.9"


def test_the_first_poll_of_a_new_source_tells_nobody_but_who_waits(tmp_path: Path) -> None:
    house = House(tmp_path, baselined=False)
    watch = Watch(C1, "moonshot", "kimi k3", Filters(), "", "1.1", "UANA", house.clock.now())
    with house.store.transaction():
        house.store.watches.add(watch)
    house.show(house.hub, house.repository(K3), house.repository("zai-org/GLM-5"))
    assert [text.partition(",")[0] for text in house.channel.alerts] == ["<@UANA> waited for kimi k3"]


def test_who_asks_in_a_direct_message_is_told_there_without_being_called(office: Office) -> None:
    ask(office, "watch kimi k3", replace(ANA, channel="D1", is_dm=True))
    ask(office, "watch kimi k3 to:dm", replace(ANA, user="UBO"))
    office.house.show(office.house.hub, office.house.repository(K3))
    assert {it.destination: it.content.text.partition(" waited")[0] for it in told(office)} == {
        "UANA": "You",
        "UBO": "You",
    }


def test_the_list_shows_what_is_waited_for_and_unwatch_ends_it(office: Office) -> None:
    ask(office, "watch kimi k3 gguf")
    ask(office, "watch kimi k3 weights")
    assert "for already" in ask(office, "watch Kimi K3 weights")
    ask(office, "watch glm fits:80gb")
    listed = shown(office.desk.answer(ANA, "list"))
    assert (
        "*Waits for*: “moonshot kimi k3 gguf” (by <@UANA>), “moonshot kimi k3 weights:open” (by <@UANA>), "
        "“zai fits:80gb”" in listed
    )
    assert "waits for" not in office.say("list", replace(ANA, channel="C2")).lower()
    assert "No longer waited for here: moonshot kimi k3 gguf" in ask(office, "unwatch kimi k3 gguf")
    assert "kimi k3 weights:open." in ask(office, "unwatch kimi")
    assert "nothing like that is waited for" in ask(office, "unwatch kimi").lower()
    ask(office, "unwatch all")
    office.house.show(office.house.hub, office.house.repository(K3), office.house.repository(f"{K3}-GGUF"))
    assert told(office) == []


def test_a_button_takes_back_what_was_just_asked_for_and_what_was_just_ended(office: Office) -> None:
    def press(label: str, said: Content) -> Content:
        return office.desk.answer(replace(ANA, request=label), pressed(said)[label][1])

    asked = office.desk.answer(ANA, "watch kimi k3 weights")
    ended = press("Do not wait", asked)
    assert office.house.store.watches.all() == []
    press("Wait for moonshot kimi k3 weights:open again", ended)
    assert [str(one) for one in office.house.store.watches.all()] == ["moonshot kimi k3 weights:open"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("watch kimi k3", id="a family that tells its lab"),
        pytest.param("watch moonshot k3 weights", id="a version that tells none"),
        pytest.param("watch moonshot thinking gguf", id="a word that tells none"),
        pytest.param("watch qwen 4 max:70b", id="a lab that is called as its family"),
        pytest.param("watch zai glm 6", id="a lab, and a family of its own"),
        pytest.param("watch kimi weights", id="a lab alone"),
    ],
)
def test_a_wait_as_it_is_shown_can_be_ended_and_begun_again(office: Office, text: str) -> None:
    ask(office, text)
    [waits] = office.house.store.watches.all()
    again = f"watch {waits}"
    ask(office, f"unwatch {waits}")
    assert office.house.store.watches.all() == []
    ask(office, again)
    [anew] = office.house.store.watches.all()
    assert (anew.lab, anew.name, anew.filters, anew.packaging) == (
        waits.lab,
        waits.name,
        waits.filters,
        waits.packaging,
    )


def test_where_the_bot_cannot_post_nothing_is_waited_for(office: Office) -> None:
    office.channels.standing["C1"] = Presence.OUTSIDE
    assert "Invite me first" in ask(office, "watch kimi k3")
    assert office.house.store.watches.all() == []


def test_so_much_and_no_more_is_waited_for_in_one_place(office: Office) -> None:
    for number in range(50):
        ask(office, f"watch kimi k{number + 10}", replace(ANA, user=f"U{number // 40}"))
    assert "the most that may be" in ask(office, "watch kimi k99")


@pytest.mark.logs("delivery_not_sent")
def test_an_answer_of_slack_that_got_lost_doubles_nothing(office: Office) -> None:
    house = office.house
    ask(office, "watch kimi k3")
    house.channel.outcomes = [Unclear("a timeout")]
    house.show(house.hub, house.repository(K3))
    before = [one.id for one in house.store.deliveries.recent(9) if one.kind == "watch"]
    house.later(minutes=3)
    assert len(told(office)) == 1
    assert [one.id for one in house.store.deliveries.recent(9) if one.kind == "watch"] == before


def test_the_message_has_the_same_id_for_ever(tmp_path: Path) -> None:
    ids = []
    for directory in (tmp_path / "one", tmp_path / "two"):
        directory.mkdir()
        house = House(directory)
        with house.store.transaction():
            watch = Watch(C1, "moonshot", "kimi k3", Filters(), "", "1.1", "UANA", house.clock.now())
            house.store.watches.add(watch)
        house.show(house.hub, house.repository(K3))
        ids += [one.id for one in house.store.deliveries.recent(9) if one.kind == "watch"]
    assert len(ids) == 2
    assert len({*ids}) == 1


def known(repository: str, lab: str = "moonshot", **facts: Any) -> Release:
    return release(parse(repository, lab), repository, **facts)


@pytest.mark.parametrize(
    ("name", "filters", "packaging", "models", "met"),
    [
        pytest.param("kimi k3", Filters(), "", ["moonshotai/Kimi-K3"], True, id="by its name"),
        pytest.param("kimi k3", Filters(), "", ["moonshotai/Kimi-K2.6"], False, id="another version"),
        pytest.param("kimi k3", Filters(), "", ["moonshotai/Kimi-K3-Thinking"], False, id="another model"),
        pytest.param("kimi 3", Filters(), "", ["moonshotai/Kimi-3-8B"], True, id="a size of it"),
        pytest.param("k3", Filters(), "", ["moonshotai/Kimi-K3"], True, id="by a word of its name"),
        pytest.param("", Filters(weights="open"), "", ["moonshotai/Kimi-K3"], True, id="any of the lab"),
        pytest.param("", Filters(license="mit"), "", ["moonshotai/Kimi-K3"], False, id="another licence"),
        pytest.param("", Filters(max=7), "", ["moonshotai/Kimi-K3"], False, id="a size that is not stated"),
        pytest.param("", Filters(), "gguf", ["moonshotai/Kimi-K3"], True, id="a packaging that is there"),
        pytest.param("", Filters(), "awq", ["moonshotai/Kimi-K3"], False, id="one that is not"),
        pytest.param(
            "", Filters(), "fp8", ["moonshotai/Kimi-K3"], True, id="the precision of the release itself"
        ),
    ],
)
def test_whether_it_is_so_is_decided_from_what_is_known(
    name: str, filters: Filters, packaging: str, models: list[str], met: bool
) -> None:
    watch = Watch(C1, "moonshot", name, filters, packaging, "1", "UANA", NOW)
    releases = [known(it, license=APACHE, variants=["GGUF"], precision="FP8") for it in models]
    assert (met_by(watch, releases) is not None) is met


def test_another_labs_release_and_one_that_was_withdrawn_are_not_meant() -> None:
    watch = Watch(C1, "zai", "", Filters(), "", "1", "UANA", NOW)
    others = [known("moonshotai/Kimi-K3"), replace(known("zai-org/GLM-5", "zai"), withdrawn=True)]
    assert met_by(watch, others) is None
