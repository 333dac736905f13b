"""The labs: those beside feeds.yaml, what stands under which id, and how all that is stored gets another."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.model import ALL, Follow, Name
from bot.records import AddedLab
from bot.releases.news.corrections import Move
from bot.store.database import Database, Tables
from bot.store.owed import line_id
from bot.store.places import first_ids, rename
from bot.store.rows import columns, moment, read


class AddedLabs(Tables):
    """The labs that people added beside feeds.yaml, as that would say it."""

    def all(self) -> list[AddedLab]:
        """Return all of them, in the order in which they came."""
        rows = self._tuples("SELECT lab, written, added_by, added_at FROM added_lab ORDER BY added_at, lab")
        return [AddedLab(lab, json.loads(written), by, moment(at)) for lab, written, by, at in rows]

    def set(self, lab: AddedLab) -> None:
        """Add a lab, or change what is written of the one with this id."""
        self._run(
            """
            INSERT INTO added_lab (lab, written, added_by, added_at)
            VALUES (:id, :written, :added_by, :added_at)
            ON CONFLICT (lab) DO UPDATE SET written = excluded.written
            """,
            {**columns(lab), "written": json.dumps(lab.written, ensure_ascii=False)},
        )

    def remove(self, lab: str) -> bool:
        """Forget that a lab was added; return whether it was. What is known of it stays."""
        return self._run("DELETE FROM added_lab WHERE lab = :lab", {"lab": lab}) == 1


class Addresses(Tables):
    """The labs under which the addresses of feeds.yaml stand and stood."""

    def note(self, addresses: Mapping[str, str], now: datetime) -> None:
        """Store under which lab each address stands now; what it stood under before stays."""
        self._run_many(
            """
            INSERT INTO lab_address (address, lab, seen_at) VALUES (?, ?, ?)
            ON CONFLICT (address, lab) DO UPDATE SET seen_at = excluded.seen_at
            """,
            [(address, lab, now) for address, lab in addresses.items()],
        )

    def all(self) -> list[tuple[str, str]]:
        """Return every address with every lab under which it ever stood."""
        return self._tuples("SELECT address, lab FROM lab_address ORDER BY address, lab")

    def former(self, source_id: str, lab: str) -> list[str]:
        """Return the other labs under which a source stood, the latest first."""
        return self._column(
            """
            SELECT lab FROM lab_address WHERE address IN (:id, lower(:id)) AND lab <> :lab
            ORDER BY seen_at DESC, lab
            """,
            {"id": source_id, "lab": lab},
        )

    def known_labs(self) -> frozenset[str]:
        """Return the ids of all labs that something is stored of: releases, subscriptions, mutes."""
        labs = self._column(
            """
            SELECT lab FROM release UNION SELECT home_lab FROM release WHERE home_lab IS NOT NULL
            UNION SELECT lab FROM subscription UNION SELECT lab FROM mute
            """
        )
        return frozenset(Follow.read(lab).lab for lab in labs) - {ALL}


# The tables in which a lab's id stands by itself, by what a person would call their rows.
_TABLES: Mapping[str, str] = {
    "releases": "release",
    "observations": "observation",
    "subscriptions": "subscription",
    "mutes": "mute",
    "watches": "watch",
    "figures": "adoption_figure",
    "changes": "adoption_change",
    "tasks": "adoption_task",
    "addresses": "lab_address",
}


class Moves(Tables):
    """A lab's change of id."""

    def collisions(self, move: Move) -> list[tuple[str, str]]:
        """Return the keys of releases that both ids have: that of the old id, and what it would become."""
        keys = self._column(
            """
            SELECT r.key FROM release r JOIN release other
              ON other.key = :new || substr(r.key, length(:old) + 1)
            WHERE substr(r.key, 1, length(:old) + 1) = :old || '/' ORDER BY r.id
            """,
            {"old": move.old, "new": move.new},
        )
        return [(key, move.renamed(key)) for key in keys]

    def move(self, move: Move) -> dict[str, int]:
        """Move all that is stored; return how many rows that were, by what a person would call them."""
        return _Mover(self._database, move).move()

    def rename_line(self, former: str, now: str) -> None:
        """Give a line that destinations were told another identity (see Deliveries.owe_line).

        One that may stand in its channel is looked up by the id that it has, and keeps it.
        """
        first = first_ids(self._tuples)
        for there in self._column("SELECT DISTINCT destination FROM delivery WHERE kind = 'line'"):
            destination = first.get(there, there)
            self._run(
                """
                UPDATE delivery SET id = :now
                WHERE id = :former AND state NOT IN ('claimed', 'doubtful', 'unclear')
                  AND NOT EXISTS (SELECT 1 FROM delivery AS other WHERE other.id = :now)
                """,
                {"former": line_id(former, destination), "now": line_id(now, destination)},
            )


