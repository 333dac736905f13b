"""The tables beside this file: what a person extends when a lab invents a word."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files


def rows(table: str) -> Iterator[Mapping[str, str]]:
    """Return the rows of a table as mappings from column to text; a missing cell is "".

    A table is tab-separated with a header; lines that start with "# " are for people.
    """
    text = (files(__package__) / "tables" / table).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]
    header = lines[0].split("\t")
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.split("\t")]
        cells += [""] * (len(header) - len(cells))
        yield dict(zip(header, cells, strict=True))


@cache
def mapping(table: str, key: str, value: str) -> Mapping[str, str]:
    """Return a table's column `value` by its lower-case column `key`."""
    return {row[key].lower(): row[value] for row in rows(table)}
