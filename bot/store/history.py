"""Questions about releases: what came out, what is one made of, what did a sighting come to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.model import Artifact, Lab, Mention, Release, Wave
from bot.records import OPEN_TRIAGE, Remembered, TriagedAs
from bot.releases.facts.filters import ANY, Filters, matches
from bot.releases.tables import mapping
from bot.store.database import Database, Tables
from bot.store.held import KEPT_BACK
from bot.store.rows import columns, record, records

_MOST = 1_000  # waves in one answer
# A name as it reads with hyphens for blanks: sources write both.
_HYPHENED = "replace(lower(display), ' ', '-')"
_SHOWN = 20  # of what a text was found in
_SHOWN_AS_NEWS = "lead.id = lead.lead_id AND lead.withdrawn = 0"  # as the index release_shown has it
# What SQLite can check of a question; memory and names are narrowed down after it.
_CHOSEN = f"""
    FROM release lead
    WHERE {_SHOWN_AS_NEWS} AND lead.news_at >= :since
      AND (:everywhere OR lead.lab IN (SELECT value FROM json_each(:labs)))
      AND (:unfiltered OR EXISTS (
        SELECT 1 FROM release model WHERE model.lead_id = lead.id AND NOT model.withdrawn
          AND (:license = 'any' OR :license IN (model.license_verdict, model.license_id,
                                                lower(json_extract(model.license, '$.spdx'))))
          AND (:type IN ('any', model.task) OR model.task IN (SELECT value FROM json_each(:tasks)))
          AND (:weights = 'any' OR (json_extract(model.facts, '$.weights') IS NOT 'none'
               AND EXISTS (SELECT 1 FROM artifact WHERE release_id = model.id)))
          AND (:min IS NULL OR model.parameters >= :min)
          AND (:max IS NULL OR model.parameters <= :max)))
      AND (:state IS NULL OR coalesce((
        SELECT t.state FROM triage t JOIN release member ON member.id = t.release_id
        WHERE member.lead_id = lead.id AND t.destination = :there
        ORDER BY t.id DESC LIMIT 1), :open) = :state)
      AND (coalesce(:state, '') <> :open OR EXISTS (
        SELECT 1 FROM delivery d WHERE d.release_id = lead.id AND d.kind = 'alert' AND d.state = 'sent'
          AND d.destination = :there))
