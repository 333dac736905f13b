"""What is asked in a channel about one's own messages: it says so, and its buttons act there."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.records import Content
from tests.support.office import ANA, Office
from tests.support.places import C1, UANA
from tests.support.slack import pressed, shown

ALONE = replace(ANA, is_dm=True)
KIMI = "moonshotai/Kimi-K2.6"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.open(tmp_path)


def asked(office: Office, *texts: str) -> Content:
    """Return the answer to the last of what is asked."""
    *before, last = texts
    for number, text in enumerate(before):
        office.say(text, replace(ANA, request=f"before {number}"))
    return office.desk.answer(ANA, last)


@pytest.mark.parametrize(
    ("texts", "offered"),
    [
        pytest.param(["list to:dm"], ["subscribe all", "labs"], id="a list of nothing"),
        pytest.param(["digest to:dm"], ["digest weekly mon 09:00", "digest daily 09:00"], id="no digest"),
        pytest.param(["digest daily to:dm"], ["digest off"], id="a new digest"),
        pytest.param(["settings variants:off to:dm"], ["settings variants:post"], id="settings"),
        pytest.param(["unsubscribe all to:dm"], ["unsubscribe all to:dm yes"], id="a question first"),
        pytest.param(["mute all to:dm", "unmute kimi to:dm"], ["unmute all to:dm"], id="what may be meant"),
        pytest.param(
            ["subscribe all to:dm", "unsubscribe kimi to:dm"], ["mute moonshot to:dm"], id="what is possible"
        ),
        pytest.param(["watch kimi k3 to:dm"], ["unwatch moonshot kimi k3 to:dm"], id="the end of a wait"),
        pytest.param(
            ["watch kimi k3 to:dm", "unwatch kimi to:dm"], ["watch moonshot kimi k3"], id="a wait again"
        ),
        pytest.param(["unwatch kimi to:dm"], ["unsubscribe moonshot to:dm"], id="nothing waited for"),
    ],
)
def test_its_buttons_act_there(texts: list[str], offered: list[str], office: Office) -> None:
    runs = [(action, value) for action, value in pressed(asked(office, *texts)).values()]
    assert {value for _, value in runs} >= {f"UANA {text}" for text in offered}
    assert {action.partition(":")[0] for action, _ in runs} <= {"there", "undo", "cancel"}


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        pytest.param(["digest to:dm"], "No digest is sent to your messages.", id="no digest"),
        pytest.param(["digest daily to:dm"], "A digest is sent to your messages every day", id="a digest"),
        pytest.param(["digest now to:dm"], "nothing came out that is followed in your messages", id="none"),
        pytest.param(["unwatch kimi to:dm"], "like that is waited for in your messages", id="no such wait"),
        pytest.param(
            ["watch kimi k3 to:dm", "unwatch kimi to:dm"],
            "No longer waited for in your messages",
            id="a wait",
        ),
        pytest.param(
            ["test to:dm"], "I can post in your messages: the test message stands there", id="a test"
        ),
    ],
)
def test_its_words_do_not_say_here(texts: list[str], said: str, office: Office) -> None:
    answer = asked(office, *texts)
    assert said in answer.text
    assert " here" not in answer.text


def test_what_may_be_typed_instead_is_about_the_same_place(office: Office) -> None:
    assert "`/releases digest weekly mon 09:00 Europe/Berlin to:dm`" in shown(asked(office, "digest to:dm"))
    assert "`/releases list to:dm` shows it" in shown(asked(office, "watch kimi k3 to:dm"))
    assert "`/releases subscribe qwen to:dm`" in shown(asked(office, "list to:dm"))


def test_a_wait_that_says_too_little_is_completed_for_the_same_place(office: Office) -> None:
    runs = pressed(asked(office, "watch kimi to:dm"))
    assert [value for _, value in runs.values()][:2] == [
        "subscribe moonshot to:dm",
        "watch moonshot weights:open to:dm",
    ]


def test_in_a_conversation_of_their_own_it_is_here(office: Office) -> None:
    answer = office.desk.answer(ALONE, "digest to:dm")
    assert "No digest is sent here." in answer.text
    assert pressed(answer)["Every day at 9:00"] == ("replace:1", "digest daily 09:00")


def test_an_answer_to_such_a_button_is_about_the_same_place(office: Office) -> None:
    answer, _ = office.desk.answer_there(ANA, UANA, "digest daily 09:00")
    assert "A digest is sent to your messages" in answer.text
    assert pressed(answer)["Stop the digest"] == ("there:0", "UANA digest off")
    assert office.house.store.preferences.of(C1).digest is None
    assert office.house.store.preferences.of(UANA).digest


def test_nothing_is_shared_in_a_conversation_of_their_own(office: Office) -> None:
    office.house.show(office.house.hub, office.house.repository(KIMI))
    for text in ("recent", "show kimi k2.6", "cadence", "what came out this week?"):
        assert "Share in channel" in pressed(office.desk.answer(ANA, text)), text
        assert "Share in channel" not in pressed(office.desk.answer(ALONE, text)), text
