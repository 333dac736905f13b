"""Several workers on one PostgreSQL, killed and frozen at random: nothing is lost, nothing is said twice."""

from collections.abc import Collection
from pathlib import Path

from bot.records import FAILED, OPEN
from tests.crash.ordeal import keys
from tests.support.cluster import own_cluster
from tests.support.postgres import schema
from tests.torture.long import long_form
from tests.torture.tally import Tally
from tests.workers.crowd import Crowd, Plan, a_crowd

FEW = Plan(releases=6, channels=4, kills=2, workers=2, pause=2)
MANY = Plan(releases=84, channels=40, kills=110, freezes=54, restarts=11)
FEWER = Plan(releases=40, channels=20, kills=50, freezes=20, restarts=4, seed=2)


def count(tally: Tally, crowd: Crowd, lost: Collection[object], doubled: Collection[object]) -> None:
    tally.count("kills", "workers", crowd.kills)
    tally.count("faults", "workers frozen", crowd.freezes)
    tally.count("faults", "PostgreSQL restarted", crowd.restarts)
    for fault, times in crowd.slack.faults.items():
        tally.count("faults", f"Slack: {fault}", times)
    tally.count("lost", "alerts", len(lost))
    tally.count("doubled", "alerts", len(doubled))


def told(crowd: Crowd) -> dict[tuple[str, str], int]:
    """Return how often each release was announced in each channel."""
    return {
        (channel, name): crowd.alerts(channel)[name]
        for channel in crowd.slack.channels
        for name in crowd.released
    }


def assert_whole(crowd: Crowd, tally: Tally) -> None:
    with crowd.store() as store:
        assert store.deliveries.recent(10, (*OPEN, *FAILED)) == []
        sequences = {one.id: one.sequence for one in store.deliveries.recent(1_000_000) if not one.reason}
    times = told(crowd)
    lost = [one for one, number in times.items() if number == 0]
    doubled = [one for one, number in times.items() if number > 1]
    count(tally, crowd, lost, doubled)
    assert (lost, doubled) == ([], [])
    for channel in crowd.slack.channels:
        assert crowd.untold(channel) == []
        order = [sequences[key] for key in keys(crowd.slack.posts(channel)) if key in sequences]
        assert order == sorted(order)


def test_killed_workers_are_taken_over_by_others(tmp_path: Path, tally: Tally) -> None:
    with schema() as url, a_crowd(tmp_path, url, FEW) as crowd:
        crowd.go_through(FEW)
        assert_whole(crowd, tally)


@long_form
def test_workers_may_be_killed_and_frozen_and_their_database_restarted(tmp_path: Path, tally: Tally) -> None:
    with own_cluster() as cluster, a_crowd(tmp_path, cluster.url, MANY) as crowd:
        crowd.go_through(MANY, cluster)
        assert_whole(crowd, tally)


@long_form
def test_where_history_cannot_be_read_nothing_is_doubled_and_what_is_unclear_says_so(
    tmp_path: Path, tally: Tally
) -> None:
    with own_cluster() as cluster, a_crowd(tmp_path, cluster.url, FEWER, readable=False) as crowd:
        crowd.go_through(FEWER, cluster)
        with crowd.store() as store:
            assert store.deliveries.recent(10, OPEN) == []
            failed = store.deliveries.recent(1_000_000, FAILED)
        unclear = {(str(one.destination), one.release) for one in failed if one.kind == "alert"}
        times = told(crowd)
        lost = {one for one, number in times.items() if number == 0}
        doubled = [one for one, number in times.items() if number > 1]
        count(tally, crowd, lost - unclear, doubled)
        assert lost <= unclear
        assert doubled == []
