"""Killed over and over at random while Slack is not well, the bot loses nothing and says nothing twice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.records import FAILED, OPEN
from tests.crash.ordeal import CHANNELS, Ordeal, an_ordeal, keys
from tests.crash.world import the_store, whole
from tests.torture.long import long_form
from tests.torture.tally import Tally


@dataclass(frozen=True)
class Plan:
    kills: int
    releases: int
    seed: int


FEW = pytest.param(Plan(8, 30, seed=1), id="a few times")
MANY = pytest.param(Plan(200, 400, seed=2), id="200 times", marks=long_form)
SPREAD = timedelta(hours=3)  # all within a day would be a flood, which is held back
HALF_AS_MANY = pytest.param(Plan(100, 200, seed=3), id="100 times", marks=long_form)


def go_through(ordeal: Ordeal, plan: Plan) -> None:
    for kill in range(plan.kills):
        ordeal.publish(plan.releases * (kill + 1) // plan.kills - len(ordeal.released))
        ordeal.kill_once()
        ordeal.clock.skip(SPREAD)
    ordeal.settle()


def count(tally: Tally, ordeal: Ordeal, excused: Iterable[tuple[str, str]] = ()) -> None:
    """Count what was tried and what came of it; `excused` are alerts that say that they are unclear."""
    told = Counter((channel, name) for channel in CHANNELS for name in ordeal.alerts(channel).elements())
    owed = {(channel, name) for channel in CHANNELS for name in ordeal.released}
    tally.count("kills", "at random", ordeal.kills)
    for fault, times in ordeal.slack.faults.items():
        tally.count("faults", f"Slack: {fault}", times)
    tally.count("lost", "alerts", len(owed - set(told) - set(excused)))
    tally.count("doubled", "alerts", sum(times > 1 for times in told.values()))


@pytest.mark.parametrize("plan", [FEW, MANY])
def test_every_release_is_announced_once_everywhere(plan: Plan, tmp_path: Path, tally: Tally) -> None:
    with an_ordeal(tmp_path, plan.seed) as ordeal:
        go_through(ordeal, plan)
        count(tally, ordeal)
        with the_store(tmp_path) as store:
            assert whole(store)
            assert store.deliveries.recent(10, (*OPEN, *FAILED)) == []
            told = store.deliveries.recent(100_000)
            order = {
                one.id: one.sequence for one in told if not one.reason
            }  # or it says why it is out of turn
        for channel in CHANNELS:
            assert ordeal.alerts(channel) == dict.fromkeys(ordeal.released, 1)
            assert ordeal.untold(channel) == []
            assert set(ordeal.notes(channel).values()) <= {1}
            assert ordeal.outdated(channel) == []
            sequences = [order[key] for key in keys(ordeal.slack.posts(channel)) if key in order]
            assert sequences == sorted(sequences)


@pytest.mark.parametrize("plan", [FEW, HALF_AS_MANY])
def test_where_history_cannot_be_read_it_is_announced_at_most_once_and_what_is_unclear_says_so(
    plan: Plan, tmp_path: Path, tally: Tally
) -> None:
    with an_ordeal(tmp_path, plan.seed, readable=False) as ordeal:
        go_through(ordeal, plan)
        with the_store(tmp_path) as store:
            assert whole(store)
            assert store.deliveries.recent(10, OPEN) == []
            failed = store.deliveries.recent(100_000, FAILED)
        assert {one.state for one in failed} <= {"unclear"}
        unclear = {(one.destination, one.release) for one in failed if one.kind == "alert"}
        count(tally, ordeal, unclear)
        for channel in CHANNELS:
            alerts = ordeal.alerts(channel)
            assert set(alerts.values()) == {1}
            assert {(channel, name) for name in ordeal.released if name not in alerts} <= unclear