"""
_NEWEST_FIRST = "ORDER BY lead.news_at DESC, lead.id DESC"


class History(Tables):
    """What questions about releases are answered from. Nothing here writes."""

    def __init__(self, database: Database, labs: Mapping[str, Lab]) -> None:
        super().__init__(database)
        self._labs = labs

    def recent(
        self,
        labs: Sequence[str] = (),
        since: datetime | None = None,
        filters: Filters | None = None,
        limit: int = _MOST,
        offset: int = 0,
        triaged: TriagedAs | None = None,
    ) -> tuple[int, list[Wave]]:
        """Return how many waves of these labs (all when empty) were news since then, and a page of them.

        News is the announcement, and the opening of weights after it; the newest come first. A wave counts
        when one of its models is as the filters say, and when it was `triaged` so.
        """
        filters = filters or Filters()
        chosen = {
            **columns(filters),
            "since": since or "",
            "everywhere": not labs,
            "labs": labs,
            "unfiltered": filters == Filters(),
            "tasks": _tasks_of(filters.type),
            "there": triaged and triaged.destination,
            "state": triaged and triaged.state,
            "open": OPEN_TRIAGE,
            "limit": limit,
            "offset": offset,
        }
        if filters.fits is None and not filters.match:
            count = self._query(f"SELECT count(*) AS n {_CHOSEN}", chosen)[0]["n"]
            page = self._query(
                f"SELECT lead.id {_CHOSEN} {_NEWEST_FIRST} LIMIT :limit OFFSET :offset", chosen
            )
            return count, self._waves_of([row["id"] for row in page])
        rows = self._query(f"SELECT lead.id {_CHOSEN} {_NEWEST_FIRST}", chosen)
        ids = self._narrowed([row["id"] for row in rows], filters)
        return len(ids), self._waves_of(ids[offset : offset + limit])

    def _narrowed(self, leads: list[int], filters: Filters) -> list[int]:
        """Return those of the leads that pass the filters on memory and on names as well."""
        rest = replace(filters, weights=ANY)
        rows = self._query(
            "SELECT * FROM release WHERE NOT withdrawn AND lead_id IN (SELECT value FROM json_each(:leads))",
            {"leads": leads},
        )
        passing = {row["lead_id"] for row in rows if matches(rest, record(Release, row))}
        return [lead for lead in leads if lead in passing]

    def between(self, start: datetime, end: datetime) -> list[Wave]:
        """Return the waves that became known from start to end, the newest first.

        One that was known from the start of its source counts by its own date instead; one that was held
        back as part of a flood does not count.
        """
        rows = self._query(
            f"""
            SELECT id FROM release
            WHERE id = lead_id AND NOT withdrawn AND NOT (silent AND key IN ({KEPT_BACK}))
              AND CASE WHEN silent THEN published_at ELSE opened_at END >= :start
              AND CASE WHEN silent THEN published_at ELSE opened_at END < :end
            ORDER BY published_at DESC, id DESC
            """,
            {"start": start, "end": end},
        )
        return self._waves_of([row["id"] for row in rows])

    def wave(self, release_id: int, first_alert_url: str = "") -> Wave:
        """Return the wave of a release with the release before it in the same family and line.

        That of one that was merged into another is the other's.
        """
        wave = self.waves_of([release_id])[0]
        return Wave(wave.lab, wave.lead, wave.members, self._previous(wave.lead), first_alert_url)

    def waves_of(self, release_ids: Iterable[int]) -> list[Wave]:
        """Return the waves that these releases belong to, each once."""
        rows = self._query(
            "SELECT DISTINCT lead_id FROM release WHERE id IN (SELECT value FROM json_each(:ids))",
            {"ids": list(release_ids)},
        )
        return self._waves_of([row["lead_id"] for row in rows])

    def id_of(self, key: str) -> int:
        """Return the id of the release with this key, which must exist."""
        return int(self._query("SELECT id FROM release WHERE key = :key", {"key": key})[0]["id"])

    def find(self, text: str) -> list[Wave]:
        """Return the waves whose name, key, repository or address is, or else contains, the text.

        What a person withdrew is not among them; what was merged is found by either name.
        """
        exact = self._leads(
            """
            SELECT id FROM release WHERE display = :text COLLATE NOCASE
            UNION SELECT id FROM release WHERE key = lower(:text)
            UNION SELECT release_id FROM artifact WHERE repository = :text COLLATE NOCASE
            UNION SELECT release_id FROM observation WHERE title = :text COLLATE NOCASE OR url = :text
            """,
            text,
        )
        contained = f"SELECT id FROM release WHERE instr({_HYPHENED}, replace(lower(:text), ' ', '-')) > 0"
        return self._waves_of(exact or self._leads(contained, text))

    def named(self, text: str) -> list[Release]:
        """Return the releases whose name, key or repository is the text, withdrawn ones at the end."""
        exact = """id IN (SELECT id FROM release WHERE display = :text COLLATE NOCASE
            UNION SELECT id FROM release WHERE key = lower(:text)
            UNION SELECT release_id FROM artifact WHERE repository = :text COLLATE NOCASE)"""
        alike = f"{_HYPHENED} = replace(lower(:text), ' ', '-')"
        order = "ORDER BY withdrawn, published_at DESC, id"
        found = (
            self._query(f"SELECT * FROM release WHERE {condition} {order}", {"text": text})
            for condition in (exact, alike)
        )
        rows = next(filter(None, found), [])
        artifacts = self._artifacts([row["id"] for row in rows])
        return [record(Release, row, artifacts=tuple(artifacts[row["id"]])) for row in rows]

    def observations(self, text: str) -> list[Remembered]:
        """Return the newest of what sources showed whose title, address or id is, or contains, the text.

        Where there is none, it is all that belongs to the releases whose name contains it, as `find` has it.
        """
        exact = "o.title = :text COLLATE NOCASE OR o.url = :text OR o.external_id = :text"
        named = f"SELECT id FROM release WHERE instr({_HYPHENED}, replace(lower(:text), ' ', '-')) > 0"
        for condition in (
            exact,
            "instr(lower(o.title), lower(:text)) > 0",
            f"o.release_id IN ({named})",
        ):
            rows = self._query(
                f"""
                SELECT o.*, r.key AS release_key FROM observation o
                LEFT JOIN release r ON r.id = o.release_id
                WHERE {condition} ORDER BY o.id DESC LIMIT {_SHOWN}
                """,
                {"text": text},
            )
            if rows:
                break
        return records(Remembered, rows)

    def names(self) -> list[str]:
        """Return the names of all leads, for "did you mean"."""
        rows = self._query("SELECT DISTINCT display FROM release WHERE id = lead_id AND NOT withdrawn")
        return [row["display"] for row in rows]

    def _leads(self, releases: str, text: str) -> list[int]:
        rows = self._query(
            f"""
            SELECT DISTINCT lead.id FROM release JOIN release lead ON lead.id = release.lead_id
            WHERE release.id IN ({releases}) AND NOT lead.withdrawn
            ORDER BY release.published_at DESC LIMIT {_SHOWN}
            """,
            {"text": text},
        )
        return [row["id"] for row in rows]

    def _previous(self, lead: Release) -> Release | None:
        rows = self._query(
            """
            SELECT r.* FROM release r
            WHERE r.lab = :lab AND r.family = :family AND r.family_key <> :family_key AND r.id = r.lead_id
              AND r.published_at < :published_at AND coalesce(json_extract(r.name, '$.line'), '') = :line
              AND NOT r.withdrawn
            ORDER BY r.published_at DESC LIMIT 1
            """,
            {
                "lab": lead.name.lab,
                "family": lead.name.family.lower(),
                "family_key": lead.name.family_key,
                "published_at": lead.published.at,
                "line": lead.name.line,
            },
        )
        return record(Release, rows[0]) if rows else None

    def _waves_of(self, lead_ids: Sequence[int]) -> list[Wave]:
        """Return whole waves in the order of the ids, with one query a table."""
        members: dict[int, list[Release]] = defaultdict(list)
        rows = self._query(
            """
            SELECT * FROM release
            WHERE (NOT withdrawn OR id = lead_id) AND lead_id IN (SELECT value FROM json_each(:leads))
            ORDER BY id <> lead_id, id
            """,
            {"leads": lead_ids},
        )
        ids = [row["id"] for row in rows]
        artifacts, mentions = self._artifacts(ids), mentions_of(self._database, ids)
        for row in rows:
            release = record(
                Release, row, artifacts=tuple(artifacts[row["id"]]), mentions=mentions[row["id"]]
            )
            members[row["lead_id"]].append(release)
        return [
            Wave(self._lab(members[lead_id][0].name.lab), members[lead_id][0], tuple(members[lead_id]))
            for lead_id in lead_ids
        ]

    def _artifacts(self, release_ids: Sequence[int]) -> dict[int, list[Artifact]]:
        found: dict[int, list[Artifact]] = defaultdict(list)
        rows = self._query(
            """
            SELECT * FROM artifact WHERE release_id IN (SELECT value FROM json_each(:ids))
            ORDER BY head DESC, repository
            """,
            {"ids": release_ids},
        )
        for row in rows:
            found[row["release_id"]].append(record(Artifact, row))
        return found

    def _lab(self, lab_id: str) -> Lab:
        """Return the lab; one that feeds.yaml no longer names goes by its id."""
        return self._labs.get(lab_id) or Lab(lab_id, lab_id)


def mentions_of(
    database: Database, release_ids: Sequence[int] | None = None
) -> dict[int, tuple[Mention, ...]]:
    """Return the mentions of these releases, or of all, in the order in which they were seen.

    There is one for each thing shown: as it is now, with when it was seen first.
    """
    found: dict[int, tuple[Mention, ...]] = defaultdict(tuple)
    which = "IS NOT NULL" if release_ids is None else "IN (SELECT value FROM json_each(:ids))"
    rows = database.query(
        f"""
        SELECT o.release_id, o.source, o.title, o.url, first.seen_at,
            o.published_at, o.published_origin, o.published_precision
        FROM (
            SELECT min(shown.id) AS first_id, max(shown.id) AS last_id FROM observation shown
            LEFT JOIN artifact a ON shown.source = 'hub' AND a.hub_id = shown.external_id
            WHERE (shown.source <> 'hub' OR a.head = 1) AND shown.release_id {which}
            GROUP BY shown.release_id, shown.source, shown.external_id) AS thing
        JOIN observation o ON o.id = thing.last_id JOIN observation first ON first.id = thing.first_id
        ORDER BY thing.first_id
        """,
        {"ids": release_ids},
    )
    for row in rows:
        found[row["release_id"]] += (record(Mention, row),)
    return found


def _tasks_of(group: str) -> list[str]:
    """Return the pipeline tags of a task group."""
    tags = mapping("task_groups.tsv", "task", "groups")
    return [tag for tag, groups in tags.items() if group in groups.split()]
