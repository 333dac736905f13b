"""What labs shipped, as the statistics and the report take it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from bot.cadence.shipment import Shipment
from bot.cadence.shipped import Shipped
from bot.model import DateOrigin, Facts, Lab, Mention, Published, SourceKind
from bot.releases.facts.licenses import identify
from bot.releases.facts.merge import Evidence, merge_facts
from bot.releases.news.corrections import corrected_facts
from bot.store.corrections import Corrections
from bot.store.database import Database
from bot.store.rows import Row, facts_of, mention_of, moment, name_of

_RELEASES = """
    SELECT r.*, lead.key AS lead_key, coalesce(json_extract(r.name, '$.line'), '') AS line,
        coalesce(json_extract(r.license, '$.title'), '') AS license_title,
        EXISTS (SELECT 1 FROM artifact WHERE release_id = r.id
                AND json_extract(facts, '$.weights') IS NOT 'none') AS open
    FROM release r JOIN release lead ON lead.id = r.lead_id
    WHERE NOT r.withdrawn ORDER BY r.published_at, r.id
    """
_MENTIONS = """
    SELECT o.* FROM observation o LEFT JOIN artifact a ON o.source = 'hub' AND a.hub_id = o.external_id
    WHERE o.release_id IS NOT NULL AND (o.source <> 'hub' OR a.head) ORDER BY o.id
    """
# All that is said of the releases which LLM Stats lists as well, but by others.
_BESIDE_LISTINGS = """
    SELECT o.*, a.repository, r.key, r.name AS release_name, (o.source <> 'hub' OR a.head) AS head
    FROM observation o JOIN release r ON r.id = o.release_id
    LEFT JOIN artifact a ON o.source = 'hub' AND a.hub_id = o.external_id
    WHERE o.source <> 'llm_stats'
      AND o.release_id IN (SELECT release_id FROM observation WHERE source = 'llm_stats')
    ORDER BY o.release_id
    """
_LISTED = "SELECT DISTINCT release_id FROM observation WHERE source = 'llm_stats' AND release_id IS NOT NULL"


class Shipments:
    """Tell what was shipped. Nothing here writes."""

    def __init__(self, database: Database, corrections: Corrections, labs: Mapping[str, Lab]) -> None:
        self._database = database
        self._corrections = corrections
        self._labs = labs

    def history(self) -> list[Shipped]:
        """Return every release that was not withdrawn, the oldest first."""
        return [self._shipped(row) for row in self._database.query(_RELEASES)]

    def all(self) -> list[Shipment]:
        """Return the same with who says so, and with what is known without LLM Stats."""
        mentions = self._mentions()
        listed = {row["release_id"] for row in self._database.query(_LISTED)}
        own = self._facts_beside_listings()
        return [
            Shipment(
                row["key"],
                row["lead_key"],
                shipped := self._shipped(row),
                _own(shipped, row, own) if row["id"] in listed else shipped,
                tuple(mentions[row["id"]].values()),
                moment(row["news_at"]) if row["news_at"] else None,
            )
            for row in self._database.query(_RELEASES)
        ]

    def _shipped(self, row: Row) -> Shipped:
        lab = self._labs.get(row["lab"]) or Lab(row["lab"], row["lab"])
        published = Published(
            moment(row["published_at"]), DateOrigin(row["published_origin"]), row["published_precision"]
        )
        return Shipped(
            lab=lab.id,
            name=row["display"],
            family_key=row["family_key"],
            published=published,
            series=f"{row['family']} {row['line']}".strip().lower(),
            license=row["license_title"],
            verdict=row["license_verdict"],
            open=bool(row["open"]),
            parameters=row["parameters"],
            task=row["task"],
            country=lab.country,
            lab_name=lab.name,
        )

    def _mentions(self) -> dict[int, dict[tuple[str, str], Mention]]:
        """Return one mention for each thing shown: as it is now, with when it was seen first."""
        found: dict[int, dict[tuple[str, str], Mention]] = defaultdict(dict)
        for row in self._database.query(_MENTIONS):
            mine, key = found[row["release_id"]], (row["source"], row["external_id"])
            mention = mention_of(row)
            mine[key] = replace(mention, seen_at=mine.get(key, mention).seen_at)
        return found

    def _facts_beside_listings(self) -> dict[int, tuple[Facts, str]]:
        """Return, by id, the facts of such releases as their other sources make them, and the repository."""
        errata = self._corrections.errata()
        found = {}
        rows = self._database.query(_BESIDE_LISTINGS)
        for release_id, group in groupby(rows, key=lambda row: row["release_id"]):
            said = list(group)
            facts = merge_facts(name_of(said[0]["release_name"]), [_evidence_of(row) for row in said])
            repository = next((row["repository"] for row in said if row["repository"] and row["head"]), "")
            found[release_id] = (corrected_facts(facts, said[0]["key"], errata), repository)
        return found


def _own(shipped: Shipped, row: Row, own: Mapping[int, tuple[Facts, str]]) -> Shipped | None:
    """Return a listed release as it is known without LLM Stats, None where it is not."""
    if row["id"] not in own:
        return None
    facts, repository = own[row["id"]]
    license = identify(facts.license, repository.split("/")[0] or row["lab"], repository)
    return replace(
        shipped,
        license=license.title,
        verdict=license.verdict,
        parameters=facts.parameters,
        task=facts.task,
    )


def _evidence_of(row: dict[str, Any]) -> Evidence:
    return Evidence(
        SourceKind(row["source"]), moment(row["seen_at"]), facts_of(row["facts"]), head=bool(row["head"])
    )