class _Mover(Tables):
    """One change of a lab's id, table by table."""

    def __init__(self, database: Database, move: Move) -> None:
        super().__init__(database)
        self._move = move
        self._ids = {"old": move.old, "new": move.new}

    def move(self) -> dict[str, int]:
        placed, renamed = self._move.placed, self._move.renamed
        self._forget_doubles()
        self._names("release", placed)
        self._names("observation", renamed)
        self._names("hint", renamed, identity="key")
        # The ids of its messages are made of the key under which a release began, and stay.
        self._rewrite("release", "key", placed, setting=", first_key = coalesce(first_key, key)")
        self._rewrite("release", "family_key", renamed)
        self._rewrite("observation", "said_key", renamed, "said_key IS NOT NULL")
        self._rewrite("observation", "external_id", renamed, "source = 'import'")
        self._rewrite("seen", "identity", renamed, "source_id LIKE 'import:%'")
        # What was split off is named by its repository, which may look like a key.
        self._rewrite("correction", "subject", placed, "field <> 'split'")
        self._rewrite("correction", "value", placed, "field IN ('merge', 'split')")
        self._rewrite("hint", "key", renamed)
        self._rewrite("hint", "brought", placed, "brought IS NOT NULL")
        self._rewrite("held", "hint", renamed, "hint IS NOT NULL")
        self._run_many(
            "UPDATE held SET leads = ? WHERE id = ?",
            [
                ([placed(key) for key in json.loads(leads)], number)
                for number, leads in self._tuples("SELECT id, leads FROM held")
            ],
        )
        return self._labs()

    def _forget_doubles(self) -> None:
        """Forget the hints and imported lines that the new id has as well; these begin with their lab."""
        self._run(
            """
            DELETE FROM hint WHERE lab = :old AND EXISTS (
                SELECT 1 FROM hint AS other WHERE other.key = :new || substr(hint.key, length(:old) + 1))
            """,
            self._ids,
        )
        self._run(
            """
            DELETE FROM seen WHERE source_id LIKE 'import:%'
              AND substr(identity, 1, length(:old) + 1) = :old || '/' AND EXISTS (
                SELECT 1 FROM seen AS other WHERE other.source_id = seen.source_id
                          AND other.identity = :new || substr(seen.identity, length(:old) + 1))
            """,
            self._ids,
        )

    def _labs(self) -> dict[str, int]:
        """Rename the lab wherever its id stands by itself; return how many rows were renamed."""
        ids = {"former": self._move.old, "now": self._move.new}
        self._run("UPDATE correction SET value = :now WHERE field = 'lab' AND value = :former", ids)
        rename(self._run, "release", "home_lab", ids)
        rename(self._run, "hint", "lab", ids)
        rename(self._run, "added_lab", "lab", ids)
        renamed = {}
        for what, table in _TABLES.items():
            renamed[what] = rename(self._run, table, "lab", ids)
            if table == "subscription":
                cadences = {name: Follow(lab, cadence=True) for name, lab in ids.items()}
                renamed["cadences"] = rename(self._run, table, "lab", cadences)
        self._run("DELETE FROM habit WHERE lab = :former", ids)
        return renamed

    def _names(self, table: str, key: Callable[[str], str], identity: str = "id") -> None:
        """Rewrite the names that a table holds as JSON, and their release keys by a rule."""
        rows = self._tuples(f"SELECT {identity}, name FROM {table} WHERE instr(name, :old) > 0", self._ids)
        names = ((number, read(Name, name)) for number, name in rows)
        self._run_many(
            f"UPDATE {table} SET name = ? WHERE {identity} = ?",
            [
                (replace(self._move.name(name), release_key=key(name.release_key)), number)
                for number, name in names
            ],
        )

    def _rewrite(
        self, table: str, column: str, rule: Callable[[str], str], where: str = "true", setting: str = ""
    ) -> None:
        """Rewrite the texts of a column that the rule changes; in two steps, for two may change places."""
        texts = self._column(f"SELECT DISTINCT {column} FROM {table} WHERE {where}")
        pairs = [(rule(text), text) for text in texts if rule(text) != text]
        self._run_many(
            f"UPDATE {table} SET {column} = '|' || ?{setting} WHERE {column} = ? AND {where}", pairs
        )
        self._run_many(
            f"UPDATE {table} SET {column} = ? WHERE {column} = '|' || ?", [(new, new) for new, _ in pairs]
        )
