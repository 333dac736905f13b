"""Captured feeds and pages give at most one false hint a source and month; see tests/accuracy/hints.py."""

import pytest

from tests.accuracy import hints
from tests.support.shared import needs_shared

pytestmark = needs_shared


@pytest.fixture(scope="module")
def replays() -> list[hints.Replay]:
    return hints.measure()


def test_no_source_gives_more_than_one_false_hint_a_month(replays: list[hints.Replay]) -> None:
    assert len(replays) > 20
    worst = max(replays, key=lambda one: len(one.false) / max(one.months, 1))
    assert len(worst.false) <= max(worst.months, 1), worst


def test_all_together_give_one_in_half_a_year(replays: list[hints.Replay]) -> None:
    false, months = sum(len(one.false) for one in replays), sum(one.months for one in replays)
    assert false / months < 1 / 6
