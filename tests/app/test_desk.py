"""The desk: what people say in Slack, done once, told to the channel, and nobody else's business."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.desk.channels import Presence
from bot.desk.desk import Desk
from bot.desk.questions import Asker
from bot.model import Destination, Follow
from bot.outbox.message import Closed, Later, Outcome, Refused, Sent, Unclear
from bot.records import FROM_FILE, Content, Subscription
from bot.releases.facts.filters import Filters
from tests.support.house import licensed
from tests.support.office import ADMIN, ANA, Office
from tests.support.places import C1, C9, UANA
from tests.support.slack import shown

KIMI = "moonshotai/Kimi-K2.6"


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


@pytest.mark.parametrize(
    ("name", "who"),
    [
        pytest.param("ana", "ana", id="a name stands as it is, and calls nobody"),
        pytest.param("<!channel> *&*", "&lt;!channel&gt; ∗&amp;∗", id="a name with marks does nothing"),
        pytest.param("x" * 200, "x" * 79 + "…", id="a long name is cut"),
        pytest.param("\u200b", "<@UANA>", id="a name with nothing to see is a mention"),
        pytest.param("", "<@UANA>", id="without a name it is a mention"),
    ],
)
def test_the_channel_reads_who_did_it(name: str, who: str, office: Office) -> None:
    office.say("mute kimi", replace(ANA, name=name))
    office.say("test", replace(ANA, name=name))
    assert office.deliver() == [("C1", f"{who} muted Moonshot AI in this channel until it is unmuted.")]
    assert office.channels.posts == [("C1", f"cadencebot can post here; {who} asked.")]


class TestTest:
    @pytest.mark.parametrize(
        ("outcome", "said"),
        [
            pytest.param(
                Sent(C1, "1.2"),
                "I can post here: the test message stands in this conversation.",
                id="it was posted",
            ),
            pytest.param(
                Refused("Slack says restricted_action"),
                "I cannot post here: Slack says restricted_action.",
                id="Slack refused it",
            ),
            pytest.param(
                Closed("Slack says token_revoked"),
                "I cannot post here: Slack says token_revoked.",
                id="nothing can be posted at all",
            ),
            pytest.param(
                Later(30, "Slack says ratelimited", asked=True),
                "Nothing was posted: Slack says ratelimited; please try again later.",
                id="Slack asks to wait",
            ),
            pytest.param(
                Unclear("no answer from Slack (TimeoutError: timed out)"),
                "If you see the test message, I can post here; I do not know, as I got no answer from Slack "
                "(TimeoutError: timed out).",
                id="Slack did not answer",
            ),
        ],
    )
    def test_it_says_how_it_ended(self, outcome: Outcome, said: str, office: Office) -> None:
        office.channels.outcomes = [outcome]
        assert office.say("test", ANA) == said
        assert len(office.channels.posts) == 1

    def test_a_request_that_comes_twice_posts_once(self, office: Office) -> None:
        office.say("test", ANA)
        assert "done the first time" in office.say("test", ANA)
        assert len(office.channels.posts) == 1

    def test_to_dm_tests_the_askers_own_messages(self, office: Office) -> None:
        office.say("test to:dm", ANA)
        assert [where for where, _ in office.channels.posts] == [UANA]

    @pytest.mark.parametrize(
        ("outcome", "left"),
        [
            pytest.param(Sent(C1, "1.2"), [], id="it was posted"),
            pytest.param(Refused("x"), ["C1"], id="it was refused"),
        ],
    )
    def test_where_it_can_post_again_nothing_stays_paused(
        self, outcome: Outcome, left: list[str], office: Office
    ) -> None:
        now = office.house.clock.now()
        with office.house.store.transaction():
            office.house.store.subscriptions.pause(C1, "not_in_channel", now, now)
        office.channels.outcomes = [outcome]
        office.say("test", ANA)
        assert list(office.house.store.subscriptions.pauses()) == left


def test_a_request_that_comes_twice_changes_nothing_twice(office: Office) -> None:
    office.say("subscribe kimi", ANA)
    again = office.say("subscribe kimi", ANA)
    assert "done the first time" in again
    assert "already follows" in office.say("subscribe kimi", replace(ANA, request="2"))
    assert len(office.deliver()) == 1
    office.say("mute kimi 7d", ANA)
    office.house.later(seconds=1)
    office.say("mute kimi 7d", ANA)
    assert len(office.deliver()) == 2, "what was done once is told once"


def test_in_a_direct_message_the_person_follows_and_no_line_is_posted(office: Office) -> None:
    office.say("subscribe qwen", replace(ANA, channel="D1", is_dm=True))
    assert office.follows(UANA) == ["qwen"]
    assert office.deliver() == []


def test_to_dm_follows_for_the_asker_alone(office: Office) -> None:
    assert "You now follow Qwen" in office.say("subscribe qwen to:dm", ANA)
    assert office.follows(UANA) == ["qwen"]
    assert office.follows(C1) == []


NOT_THERE = (
    "I am not in this channel yet, so nothing was changed. "
    "Invite me first with `/invite @cadencebot`, then press Try again."
)
ARCHIVED = "This channel is archived, so nothing was changed. Unarchive it first, then press Try again."
POSTING = [
    pytest.param("subscribe kimi", id="subscribe"),
    pytest.param("subscribe cadence kimi", id="subscribe to a cadence"),
    pytest.param("mute kimi 7d", id="mute"),
    pytest.param("unmute kimi", id="unmute"),
    pytest.param("digest daily 9:00", id="digest"),
    pytest.param("settings variants:post", id="settings"),
    pytest.param("test", id="test"),
]


class TestWhereTheBotIsNot:
    @pytest.mark.parametrize("text", POSTING)
    @pytest.mark.parametrize(
        ("presence", "said"),
        [
            pytest.param(Presence.OUTSIDE, NOT_THERE, id="not in the channel"),
            pytest.param(Presence.ARCHIVED, ARCHIVED, id="an archived channel"),
        ],
    )
    def test_what_would_make_it_post_is_refused_at_once_and_changes_nothing(
        self, text: str, presence: Presence, said: str, office: Office
    ) -> None:
        office.channels.standing["C1"] = presence
        assert office.say(text, ANA) == said
        assert (office.follows(), office.deliver()) == ([], [])
        assert office.house.store.preferences.of(C1).digest is None

    def test_try_again_runs_the_same_command_for_the_same_channel(self, office: Office) -> None:
        office.channels.standing["C1"] = Presence.OUTSIDE
        [_, row] = office.desk.answer(ANA, "Follow kimi license:permissive").blocks
        [button] = row["elements"]
        assert button["text"]["text"] == "Try again"
        assert button["value"] == "C1 subscribe moonshot license:permissive"

    @pytest.mark.parametrize("text", ["list", "recent", "digest", "settings", "unsubscribe qwen"])
    def test_questions_and_the_end_of_a_subscription_need_no_invitation(
        self, text: str, office: Office
    ) -> None:
        office.channels.standing["C1"] = Presence.OUTSIDE
        assert "/invite" not in office.say(text, ANA)

    @pytest.mark.parametrize("text", ["subscribe kimi to:dm", "mute kimi to:dm", "digest daily to:dm"])
    def test_ones_own_messages_need_no_invitation(self, text: str, office: Office) -> None:
        office.channels.standing["C1"] = Presence.OUTSIDE
        assert "/invite" not in office.say(text, ANA)

    def test_where_it_may_post_uninvited_it_follows_and_says_what_is_lost(self, office: Office) -> None:
        office.channels.standing["C1"] = Presence.UNINVITED
        said = office.say("subscribe kimi", ANA)
        assert said.startswith("This channel now follows Moonshot AI.")
        assert "I am not in this channel" in said
        assert "cannot be looked up" in said
        assert office.follows() == ["moonshot"]

    @pytest.mark.parametrize("presence", [Presence.INSIDE, None], ids=["it is there", "Slack does not say"])
    def test_elsewhere_it_follows_without_a_word_on_it(
        self, presence: Presence | None, office: Office
    ) -> None:
        if presence:
            office.channels.standing["C1"] = presence
        assert "/invite" not in office.say("subscribe kimi", ANA)
        assert office.follows() == ["moonshot"]


class TestWhereAdminsAloneChange:
    @pytest.fixture
    def desk(self, office: Office) -> Desk:
        return replace(office.desk, changers="admins")

    @pytest.mark.parametrize(
        "text", ["subscribe kimi", "unsubscribe all yes", "mute kimi", "digest off", "settings variants:off"]
    )
    def test_a_member_changes_no_channel_by_whatever_way(self, text: str, desk: Desk, office: Office) -> None:
        at = f"{office.house.clock.now().timestamp():.0f}"
        there, is_allowed = desk.answer_there(ANA, C1, text)
        assert not is_allowed
        for answer in (
            desk.answer(ANA, text),
            there,
            desk.windows.follow_form(ANA, C1),
            desk.undo(ANA, f"{at} C1 {text}"),
        ):
            assert isinstance(answer, Content)
            assert answer.text.startswith("Only those whom feeds.yaml names under `admins` change what")
        assert (office.follows(), office.deliver()) == ([], [])

    def test_a_member_changes_their_own_messages_and_asks(self, desk: Desk, office: Office) -> None:
        assert desk.answer(ANA, "subscribe kimi to:dm").text.startswith("You now follow Moonshot AI")
        assert "follows nothing yet" in desk.answer(ANA, "list").text

    def test_an_admin_changes_a_channel_that_they_are_in(self, desk: Desk, office: Office) -> None:
        desk.answer(ADMIN, "subscribe kimi")
        assert office.follows(C9) == ["moonshot"]


def test_an_outsider_changes_a_channel_where_anyone_may(office: Office) -> None:
    outsider = replace(ANA, user="UOUT", is_member=False)
    assert "another workspace" in office.say("subscribe kimi", outsider)
    desk = replace(office.desk, changers="anyone")
    assert desk.answer(outsider, "subscribe kimi").text.startswith("This channel now follows Moonshot AI")
    assert "another workspace" in desk.answer(outsider, "list").text


def test_unsubscribing_from_all_asks_first(office: Office) -> None:
    office.say("subscribe kimi qwen", ANA)
    assert "?" in office.say("unsubscribe all", ANA)
    assert office.follows() == ["moonshot", "qwen"]
    assert "now follows nothing any more" in office.say("unsubscribe all yes", replace(ANA, request="2"))
    assert office.follows() == []


def test_what_feeds_yaml_says_is_not_ended_in_slack(office: Office) -> None:
    with office.house.store.transaction():
        office.house.store.subscriptions.add(
            Subscription(C1, Follow("zai"), Filters(), FROM_FILE, office.house.clock.now())
        )
    assert "feeds.yaml" in office.say("unsubscribe glm", ANA)
    assert office.follows() == ["zai"]


def test_one_lab_of_all_is_muted_rather_than_unfollowed(office: Office) -> None:
    office.say("subscribe all", ANA)
    answer = office.desk.answer(ANA, "unsubscribe qwen")
    assert "follows all labs" in answer.text
    assert "mute qwen" in str(answer.blocks)


@pytest.mark.parametrize("text", ["", "hi", "Hello, who are you?", "help me please"])
def test_who_greets_is_told_in_two_sentences_what_to_do(office: Office, text: str) -> None:
    answer = office.desk.answer(replace(ANA, channel="D1", is_dm=True), text)
    assert answer.text.startswith("I post every new model of the AI labs that you follow")
    assert len(answer.blocks) == 2


def test_invited_it_says_what_it_is_for_unless_something_is_followed_there(office: Office) -> None:
    welcome = office.desk.welcome(ANA)
    assert welcome == office.desk.answer(ANA, "hello")
    office.say("subscribe kimi", ANA)
    assert office.desk.welcome(ANA) is None


def test_a_question_in_plain_words_is_answered_with_what_it_was_taken_for(office: Office) -> None:
    office.house.show(office.house.hub, office.house.repository(KIMI))
    said = office.say("Is there anything new from Kimi this week?", ANA)
    assert said.startswith(
        "`/releases recent moonshot since:7d`: 1 release in the last 7 days from Moonshot AI"
    )
    assert said.removeprefix("`/releases recent moonshot since:7d`: ") == office.say(
        "recent moonshot since:7d", ANA
    )


def test_what_is_no_command_at_all_is_answered_with_what_can_be_asked(office: Office) -> None:
    said = office.say("the weather is nice in Kyoto", ANA)
    assert said.startswith("I did not understand that: ask what came out, as in `recent qwen`")


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


def test_what_is_unmuted_while_all_is_muted_is_not_said_to_be_heard(office: Office) -> None:
    office.say("mute all", ANA)
    assert "Unmute all" in str(office.desk.answer(replace(ANA, request="2"), "unmute kimi").blocks)
    office.say("mute kimi", replace(ANA, request="3"))
    assert "by itself, but all labs are muted" in office.say("unmute kimi", replace(ANA, request="4"))
    assert "heard again" in office.say("unmute all", replace(ANA, request="5"))


def test_settings_and_digest_are_set_shown_and_told(office: Office) -> None:
    office.say("settings variants:post updates:thread", ANA)
    office.say("digest weekly mon 9:00 Europe/Berlin", replace(ANA, request="2"))
    assert "as messages of their own" in office.say("settings", ANA)
    assert "Europe/Berlin" in office.say("digest", ANA)
    [(_, told)] = office.deliver()
    assert told.splitlines() == [
        "<@UANA> set variants:post updates:thread in this channel.",
        "<@UANA> set the digest of this channel: weekly mon 09:00 Europe/Berlin.",
    ]
    office.say("digest off", replace(ANA, request="3"))
    assert office.house.store.preferences.of(C1).digest is None


@pytest.mark.parametrize(
    ("zone", "text", "said"),
    [
        pytest.param("Asia/Tokyo", "digest daily 9:00", "Asia/Tokyo", id="the asker's own"),
        pytest.param("Asia/Tokyo", "digest daily 9:00 Europe/Berlin", "Europe/Berlin", id="the one named"),
        pytest.param("Asia/Tokyo", "digest daily 9:00 UTC", "UTC", id="UTC, where it is named"),
        pytest.param(None, "digest daily 9:00", "UTC", id="Slack does not tell"),
        pytest.param("Moon/Tranquility", "digest daily 9:00", "UTC", id="a zone that nobody knows"),
    ],
)
def test_a_digest_comes_by_the_zone_of_whoever_asks_unless_they_name_one(
    zone: str | None, text: str, said: str, office: Office
) -> None:
    office.channels.zone = zone
    assert f"every day at 09:00 {said}" in office.say(text, ANA)
    digest = office.house.store.preferences.of(C1).digest
    assert digest
    assert digest.zone == said


@pytest.mark.parametrize(
    ("muted", "text", "said"),
    [
        pytest.param(
            "mute kimi 7d",
            "subscribe kimi",
            "Here Moonshot AI is muted until 2026-04-08 00:00 UTC: `/releases unmute moonshot` ends that.",
            id="the lab",
        ),
        pytest.param(
            "mute all",
            "subscribe kimi license:mit",
            "Here all labs are muted until somebody unmutes it: `/releases unmute all` ends that.",
            id="all labs",
        ),
        pytest.param("mute kimi", "subscribe all", "Here moonshot is muted", id="one of all labs"),
        pytest.param("mute kimi", "subscribe cadence kimi", "Here Moonshot AI is muted", id="its cadence"),
        pytest.param("mute qwen", "subscribe kimi", "", id="another lab"),
        pytest.param("mute kimi to:dm", "subscribe kimi", "", id="elsewhere"),
        pytest.param(
            "mute kimi to:dm", "subscribe kimi to:dm", "In your messages Moonshot AI is muted", id="aside"
        ),
    ],
)
def test_subscribing_says_what_a_mute_keeps_away(office: Office, muted: str, text: str, said: str) -> None:
    office.say(muted, ANA)
    answer = office.say(text, replace(ANA, request="2"))
    assert said in answer
    assert ("muted" in answer) is bool(said)


def test_why_says_how_many_more_stories_there_are(office: Office) -> None:
    house = office.house
    house.show(house.hub, *(house.repository(f"moonshotai/Kimi-K{number}") for number in range(10, 17)))
    answer = shown(office.desk.answer(ANA, "why kimi"))
    assert answer.count("judged ") == 5
    assert "and 2 more: type a whole name or address" in answer


def test_a_preview_tells_the_asker_alone_what_a_digest_would_tell(office: Office) -> None:
    assert "would tell nothing now" in office.say("digest now", ANA)
    office.say("subscribe kimi", ANA)
    office.house.show(office.house.hub, office.house.repository(KIMI))
    office.house.later(days=2)
    unset = office.desk.answer(ANA, "digest now")
    assert unset.text.startswith("A weekly digest would tell this now. None is set: choose")
    assert "Kimi-K2.6" in unset.text
    assert "Comes weekly" not in shown(unset)
    before = office.deliver()
    office.say("digest daily 9:00", ANA)
    assert "would tell nothing now" in office.say("digest now", ANA)
    office.say("digest monthly", replace(ANA, request="2"))
    told = office.desk.answer(ANA, "digest preview")
    assert told.text.startswith("A monthly digest would tell this now. Model releases")
    assert "Comes monthly" in shown(told)
    assert [text for _, text in office.deliver()[len(before) :] if "Model releases" in text] == []


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
        office.house.store.subscriptions.pause(C9, "it was archived", now, now)
    assert "archived" not in office.say("status", ANA)
    assert "archived" in office.say("status", ADMIN)
    assert "C9" not in office.say(f"why {KIMI}", ANA)


def test_admins_see_their_own_workspace_unless_they_ask_for_all(office: Office) -> None:
    here, there, now = Destination("T1/C1"), Destination("T2/C5"), office.house.clock.now()
    desk = replace(office.desk, reports=replace(office.desk.reports, admins=(Destination("T1/UADMIN"),)))
    admin = Asker("UADMIN", "C1", team="T1", request="1")
    with office.house.store.transaction():
        for number, place in enumerate((here, there)):
            office.house.store.subscriptions.pause(place, f"reason {number}", now, now)
            office.house.store.deliveries.owe_line(
                "x", place, Content(f"line {number}"), now, known_until=None
            )
            owed = office.house.store.deliveries.recent(9, ("owed",))[0]
            office.house.store.deliveries.settle(owed.sequence, "unclear", f"why {number}", now)
    status = desk.answer(admin, "status")
    assert "reason 0" in status.text
    assert "reason 1" not in status.text
    assert "Messages: 1 posted or not, nobody knows." in status.text
    assert "`/releases status all` shows all" in shown(status)
    whole = desk.answer(admin, "status all").text
    assert "reason 1" in whole
    assert "Messages: 2 posted or not, nobody knows." in whole
    unclear = desk.answer(admin, "unclear")
    assert "why 0" in unclear.text
    assert "why 1" not in unclear.text
    assert "`/releases unclear all` shows all" in shown(unclear)
    assert "why 1" in desk.answer(admin, "unclear all").text
    assert "reason 1" not in desk.answer(replace(admin, user="UANA"), "status all").text


def test_a_report_reaches_the_admins_and_a_correction_edits_and_thanks(office: Office) -> None:
    office.say("subscribe kimi", ANA)
    office.house.show(office.house.hub, office.house.repository(KIMI, license=licensed("mit")))
    wave, _ = office.desk.questions.one("Kimi-K2.6")
    assert not isinstance(office.desk.windows.report_form(ANA, wave.lead.id), Content)
    office.desk.windows.report(ANA, wave.lead.id, "it is Apache 2.0")
    assert any(to == "UADMIN" and "it is Apache 2.0" in text for to, text in office.deliver())
    report = office.house.store.reports.open()[0]
    assert isinstance(office.desk.windows.correct_form(ANA, report.id), Content)
    assert not isinstance(office.desk.windows.correct_form(ADMIN, report.id), Content)
    assert "Only those" in office.desk.windows.correct(ANA, report.id, {"license": "apache-2.0"}).text
    office.desk.windows.correct(ADMIN, report.id, {"license": "apache-2.0"})
    told = office.deliver()
    assert any("Apache" in text for text in office.house.channel.edits)
    assert any(to == "UANA" and "was corrected" in text for to, text in told)
    assert office.house.store.reports.open() == []


def test_a_workspace_that_removes_the_bot_is_paused_and_keeps_what_it_follows(office: Office) -> None:
    there = Asker("UBO", "C5", team="T2", request="9")
    office.say("subscribe kimi", there)
    office.say("subscribe kimi", ANA)
    office.desk.comings.uninstalled("T2")
    assert office.follows(Destination("T2/C5")) == ["moonshot"]
    assert list(office.house.store.subscriptions.pauses()) == ["T2/C5"]


def test_what_still_comes_with_all_labs_is_said_to(office: Office) -> None:
    office.say("subscribe all", ANA)
    office.say("subscribe kimi", ANA)
    said = office.say("unsubscribe kimi", ANA)
    assert "still comes with all labs" in said
    assert "feeds.yaml" not in said


def test_a_filter_that_leaves_nothing_out_says_so_and_by_whom(office: Office) -> None:
    with office.house.store.transaction():
        office.house.store.subscriptions.add(
            Subscription(C1, Follow("all"), Filters(), FROM_FILE, office.house.clock.now())
        )
    said = office.say("subscribe kimi license:permissive", ANA)
    assert (
        "This channel also follows all labs by feeds.yaml, without a filter, so nothing is left out: "
        "change it there."
    ) in said


def test_a_filter_beside_all_labs_says_how_to_make_it_count(office: Office) -> None:
    office.say("subscribe all", ANA)
    said = office.say("subscribe kimi max:7b", replace(ANA, request="2"))
    assert "This channel also follows all labs, without a filter, so" in said
    assert "`unsubscribe all` first, then subscribe again" in said


def test_of_two_filters_either_lets_through(office: Office) -> None:
    office.say("subscribe all max:70b", ANA)
    said = office.say("subscribe kimi license:permissive", replace(ANA, request="2"))
    assert "This channel also follows all labs (max:70b): what either lets through is told." in said
    assert "also follows" not in office.say("subscribe qwen", replace(ANA, request="3"))


@pytest.mark.parametrize(
    ("filters", "why"),
    [
        pytest.param("license:non-commercial", "its licence is MIT", id="its licence"),
        pytest.param("match:coder", "its name has no coder", id="its name"),
        pytest.param("kinds:variants", "its variants alone are wanted", id="its kind"),
        pytest.param("license:permissive", "", id="nothing"),
    ],
)
def test_a_newest_release_that_the_filter_leaves_out_is_said_with_why(
    filters: str, why: str, office: Office
) -> None:
    office.house.show(office.house.hub, office.house.repository(KIMI, license=licensed("mit")))
    said = office.say(f"subscribe kimi {filters}", ANA)
    assert "The newest release so far: " in said
    assert ("This filter leaves it out: " in said) is bool(why)
    assert why in said


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
    office.desk.comings.uninstalled("T2")
    office.desk.comings.installed("T2")
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
