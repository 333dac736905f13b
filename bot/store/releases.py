"""Releases, artifacts and observations, as decisions have them stored."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from bot.model import DateOrigin, Evidence, License, Release
from bot.releases.facts.memory import bytes_to_serve
from bot.releases.news.corrections import Errata
from bot.releases.news.decision import Announce, Attach, Confirm, Decision, Observe, Open, Promise, Rename
from bot.store.catalogue import KnownReleases
from bot.store.database import Database, Tables
from bot.store.rows import columns, published_columns, record

# Makes of a release, and all that was seen of it, what is known of it (bot.releases.news.merge.merged).
Merge = Callable[[Release, Sequence[Evidence], Errata], Release]

EVIDENCE = """
    SELECT o.release_id, o.source, o.seen_at, o.facts, o.live, o.amends,
        o.published_at, o.published_origin, o.published_precision,
        o.source <> 'hub' OR a.head AS head, a.repository,
        o.source = 'import' AND EXISTS (
            SELECT 1 FROM observation later
            WHERE later.source_id = o.source_id AND later.external_id = o.external_id AND later.id > o.id
        ) AS mended
    FROM observation o LEFT JOIN artifact a ON o.source = 'hub' AND a.hub_id = o.external_id
"""


class Releases(KnownReleases):
    """The releases. Every method that writes belongs inside a transaction."""

    def apply(self, decision: Decision, now: datetime, merge: Merge, *, live: bool) -> dict[str, int]:
        """Store the steps of a decision; return the ids of the releases that it touched, by key."""
        writer = _Writer(self._database, now, live)
        for step in decision.steps:
            writer.write(step)
        self._database.index_titles()
        if writer.touched:
            self.refresh(writer.touched.values(), merge)
        return writer.touched

    def refresh(self, release_ids: Iterable[int], merge: Merge) -> None:
        """Merge anew what all observations of these releases say, and what people know better."""
        errata, ids = self._corrections.errata(), list(release_ids)
        seen = self._evidence(ids)
        rows = self._query(
            "SELECT * FROM release WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))",
            {"ids": list(seen)},
        )
        self._write(merge(record(Release, row), seen[row["id"]], errata) for row in rows)
        self._run(
            """
            UPDATE release SET news_at = (
                SELECT max(member.came_at) FROM release member WHERE member.lead_id = release.id)
            WHERE id IN (
                SELECT lead_id FROM release WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids)))
            """,
            {"ids": ids},
        )

    def _evidence(self, release_ids: Sequence[int]) -> Mapping[int, list[Evidence]]:
        """Return all that was seen of these releases, in order, by their ids."""
        rows = self._query(
            f"""
            {EVIDENCE} WHERE o.release_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))
            ORDER BY o.release_id, o.id
            """,
            {"ids": release_ids},
        )
        seen: dict[int, list[Evidence]] = defaultdict(list)
        for row in rows:
            seen[row["release_id"]].append(record(Evidence, row))
        return seen

    def _write(self, releases: Iterable[Release]) -> None:
        self._run_many(
            """
            UPDATE release SET facts = :facts, license = :license, license_id = :license_id,
                license_verdict = :verdict, parameters = :parameters, task = :task,
                published_at = :published_at, published_origin = :published_origin,
                published_precision = :published_precision, came_at = :came_at,
                memory = :memory, spdx = :spdx, weights = :weights
            WHERE id = :id
            """,
            map(_known_columns, releases),
        )

    def shorten_waits(self, longest: datetime) -> None:
        """Let no listing wait for longer than that."""
        self._run(
            "UPDATE observation SET wait_until = :longest WHERE wait_until > :longest", {"longest": longest}
        )


def _known_columns(release: Release) -> Mapping[str, object]:
    facts, license = release.facts, release.license
    return {
        "id": release.id,
        "facts": facts,
        "license": license,
        "license_id": license.id,
        "verdict": license.verdict,
        "parameters": facts.parameters,
        "task": facts.task,
        "came_at": release.came_at,
        "memory": bytes_to_serve(facts.parameters, facts.precision, facts.download_bytes),
        "spdx": license.spdx.lower(),
        "weights": facts.weights,
        **published_columns(release.published),
    }


class _Writer(Tables):
    """Writes the steps of one decision, and remembers the ids of the releases that they touch."""

    def __init__(self, database: Database, now: datetime, live: bool) -> None:
        super().__init__(database)
        self._now = now
        self._live = live
        self._ids: dict[str, int] = {}
        self._highest_id = 0  # of a release, once one is opened
        self.touched: dict[str, int] = {}

    def write(self, step: object) -> None:
        match step:
            case Observe():
                self._observe(step)
            case Open():
                self._open(step)
            case Attach():
                self._attach(step)
            case Rename(key, name):
                self._run(
                    "UPDATE release SET name = :name, display = :display WHERE id = :id",
                    {"id": self._touch(key), "name": name, "display": name.display},
                )
            case Promise(key, repositories):
                self._run_many(
                    "INSERT INTO promise (repository, release_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [(repository, self._touch(key)) for repository in repositories],
                )
            case Confirm(waiting, key):
                self._run(
                    "UPDATE observation SET release_id = :release_id, wait_until = NULL WHERE id = :id",
                    {"id": waiting.id, "release_id": self._touch(key)},
                )
            case Announce(lead_key):
                self._run(
                    "UPDATE release SET silent = FALSE, opened_at = :now WHERE lead_id = :id AND silent",
                    {"id": self._touch(lead_key), "now": self._now},
                )

    def _touch(self, key: str) -> int:
        if key not in self._ids:
            self._ids[key] = self._query("SELECT id FROM release WHERE key = :key", {"key": key})[0]["id"]
        self.touched[key] = self._ids[key]
        return self._ids[key]

    def _observe(self, step: Observe) -> None:
        sighting, verdict = step.judged.sighting, step.judged.verdict
        self._run(
            """
            INSERT INTO observation (source_id, source, lab, external_id, title, url, published_at,
                published_origin, published_precision, facts, links, amends, seen_at, live, kind, reason,
                name, said_key, release_id, wait_until)
            VALUES (:source_id, :source, :lab, :external_id, :title, :url, :published_at,
                :published_origin, :published_precision, :facts, :links, :amends, :now, :live, :kind, :reason,
                :name, :said_key, :release_id, :wait_until)
            """,
            {
                **columns(sighting),
                **published_columns(sighting.published),
                "links": "\n".join(sighting.links),
                "now": self._now,
                "live": self._live,
                "kind": verdict.kind,
                "reason": verdict.reason,
                "name": verdict.name,
                "said_key": verdict.name.release_key if verdict.name else None,
                "release_id": self._touch(step.key) if step.key else None,
                "wait_until": step.wait_until,
            },
        )

    def _open(self, step: Open) -> None:
        """Begin a release of which nothing is known yet but its name."""
        name, key = step.name, step.name.release_key
        self._highest_id = (self._highest_id or self._column("SELECT max(id) FROM release")[0] or 0) + 1
        self._ids[key] = self._highest_id
        self._run(
            """
            INSERT INTO release (id, key, lab, family, family_key, lead_id, name, display, silent, opened_at,
                published_at, published_origin, published_precision, came_at, news_at,
                facts, license, license_id, license_verdict, task)
            VALUES (:id, :key, :lab, :family, :family_key, :lead_id, :name, :display, :silent, :now,
                :now, :origin, 'second', :now, :now, '{}', :license, '', 'not stated', '')
            """,
            {
                **columns(name),
                "id": self._ids[key],
                "key": key,
                "family": name.family.lower(),
                "lead_id": self._touch(step.lead_key),
                "name": name,
                "silent": step.silent,
                "now": self._now,
                "origin": DateOrigin.SEEN,
                "license": License("", "", "not stated"),
            },
        )
        self._touch(key)

    def _attach(self, step: Attach) -> None:
        release_id, sighting = self._touch(step.key), step.sighting
        # A repository deleted and made again has a new _id under the old name.
        self._run(
            "DELETE FROM artifact WHERE lower(repository) = lower(:repository) AND hub_id <> :hub_id",
            {"repository": sighting.title, "hub_id": sighting.external_id},
        )
        if step.head:
            self._run("UPDATE artifact SET head = FALSE WHERE release_id = :id", {"id": release_id})
        self._run(
            """
            INSERT INTO artifact
                (hub_id, release_id, repository, head, provisional, packaging, seen_at, facts)
            VALUES (:hub_id, :release_id, :repository, :head, :provisional, :packaging, :now, :facts)
            ON CONFLICT (hub_id) DO UPDATE SET
                repository = excluded.repository, head = excluded.head, provisional = excluded.provisional,
                packaging = excluded.packaging, facts = excluded.facts
            """,
            {
                "hub_id": sighting.external_id,
                "release_id": release_id,
                "repository": sighting.title,
                "head": step.head,
                "provisional": step.provisional,
                "packaging": step.packaging,
                "now": self._now,
                "facts": sighting.facts,
            },
        )
