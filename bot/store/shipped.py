"""What labs shipped, as the statistics and the report take it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from bot.cadence.shipped import Shipment, Shipped
from bot.model import Evidence, Lab, Release
from bot.store.corrections import Corrections
from bot.store.database import Database, Tables
from bot.store.releases import EVIDENCE, Merge
from bot.store.rows import Row, maybe_moment, published_of, record, records
from bot.store.waves import mentions_of

_SHIPPED = """
    r.lab, r.display, r.family_key, r.family, coalesce(r.name ->> 'line', '') AS line,
    r.published_at, r.published_origin, r.published_precision,
    coalesce(r.license ->> 'title', '') AS license_title, r.license_verdict,
    r.parameters, r.task,
    EXISTS (SELECT 1 FROM artifact WHERE release_id = r.id
            AND coalesce(facts ->> 'weights', '') <> 'none') AS open
"""
_RELEASES = f"""
    SELECT r.id, r.key, r.news_at, lead.key AS lead_key, {_SHIPPED}
    FROM release r JOIN release lead ON lead.id = r.lead_id
    WHERE NOT r.withdrawn ORDER BY r.published_at, r.id
"""
_LISTED = "SELECT DISTINCT release_id FROM observation WHERE source = 'llm_stats' AND release_id IS NOT NULL"


class Shipments(Tables):
    """What was shipped. Nothing here writes."""

    def __init__(self, database: Database, corrections: Corrections, labs: Mapping[str, Lab]) -> None:
        super().__init__(database)
        self._corrections = corrections
        self._labs = labs

    def history(self, labs: Sequence[str] = ()) -> list[Shipped]:
        """Return every release of these labs (all when empty) that was not withdrawn, the oldest first."""
        theirs = "AND r.lab IN (SELECT value FROM json_each(:labs))" if labs else ""
        rows = self._query(
            f"""
            SELECT {_SHIPPED} FROM release r
            WHERE NOT r.withdrawn {theirs} ORDER BY r.published_at, r.id
            """,
            {"labs": labs},
        )
        return [self._shipped(row) for row in rows]

    def all(self, merge: Merge) -> list[Shipment]:
        """Return the same with who says so, and with what is known without LLM Stats."""
        mentions, own = mentions_of(self._database), self._beside_listings(merge)
        return [
            Shipment(
                row["key"],
                row["lead_key"],
                shipped := self._shipped(row),
                _own(shipped, own[row["id"]]) if row["id"] in own else shipped,
                mentions[row["id"]],
                maybe_moment(row["news_at"]),
            )
            for row in self._query(_RELEASES)
        ]

    def _shipped(self, row: Row) -> Shipped:
        lab = self._labs.get(row["lab"]) or Lab(row["lab"], row["lab"])
        return Shipped(
            lab=lab.id,
            name=row["display"],
            family_key=row["family_key"],
            published=published_of(row),
            series=f"{row['family']} {row['line']}".strip().lower(),
            license=row["license_title"],
            verdict=row["license_verdict"],
            open=bool(row["open"]),
            parameters=row["parameters"],
            task=row["task"],
            country=lab.country,
            lab_name=lab.name,
        )

    def _beside_listings(self, merge: Merge) -> dict[int, Release | None]:
        """Return, by id, the releases that LLM Stats lists as others have them; None where no other does."""
        found: dict[int, Release | None] = {row["release_id"]: None for row in self._query(_LISTED)}
        rows = self._query(f"SELECT * FROM release WHERE id IN ({_LISTED})")
        listed = {row["id"]: record(Release, row) for row in rows}
        errata = self._corrections.errata()
        said = self._query(
            f"""
            {EVIDENCE} WHERE o.source <> 'llm_stats' AND o.release_id IN ({_LISTED})
            ORDER BY o.release_id, o.id
            """
        )
        for release_id, group in groupby(said, key=lambda row: row["release_id"]):
            found[release_id] = merge(listed[release_id], records(Evidence, group), errata)
        return found


def _own(shipped: Shipped, release: Release | None) -> Shipped | None:
    """Return a listed release as it is known without LLM Stats, None where it is not."""
    if release is None:
        return None
    return replace(
        shipped,
        license=release.license.title,
        verdict=release.license.verdict,
        parameters=release.facts.parameters,
        task=release.facts.task,
    )
