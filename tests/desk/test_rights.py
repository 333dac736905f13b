"""Who may do what: every verb and every place, for everybody whom Slack may show."""

from dataclasses import replace
from typing import get_args

import pytest

from bot.desk.grammar import parse_command
from bot.desk.questions import Asker
from bot.desk.rights import OF_VERBS, SHARED, Need, need_of, refusal
from bot.model import Destination
from bot.releases.naming.labs import Labs
from bot.settings.feeds import Changers
from bot.views.commands import Command, Verb
from tests.support.house import LABS

HERE, THERE, ELSEWHERE = Destination("T1/C1"), Destination("T1/C2"), Destination("T1/C3")
MEMBER = Asker("UANA", "C1", team="T1")
ADMIN = replace(MEMBER, user="UADMIN")
ADMINS = [Destination("T1/UADMIN")]
IN = [HERE, THERE]


def may(need: Need, asker: Asker, about: Destination = HERE, channels: list[Destination] | None = IN) -> bool:
    return refusal(need, asker, about, channels, ADMINS) == ""


def test_every_verb_has_its_need_and_only_what_sources_published_needs_nothing() -> None:
    assert set(OF_VERBS) == set(Verb)
    public = {verb for verb, need in OF_VERBS.items() if need is Need.NOTHING}
    assert public == {Verb.RECENT, Verb.SHOW, Verb.CADENCE, Verb.LABS, Verb.HELP, Verb.HELLO}
    assert public >= SHARED
    assert [verb for verb, need in OF_VERBS.items() if need is Need.ADMIN] == [Verb.HELD, Verb.UNCLEAR]


def test_what_a_channel_made_of_releases_is_for_members() -> None:
    assert need_of(Command(Verb.RECENT, "")) is Need.NOTHING
    assert need_of(Command(Verb.RECENT, "", triage="adopted")) is Need.MEMBER


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        pytest.param(MEMBER, {Need.NOTHING, Need.MEMBER, Need.CHANGE}, id="a member"),
        pytest.param(ADMIN, set(Need), id="an admin"),
        pytest.param(replace(MEMBER, is_member=False), {Need.NOTHING}, id="somebody of another workspace"),
        pytest.param(replace(ADMIN, is_member=False), {Need.NOTHING}, id="an outsider with an admin's id"),
        pytest.param(replace(MEMBER, is_member=None), {Need.NOTHING}, id="who Slack says nothing of"),
        pytest.param(replace(ADMIN, is_member=None), {Need.NOTHING}, id="an admin's id, and nothing of whom"),
        pytest.param(
            replace(ADMIN, team="T2"),
            {Need.NOTHING, Need.MEMBER, Need.CHANGE},
            id="an admin's id in another workspace",
        ),
    ],
)
def test_who_may_do_what_where_they_are(who: Asker, allowed: set[Need]) -> None:
    assert {need for need in Need if may(need, who, who.destination)} == allowed


@pytest.mark.parametrize(
    ("about", "channels", "allowed"),
    [
        pytest.param(HERE, None, True, id="where they are"),
        pytest.param(MEMBER.person, None, True, id="their own messages"),
        pytest.param(THERE, IN, True, id="a channel that they are in"),
        pytest.param(ELSEWHERE, IN, False, id="a channel that they are not in"),
        pytest.param(THERE, [], False, id="in no channel at all"),
        pytest.param(THERE, None, False, id="Slack does not say who is where"),
        pytest.param(Destination("T1/UBO"), None, False, id="another person's messages"),
        pytest.param(Destination("T1/UBO"), IN, False, id="another person's messages, in channels"),
        pytest.param(Destination("T2/C1"), [Destination("T2/C1")], False, id="another workspace's channel"),
        pytest.param(Destination("C1"), [Destination("C1")], False, id="a channel of no workspace"),
        pytest.param(Destination("console"), None, False, id="the console"),
        pytest.param(Destination("T1/D9"), None, False, id="a conversation of others"),
        pytest.param(Destination("T1/../T2/C1"), IN, False, id="a path"),
    ],
)
def test_a_place_that_a_button_or_form_names_is_theirs_or_refused(
    about: Destination, channels: list[Destination] | None, allowed: bool
) -> None:
    assert may(Need.MEMBER, MEMBER, about, channels) is allowed


