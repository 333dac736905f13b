"""The Home tab: what I follow, what my channels follow, what came out."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.model import Destination, Follow, Wave
from bot.records import FROM_SLACK, Mute, Pause, Subscription, View
from bot.releases.facts.filters import Filters
from bot.views.answers import Following
from bot.views.home import MOST_RECENT, home_view
from tests.support.builders import KIMI, NOW, alone
from tests.support.places import C0123, U0123
from tests.support.slack import HOSTILE, complaints, pressed, shown
from tests.support.waves import waves


def following(destination: str, *labs: str) -> Following:
    subscriptions = [
        Subscription(Destination(destination), Follow(lab), Filters(), FROM_SLACK, NOW, "U0123")
        for lab in labs
    ]
    return Following(Destination(destination), subscriptions)


def home(mine: Following, *channels: Following, knows: bool = True, recent: tuple[Wave, ...] = ()) -> View:
    return home_view(mine, channels, recent, NOW, knows_channels=knows)


def test_it_shows_what_i_and_my_channels_follow_with_buttons_to_change_it() -> None:
    view = home(following("U0123", "qwen"), following("C0123", "zai"), recent=(alone(KIMI),))
    said = shown(view)
    assert said.index("*What I follow*") < said.index("• *qwen*: every release") < said.index("<#C0123>")
    assert said.index("<#C0123>") < said.index("• *zai*") < said.index("*Recent releases*")
    accessories = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    assert [(it["action_id"], it["value"]) for it in accessories] == [
        ("home_edit:0", "C0123"),
        ("details:1", "1"),
    ]
    rows = [block["elements"][0] for block in view["blocks"] if block["type"] == "actions"]
    assert [(it["action_id"], it["value"]) for it in rows] == [
        ("home_subscribe", "U0123"),
        ("home_where", "channel"),
    ]


def test_who_follows_nothing_is_asked_to() -> None:
    view = home(following("U0123"))
    assert pressed(view) == {
        "Follow labs": ("home_subscribe", "U0123"),
        "Follow labs in a channel": ("home_where", "channel"),
    }
    assert "None of them follows anything yet." in shown(view)


def test_where_slack_does_not_tell_the_channels_it_says_so() -> None:
    said = shown(home(following("U0123"), knows=False))
    assert "Slack does not tell me which channels you are in. Type `/releases list` in a channel" in said


def test_a_paused_channel_is_marked() -> None:
    paused = replace(following("C0123", "qwen"), pause=Pause(C0123, NOW, "archived", NOW))
    assert "*<#C0123>* · ⏸️ paused" in shown(home(following("U0123"), paused))


def test_channels_beyond_what_fits_are_counted() -> None:
    view = home(following("U0123"), *(following(f"C01{number}", "qwen") for number in range(30)))
    assert "and 10 more channels" in shown(view)


@given(wave=waves())
def test_whatever_is_released_slack_takes_the_tab(validate: Any, wave: Wave) -> None:
    assert complaints(validate, home(following("U0123"), recent=(wave,) * MOST_RECENT)) == []


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_everything_at_its_most_hostile_at_once(validate: Any, text: str) -> None:
    labs = [f"{number}{text}" for number in range(200)]
    names = dict.fromkeys(labs, text)
    mine = replace(following("U0123", *labs), names=names, mutes=[Mute(U0123, lab, None) for lab in labs])
    channels = [replace(following(f"C{number}{text}", *labs), names=names) for number in range(25)]
    view = home(mine, *channels)
    assert complaints(validate, view) == []
    assert "/releases help" in shown(view)
