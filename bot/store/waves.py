"""Waves as they are stored: the releases that share an alert, whole, with one query a table."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bot.model import Artifact, Lab, Mention, Release, Wave
from bot.store.database import Database, Tables
from bot.store.rows import record


class Waves(Tables):
    """The waves. Nothing here writes."""

    def __init__(self, database: Database, labs: Mapping[str, Lab]) -> None:
        super().__init__(database)
        self._labs = labs

    def wave(self, release_id: int) -> Wave:
        """Return the wave of a release with the release before it in the same family and line.

        That of one that was merged into another is the other's.
        """
        wave = self.waves_of([release_id])[0]
        return Wave(wave.lab, wave.lead, wave.members, self._previous(wave.lead))

    def waves_of(self, release_ids: Iterable[int]) -> list[Wave]:
        """Return the waves that these releases belong to, each once."""
        leads = self._column(
            """
            SELECT DISTINCT lead_id FROM release
            WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))
            """,
            {"ids": list(release_ids)},
        )
        return self._waves_of(leads)

    def id_of(self, key: str) -> int:
        """Return the id of the release with this key, which must exist."""
        return int(self._column("SELECT id FROM release WHERE key = :key", {"key": key})[0])

    def _previous(self, lead: Release) -> Release | None:
        return self._first(
            Release,
            """
            SELECT r.* FROM release r
            WHERE r.lab = :lab AND r.family = :family AND r.family_key <> :family_key AND r.id = r.lead_id
              AND r.published_at < :published_at AND coalesce(r.name ->> 'line', '') = :line
              AND NOT r.withdrawn
            ORDER BY r.published_at DESC, r.id DESC LIMIT 1
            """,
            {
                "lab": lead.name.lab,
                "family": lead.name.family.lower(),
                "family_key": lead.name.family_key,
                "published_at": lead.published.at,
                "line": lead.name.line,
            },
        )

    def _waves_of(self, lead_ids: Sequence[int], *, with_mentions_of_one: bool = True) -> list[Wave]:
        """Return waves in the order of the ids, with one query a table; whole, if those of one model are."""
        members: dict[int, list[Release]] = defaultdict(list)
        rows = self._query(
            """
            SELECT * FROM release
            WHERE (NOT withdrawn OR id = lead_id)
              AND lead_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:leads))
            ORDER BY id <> lead_id, id
            """,
            {"leads": lead_ids},
        )
        ids = [row["id"] for row in rows]
        models = Counter(row["lead_id"] for row in rows)
        told = [row["id"] for row in rows if with_mentions_of_one or models[row["lead_id"]] > 1]
        artifacts, mentions = self._artifacts(ids), mentions_of(self._database, told)
        for row in rows:
            release = record(
                Release, row, artifacts=tuple(artifacts[row["id"]]), mentions=mentions[row["id"]]
            )
            members[row["lead_id"]].append(release)
        return [
            Wave(self._labs[members[lead_id][0].name.lab], members[lead_id][0], tuple(members[lead_id]))
            for lead_id in lead_ids
        ]

    def _artifacts(self, release_ids: Sequence[int]) -> dict[int, list[Artifact]]:
        found: dict[int, list[Artifact]] = defaultdict(list)
        rows = self._query(
            """
            SELECT * FROM artifact WHERE release_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))
            ORDER BY head DESC, repository
            """,
            {"ids": release_ids},
        )
        for row in rows:
            found[row["release_id"]].append(record(Artifact, row))
        return found


def mentions_of(
    database: Database, release_ids: Sequence[int] | None = None
) -> dict[int, tuple[Mention, ...]]:
    """Return the mentions of these releases, or of all, in the order in which they were seen.

    There is one for each thing shown: as it is now, with when it was seen first.
    """
    found: dict[int, tuple[Mention, ...]] = defaultdict(tuple)
    which = "IS NOT NULL" if release_ids is None else "IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))"
    rows = database.query(
        f"""
        SELECT o.release_id, o.source, o.title, o.url, first.seen_at,
            o.published_at, o.published_origin, o.published_precision
        FROM (
            SELECT min(shown.id) AS first_id, max(shown.id) AS last_id FROM observation shown
            LEFT JOIN artifact a ON shown.source = 'hub' AND a.hub_id = shown.external_id
            WHERE (shown.source <> 'hub' OR a.head) AND shown.release_id {which}
            GROUP BY shown.release_id, shown.source, shown.external_id) AS thing
        JOIN observation o ON o.id = thing.last_id JOIN observation first ON first.id = thing.first_id
        ORDER BY thing.first_id
        """,
        {"ids": release_ids},
    )
    for row in rows:
        found[row["release_id"]] += (record(Mention, row),)
    return found
