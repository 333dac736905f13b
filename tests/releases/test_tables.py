"""The tables are fit to be extended by a person: each row is whole, and no word means two things."""

from collections import Counter
from importlib.resources import files

import pytest

from bot.releases.tables import rows

TABLES = (
    "families.tsv",
    "bare.tsv",
    "lines.tsv",
    "stages.tsv",
    "packagings.tsv",
    "companions.tsv",
    "endings.tsv",
    "products.tsv",
    "platforms.tsv",
    "title_words.tsv",
    "task_groups.tsv",
)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_first_cell_and_no_more_cells_than_the_header(table: str) -> None:
    text = (files("bot.releases") / "tables" / table).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]
    columns = len(lines[0].split("\t"))
    assert all(line.split("\t")[0].strip() and len(line.split("\t")) <= columns for line in lines)


@pytest.mark.parametrize("table", [table for table in TABLES if table != "title_words.tsv"])
def test_no_table_has_a_word_twice(table: str) -> None:
    words = Counter(next(iter(row.values())).lower() for row in rows(table))
    assert [word for word, times in words.items() if times > 1] == []


def test_no_word_of_a_name_is_in_two_tables() -> None:
    tables = ("lines.tsv", "stages.tsv", "packagings.tsv", "companions.tsv")
    words = Counter(row["word"].lower() for table in tables for row in rows(table))
    assert [word for word, times in words.items() if times > 1] == []


def test_each_family_is_somebodys() -> None:
    assert [row["family"] for row in rows("families.tsv") if not row["owners"]] == []


def test_bare_names_belong_to_families_that_are_known() -> None:
    families = {row["family"].lower() for row in rows("families.tsv")}
    assert {row["family"].lower() for row in rows("bare.tsv")} - families == set()
