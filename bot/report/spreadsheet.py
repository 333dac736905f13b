"""The models as a table of comma-separated values (RFC 4180)."""

import csv
import io
from collections.abc import Iterable, Iterator

from bot.cadence.shipment import is_listed
from bot.cadence.shipped import Shipped
from bot.releases.facts.visible import clean
from bot.report.item import NAME_LIMIT, Item, day_text, name_of

COLUMNS = (
    "released", "date_from", "lab_id", "lab", "country", "model", "license", "verdict", "weights",
    "parameters", "task", "wave", "sources",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")  # spreadsheets run what begins so: OWASP, "CSV Injection"


def spreadsheet(items: Iterable[Item]) -> bytes:
    """Return a row for each model; what is not known is empty, and so is a date that only LLM Stats knows."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows([_harmless(cell) for cell in row] for item in items for row in _rows(item))
    return text.getvalue().encode()


def _rows(item: Item) -> Iterator[tuple[str, ...]]:
    urls = " ".join(source.url for source in item.sources)
    for model in item.models:
        yield (*_dated(model.shipped), *_facts(model.shipped), item.name, urls)


def _dated(it: Shipped) -> tuple[str, str]:
    return ("", "") if is_listed(it) else (day_text(it), it.published.origin)


def _facts(it: Shipped) -> tuple[str, ...]:
    return (
        it.lab,
        clean(it.who, NAME_LIMIT),
        it.country,
        name_of(it),
        clean(it.license, NAME_LIMIT),
        it.verdict,
        "open" if it.open else "closed",
        str(it.parameters or ""),
        clean(it.task, NAME_LIMIT),
    )


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
