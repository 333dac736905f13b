"""Measure how well sizes and licences are understood, on the labelled files beside this one."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.releases.facts.evidence import facts_from_hub
from bot.releases.facts.licenses import license_line
from tests.accuracy.score import read

FLOORS = {
    "facts": {"totals": 0.96, "actives": 1.0, "actives stated": 0.92, "contexts": 1.0, "licences": 1.0},
    "licences_more": {"class": 1.0, "commercial": 1.0},
}
_SAME = 0.05  # what the Hub counts and what a lab says of one model differ by so much
_ROUNDED = 0.1  # an active size in a name is rounded: A3B has 3.3 B
B = 10**9


def figures() -> dict[str, dict[str, float]]:
    """Return every figure that has a floor, by the set that it is measured on."""
    return {"facts": _of_facts(read("facts")), "licences_more": _of_licences(read("licences_more"))}


def _of_facts(rows: Sequence[Mapping[str, str]]) -> dict[str, float]:
    """Return the shares that are right: of all rows, and of the actives of those that were found."""
    found = [(row, facts_from_hub(_item(row), readme=row["card"].replace(" / ", "\n"))) for row in rows]
    totals = [_is_near(facts.parameters, row["total_b"], _SAME) for row, facts in found]
    actives = [
        _is_near(facts.active_parameters, row["active_b"], _ROUNDED)
        for row, facts in found
        if facts.active_parameters is not None
    ]
    contexts = [str(facts.context_tokens) == row["context"] for row, facts in found if facts.context_tokens]
    stated = sum(bool(row["active_b"]) for row in rows)
    licences = [_understood(row, row["id"])["class"] == row["license_class"] for row in rows]
    return {
        "totals": _share(totals),
        "actives": _share(actives),
        "actives stated": sum(actives) / stated,
        "contexts": _share(contexts),
        "licences": _share(licences),
    }


def _of_licences(rows: Sequence[Mapping[str, str]]) -> dict[str, float]:
    understood = [(row, _understood(row, row["repository"])) for row in rows]
    return {
        part: _share([found[part] == row[part] for row, found in understood])
        for part in ("class", "commercial")
    }


def _item(row: Mapping[str, str]) -> dict[str, Any]:
    """Return the row as the Hub's body of a repository."""
    count = int(row["hub_count"] or 0)
    counted = {"safetensors": {"total": count, "parameters": {"BF16": count}}} if count else {}
    return {"id": row["id"], **counted}


def _understood(row: Mapping[str, str], repository: str) -> Mapping[str, object]:
    fields = {"license": row["license"], "license_name": row["license_name"], "repository": repository}
    return license_line(json.dumps(fields))


def _is_near(found: int | None, billions: str, tolerance: float) -> bool:
    true = float(billions or 0) * B
    return found is not None and abs(found - true) <= tolerance * true


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right)


def misses() -> Iterator[str]:
    """Yield what is wrong or missing, a line each."""
    for row in read("facts"):
        facts = facts_from_hub(_item(row), readme=row["card"].replace(" / ", "\n"))
        for part, found, tolerance in (
            ("total", facts.parameters, _SAME),
            ("active", facts.active_parameters, _ROUNDED),
        ):
            true = row[f"{part}_b"]
            if (true or found) and not _is_near(found, true, tolerance):
                yield f"  {row['id']}: {part} {true or 'not stated'}, found {found}"
    for row in read("licences_more"):
        found_class = _understood(row, row["repository"])["class"]
        if found_class != row["class"]:
            yield f"  {row['repository']}: {row['license_name']} is {row['class']}, found {found_class}"
