"""Releases, artifacts and observations: the catalogue that deciding reads, and the steps that it writes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.model import DateOrigin, Facts, Kind, License, Name, Published, Sighting, SourceKind, Verdict
from bot.releases.facts.licenses import identify
from bot.releases.facts.merge import Evidence, first_published, last_news, merge_facts
from bot.releases.news.corrections import Errata, corrected, corrected_facts, corrected_known
from bot.releases.news.decision import (
    Announce,
    Attach,
    Catalogue,
    Confirm,
    Decision,
    Judged,
    Known,
    Observe,
    Open,
    Promise,
    Rename,
    Waiting,
)
from bot.store.corrections import Corrections
from bot.store.database import Database
from bot.store.held import KEPT_BACK
from bot.store.rows import (
    Row,
    facts_of,
    facts_text,
    license_text,
    moment,
    name_of,
    name_text,
    published_columns,
    published_of,
    time_text,
)

# What a person gave to another lab is found under both; what they withdrew, under none.
_OF_LAB = "(r.lab = :lab OR r.home_lab = :lab) AND NOT r.withdrawn"
_WAITING = "SELECT * FROM observation WHERE wait_until IS NOT NULL AND release_id IS NULL"


class Releases:
    """Keep what is known of releases. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database, corrections: Corrections) -> None:
        self._database = database
        self._corrections = corrections

    # --- what deciding reads

    def catalogue(self, labs: Iterable[str], hub_ids: Iterable[str] = ()) -> Catalogue:
        """Return the releases and waiting listings of the labs.

        With those of the labs that corrections lead to, and that these repositories are known under.
        """
        errata = self._corrections.errata()
        labs = {*labs, *self._labs_of(hub_ids), *(name.lab for name in errata.names.values())}
        known = {known.key: known for lab in sorted(labs) for known in self._known(lab)}
        releases = [corrected_known(one, errata) for one in known.values()]
        waiting = self._database.query(_WAITING)
        return Catalogue(releases, [_waiting_of(row, errata) for row in waiting])

    def _labs_of(self, hub_ids: Iterable[str]) -> list[str]:
        rows = self._database.query(
            """
            SELECT DISTINCT r.lab FROM artifact a JOIN release r ON r.id = a.release_id
            WHERE a.hub_id IN (SELECT value FROM json_each(:ids))
            """,
            {"ids": json.dumps(list(hub_ids))},
        )
        return [row["lab"] for row in rows]

    def overdue(self, now: datetime) -> list[Waiting]:
        """Return the listings that waited in vain for somebody to confirm them."""
        rows = self._database.query(f"{_WAITING} AND wait_until <= :now ORDER BY id", {"now": time_text(now)})
        errata = self._corrections.errata()
        return [_waiting_of(row, errata) for row in rows]

    def waits_beyond(self, longest: datetime) -> bool:
        """Return whether a listing waits for longer than that."""
        rows = self._database.query(f"{_WAITING} AND wait_until > :longest", {"longest": time_text(longest)})
        return bool(rows)

    def overdue_since(self, now: datetime) -> datetime | None:
        """Return when the first of the listings that waited in vain was seen, or None."""
        rows = self._database.query(
            f"SELECT min(seen_at) AS first FROM ({_WAITING} AND wait_until <= :now)", {"now": time_text(now)}
        )
        return moment(rows[0]["first"]) if rows[0]["first"] else None

    def _known(self, lab: str) -> list[Known]:
        repositories: dict[int, dict[str, str]] = defaultdict(dict)
        heads: dict[int, Row] = {}
        weights_at: dict[int, list[datetime]] = defaultdict(list)
        for row in self._database.query(
            f"SELECT a.* FROM artifact a JOIN release r ON r.id = a.release_id WHERE {_OF_LAB}",
            {"lab": lab},
        ):
            repositories[row["release_id"]][row["repository"].lower()] = row["hub_id"]
            weights_at[row["release_id"]].append(moment(row["seen_at"]))
            if row["head"]:
                heads[row["release_id"]] = row
        voices: dict[int, set[SourceKind]] = defaultdict(set)
        named_by: dict[int, set[SourceKind]] = defaultdict(set)
        for row in self._database.query(
            f"""
            SELECT DISTINCT o.release_id, o.source, o.said_key = r.key AS exact
            FROM observation o JOIN release r ON r.id = o.release_id WHERE {_OF_LAB}
            """,
            {"lab": lab},
        ):
            voice = SourceKind(row["source"]).voice
            voices[row["release_id"]].add(voice)
            if row["exact"]:
                named_by[row["release_id"]].add(voice)
        promised: dict[int, set[str]] = defaultdict(set)
        for row in self._database.query(
            f"SELECT p.* FROM promise p JOIN release r ON r.id = p.release_id WHERE {_OF_LAB}", {"lab": lab}
        ):
            promised[row["release_id"]].add(row["repository"])
        rows = self._database.query(
            f"""
            SELECT r.*, lead.key AS lead_key, r.silent AND r.key IN ({KEPT_BACK}) AS held
            FROM release r JOIN release lead ON lead.id = r.lead_id WHERE {_OF_LAB} ORDER BY r.id
            """,
            {"lab": lab},
        )
        return [
            replace(
                _known_of(row, repositories[row["id"]], heads.get(row["id"])),
                told_by=frozenset(voices[row["id"]]),
                named_by=frozenset(named_by[row["id"]]),
                promised=frozenset(promised[row["id"]]),
                weights_at=min(weights_at[row["id"]], default=None),
            )
            for row in rows
        ]

    def names(self, lab: str) -> list[Name]:
        """Return the names of a lab's releases, those with them that a person withdrew."""
        rows = self._database.query(
            "SELECT name FROM release WHERE lab = :lab OR home_lab = :lab", {"lab": lab}
        )
        return [name_of(row["name"]) for row in rows]

    def named_by_the_way(self, lab: str, since: datetime) -> list[Name]:
        """Return the names in what a lab's sources showed since then and that is no release."""
        rows = self._database.query(
            """
            SELECT DISTINCT name FROM observation
            WHERE lab = :lab AND seen_at >= :since AND release_id IS NULL AND name IS NOT NULL
              AND external_id NOT LIKE 'names:%' -- what a known post came to name is no item's title
            """,
            {"lab": lab, "since": time_text(since)},
        )
        return [name_of(row["name"]) for row in rows]

    # --- what deciding writes

    def shorten_waits(self, longest: datetime) -> None:
        """Let no listing wait for longer than that."""
        self._database.connection.execute(
            "UPDATE observation SET wait_until = :longest WHERE wait_until > :longest",
            {"longest": time_text(longest)},
        )

    def apply(self, decision: Decision, now: datetime, *, live: bool) -> dict[str, int]:
        """Store the steps of a decision; return the ids of the releases that it touched, by key."""
        writer = _Writer(self._database, now, live)
        for step in decision.steps:
            writer.write(step)
        self.refresh(writer.touched.values())
        return writer.touched

    def refresh(self, release_ids: Iterable[int]) -> None:
        """Merge anew what all observations of these releases say, and what people know better."""
        errata, refreshed = self._corrections.errata(), list(release_ids)
        for release_id in refreshed:
            self._refresh(release_id, errata)
        self._database.connection.execute(
            """
            UPDATE release SET news_at = (
                SELECT max(member.came_at) FROM release member WHERE member.lead_id = release.id)
            WHERE id IN (SELECT lead_id FROM release WHERE id IN (SELECT value FROM json_each(:ids)))
            """,
            {"ids": json.dumps(refreshed)},
        )

    def _refresh(self, release_id: int, errata: Errata) -> None:
        rows = self._database.query(
            """
            SELECT o.*, a.repository, r.key, r.name AS release_name, (o.source <> 'hub' OR a.head) AS head
            FROM observation o JOIN release r ON r.id = o.release_id
            LEFT JOIN artifact a ON o.source = 'hub' AND a.hub_id = o.external_id
            WHERE o.release_id = :id
              AND (o.source <> 'import' OR o.id = ( -- a line that was mended counts as it is now
                SELECT max(id) FROM observation
                WHERE source_id = o.source_id AND external_id = o.external_id))
            """,
            {"id": release_id},
        )
        if not rows:
            return
        evidence = [_evidence_of(row) for row in rows]
        stated = merge_facts(name_of(rows[0]["release_name"]), evidence)
        facts = corrected_facts(stated, rows[0]["key"], errata)
        repository = next((row["repository"] for row in rows if row["repository"] and row["head"]), "")
        license = identify(facts.license, repository.split("/")[0] or rows[0]["lab"], repository)
        published = first_published(evidence)
        self._write_facts(release_id, facts, license, published, last_news(published, evidence))

    def _write_facts(
        self, release_id: int, facts: Facts, license: License, published: Published, came_at: datetime
    ) -> None:
        self._database.connection.execute(
            """
            UPDATE release SET facts = :facts, license = :license, license_id = :license_id,
                license_verdict = :verdict, parameters = :parameters, task = :task,
                published_at = :published_at, published_origin = :published_origin,
                published_precision = :published_precision, came_at = :came_at
            WHERE id = :id
            """,
            {
                "id": release_id,
                "facts": facts_text(facts),
                "license": license_text(license),
                "license_id": license.id,
                "verdict": license.verdict,
                "parameters": facts.parameters,
                "task": facts.task,
                "came_at": time_text(came_at),
                **published_columns(published),
            },
        )