OUTSIDER = replace(MEMBER, user="UOUT", is_member=False)
ANYBODY, MEMBERS, ADMINS_ONLY = "anyone", "members", "admins"


@pytest.mark.parametrize(
    ("who", "about", "allowing"),
    [
        pytest.param(OUTSIDER, HERE, [ANYBODY], id="an outsider, where they are"),
        pytest.param(replace(OUTSIDER, is_member=None), HERE, [ANYBODY], id="who Slack says nothing of"),
        pytest.param(OUTSIDER, THERE, [], id="an outsider, in another channel"),
        pytest.param(OUTSIDER, OUTSIDER.person, [], id="an outsider, for their own messages"),
        pytest.param(MEMBER, HERE, [ANYBODY, MEMBERS], id="a member, where they are"),
        pytest.param(MEMBER, THERE, [ANYBODY, MEMBERS], id="a member, in another channel of theirs"),
        pytest.param(MEMBER, ELSEWHERE, [], id="a member, in a channel that they are not in"),
        pytest.param(
            MEMBER, MEMBER.person, [ANYBODY, MEMBERS, ADMINS_ONLY], id="a member, for their own messages"
        ),
        pytest.param(ADMIN, HERE, [ANYBODY, MEMBERS, ADMINS_ONLY], id="an admin, where they are"),
        pytest.param(ADMIN, THERE, [ANYBODY, MEMBERS, ADMINS_ONLY], id="an admin, in another channel"),
        pytest.param(ADMIN, ELSEWHERE, [], id="an admin, in a channel that they are not in"),
        pytest.param(replace(ADMIN, is_member=False), HERE, [ANYBODY], id="an outsider with an admin's id"),
        pytest.param(replace(ADMIN, team="T2"), HERE, [], id="an admin's id in another workspace"),
    ],
)
def test_who_may_change_what_a_channel_follows_is_what_feeds_yaml_says(
    who: Asker, about: Destination, allowing: list[str]
) -> None:
    asked = {policy: refusal(Need.CHANGE, who, about, IN, ADMINS, policy) for policy in get_args(Changers)}
    assert [policy for policy, refused in asked.items() if not refused] == allowing


@pytest.mark.parametrize("policy", get_args(Changers))
def test_questions_are_answered_whoever_may_change(policy: Changers) -> None:
    assert refusal(Need.MEMBER, MEMBER, HERE, IN, ADMINS, policy) == ""
    assert refusal(Need.MEMBER, OUTSIDER, HERE, IN, ADMINS, policy) != ""


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("subscribe qwen", Need.CHANGE),
        ("unsubscribe qwen", Need.CHANGE),
        ("mute qwen", Need.CHANGE),
        ("unmute qwen", Need.CHANGE),
        ("digest daily", Need.CHANGE),
        ("digest", Need.MEMBER),
        ("settings variants:off", Need.CHANGE),
        ("settings", Need.MEMBER),
        ("watch qwen weights", Need.CHANGE),
        ("unwatch all", Need.CHANGE),
        ("triage Qwen 4 no", Need.MEMBER),
        ("list", Need.MEMBER),
        ("test", Need.MEMBER),
        ("recent", Need.NOTHING),
        ("held", Need.ADMIN),
    ],
)
def test_what_a_command_takes(text: str, need: Need) -> None:
    assert need_of(parse_command(text, Labs(LABS))) is need


def test_who_may_not_change_a_channel_is_told_who_may() -> None:
    said = refusal(Need.CHANGE, MEMBER, HERE, IN, ADMINS, "admins")
    assert "feeds.yaml names under `admins`" in said
    assert "to:dm" in said


@pytest.mark.parametrize(
    ("asker", "channels", "words"),
    [
        pytest.param(replace(MEMBER, is_member=False), IN, "another workspace", id="an outsider"),
        pytest.param(replace(MEMBER, is_member=None), IN, "type it as a command", id="perhaps an outsider"),
        pytest.param(MEMBER, [], "not in that conversation", id="elsewhere"),
        pytest.param(MEMBER, [], "it is private and I am not in it", id="where the bot was not invited"),
        pytest.param(MEMBER, None, "right there", id="perhaps elsewhere"),
    ],
)
def test_a_refusal_says_why_and_what_to_do(
    asker: Asker, channels: list[Destination] | None, words: str
) -> None:
    assert words in refusal(Need.MEMBER, asker, THERE, channels, ADMINS)
