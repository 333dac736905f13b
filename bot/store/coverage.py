"""Who showed which release, and when."""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from bot.records import FROM_HINT
from bot.releases.news.coverage import Shown
from bot.store.database import Database
from bot.store.rows import Row, moment, time_text

_REPOSITORY = re.compile(r"//(?:www\.)?(?:huggingface\.co|hf\.co)/([\w.-]{1,96})/", re.IGNORECASE)


class Coverage:
    """What sources showed of the releases that were announced."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def shown(self, since: datetime) -> list[Shown]:
        """Return the releases announced since then, but for those that a first poll had shown before.

        What a person imported, or announced on a hint, no source has shown.
        """
        rows = self._database.query(
            """
            SELECT lead.id, lead.key, lead.lab, lead.display, o.source_id,
                min(o.seen_at) AS first_at, min(o.live) AS live,
                max(CASE WHEN o.links LIKE '%/huggingface.co/%' OR o.links LIKE '%/hf.co/%' THEN o.links END)
                    AS links
            FROM release lead JOIN release r ON r.lead_id = lead.id JOIN observation o ON o.release_id = r.id
            WHERE lead.id = lead.lead_id AND lead.silent = 0 AND lead.withdrawn = 0
              AND lead.opened_at >= :since AND o.source <> 'import' AND o.amends = 0
              AND o.external_id NOT LIKE :by_hint
            GROUP BY lead.id, o.source_id ORDER BY lead.id, first_at
            """,
            {"since": time_text(since), "by_hint": f"{FROM_HINT}%"},
        )
        named = self._named()
        releases = [list(group) for _, group in groupby(rows, key=lambda row: row["id"])]
        return [_shown_of(sights, named.get(sights[0]["id"], "")) for sights in releases if sights[0]["live"]]

    def _named(self) -> dict[int, str]:
        """Return which source had named a release in its text before another one brought it."""
        rows = self._database.query(
            "SELECT r.lead_id, h.source_id FROM hint h JOIN release r ON r.key = h.brought"
        )
        return {row["lead_id"]: row["source_id"] for row in rows}


def _shown_of(sights: Sequence[Row], named_by: str) -> Shown:
    links = "\n".join(sight["links"] or "" for sight in sights)
    return Shown(
        key=sights[0]["key"],
        lab=sights[0]["lab"],
        name=sights[0]["display"],
        by={sight["source_id"]: moment(sight["first_at"]) for sight in sights},
        named_by=named_by,
        organisations=frozenset(owner.lower() for owner in _REPOSITORY.findall(links)),
    )