class _Writer:
    """Write one decision's steps, remembering the ids of the releases that they touch."""

    def __init__(self, database: Database, now: datetime, live: bool) -> None:
        self._database = database
        self._connection = database.connection
        self._now = now
        self._live = live
        self._ids: dict[str, int] = {}
        self.touched: dict[str, int] = {}

    def write(self, step: object) -> None:
        match step:
            case Observe():
                self._observe(step)
            case Open():
                self._open(step)
            case Attach():
                self._attach(step)
            case Rename():
                self._rename(step)
            case Promise():
                self._promise(step)
            case Confirm():
                self._confirm(step)
            case Announce():
                self._announce(step)

    def _touch(self, key: str) -> int:
        if key not in self._ids:
            rows = self._database.query("SELECT id FROM release WHERE key = :key", {"key": key})
            self._ids[key] = rows[0]["id"]
        self.touched[key] = self._ids[key]
        return self._ids[key]

    def _observe(self, step: Observe) -> None:
        sighting, verdict = step.judged.sighting, step.judged.verdict
        self._insert(
            "observation",
            {
                **_sighting_columns(sighting),
                "seen_at": time_text(self._now),
                "live": int(self._live),
                "amends": int(sighting.amends),
                "kind": verdict.kind,
                "reason": verdict.reason,
                "name": name_text(verdict.name) if verdict.name else None,
                "said_key": verdict.name.release_key if verdict.name else None,
                "release_id": self._touch(step.key) if step.key else None,
                "wait_until": time_text(step.wait_until) if step.wait_until else None,
            },
        )

    def _open(self, step: Open) -> None:
        next_id = self._database.query("SELECT coalesce(max(id), 0) + 1 AS id FROM release")[0]["id"]
        self._ids[step.name.release_key] = next_id
        self._insert(
            "release",
            {
                "id": next_id,
                "key": step.name.release_key,
                "lab": step.name.lab,
                "family": step.name.family.lower(),
                "family_key": step.name.family_key,
                "lead_id": self._touch(step.lead_key) if step.lead_key != step.name.release_key else next_id,
                "name": name_text(step.name),
                "display": step.name.display,
                "opened_at": time_text(self._now),
                **published_columns(Published(self._now, DateOrigin.SEEN)),
                "silent": int(step.silent),
                "facts": "{}",
                "license": license_text(identify(None)),
                "license_id": "",
                "license_verdict": "not stated",
                "parameters": None,
                "task": "",
                "came_at": time_text(self._now),
                "news_at": time_text(self._now),
            },
        )
        self._touch(step.name.release_key)

    def _attach(self, step: Attach) -> None:
        release_id, sighting = self._touch(step.key), step.sighting
        ids = {"release_id": release_id, "hub_id": sighting.external_id, "repository": sighting.title}
        # A repository deleted and made again has a new _id under the old name.
        self._connection.execute(
            "DELETE FROM artifact WHERE repository = :repository COLLATE NOCASE AND hub_id <> :hub_id", ids
        )
        if step.head:
            self._connection.execute("UPDATE artifact SET head = 0 WHERE release_id = :release_id", ids)
        self._connection.execute(
            """
            INSERT INTO artifact
                (hub_id, release_id, repository, head, provisional, packaging, seen_at, facts)
            VALUES (:hub_id, :release_id, :repository, :head, :provisional, :packaging, :now, :facts)
            ON CONFLICT (hub_id) DO UPDATE SET
                repository = excluded.repository, head = excluded.head, provisional = excluded.provisional,
                packaging = excluded.packaging, facts = excluded.facts
            """,
            {
                **ids,
                "head": int(step.head),
                "provisional": int(step.provisional),
                "packaging": step.packaging,
                "now": time_text(self._now),
                "facts": facts_text(sighting.facts.filled_from(self._facts_of(sighting.external_id))),
            },
        )

    def _facts_of(self, hub_id: str) -> Facts:
        """Return what is known of a repository: its own answer once said more than a listing does."""
        rows = self._database.query("SELECT facts FROM artifact WHERE hub_id = :hub_id", {"hub_id": hub_id})
        return facts_of(rows[0]["facts"]) if rows else Facts()

    def _rename(self, step: Rename) -> None:
        self._connection.execute(
            "UPDATE release SET name = :name, display = :display WHERE id = :id",
            {"id": self._touch(step.key), "name": name_text(step.name), "display": step.name.display},
        )

    def _promise(self, step: Promise) -> None:
        release_id = self._touch(step.key)
        self._connection.conn.executemany(
            "INSERT INTO promise (repository, release_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(repository, release_id) for repository in step.repositories],
        )

    def _confirm(self, step: Confirm) -> None:
        self._connection.execute(
            "UPDATE observation SET release_id = :release_id, wait_until = NULL WHERE id = :id",
            {"id": step.waiting.id, "release_id": self._touch(step.key)},
        )

    def _announce(self, step: Announce) -> None:
        self._connection.execute(
            "UPDATE release SET silent = 0, opened_at = :now WHERE lead_id = :id AND silent = 1",
            {"id": self._touch(step.lead_key), "now": time_text(self._now)},
        )

    def _insert(self, table: str, values: Mapping[str, Any]) -> None:
        """Insert one row; table and columns are this module's own words, the values are bound."""
        columns, places = ", ".join(values), ", ".join(f":{column}" for column in values)
        self._connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", dict(values))


