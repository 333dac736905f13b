"""The way back from any change: whatever was followed, muted and set before stands again."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.undo import BESIDE, Back, Standing, read_back, restoring
from bot.errors import UsageError
from bot.model import Destination, Follow
from bot.records import FROM_COMMAND_LINE, FROM_FILE, Content, DigestPlan, Preferences, Subscription
from bot.releases.facts.filters import Filters
from bot.releases.naming.labs import Labs
from tests.support.builders import NOW
from tests.support.house import LABS
from tests.support.office import ANA, Office
from tests.support.places import C1
from tests.support.slack import pressed

KNOWN = Labs(LABS)
TEN = timedelta(minutes=10)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.open(tmp_path)


class Person:
    """Says one thing after the other, each in a request of its own."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._requests = iter(range(1, 1_000))

    def say(self, text: str) -> Content:
        return self.office.desk.answer(replace(ANA, request=f"{next(self._requests)}"), text)

    def undo(self, answer: Content) -> Content:
        _, value = pressed(answer)["Undo"]
        return self.office.desk.undo(replace(ANA, request=f"{next(self._requests)}"), value)

    def standing(self) -> Standing:
        store, now = self.office.house.store, self.office.house.clock.now()
        return Standing.of(
            store.subscriptions.of_destination(C1),
            store.preferences.mutes(C1, now),
            store.preferences.of(C1),
        )


BEFORE = ["subscribe qwen max:7b", "subscribe kimi license:permissive", "subscribe cadence google"]
CHANGES = [
    pytest.param([], "subscribe qwen", id="a first lab"),
    pytest.param([], "subscribe qwen kimi license:mit", id="two labs"),
    pytest.param([], "subscribe all", id="all labs where there was none"),
    pytest.param(BEFORE, "subscribe qwen license:mit", id="other filters"),
    pytest.param(BEFORE, "subscribe zai qwen", id="a lab that is new and one that is not"),
    pytest.param(BEFORE, "subscribe all max:70b", id="all labs beside others"),
    pytest.param(BEFORE, "subscribe cadence all", id="all cadences beside one"),
    pytest.param(BEFORE, "unsubscribe qwen", id="the end of one, with its filter"),
    pytest.param([*BEFORE, "subscribe all"], "unsubscribe all yes", id="the end of everything"),
    pytest.param(BEFORE, "unsubscribe cadence", id="the end of a cadence"),
    pytest.param([], "mute kimi", id="a mute"),
    pytest.param(["mute kimi 3d"], "mute kimi", id="a longer mute"),
    pytest.param(["mute kimi 3d", "mute qwen"], "mute all 7d", id="a mute of all beside others"),
    pytest.param(["mute kimi 3d", "mute qwen"], "unmute all", id="the end of all mutes"),
    pytest.param(["mute kimi 3d"], "unmute kimi", id="the end of one mute"),
    pytest.param([], "digest weekly mon 09:00 Europe/Berlin", id="a first digest"),
    pytest.param(["digest daily 18:00 Asia/Tokyo always"], "digest off", id="the end of a digest"),
    pytest.param(["settings variants:off"], "settings variants:post updates:off", id="settings"),
    pytest.param(
        ["settings notify:<!subteam^S0MLTEAM1|@ml> license:mit quiet:22:00-07:00 Europe/Berlin"],
        "settings notify:off quiet:23:00-06:00 UTC",
        id="whom alerts call, and quiet hours",
    ),
]


@pytest.mark.parametrize(("before", "change"), CHANGES)
def test_a_change_is_undone_with_all_that_stood_before(
    before: list[str], change: str, office: Office
) -> None:
    ana = Person(office)
    for text in before:
        ana.say(text)
    stood = ana.standing()
    answer = ana.say(change)
    assert ana.standing() != stood
    office.house.later(minutes=9)
    undone = ana.undo(answer)
    assert undone.text.startswith("Undone. ")
    assert ana.standing() == stood
    assert pressed(undone) == {}


@given(st.data())
def test_whatever_stood_before_the_way_back_is_read_as_it_was_written(data: st.DataObject) -> None:
    before, after = data.draw(_standings), data.draw(_standings)
    texts = restoring(before, after, NOW)
    assert (texts == []) == (before == after)
    if not texts:
        return
    back = Back(NOW, C1, texts)
    read = read_back(str(back))
    assert (read.place, read.texts) == (C1, texts)
    assert not any(BESIDE.strip() in text for text in texts)
    assert [command.changes for command in read.commands(KNOWN, NOW)] == [True] * len(texts)


