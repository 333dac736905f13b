"""The short form of a soak: in seconds, what `make soak` does for as long as one likes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.soak.__main__ import soaked
from tests.soak.account import Account
from tests.torture.long import long_form
from tests.torture.tally import Tally

WELL = Account(seed=1, minutes=1, history=True, kills=3, unclear=2, told=2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "history",
    [pytest.param(True, id="with history"), pytest.param(False, id="without history", marks=long_form)],
)
def test_a_bot_that_is_killed_over_and_over_breaks_no_promise(
    history: bool, tmp_path: Path, tally: Tally
) -> None:
    account = soaked(tmp_path, Account(seed=1, minutes=0.06, history=history))
    tally.count("kills", "soak", account.kills)
    tally.count("lost", "soak", len(account.lost))
    tally.count("doubled", "soak", len(account.doubled))
    assert not account.is_broken, "\n".join(account.lines())
    assert account.kills
    assert account.alerts + account.unclear >= account.releases * account.channels
    assert not (history and account.unclear)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"lost": ["C1: Vavava-3"]}, id="an alert is lost"),
        pytest.param({"doubled": ["C1: Vavava-3, 2 times"]}, id="an alert is doubled"),
        pytest.param({"told": 1}, id="something is unclear and nobody was told"),
    ],
)
def test_it_ends_well_only_where_every_promise_was_kept(broken: dict[str, object]) -> None:
    assert not WELL.is_broken
    assert replace(WELL, **broken).is_broken  # type: ignore[arg-type]  # of the table above


def test_its_table_and_its_object_tell_the_same() -> None:
    account = replace(WELL, faults={"Slack: 500": 4}, lost=["C1: Vavava-3"], gauges=[("memory", 1, 2, 3)])
    table = "\n".join(account.lines())
    told = json.loads(json.dumps(account.as_object()))
    assert (told["kills"], told["faults"], told["broken"]) == (3, {"Slack: 500": 4}, True)
    for words in ("Slack: 500", "C1: Vavava-3", "of these told", "memory"):
        assert words in table