def _sighting_columns(sighting: Sighting) -> dict[str, Any]:
    return {
        "source_id": sighting.source_id,
        "source": sighting.source,
        "lab": sighting.lab,
        "external_id": sighting.external_id,
        "title": sighting.title,
        "url": sighting.url,
        **published_columns(sighting.published),
        "facts": facts_text(sighting.facts),
        "links": "\n".join(sighting.links),
    }


def _known_of(row: Row, repositories: Mapping[str, str], head: Row | None) -> Known:
    return Known(
        name=name_of(row["name"]),
        lead_key=row["lead_key"],
        opened_at=moment(row["opened_at"]),
        published_at=moment(row["published_at"]),
        silent=bool(row["silent"]),
        repositories=repositories,
        head=head["hub_id"] if head else "",
        provisional=bool(head and head["provisional"]),
        license=facts_of(head["facts"]).license if head else None,
        empty=head is not None and facts_of(head["facts"]).weights == "none",
        held=bool(row["held"]),
    )


def _waiting_of(row: Row, errata: Errata) -> Waiting:
    sighting = Sighting(
        source_id=row["source_id"],
        source=SourceKind(row["source"]),
        lab=row["lab"],
        external_id=row["external_id"],
        title=row["title"],
        url=row["url"],
        published=published_of(row),
        links=tuple(row["links"].split("\n")) if row["links"] else (),
        facts=facts_of(row["facts"]),
    )
    name: Name | None = name_of(row["name"]) if row["name"] else None
    verdict = corrected(Verdict(Kind(row["kind"]), row["reason"], name), sighting, errata)
    return Waiting(row["id"], Judged(sighting, verdict))


def _evidence_of(row: Row) -> Evidence:
    return Evidence(
        SourceKind(row["source"]),
        moment(row["seen_at"]),
        facts_of(row["facts"]),
        published_of(row),
        # A repository seen again, renamed or edited, did not come out that day.
        live=bool(row["live"]) and not row["amends"],
        head=bool(row["head"]),
    )
