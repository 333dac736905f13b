"""Questions about releases: what came out, what is one made of, what did a sighting come to."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.model import Artifact, Lab, Mention, Release, Wave
from bot.records import Remembered
from bot.releases.filters import Filters
from bot.store.database import Database
from bot.store.rows import Row, artifact_of, mention_of, moment, name_of, release_of, time_text

_MOST = 1_000  # waves in one answer
_SHOWN = 20  # of what a text was found in


class History:
    """Answer questions. Nothing here writes."""

    def __init__(self, database: Database, labs: Mapping[str, Lab]) -> None:
        self._database = database
        self._labs = labs

    def recent(
        self,
        labs: Sequence[str] = (),
        since: datetime | None = None,
        filters: Filters | None = None,
        limit: int = _MOST,
    ) -> tuple[int, list[Wave]]:
        """Return how many waves of these labs (all when empty) came out since then, and the newest of them.

        A wave counts when one of its models is as the filters say.
        """
        filters = filters or Filters()
        rows = self._database.query(
            """
            SELECT lead.id FROM release lead
            WHERE lead.id = lead.lead_id AND lead.published_at >= :since
              AND (:everywhere OR lead.lab IN (SELECT value FROM json_each(:labs)))
              AND (:unfiltered OR EXISTS (
                SELECT 1 FROM release model WHERE model.lead_id = lead.id
                  AND (:license = 'any' OR :license IN (model.license_verdict, model.license_id,
                                                        lower(json_extract(model.license, '$.spdx'))))
                  AND (:least IS NULL OR model.parameters >= :least)
                  AND (:most IS NULL OR model.parameters <= :most)))
            ORDER BY lead.published_at DESC, lead.id DESC
            """,
            {
                "since": time_text(since) if since else "",
                "everywhere": not labs,
                "labs": json.dumps(list(labs)),
                "unfiltered": filters == Filters(),
                "license": filters.license,
                "least": filters.min,
                "most": filters.max,
            },
        )
        return len(rows), self._waves_of([row["id"] for row in rows[:limit]])

    def days(self, labs: Sequence[str] = (), since: datetime | None = None) -> dict[str, list[date]]:
        """Return, for each of these labs (all when empty), the days on which a wave came out since then."""
        found: dict[str, list[date]] = defaultdict(list)
        for row in self._database.query(
            """
            SELECT lab, published_at FROM release WHERE id = lead_id AND published_at >= :since
              AND (:everywhere OR lab IN (SELECT value FROM json_each(:labs)))
            """,
            {
                "since": time_text(since) if since else "",
                "everywhere": not labs,
                "labs": json.dumps(list(labs)),
            },
        ):
            found[row["lab"]].append(moment(row["published_at"]).date())
        return found

    def wave(self, lead_id: int, first_alert_url: str = "") -> Wave:
        """Return one wave with the release before it in the same family and line."""
        wave = self._waves_of([lead_id])[0]
        return Wave(wave.lab, wave.lead, wave.members, self._previous(wave.lead), first_alert_url)

    def waves_of(self, release_ids: Iterable[int]) -> list[Wave]:
        """Return the waves that these releases belong to, each once."""
        rows = self._in("SELECT DISTINCT lead_id FROM release WHERE id IN", list(release_ids), "")
        return self._waves_of([row["lead_id"] for row in rows])

    def id_of(self, key: str) -> int:
        """Return the id of the release with this key, which must exist."""
        return int(self._database.query("SELECT id FROM release WHERE key = :key", {"key": key})[0]["id"])

    def lead_of(self, key: str) -> int:
        """Return the id of the lead of the release with this key, which must exist."""
        rows = self._database.query("SELECT lead_id FROM release WHERE key = :key", {"key": key})
        return int(rows[0]["lead_id"])

    def find(self, text: str) -> list[Wave]:
        """Return the waves whose name, key, repository or address is, or else contains, the text."""
        exact = self._leads(
            """
            SELECT id FROM release WHERE display = :text COLLATE NOCASE
            UNION SELECT id FROM release WHERE key = lower(:text)
            UNION SELECT release_id FROM artifact WHERE repository = :text COLLATE NOCASE
            UNION SELECT release_id FROM observation WHERE title = :text COLLATE NOCASE OR url = :text
            """,
            text,
        )
        contained = "SELECT id FROM release WHERE instr(lower(display), lower(:text)) > 0"
        return self._waves_of(exact or self._leads(contained, text))

    def observations(self, text: str) -> list[Remembered]:
        """Return the newest of what sources showed whose title, address or id is, or contains, the text."""
        exact = "o.title = :text COLLATE NOCASE OR o.url = :text OR o.external_id = :text"
        contained = "instr(lower(o.title), lower(:text)) > 0"
        return self._observations(exact, text) or self._observations(contained, text)

    def _observations(self, condition: str, text: str) -> list[Remembered]:
        rows = self._database.query(
            f"""
            SELECT o.*, r.key AS release_key FROM observation o LEFT JOIN release r ON r.id = o.release_id
            WHERE {condition} ORDER BY o.id DESC LIMIT {_SHOWN}
            """,
            {"text": text},
        )
        return [_remembered(row) for row in rows]

    def names(self) -> list[str]:
        """Return the names of all leads, for "did you mean"."""
        rows = self._database.query("SELECT DISTINCT display FROM release WHERE id = lead_id")
        return [row["display"] for row in rows]

    def _leads(self, releases: str, text: str) -> list[int]:
        rows = self._database.query(
            f"""
            SELECT DISTINCT lead_id FROM release WHERE id IN ({releases})
            ORDER BY published_at DESC LIMIT {_SHOWN}
            """,
            {"text": text},
        )
        return [row["lead_id"] for row in rows]

    def _previous(self, lead: Release) -> Release | None:
        rows = self._database.query(
            """
            SELECT r.* FROM release r
            WHERE r.lab = :lab AND r.family = :family AND r.family_key <> :family_key AND r.id = r.lead_id
              AND r.published_at < :published_at AND coalesce(json_extract(r.name, '$.line'), '') = :line
            ORDER BY r.published_at DESC LIMIT 1
            """,
            {
                "lab": lead.name.lab,
                "family": lead.name.family.lower(),
                "family_key": lead.name.family_key,
                "published_at": time_text(lead.published.at),
                "line": lead.name.line,
            },
        )
        return release_of(rows[0]) if rows else None

    def _waves_of(self, lead_ids: Sequence[int]) -> list[Wave]:
        """Return whole waves in the order of the ids, with one query a table."""
        members: dict[int, list[Release]] = defaultdict(list)
        rows = self._in("SELECT * FROM release WHERE lead_id IN", lead_ids, "ORDER BY id <> lead_id, id")
        ids = [row["id"] for row in rows]
        artifacts = self._artifacts(ids)
        mentions = self._mentions(ids)
        for row in rows:
            release = release_of(row, tuple(artifacts[row["id"]]), tuple(mentions[row["id"]]))
            members[row["lead_id"]].append(release)
        return [
            Wave(self._lab(members[lead_id][0].name.lab), members[lead_id][0], tuple(members[lead_id]))
            for lead_id in lead_ids
        ]

    def _artifacts(self, release_ids: Sequence[int]) -> dict[int, list[Artifact]]:
        found: dict[int, list[Artifact]] = defaultdict(list)
        rows = self._in(
            "SELECT * FROM artifact WHERE release_id IN", release_ids, "ORDER BY head DESC, repository"
        )
        for row in rows:
            found[row["release_id"]].append(artifact_of(row))
        return found

    def _mentions(self, release_ids: Sequence[int]) -> dict[int, list[Mention]]:
        """Return one mention for each thing shown: as it is now, with when it was seen first."""
        latest: dict[tuple[int, str, str], Mention] = {}
        for row in self._in(
            """
            SELECT o.* FROM observation o
            LEFT JOIN artifact a ON o.source = 'hub' AND a.hub_id = o.external_id
            WHERE (o.source <> 'hub' OR a.head = 1) AND o.release_id IN
            """,
            release_ids,
            "ORDER BY o.id",
        ):
            key = row["release_id"], row["source"], row["external_id"]
            mention = mention_of(row)
            latest[key] = replace(mention, seen_at=latest.get(key, mention).seen_at)
        found: dict[int, list[Mention]] = defaultdict(list)
        for (release_id, _, _), mention in latest.items():
            found[release_id].append(mention)
        return found

    def _in(self, start: str, ids: Sequence[int], end: str) -> list[dict[str, Any]]:
        return self._database.query(
            f"{start} (SELECT value FROM json_each(:ids)) {end}", {"ids": json.dumps(ids)}
        )

    def _lab(self, lab_id: str) -> Lab:
        """Return the lab; one that feeds.yaml no longer names goes by its id."""
        return self._labs.get(lab_id) or Lab(lab_id, lab_id)


def _remembered(row: Row) -> Remembered:
    return Remembered(
        source_id=row["source_id"],
        source=row["source"],
        lab=row["lab"],
        external_id=row["external_id"],
        title=row["title"],
        url=row["url"],
        seen_at=moment(row["seen_at"]),
        live=bool(row["live"]),
        amends=bool(row["amends"]),
        kind=row["kind"],
        reason=row["reason"],
        name=name_of(row["name"]) if row["name"] else None,
        release_key=row["release_key"] or "",
        wait_until=moment(row["wait_until"]) if row["wait_until"] else None,
    )
