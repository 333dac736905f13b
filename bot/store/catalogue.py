"""What is known of releases, as deciding takes it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from bot.model import Facts, Kind, Name, Sighting, SourceKind, Verdict
from bot.releases.news.decision import Catalogue, Judged, Known, Waiting
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

    def catalogue(self, labs: Iterable[str], hub_ids: Iterable[str] = ()) -> Catalogue:
        """Return the releases and waiting listings of the labs, and all corrections.

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
        wanted = {*labs, *(row["lab"] for row in seen), *(name.lab for name in errata.names.values())}
        return Catalogue(
            self._known(wanted),
            [_waiting_of(row) for row in self._query(_WAITING)],
            errata,
            {row["hub_id"]: read(Facts, row["facts"]) for row in seen},
        )

    def _known(self, labs: Iterable[str]) -> list[Known]:
        labs = sorted(labs)
        repositories = self._by_release(
            "SELECT a.* FROM artifact a JOIN release r ON r.id = a.release_id", labs
        )
        sources = self._by_release(
            """
            SELECT DISTINCT o.release_id, o.source, o.said_key = r.key AS exact
            FROM observation o JOIN release r ON r.id = o.release_id
            """,
            labs,
        )
        promises = self._by_release("SELECT p.* FROM promise p JOIN release r ON r.id = p.release_id", labs)
        rows = self._query(
            f"""
            SELECT r.*, lead.key AS lead_key, r.silent AND r.key IN ({KEPT_BACK}) AS held
            FROM release r JOIN release lead ON lead.id = r.lead_id WHERE {_OF_LABS} ORDER BY r.lab, r.id
            """,
            {"labs": labs},
        )
        return [
            _known_of(row, repositories[row["id"]], sources[row["id"]], promises[row["id"]]) for row in rows
        ]

    def _by_release(self, select: str, labs: list[str]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for row in self._query(f"{select} WHERE {_OF_LABS}", {"labs": labs}):
            found[row["release_id"]].append(row)
        return found

    def names(self, lab: str) -> list[Name]:
        """Return the names of a lab's releases, those with them that a person withdrew."""
        rows = self._query("SELECT name FROM release WHERE lab = :lab OR home_lab = :lab", {"lab": lab})
        return [read(Name, row["name"]) for row in rows]

    def named_by_the_way(self, lab: str, since: datetime) -> list[Name]:
        """Return the names in what a lab's sources showed since then and that is no release."""
        rows = self._query(
            """
            SELECT DISTINCT name FROM observation
            WHERE lab = :lab AND seen_at >= :since AND release_id IS NULL AND name IS NOT NULL
              AND external_id NOT LIKE 'names:%' -- what a known post came to name is no item's title
            """,
            {"lab": lab, "since": since},
        )
        return [read(Name, row["name"]) for row in rows]

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
