"""Whether each subscription wanted a release, in words."""

from datetime import datetime, timedelta

import pytest

from bot.model import Follow, Lab, License, Wave
from bot.outbox.audience import receptions
from bot.records import Mute, Subscription
from bot.releases.facts.filters import Filters
from tests.support.builders import APACHE, MOONSHOT, NOT_STATED, NOW, alone, named, release
from tests.support.places import C1, C2

HOUR = timedelta(hours=1)
EARLIER = NOW - timedelta(days=1)


def words_of(wave: Wave, subscriptions: list[Subscription], mutes: list[Mute], now: datetime) -> list[str]:
    return [f"{one.destination}: {one.why}" for one in receptions(wave, subscriptions, mutes, now)]


def wave(license: License = APACHE, lab: Lab = MOONSHOT) -> Wave:
    return alone(release(named("Kimi K3 35B"), "moonshotai/K3", license=license, parameters=35 * 10**9), lab)


@pytest.mark.parametrize(
    ("filters", "license", "hours", "words"),
    [
        pytest.param(Filters(), APACHE, 0, "C1: wants it", id="everything"),
        pytest.param(Filters(max=20 * 10**9), APACHE, 0, "C1: 35B is above max:20b", id="too large"),
        pytest.param(Filters(kinds="variants"), APACHE, 0, "C1: wants its variants only", id="variants"),
        pytest.param(
            Filters(license="permissive"),
            NOT_STATED,
            1,
            "C1: waits until 2026-04-20 21:46 UTC, as its licence is not stated",
            id="a fact that may still come",
        ),
        pytest.param(
            Filters(license="permissive"),
            NOT_STATED,
            7,
            "C1: its licence is not stated, which counts as not matching since 2026-04-20 21:46 UTC",
            id="a fact that did not come",
        ),
    ],
)
def test_what_a_subscription_makes_of_a_release(
    filters: Filters, license: License, hours: int, words: str
) -> None:
    follows = Subscription(C1, Follow("moonshot"), filters, "Slack", EARLIER)
    assert words_of(wave(license), [follows], [], NOW + hours * HOUR) == [words]


def test_one_model_that_fits_is_enough() -> None:
    small = release(named("Kimi K3 9B"), "moonshotai/K3-9B", license=APACHE, parameters=9 * 10**9)
    both = Wave(MOONSHOT, small, (small, *wave().members))
    follows = Subscription(C1, Follow("all"), Filters(max=20 * 10**9), "Slack", EARLIER)
    assert words_of(both, [follows], [], NOW) == ["C1: wants it"]


def test_who_followed_too_late_or_another_lab() -> None:
    late = Subscription(C1, Follow("moonshot"), Filters(), "Slack", NOW + HOUR)
    other = Subscription(C2, Follow("zai"), Filters(), "Slack", EARLIER)
    assert words_of(wave(), [late, other], [], NOW + 2 * HOUR) == [
        "C1: follows it since 2026-04-20 16:46 UTC, which is after the release"
    ]


@pytest.mark.parametrize(
    ("mute", "words"),
    [
        pytest.param(Mute(C1, "all", NOW + HOUR), "C1: muted until 2026-04-20 16:46 UTC", id="for a while"),
        pytest.param(Mute(C1, "moonshot", None), "C1: muted until somebody unmutes it", id="for ever"),
        pytest.param(Mute(C2, "moonshot", None), "C1: wants it", id="muted elsewhere"),
        pytest.param(Mute(C1, "zai", None), "C1: wants it", id="another lab is muted"),
    ],
)
def test_a_mute_is_said(mute: Mute, words: str) -> None:
    follows = Subscription(C1, Follow("all"), Filters(), "Slack", EARLIER)
    assert words_of(wave(), [follows], [mute], NOW) == [words]


@pytest.mark.parametrize("turn", [1, -1], ids=["the longest one last", "the longest one first"])
def test_of_several_mutes_the_longest_is_said(turn: int) -> None:
    mutes = [Mute(C1, "all", NOW + HOUR), Mute(C1, "moonshot", NOW + 2 * HOUR)][::turn]
    follows = Subscription(C1, Follow("all"), Filters(), "Slack", EARLIER)
    assert words_of(wave(), [follows], mutes, NOW) == ["C1: muted until 2026-04-20 17:46 UTC"]
