"""No change makes the bot understand names and titles less well than it did (python -m tests.accuracy)."""

import pytest

from tests.accuracy import score


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, float]]:
    return score.figures()


@pytest.mark.parametrize(
    ("table", "figure"), [(table, figure) for table, floors in score.FLOORS.items() for figure in floors]
)
def test_no_figure_drops(figures: dict[str, dict[str, float]], table: str, figure: str) -> None:
    assert figures[table][figure] >= score.FLOORS[table][figure]
