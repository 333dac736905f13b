"""One release makes one alert, in whatever order its sightings come; near misses make two.

The rows are real names of 2024 to 2026 and what they are to each other (data/joins.tsv).
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from bot.model import Lab
from bot.sources.build import load_config
from tests.support.house import House

_ROWS = Path(__file__).parent / "data" / "joins.tsv"
_CONFIG = load_config(Path(__file__).parents[2] / "feeds.yaml")


def _rows(relation: str) -> Iterator[dict[str, str]]:
    with _ROWS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["relation"] == relation:
                yield row


def _shown(row: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what is shown, each with its kind of source; of an apart row the two things."""
    columns = (
        ("hub", "hub"),
        ("blog", "title"),
        ("listing", "listing"),
        ("hub", "other_hub"),
        ("blog", "other_title"),
    )
    return [(kind, row[column]) for kind, column in columns if row[column]]


def _labs(row: Mapping[str, str]) -> list[Lab]:
    """Return the labs of feeds.yaml, with the row's lab among them and the owners of its repositories."""
    labs = {spec.id: spec.lab for spec in _CONFIG.labs}
    lab = labs.get(row["lab"], Lab(row["lab"], row["lab"]))
    owners = {text.partition("/")[0] for kind, text in _shown(row) if kind == "hub"}
    strangers = owners - {owner for other in labs.values() for owner in other.owners}
    labs[lab.id] = replace(lab, owners=(*lab.owners, *sorted(strangers)))
    return list(labs.values())


def _show(house: House, kind: str, text: str, lab: str) -> None:
    if kind == "hub":
        house.show(house.hub, house.repository(text, lab=lab))
    elif kind == "blog":
        house.show(house.blog, house.post(text, lab))
    else:
        house.show(house.listing, house.row(text, lab))


def _ends(house: House) -> None:
    """Let all that waits be decided."""
    for _ in range(2):
        house.later(hours=26)
        house.show(house.listing)


def _label(shown: Sequence[tuple[str, str]]) -> str:
    return " = ".join(text for _, text in shown)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        pytest.param(row, shown, id=_label(shown))
        for row in _rows("join")
        for shown in permutations(_shown(row))
    ],
)
def test_one_release_makes_one_alert(
    tmp_path: Path, row: dict[str, str], shown: tuple[tuple[str, str], ...]
) -> None:
    house = House(tmp_path, _labs(row))
    for kind, text in shown:
        house.later(hours=3)
        _show(house, kind, text, row["lab"])
    _ends(house)
    assert len(house.channel.alerts) == 1, house.channel.alerts


@pytest.mark.parametrize("row", [pytest.param(row, id=_label(_shown(row))) for row in _rows("apart")])
@pytest.mark.parametrize("turned", [False, True], ids=["in this order", "the other way round"])
def test_two_releases_ten_days_apart_make_two_alerts(
    tmp_path: Path, row: dict[str, str], turned: bool
) -> None:
    house = House(tmp_path, _labs(row))
    shown = _shown(row)
    for kind, text in reversed(shown) if turned else shown:
        _show(house, kind, text, row["lab"])
        house.later(days=10)
    _ends(house)
    assert len(house.channel.alerts) == 2, house.channel.alerts