_filters = st.builds(
    Filters,
    license=st.sampled_from(["any", "permissive", "apache-2.0"]),
    max=st.sampled_from([None, 7 * 10**9]),
    kinds=st.sampled_from(["all", "variants"]),
    match=st.sampled_from([(), ("coder", "deep think"), ("a:b",)]),
)
_labs = st.sampled_from(["all", *(lab.id for lab in LABS)])
_standings = st.builds(
    Standing,
    st.dictionaries(
        st.builds(Follow, _labs, cadence=st.just(value=False)), _filters.map(lambda it: frozenset({it}))
    ),
    st.dictionaries(_labs, st.sampled_from([None, NOW + timedelta(days=3), NOW + timedelta(seconds=90)])),
    st.builds(
        Preferences,
        variants=st.sampled_from(["thread", "off"]),
        updates=st.sampled_from(["edit", "thread"]),
        digest=st.sampled_from([None, DigestPlan("daily"), DigestPlan("weekly", 2, 17, 30, "Asia/Tokyo")]),
    ),
)


def test_after_ten_minutes_it_stays_and_says_so(office: Office) -> None:
    ana = Person(office)
    answer = ana.say("subscribe qwen")
    office.house.later(minutes=11)
    said = ana.undo(answer).text
    assert said == (
        "That was more than ten minutes ago and stays as it is: `list` shows what holds. Nothing was changed."
    )
    assert office.follows() == ["qwen"]


def test_the_channel_reads_that_it_was_undone(office: Office) -> None:
    ana = Person(office)
    answer = ana.say("subscribe qwen")
    office.deliver()
    ana.undo(answer)
    assert [text for _, text in office.deliver()] == [
        "<@UANA> made this channel follow Qwen.",
        "<@UANA> made this channel unfollow Qwen.",
    ]


def test_several_commands_of_one_button_are_each_told(office: Office) -> None:
    ana = Person(office)
    for text in BEFORE:
        ana.say(text)
    answer = ana.say("unsubscribe all yes")
    office.deliver()
    ana.undo(answer)
    [*_, (_, told)] = office.deliver()
    assert len(told.splitlines()) == 3


@pytest.mark.parametrize("text", ["list", "subscribe nothing-like-it", "unsubscribe all", "mute"])
def test_what_changes_nothing_has_no_way_back(text: str, office: Office) -> None:
    assert "Undo" not in pressed(Person(office).say(text))


def test_a_change_that_was_made_before_has_no_way_back(office: Office) -> None:
    ana = Person(office)
    ana.say("subscribe qwen")
    assert "Undo" not in pressed(ana.say("subscribe qwen"))


def test_what_no_command_can_say_has_no_way_back() -> None:
    two = [
        Subscription(C1, Follow("qwen"), Filters(license="mit"), origin, NOW)
        for origin in (FROM_COMMAND_LINE, FROM_FILE, "Slack")
    ]
    before = Standing.of([two[0], replace(two[2], filters=Filters())], (), Preferences())
    assert restoring(before, Standing.of((), (), Preferences()), NOW) == []
    assert Standing.of(two[1:2], (), Preferences()).follows == {}


SECONDS = f"{NOW.timestamp():.0f}"
FORGED = [
    pytest.param("", "belongs to another version", id="nothing"),
    pytest.param("unsubscribe qwen", "belongs to another version", id="a command"),
    pytest.param("99999999999999999999 C1 mute qwen", "belongs to another version", id="no time"),
    pytest.param(f"{SECONDS} C1", "belongs to another version", id="no command"),
    pytest.param("99999999999 C1 list", "belongs to another version", id="a question"),
    pytest.param("99999999999 C9 mute qwen", "You are not in that conversation", id="another channel"),
    pytest.param("99999999999 C1 dance", "know the command", id="no command of ours"),
]


@pytest.mark.parametrize(("value", "said"), FORGED)
def test_a_forged_button_does_nothing_that_a_command_would_not(value: str, said: str, office: Office) -> None:
    assert said in office.desk.undo(ANA, value).text
    assert office.house.store.preferences.mutes() == []


def test_a_value_too_old_to_tell_is_none() -> None:
    with pytest.raises(UsageError):
        read_back("٤٢ C1 mute qwen").commands(KNOWN, NOW)
    assert Back(NOW, Destination("C1"), ["mute qwen"]).commands(KNOWN, NOW + TEN)
