"""No change makes the bot understand names, titles and facts less well (python -m tests.accuracy)."""

import pytest

from tests.accuracy import facts, score

FLOORS = score.FLOORS | facts.FLOORS


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, float]]:
    return score.figures() | facts.figures()


@pytest.mark.parametrize(
    ("table", "figure"), [(table, figure) for table, floors in FLOORS.items() for figure in floors]
)
def test_no_figure_drops(figures: dict[str, dict[str, float]], table: str, figure: str) -> None:
    assert figures[table][figure] >= FLOORS[table][figure]
