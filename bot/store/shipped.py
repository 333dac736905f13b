"""What labs shipped, as the statistics and the report take it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from bot.cadence.habits import Habit, habits_of
from bot.cadence.shipped import Shipment, Shipped
from bot.model import DateOrigin, Evidence, Lab, Published, Release
from bot.store.corrections import Corrections
from bot.store.database import Database, Tables
from bot.store.releases import EVIDENCE, Merge
from bot.store.rows import maybe_moment, moment, read, record, records
from bot.store.waves import mentions_of

_SHIPPED = """
    r.lab, r.display, r.family_key, r.family, coalesce(r.name ->> 'line', ''),
    r.published_at, r.published_origin, r.published_precision,
    coalesce(r.license ->> 'title', ''), r.license_verdict,
    EXISTS (SELECT 1 FROM artifact WHERE release_id = r.id
            AND coalesce(facts ->> 'weights', '') <> 'none'),
    r.parameters, r.task
"""
_RELEASES = f"""
    SELECT r.id, r.key, r.news_at, lead.key AS lead_key, {_SHIPPED}
    FROM release r JOIN release lead ON lead.id = r.lead_id
    WHERE NOT r.withdrawn ORDER BY r.published_at, r.id
"""
_ORIGINS = {origin.value: origin for origin in DateOrigin}
_LISTED = "SELECT DISTINCT release_id FROM observation WHERE source = 'llm_stats' AND release_id IS NOT NULL"


class Shipments(Tables):
    """What was shipped, and the habits of labs that are made of it."""

    def __init__(self, database: Database, corrections: Corrections, labs: Mapping[str, Lab]) -> None:
        super().__init__(database)
        self._corrections = corrections
        self._labs = labs

    def history(self, labs: Sequence[str] = ()) -> list[Shipped]:
        """Return every release of these labs (all when empty) that was not withdrawn, in no order."""
        chosen = f"SELECT {_SHIPPED} FROM release r WHERE NOT r.withdrawn AND {_theirs(labs)}"
        return [self._shipped(row) for row in self._tuples(chosen, {"labs": labs})]

    def habits(self, labs: Sequence[str] = ()) -> list[Habit]:
        """Return the habits of these labs (all when empty): as kept, else as their releases make them."""
        rows = dict(self._tuples(f"SELECT lab, habit FROM habit WHERE {_theirs(labs)}", {"labs": labs}))
        unmade = [lab for lab, text in rows.items() if not text]
        made = habits_of(self.history(unmade)) if unmade else []
        kept = (read(Habit, text) for text in rows.values() if text)
        return [*(it.called(self._labs[it.lab].name) for it in kept), *made]

    def unmade(self) -> list[str]:
        """Return the labs of which no habit is kept, as something of what they shipped has changed."""
        return self._column("SELECT lab FROM habit WHERE habit IS NULL ORDER BY lab")

    def keep_habit(self, lab: str) -> None:
        """Make the habit of a lab from its releases, and keep it; belongs inside a transaction."""
        self._run("DELETE FROM habit WHERE lab = :lab", {"lab": lab})  # one without releases has none
        made = habits_of(self.history([lab]))
        self._run_many("INSERT INTO habit (lab, habit) VALUES (?, ?)", [(lab, it) for it in made])

    def all(self, merge: Merge) -> list[Shipment]:
        """Return the same with who says so, and with what is known without LLM Stats."""
        mentions, own = mentions_of(self._database), self._beside_listings(merge)
        return [
            Shipment(
                key,
                lead_key,
                it := self._shipped(shipped),
                _own(it, own[release_id]) if release_id in own else it,
                mentions[release_id],
                maybe_moment(news_at),
            )
            for release_id, key, news_at, lead_key, *shipped in self._tuples(_RELEASES)
        ]

    def _shipped(self, row: Sequence[Any]) -> Shipped:
        """Return what the columns of _SHIPPED say; by position, as one answer takes a hundred thousand."""
        lab_id, name, family_key, family, line, at, origin, precision, *facts = row
        title, verdict, is_open, parameters, task = facts
        published = Published(moment(at), _ORIGINS[origin], precision)
        series = f"{family} {line}".strip().lower()
        lab = self._labs[lab_id]
        return Shipped(
            lab_id, name, family_key, published, series,
            title, verdict, bool(is_open), parameters, task, lab.country, lab.name,
        )  # fmt: skip

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


def _theirs(labs: Sequence[str]) -> str:
    """Return the condition that a row is of one of these labs, of which none are all."""
    return "lab IN (SELECT value FROM json_each(:labs))" if labs else "true"


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
