"""How a destination wants to be told."""

from datetime import time, timedelta

import pytest

from bot.model import ALL, Destination
from bot.outbox.audience import longest_mute
from bot.records import DigestPlan, MentionRule, Mute, Preferences, QuietHours
from bot.releases.facts.filters import Filters
from bot.store.store import Store
from tests.support.clock import START
from tests.support.places import C1, C2

WEEKLY = DigestPlan("weekly", 4, 16, 30, "Europe/Berlin")
HOUR = timedelta(hours=1)


def mute(store: Store, lab: str, until_hours: int | None, destination: str = "C1") -> bool:
    until = START + until_hours * HOUR if until_hours is not None else None
    with store.transaction():
        return store.preferences.mute(Mute(Destination(destination), lab, until, "ana"))


def test_who_never_said_is_told_as_all_are(store: Store) -> None:
    assert store.preferences.of(C1) == Preferences()


def test_what_was_set_is_there(store: Store) -> None:
    rule = MentionRule("S0MLTEAM1", Filters(license="permissive"))
    night = QuietHours(time(22), time(7), "Europe/Berlin")
    wanted = Preferences("off", "thread", WEEKLY, rule, night)
    with store.transaction():
        store.preferences.set(C1, wanted, START)
    assert store.preferences.of(C1) == wanted
    assert store.preferences.of(C2) == Preferences()


def test_settings_and_a_pause_leave_each_other_alone(store: Store) -> None:
    with store.transaction():
        store.subscriptions.pause(C1, "archived", START, START + HOUR)
        store.preferences.set(C1, Preferences("post"), None)
        store.subscriptions.note_notice(C1, START)
    assert store.subscriptions.pauses()[C1].notified_at == START
    with store.transaction():
        store.subscriptions.resume(C1)
    assert store.subscriptions.pauses() == {}
    assert store.preferences.of(C1).variants == "post"


def test_the_next_pause_is_told_of_again(store: Store) -> None:
    with store.transaction():
        store.subscriptions.pause(C1, "archived", START, START + HOUR)
        store.subscriptions.note_notice(C1, START)
        store.subscriptions.resume(C1)
        store.subscriptions.pause(C1, "archived", START, START + HOUR)
    assert store.subscriptions.pauses()[C1].notified_at is None


def test_a_digest_is_due_until_it_is_put_on(store: Store) -> None:
    with store.transaction():
        store.preferences.set(C1, Preferences(digest=WEEKLY), START + HOUR)
        store.preferences.set(C2, Preferences(), None)
    assert store.preferences.digests_due(START) == []
    assert store.preferences.digests_due(START + HOUR) == [("C1", WEEKLY)]
    with store.transaction():
        store.preferences.advance(C1, START + 2 * HOUR)
        store.preferences.advance(C2, START)
    assert store.preferences.digests_due(START + HOUR) == []


@pytest.mark.parametrize(
    ("muted", "lab", "hours", "silent"),
    [
        pytest.param(("moonshot", 2), "moonshot", 1, True, id="a mute that is not over"),
        pytest.param(("moonshot", 2), "moonshot", 2, False, id="one that is"),
        pytest.param(("moonshot", None), "moonshot", 10_000, True, id="one for ever"),
        pytest.param(("moonshot", 2), "zai", 1, False, id="another lab"),
        pytest.param((ALL, 2), "zai", 1, True, id="all labs"),
    ],
)
def test_what_is_muted(
    store: Store, muted: tuple[str, int | None], lab: str, hours: int, silent: bool
) -> None:
    mute(store, *muted)
    assert bool(longest_mute(store.preferences.mutes(C1, START + hours * HOUR), lab)) is silent
    assert longest_mute(store.preferences.mutes(C2, START), lab) is None


def test_the_longest_mute_counts(store: Store) -> None:
    mute(store, "moonshot", 2)
    mute(store, ALL, 5)
    found = longest_mute(store.preferences.mutes(C1, START), "moonshot")
    assert found
    assert found.until == START + 5 * HOUR


def test_the_same_mute_twice_changes_nothing(store: Store) -> None:
    assert [mute(store, "zai", 2), mute(store, "zai", 2), mute(store, "zai", None)] == [True, False, True]


def test_mutes_end_by_lab_or_all_at_once(store: Store) -> None:
    for lab in ("zai", "moonshot", "qwen"):
        mute(store, lab, None)
    mute(store, "zai", None, "C2")
    with store.transaction():
        assert store.preferences.unmute(C1, ["zai"]) == 1
        assert store.preferences.unmute(C1, ["zai"]) == 0
        assert store.preferences.unmute(C1, [ALL]) == 2
    assert [one.destination for one in store.preferences.mutes()] == ["C2"]


def test_only_mutes_that_are_not_over_are_asked_for(store: Store) -> None:
    mute(store, "zai", 2)
    mute(store, "moonshot", None)
    assert [one.lab for one in store.preferences.mutes(C1, START + 3 * HOUR)] == ["moonshot"]
    assert len(store.preferences.mutes(C1)) == 2


@pytest.mark.parametrize(
    ("ahead", "due"),
    [
        pytest.param(timedelta(days=31), False, id="a month ahead is when a monthly digest comes"),
        pytest.param(timedelta(days=34), True, id="no digest is further ahead: a clock was wrong"),
        pytest.param(timedelta(days=4_000), True, id="nor is it years ahead"),
    ],
)
def test_a_digest_put_off_by_a_clock_that_ran_ahead_is_due(store: Store, ahead: timedelta, due: bool) -> None:
    with store.transaction():
        store.preferences.set(C1, Preferences(digest=WEEKLY), START + ahead)
    assert bool(store.preferences.digests_due(START)) is due
