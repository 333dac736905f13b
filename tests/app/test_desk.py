"""The desk: what people say in Slack, done once, told to the channel, and nobody else's business."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.desk.asker import Asker
from bot.outbox.message import Refused
from bot.records import FROM_FILE, Subscription
from bot.releases.facts.filters import Filters
from tests.support.house import licensed
from tests.support.office import Office

KIMI = "moonshotai/Kimi-K2.6"
ANA = Asker("UANA", "C1", request="1.ana")
ADMIN = Asker("UADMIN", "C9", request="1.admin")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.open(tmp_path)


def test_subscribing_confirms_shows_the_newest_and_tells_the_channel_one_line(office: Office) -> None:
    office.house.show(office.house.hub, office.house.repository(KIMI))
    said = office.say("subscribe kimi license:permissive", ANA)
    assert "This channel now follows Moonshot AI (license:permissive)" in said
    assert "Kimi-K2.6" in said
    assert office.follows() == ["moonshot"]
    assert office.deliver() == [("C1", "<@UANA> made this channel follow Moonshot AI (license:permissive).")]


def test_a_request_that_comes_twice_changes_nothing_twice(office: Office) -> None:
    office.say("subscribe kimi", ANA)
    again = office.say("subscribe kimi", ANA)
    assert "already follows" in again
    assert len(office.deliver()) == 1
    office.say("mute kimi 7d", ANA)
    office.house.later(seconds=1)
    office.say("mute kimi 7d", ANA)
    assert len(office.deliver()) == 1, "the same request announces one change"


def test_in_a_direct_message_the_person_follows_and_no_line_is_posted(office: Office) -> None:
    office.say("subscribe qwen", replace(ANA, channel="D1", is_dm=True))
    assert office.follows("UANA") == ["qwen"]
    assert office.deliver() == []


def test_to_dm_follows_for_the_asker_alone(office: Office) -> None:
    assert "You now follow Qwen" in office.say("subscribe qwen to:dm", ANA)
    assert office.follows("UANA") == ["qwen"]
    assert office.follows("C1") == []


def test_nothing_is_saved_for_a_channel_that_cannot_be_posted_to(office: Office) -> None:
    office.places.closed.add("C1")
    assert "/invite" in office.say("subscribe kimi", ANA)
    assert office.follows() == []


def test_unsubscribing_from_all_asks_first(office: Office) -> None:
    office.say("subscribe kimi qwen", ANA)
    assert "?" in office.say("unsubscribe all", ANA)
    assert office.follows() == ["moonshot", "qwen"]
    assert "no longer follows all labs" in office.say("unsubscribe all yes", replace(ANA, request="2"))
    assert office.follows() == []


def test_what_feeds_yaml_says_is_not_ended_in_slack(office: Office) -> None:
    with office.house.store.transaction():
        office.house.store.subscriptions.add(
            Subscription("C1", "zai", Filters(), FROM_FILE, office.house.clock.now())
        )
    assert "feeds.yaml" in office.say("unsubscribe glm", ANA)
    assert office.follows() == ["zai"]


def test_one_lab_of_all_is_muted_rather_than_unfollowed(office: Office) -> None:
    office.say("subscribe all", ANA)
    answer = office.desk.answer(ANA, "unsubscribe qwen")
    assert "follows all labs" in answer.text
    assert "mute qwen" in str(answer.blocks)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        pytest.param("subscribe moonshoot", "subscribe moonshot", id="a lab misspelled"),
        pytest.param("subscibe qwen", "subscribe qwen", id="a verb misspelled"),
        pytest.param("show Kimi K2.9", "show Kimi", id="a model that is not there"),
    ],
)
def test_what_is_not_understood_offers_the_nearest_and_changes_nothing(
    office: Office, text: str, offered: str
) -> None:
    office.house.show(office.house.hub, office.house.repository(KIMI))
    answer = office.desk.answer(ANA, text)
    assert "Nothing was changed" in answer.text
    assert offered in str(answer.blocks)
    assert office.follows() == []


def test_a_muted_lab_is_silent_until_it_is_unmuted(office: Office) -> None:
    office.say("subscribe all", ANA)
    office.say("mute kimi", replace(ANA, request="2"))
    office.house.show(office.house.hub, office.house.repository(KIMI))
    assert not [text for _, text in office.deliver() if "released" in text]
    office.say("unmute kimi", replace(ANA, request="3"))
    office.house.show(office.house.hub, office.house.repository("moonshotai/Kimi-K3"))
    assert [text for _, text in office.deliver() if "released Kimi-K3" in text]


def test_settings_and_digest_are_set_shown_and_told(office: Office) -> None:
    office.say("settings variants:post updates:thread", ANA)
    office.say("digest weekly mon 9:00 Europe/Berlin", replace(ANA, request="2"))
    assert "as messages of their own" in office.say("settings", ANA)
    assert "Europe/Berlin" in office.say("digest", ANA)
    assert [text for _, text in office.deliver()] == [
        "<@UANA> set variants:post updates:thread in this channel.",
        "<@UANA> set the digest of this channel: weekly mon 09:00 Europe/Berlin.",
    ]
    office.say("digest off", replace(ANA, request="3"))
    assert office.house.store.preferences.of("C1").digest is None


@pytest.mark.parametrize(
    "text", ["", "help", "list", "recent", "labs", "status", "cadence", "settings", "digest"]
)
def test_every_question_is_answered_in_an_empty_house(office: Office, text: str) -> None:
    assert office.say(text, ANA)


def test_of_other_channels_only_admins_hear(office: Office) -> None:
    now = office.house.clock.now()
    office.say("subscribe kimi", ANA)
    office.say("subscribe kimi", ADMIN)
    office.house.show(office.house.hub, office.house.repository(KIMI))
    with office.house.store.transaction():
        office.house.store.subscriptions.pause("C9", "it was archived", now, now)
    assert "archived" not in office.say("status", ANA)
    assert "archived" in office.say("status", ADMIN)
    assert "C9" not in office.say(f"why {KIMI}", ANA)


def test_a_report_reaches_the_admins_and_a_correction_edits_and_thanks(office: Office) -> None:
    office.say("subscribe kimi", ANA)
    office.house.show(office.house.hub, office.house.repository(KIMI, license=licensed("mit")))
    wave, _ = office.desk.questions.one("Kimi-K2.6")
    assert office.desk.report_form(wave.lead.id)
    office.desk.report(ANA, wave.lead.id, "it is Apache 2.0")
    assert any(to == "UADMIN" and "it is Apache 2.0" in text for to, text in office.deliver())
    report = office.house.store.reports.open()[0]
    assert office.desk.correct_form(report.id, ANA) is None
    assert office.desk.correct_form(report.id, ADMIN)
    assert "Only those" in office.desk.correct(ANA, report.id, {"license": "apache-2.0"}).text
    office.desk.correct(ADMIN, report.id, {"license": "apache-2.0"})
    told = office.deliver()
    assert any("Apache" in text for text in office.house.channel.edits)
    assert any(to == "UANA" and "was corrected" in text for to, text in told)
    assert office.house.store.reports.open() == []


def test_a_workspace_that_removes_the_bot_is_paused_and_keeps_what_it_follows(office: Office) -> None:
    there = Asker("UBO", "C5", team="T2", request="9")
    office.say("subscribe kimi", there)
    office.say("subscribe kimi", ANA)
    office.desk.uninstalled("T2")
    assert office.follows("T2/C5") == ["moonshot"]
    assert list(office.house.store.subscriptions.pauses()) == ["T2/C5"]


def test_what_still_comes_with_all_labs_is_said_to(office: Office) -> None:
    office.say("subscribe all", ANA)
    office.say("subscribe kimi", ANA)
    said = office.say("unsubscribe kimi", ANA)
    assert "still comes with all labs" in said
    assert "feeds.yaml" not in said


def test_other_filters_replace_the_former_ones_and_say_so(office: Office) -> None:
    office.say("subscribe qwen license:permissive", ANA)
    assert "(max:7b), instead of license:permissive" in office.say("subscribe qwen max:7b", ANA)


@pytest.mark.logs("delivery_not_sent")
def test_an_invitation_back_delivers_at_once_what_was_owed(office: Office) -> None:
    office.say("subscribe all", ANA)
    office.house.channel.outcomes = [Refused("not_in_channel")] * 2
    office.house.show(office.house.hub, office.house.repository(KIMI))
    assert not [text for _, text in office.deliver() if "released" in text]
    office.desk.welcome(ANA)
    assert [text for _, text in office.deliver() if "released" in text]


def test_a_workspace_that_installs_the_bot_again_goes_on(office: Office) -> None:
    office.say("subscribe kimi", Asker("UBO", "C5", team="T2", request="9"))
    office.desk.uninstalled("T2")
    office.desk.installed("T2")
    assert office.house.store.subscriptions.pauses() == {}


def test_to_dm_is_about_the_asker_in_questions_too(office: Office) -> None:
    office.say("settings variants:off to:dm", ANA)
    assert "not told" in office.say("settings to:dm", ANA)
    assert "not told" not in office.say("settings", ANA)


def test_changing_how_it_is_told_keeps_a_digest_that_is_due(office: Office) -> None:
    office.say("digest daily 9:00", ANA)
    office.house.later(days=1)
    due = office.house.store.preferences.digests_due(office.house.clock.now())
    office.say("settings variants:off", replace(ANA, request="2"))
    assert len(due) == len(office.house.store.preferences.digests_due(office.house.clock.now())) == 1
