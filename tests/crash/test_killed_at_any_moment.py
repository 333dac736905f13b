"""Killed over and over at random while Slack is not well, the bot loses nothing and says nothing twice."""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.records import FAILED, OPEN
from tests.crash.ordeal import CHANNELS, Ordeal, an_ordeal, keys
from tests.crash.world import the_store, whole
from tests.torture.long import long_form


@dataclass(frozen=True)
class Plan:
    kills: int
    releases: int
    seed: int


FEW = pytest.param(Plan(8, 30, seed=1), id="a few times")
MANY = pytest.param(Plan(200, 400, seed=2), id="200 times", marks=long_form)
HALF_AS_MANY = pytest.param(Plan(100, 200, seed=3), id="100 times", marks=long_form)


def go_through(ordeal: Ordeal, plan: Plan) -> None:
    for kill in range(plan.kills):
        ordeal.publish(plan.releases * (kill + 1) // plan.kills - len(ordeal.released))
        ordeal.kill_once()
    ordeal.settle()


@pytest.mark.parametrize("plan", [FEW, MANY])
def test_every_release_is_announced_once_everywhere(plan: Plan, tmp_path: Path) -> None:
    with an_ordeal(tmp_path, plan.seed) as ordeal:
        go_through(ordeal, plan)
        with the_store(tmp_path) as store:
            assert whole(store)
            assert store.deliveries.recent(10, (*OPEN, *FAILED)) == []
            order = {one.id: one.sequence for one in store.deliveries.recent(100_000)}
        once = dict.fromkeys(ordeal.released, 1)
        for channel in CHANNELS:
            assert ordeal.alerts(channel) == once
            assert ordeal.notes(channel) == dict.fromkeys(ordeal.variants, 1)
            sequences = [order[key] for key in keys(ordeal.slack.posts(channel))]
            assert sequences == sorted(sequences)
            print(channel, len(sequences), ordeal.slack.faults, ordeal.kills)


@pytest.mark.parametrize("plan", [FEW, HALF_AS_MANY])
def test_where_history_cannot_be_read_it_is_announced_at_most_once_and_what_is_unclear_says_so(
    plan: Plan, tmp_path: Path
) -> None:
    with an_ordeal(tmp_path, plan.seed, readable=False) as ordeal:
        go_through(ordeal, plan)
        with the_store(tmp_path) as store:
            assert whole(store)
            assert store.deliveries.recent(10, OPEN) == []
            deliveries = store.deliveries.recent(100_000)
        for channel in CHANNELS:
            alerts = ordeal.alerts(channel)
            assert set(alerts.values()) == {1}
            unclear = {
                one.release
                for one in deliveries
                if one.destination == channel and one.kind == "alert" and one.state == "unclear"
            }
            assert set(ordeal.released) - set(alerts) <= unclear
            assert len(unclear) < len(ordeal.released)
            print(channel, len(unclear), len(ordeal.released), ordeal.slack.faults)
