"""When a source is blind, when the bot is not well, and what of that the admins hear, once each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ops.health import Blind, Health, Vitals, Watch, alive, blind_sources, health, news, ready
from bot.records import SourceState
from tests.support.clock import START

HUB = "hub:zai"
FEED = "feed:z.ai/rss"
NOW = START + timedelta(days=10)
EVERY = {HUB: timedelta(minutes=2)}
UNSEEN = ": what is released there goes unseen; `status` tells more"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def state(
    source: str = HUB,
    *,
    good: timedelta | None = None,
    failing: timedelta | None = None,
    due: timedelta = timedelta(),
) -> SourceState:
    """Return a source with the times of its last good poll and first failure, as they lie before NOW."""
    return SourceState(
        source,
        succeeded_at=None if good is None else NOW - good,
        failing_since=None if failing is None else NOW - failing,
        failure="" if failing is None else "timeout",
        next_poll_at=NOW + due,
    )


def vitals(
    *states: SourceState,
    every: Mapping[str, timedelta] = EVERY,
    watching: timedelta = timedelta(days=1),
    known: Mapping[str, datetime] | None = None,
) -> Vitals:
    watch = Watch(NOW - watching, NOW)
    return Vitals(watch, every, {one.id: one for one in states}, known=known or {})


@pytest.mark.parametrize(
    ("every", "source", "watching", "since"),
    [
        pytest.param(2, state(good=minutes(1)), minutes(999), None, id="a source that answers is not blind"),
        pytest.param(
            2, state(good=minutes(29), failing=minutes(27)), minutes(999), None, id="half an hour is waited"
        ),
        pytest.param(
            2, state(good=minutes(30), failing=minutes(28)), minutes(999), 30, id="and then it is blind"
        ),
        pytest.param(
            60,
            state(good=minutes(179), failing=minutes(119)),
            minutes(999),
            None,
            id="so are three intervals",
        ),
        pytest.param(
            60,
            state(good=minutes(180), failing=minutes(120)),
            minutes(999),
            180,
            id="three intervals are enough",
        ),
        pytest.param(
            2,
            state(good=minutes(600), failing=minutes(9)),
            minutes(29),
            None,
            id="after a pause it may try first",
        ),
        pytest.param(
            2,
            state(good=minutes(600), failing=minutes(9)),
            minutes(30),
            600,
            id="what it missed in the pause counts once it tried",
        ),
        pytest.param(
            2,
            state(good=minutes(40)),
            minutes(999),
            40,
            id="a poll that hangs and never fails is noticed too",
        ),
        pytest.param(
            2,
            state(good=minutes(40), due=minutes(5)),
            minutes(999),
            None,
            id="a source that asked to be left alone for long is not blind",
        ),
        pytest.param(
            2,
            state(good=minutes(40), failing=minutes(38), due=minutes(5)),
            minutes(999),
            40,
            id="one that fails is, whenever it is tried next",
        ),
        pytest.param(
            2,
            state(failing=minutes(31)),
            minutes(31),
            31,
            id="one that never answered is blind since it was tried",
        ),
        pytest.param(2, SourceState(HUB), minutes(31), 31, id="one that was never polled is noticed"),
        pytest.param(
            2,
            state(good=-minutes(600), failing=minutes(50)),
            minutes(60),
            50,
            id="a good poll in the future was a wrong clock's",
        ),
    ],
)
def test_a_source_is_blind_after_three_intervals_and_half_an_hour(
    every: int, source: SourceState, watching: timedelta, since: int | None
) -> None:
    found = blind_sources(vitals(source, every={HUB: minutes(every)}, watching=watching), NOW)
    failure = source.failure
    assert found == (() if since is None else (Blind(HUB, NOW - minutes(since), failure),))


def test_a_blind_source_stays_blind_over_a_restart() -> None:
    failing = state(good=minutes(600), failing=minutes(598))
    known = {HUB: NOW - minutes(600)}
    assert blind_sources(vitals(failing, watching=minutes(0), known=known), NOW) == (
        Blind(HUB, known[HUB], "timeout"),
    )


@pytest.mark.parametrize(
    ("gap", "since"),
    [
        pytest.param(timedelta(seconds=1), START, id="a tick goes on"),
        pytest.param(timedelta(seconds=119), START, id="so does one that waited for the database"),
        pytest.param(timedelta(hours=8), START + timedelta(hours=8), id="a suspended laptop begins anew"),
        pytest.param(timedelta(hours=-1), START - timedelta(hours=1), id="so does a clock that was set back"),
    ],
)
def test_the_watch_begins_anew_after_a_gap(gap: timedelta, since: datetime) -> None:
    assert Watch(START, START).at(START + gap) == Watch(since, START + gap)


def test_after_a_suspended_night_nothing_is_blind_until_it_was_tried() -> None:
    evening = vitals(state(good=timedelta(hours=8)))
    morning = replace(evening, watch=Watch(START, NOW - timedelta(hours=8)).at(NOW))
    assert blind_sources(morning, NOW) == ()


def test_admins_hear_once_of_blind_and_once_of_back() -> None:
    known: dict[str, datetime] = {}
    heard = []
    good = NOW
    for minute in range(0, 300, 10):
        now = NOW + minutes(minute)
        fails = 30 <= minute < 200
        good = good if fails else now
        source = SourceState(
            HUB, succeeded_at=good, next_poll_at=now, failure="denied" if fails else "", failing_since=None
        )
        found = news(Vitals(Watch(NOW, now), EVERY, {HUB: source}, known=known), now)
        if found:
            known = dict(found.known)
            heard += [(minute, line.text) for line in found.lines]
    assert heard == [
        (
            50,
            f"hub:zai (denied, since 2026-04-11 00:20 UTC) is blind{UNSEEN}",
        ),
        (200, "hub:zai (blind since 2026-04-11 00:20 UTC) is back"),
    ]
    assert known == {}


def test_a_clock_set_back_keeps_no_source_blind_that_answers() -> None:
    known = {HUB: NOW + timedelta(hours=1)}
    found = news(vitals(state(good=minutes(1)), known=known), NOW)
    assert found
    assert [line.identity.partition("@")[0] for line in found.lines] == [f"back|{HUB}"]
    assert found.known == {}


def test_a_source_that_left_the_file_is_forgotten_without_a_word() -> None:
    found = news(vitals(state(good=minutes(1)), known={FEED: START}), NOW)
    assert found
    assert found.lines == ()
    assert found.known == {}


def test_there_is_no_news_while_the_database_cannot_be_read() -> None:
    seen = vitals(state(good=minutes(600), failing=minutes(600)))
    assert news(seen, NOW)
    assert not news(replace(seen, unreadable="the disk is full"), NOW)


def test_many_that_go_together_are_one_line() -> None:
    every = {f"hub:lab{number}": minutes(2) for number in range(40)}
    seen = vitals(*(state(source, good=minutes(60), failing=minutes(58)) for source in every), every=every)
    found = news(seen, NOW)
    assert found
    (line,) = found.lines
    assert line.text.startswith("hub:lab0 (timeout, since 2026-04-10 23:00 UTC), hub:lab1 (")
    assert ", 35 more are blind" in line.text


def test_a_line_has_one_identity_for_one_event() -> None:
    def identities(since: timedelta, failure: str) -> list[str]:
        failing = replace(state(good=since, failing=since), failure=failure)
        gone = news(vitals(failing), NOW)
        back = news(vitals(state(good=minutes(1)), known={HUB: NOW - since}), NOW)
        assert gone
        assert back
        return [line.identity for line in (*gone.lines, *back.lines)]

    first = identities(minutes(90), "timeout")
    assert len(set(first)) == 2
    assert identities(minutes(90), "denied") == first
    assert not set(identities(minutes(150), "timeout")) & set(first)


WELL = vitals(state(good=minutes(1)))
DEAF = vitals(
    state(good=minutes(60), failing=minutes(58)),
    state(FEED, good=minutes(1)),
    every={**EVERY, FEED: minutes(10)},
)


@pytest.mark.parametrize(
    ("seen", "now", "ok", "sentence"),
    [
        pytest.param(
            WELL,
            NOW + minutes(3),
            False,
            "The main loop stands still: it last ticked at 2026-04-11 00:00 UTC.",
            id="a loop that stands still",
        ),
        pytest.param(
            replace(WELL, unreadable="the disk is full"),
            NOW,
            False,
            "The database cannot be read: the disk is full",
            id="a database that cannot be read",
        ),
        pytest.param(
            replace(WELL, closed="the token was revoked"),
            NOW,
            False,
            "Nothing can be sent: the token was revoked",
            id="a token that was revoked",
        ),
        pytest.param(
            vitals(state(good=minutes(60), failing=minutes(58))),
            NOW,
            False,
            "No source at all can be read: is this machine offline?",
            id="no source at all",
        ),
        pytest.param(
            DEAF,
            NOW,
            True,
            "Blind: hub:zai (timeout, since 2026-04-10 23:00 UTC).",
            id="one blind source of two is no reason to restart",
        ),
        pytest.param(
            replace(WELL, deliveries={"sent": 9, "unclear": 2, "impossible": 1}),
            NOW,
            True,
            "Unclear or impossible messages: 3; `cadencebot deliveries --open` says why.",
            id="nor are messages that need a person",
        ),
    ],
)
def test_what_is_wrong_is_said_and_only_some_of_it_makes_the_bot_unwell(
    seen: Vitals, now: datetime, ok: bool, sentence: str
) -> None:
    found = health(seen, now)
    assert found.ok is ok
    assert found.sentences[0] == sentence


def test_a_well_bot_has_nothing_to_say() -> None:
    assert health(WELL, NOW) == alive(WELL, NOW) == ready(WELL, NOW) == Health(ok=True)


@pytest.mark.parametrize(
    ("seen", "now", "lives", "can"),
    [
        pytest.param(WELL, NOW + minutes(3), False, False, id="a loop that stands still"),
        pytest.param(replace(WELL, unreadable="it is gone"), NOW, True, False, id="no database"),
        pytest.param(replace(WELL, idle="none was looked for yet"), NOW, True, False, id="no jobs"),
        pytest.param(replace(WELL, closed="the token was revoked"), NOW, True, True, id="no token"),
        pytest.param(vitals(state(good=minutes(60), failing=minutes(58))), NOW, True, True, id="no source"),
    ],
)
def test_a_process_is_restarted_for_its_own_faults_and_left_out_for_what_it_cannot_do(
    seen: Vitals, now: datetime, lives: bool, can: bool
) -> None:
    assert not health(seen, now).ok
    assert (alive(seen, now).ok, ready(seen, now).ok) == (lives, can)


MOMENTS = st.none() | st.integers(-90_000, 90_000).map(lambda number: NOW + minutes(number))


@given(good=MOMENTS, failing=MOMENTS, due=MOMENTS, known=MOMENTS, failure=st.sampled_from(["", "timeout"]))
def test_telling_ends_the_news_whatever_the_clocks_said(
    good: datetime | None,
    failing: datetime | None,
    due: datetime | None,
    known: datetime | None,
    failure: str,
) -> None:
    source = SourceState(HUB, succeeded_at=good, failing_since=failing, next_poll_at=due, failure=failure)
    seen = vitals(source, known={HUB: known} if known else {})
    found = news(seen, NOW)
    told = [line.identity.partition("|")[0] for line in found.lines] if found else []
    again = news(replace(seen, known=found.known if found else seen.known), NOW)
    told_again = [line.identity.partition("|")[0] for line in again.lines] if again else []
    assert "blind" not in told_again or "back" in told
    assert "back" not in told_again
