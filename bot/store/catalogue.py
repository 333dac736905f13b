"""What is known of releases, as deciding takes it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from bot.model import Facts, Kind, Name, Sighting, SourceKind, Verdict
from bot.releases.news.decision import Catalogue, Judged, Known, Meant, Outline, Waiting
from bot.store.corrections import Corrections
from bot.store.database import Database, Tables
from bot.store.held import KEPT_BACK
from bot.store.rows import Row, maybe_moment, moment, read, record

# What a person gave to another lab is found under both; what they withdrew, under none.
_OF_LABS = """
    NOT r.withdrawn AND (r.lab IN (SELECT value FROM json_each(:labs))
                         OR r.home_lab IN (SELECT value FROM json_each(:labs)))
"""
_WAITING = "SELECT * FROM observation WHERE wait_until IS NOT NULL AND release_id IS NULL"


class KnownReleases(Tables):
    """The releases as deciding takes them. Nothing here writes."""

    def __init__(self, database: Database, corrections: Corrections) -> None:
        super().__init__(database)
        self._corrections = corrections

    def catalogue(self, labs: Iterable[str]) -> Catalogue:
        """Return all releases of the labs and of those that corrections lead to, and the waiting listings."""
        outline = self.outline(labs)
        return self.filled(outline, Meant(tuple(outline.families)))

    def outline(self, labs: Iterable[str], hub_ids: Iterable[str] = ()) -> Outline:
        """Return what is known of the labs but for their releases.

        With those of the labs that corrections lead to, and that these repositories are known under.
        """
        errata = self._corrections.errata()
        seen = self._query(
            """
            SELECT a.hub_id, a.facts, r.lab FROM artifact a JOIN release r ON r.id = a.release_id
            WHERE a.hub_id IN (SELECT value FROM json_each(:ids))
            """,
            {"ids": list(hub_ids)},
        )
        wanted = sorted({*labs, *(row["lab"] for row in seen), *(name.lab for name in errata.names.values())})
        rows = self._query(
            f"SELECT r.key, r.name ->> 'family' AS family FROM release r WHERE {_OF_LABS}",
            {"labs": wanted},
        )
        return Outline(
            wanted,
            {row["key"]: row["family"] for row in rows},
            [_waiting_of(row) for row in self._query(_WAITING)],
            errata,
            {row["hub_id"]: read(Facts, row["facts"]) for row in seen},
        )

    def filled(self, outline: Outline, meant: Meant) -> Catalogue:
        """Return an outline with those of its releases that may be meant, and all of their waves."""
        rows = self._query(
            f"""
            SELECT r.id FROM release r WHERE {_OF_LABS} AND r.lead_id IN (
                SELECT lead_id FROM release WHERE key IN (SELECT value FROM json_each(:keys))
                UNION SELECT own.lead_id FROM artifact a JOIN release own ON own.id = a.release_id
                WHERE a.hub_id IN (SELECT value FROM json_each(:hub_ids))
                   OR lower(a.repository) IN (SELECT value FROM json_each(:repositories))
                UNION SELECT own.lead_id FROM promise p JOIN release own ON own.id = p.release_id
                WHERE p.repository IN (SELECT value FROM json_each(:repositories))
            )
            """,
            {
                "labs": outline.labs,
                "keys": meant.keys,
                "hub_ids": list(outline.facts),
                "repositories": meant.repositories,
            },
        )
        known = self._known([row["id"] for row in rows])
        return Catalogue(known, outline.waiting, outline.errata, outline.facts)

    def _known(self, ids: list[int]) -> list[Known]:
        repositories = self._by_release("SELECT * FROM artifact", ids)
        sources = self._by_release(
            """
            SELECT DISTINCT o.release_id, o.source, o.said_key = r.key AS exact
            FROM observation o JOIN release r ON r.id = o.release_id
            """,
            ids,
        )
        promises = self._by_release("SELECT * FROM promise", ids)
        rows = self._query(
            f"""
            SELECT r.id, r.name, r.opened_at, r.published_at, r.silent, lead.key AS lead_key,
                r.silent AND r.key IN ({KEPT_BACK}) AS held
            FROM release r JOIN release lead ON lead.id = r.lead_id
            WHERE r.id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids)) ORDER BY r.lab, r.id
            """,
            {"ids": ids},
        )
        return [
            _known_of(row, repositories[row["id"]], sources[row["id"]], promises[row["id"]]) for row in rows
        ]

    def _by_release(self, select: str, ids: list[int]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        of_these = "release_id IN (SELECT CAST(value AS BIGINT) FROM json_each(:ids))"
        for row in self._query(f"{select} WHERE {of_these}", {"ids": ids}):
            found[row["release_id"]].append(row)
        return found

    def names(self, lab: str) -> list[Name]:
        """Return the names of a lab's releases, those with them that a person withdrew."""
        names = self._column("SELECT name FROM release WHERE lab = :lab OR home_lab = :lab", {"lab": lab})
        return [read(Name, name) for name in names]

    def counting(self, lab: str) -> tuple[str, ...]:
        """Return the families of a lab of which a release has a version, in order."""
        families = self._column(
            """
            SELECT DISTINCT name ->> 'family' AS family FROM release
            WHERE (lab = :lab OR home_lab = :lab) AND name ->> 'version' <> '' ORDER BY family
            """,
            {"lab": lab},
        )
        return tuple(families)

    def named_by_the_way(self, lab: str, since: datetime) -> list[Name]:
        """Return the names in what a lab's sources showed since then and that is no release."""
        names = self._column(
            """
            SELECT DISTINCT name FROM observation
            WHERE lab = :lab AND seen_at >= :since AND release_id IS NULL AND name IS NOT NULL
              AND external_id NOT LIKE 'names:%' -- what a known post came to name is no item's title
            """,
            {"lab": lab, "since": since},
        )
        return [read(Name, name) for name in names]

    def overdue(self, now: datetime) -> list[Waiting]:
        """Return the listings that waited in vain for somebody to confirm them."""
        rows = self._query(f"{_WAITING} AND wait_until <= :now ORDER BY id", {"now": now})
        return [_waiting_of(row) for row in rows]

    def waits_beyond(self, longest: datetime) -> bool:
        """Whether a listing waits for longer than that."""
        return bool(self._query(f"{_WAITING} AND wait_until > :longest", {"longest": longest}))


