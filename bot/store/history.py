"""Questions about releases: what came out, what is one made of, what did a sighting come to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.model import Artifact, Lab, Mention, Release, Wave
from bot.records import Remembered
from bot.store.database import Database
from bot.store.rows import Row, artifact_of, mention_of, moment, name_of, release_of, time_text


class History:
    """Answer questions. Nothing here writes."""

    def __init__(self, database: Database, labs: Mapping[str, Lab]) -> None:
        self._database = database
        self._labs = labs

    def waves(
        self, labs: Sequence[str] = (), since: datetime | None = None, limit: int | None = None
    ) -> list[Wave]:
        """Return the waves, newest first, of these labs (all when empty) that came out since then."""
        marks = ", ".join(f":lab{number}" for number in range(len(labs)))
        rows = self._database.query(
            f"""
            SELECT * FROM release WHERE id = lead_id AND published_at >= :since
            {f"AND lab IN ({marks})" if labs else ""}
            ORDER BY published_at DESC, id DESC LIMIT :limit
            """,
            {
                "since": time_text(since) if since else "",
                "limit": -1 if limit is None else limit,
                **{f"lab{number}": lab for number, lab in enumerate(labs)},
            },
        )
        return self._waves_of([row["id"] for row in rows])

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
            r.display = :text COLLATE NOCASE OR r.key = lower(:text)
            OR EXISTS (SELECT 1 FROM artifact a
                       WHERE a.release_id = r.id AND a.repository = :text COLLATE NOCASE)
            OR EXISTS (SELECT 1 FROM observation o
                       WHERE o.release_id = r.id AND (o.url = :text OR o.title = :text))
            """,
            text,
        )
        return self._waves_of(exact or self._leads("instr(lower(r.display), lower(:text)) > 0", text))

    def observations(self, text: str) -> list[Remembered]:
        """Return what the sources showed under a title, address or id, newest first."""
        rows = self._database.query(
            """
            SELECT o.*, r.key AS release_key FROM observation o LEFT JOIN release r ON r.id = o.release_id
            WHERE o.title = :text COLLATE NOCASE OR o.url = :text OR o.external_id = :text
               OR instr(lower(o.title), lower(:text)) > 0
            ORDER BY o.title <> :text COLLATE NOCASE, o.id DESC LIMIT 20
            """,
            {"text": text},
        )
        return [_remembered(row) for row in rows]

    def names(self) -> list[str]:
        """Return the names of all leads, for "did you mean"."""
        rows = self._database.query("SELECT DISTINCT display FROM release WHERE id = lead_id")
        return [row["display"] for row in rows]

    def _leads(self, condition: str, text: str) -> list[int]:
        rows = self._database.query(
            f"SELECT DISTINCT lead_id FROM release r WHERE {condition} ORDER BY published_at DESC LIMIT 20",
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
        """Return one mention a thing shown: its latest state, in the order of first sight."""
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
            latest[row["release_id"], row["source"], row["external_id"]] = mention_of(row)
        found: dict[int, list[Mention]] = defaultdict(list)
        for (release_id, _, _), mention in latest.items():
            found[release_id].append(mention)
        return found

    def _in(self, start: str, ids: Sequence[int], end: str) -> list[dict[str, Any]]:
        marks = ", ".join(str(int(number)) for number in ids)
        return self._database.query(f"{start} ({marks}) {end}")

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
