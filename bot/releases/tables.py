"""The tables beside this file: what a person extends when a lab invents a word."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files


def rows(table: str) -> Iterator[Mapping[str, str]]:
    """Return the rows of a table as mappings from column to text; a missing cell is "".

    A table is tab-separated with a header; lines that start with "# " are for people.
    """
    text = (files(__package__) / "tables" / table).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""):
        yield {column: cell.strip() for column, cell in row.items()}


@cache
def mapping(table: str, key: str, value: str) -> Mapping[str, str]:
    """Return a table's column `value` by its lower-case column `key`."""
    return {row[key].lower(): row[value] for row in rows(table)}