def _known_of(row: Row, repositories: list[Row], sources: list[Row], promises: list[Row]) -> Known:
    head = next((it for it in repositories if it["head"]), None)
    facts = read(Facts, head["facts"]) if head else Facts()
    return Known(
        name=read(Name, row["name"]),
        lead_key=row["lead_key"],
        opened_at=moment(row["opened_at"]),
        published_at=moment(row["published_at"]),
        silent=bool(row["silent"]),
        told_by=frozenset(SourceKind(it["source"]).counts_as for it in sources),
        named_by=frozenset(SourceKind(it["source"]).counts_as for it in sources if it["exact"]),
        promised=frozenset(it["repository"] for it in promises),
        repositories={it["repository"].lower(): it["hub_id"] for it in repositories},
        head=head["hub_id"] if head else "",
        weights_at=maybe_moment(min((it["seen_at"] for it in repositories), default=None)),
        provisional=bool(head and head["provisional"]),
        license=facts.license,
        empty=facts.weights == "none",
        held=bool(row["held"]),
    )


def _waiting_of(row: Row) -> Waiting:
    name = read(Name, row["name"]) if row["name"] else None
    verdict = Verdict(Kind(row["kind"]), row["reason"], name)
    links = tuple(row["links"].split("\n")) if row["links"] else ()
    sighting = record(Sighting, row, links=links, amends=False)
    return Waiting(row["id"], Judged(sighting, verdict), moment(row["seen_at"]))
