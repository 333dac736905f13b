"""Give everything that is stored of a lab another lab id."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.records import CADENCE
from bot.releases.news.moved import Move
from bot.store.database import Database
from bot.store.deliveries import line_id
from bot.store.rows import name_of, name_text

# The tables with nothing but a lab's id to change, by what a person would call their rows, with the columns
# that tell the rows of one lab apart: where the new id has such a row already, that one stays.
_BARE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mutes": ("mute", ("destination",)),
    "figures": ("adoption_figure", ("week", "measure", "asked_of")),
    "changes": ("adoption_change", ("week", "hub_id", "kind")),
    "tasks": ("adoption_task", ()),
    "addresses": ("standing", ("address",)),
}


class Moves:
    """Gives a lab another id. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collisions(self, move: Move) -> list[tuple[str, str]]:
        """Return the keys of releases that both ids have: that of the old id, and what it would become."""
        rows = self._database.query(
            """
            SELECT r.key FROM release r JOIN release other
              ON other.key = :new || substr(r.key, length(:old) + 1)
            WHERE substr(r.key, 1, length(:old) + 1) = :old || '/' ORDER BY r.id
            """,
            {"old": move.old, "new": move.new},
        )
        return [(row["key"], move.renamed(row["key"])) for row in rows]

    def move(self, move: Move) -> dict[str, int]:
        """Move all that is stored; return how many rows that were, by what a person would call them."""
        return _Mover(self._database, move).move()

    def rename_line(self, former: str, now: str) -> None:
        """Give a line that destinations were told another identity (see Deliveries.owe_line).

        One that may stand in its channel is looked up by the id that it has, and keeps it.
        """
        rows = self._database.query("SELECT DISTINCT destination FROM delivery WHERE kind = 'line'")
        for destination in (row["destination"] for row in rows):
            self._database.connection.execute(
                """
                UPDATE delivery SET id = :now
                WHERE id = :former AND state NOT IN ('claimed', 'doubtful', 'unclear')
                  AND NOT EXISTS (SELECT 1 FROM delivery AS told WHERE told.id = :now)
                """,
                {"former": line_id(former, destination), "now": line_id(now, destination)},
            )


class _Mover:
    """Engines through one move, table by table."""

    def __init__(self, database: Database, move: Move) -> None:
        self._database = database
        self._move = move
        self._ids = {"old": move.old, "new": move.new}

    def move(self) -> dict[str, int]:
        moved = {
            "releases": self._releases(),
            "observations": self._observations(),
            "subscriptions": self._subscriptions(""),
            "rhythms": self._subscriptions(CADENCE),
            **{what: self._lab(table, apart) for what, (table, apart) in _BARE.items()},
        }
        self._corrections()
        self._floods()
        self._hints()
        self._imports()
        return moved

    # --- one kind of thing each

    def _releases(self) -> int:
        # The ids of its messages are made of the key under which a release began, and stay.
        self._rewrite("release", "key", self._move.placed, ", first_key = coalesce(first_key, key)")
        self._rewrite("release", "family_key", self._move.renamed)
        self._names("release", self._move.placed)
        moved = self._run("UPDATE release SET lab = :new WHERE lab = :old", self._ids)
        self._run("UPDATE release SET home_lab = :new WHERE home_lab = :old", self._ids)
        return moved

    def _observations(self) -> int:
        self._names("observation", self._move.renamed)
        self._rewrite("observation", "said_key", self._move.renamed, where="said_key IS NOT NULL")
        return self._run("UPDATE observation SET lab = :new WHERE lab = :old", self._ids)

    def _names(self, table: str, key: Callable[[str], str], identity: str = "id") -> None:
        """Rewrite the names that a table holds as JSON, and their release keys by a rule."""
        rows = self._database.query(
            f"SELECT {identity} AS id, name FROM {table} WHERE instr(name, :old)", self._ids
        )
        names = ((row["id"], name_of(row["name"])) for row in rows)
        self._database.connection.conn.executemany(
            f"UPDATE {table} SET name = ? WHERE {identity} = ?",
            [
                (name_text(replace(self._move.name(name), release_key=key(name.release_key))), number)
                for number, name in names
            ],
        )

    def _subscriptions(self, prefix: str) -> int:
        labs = {"old": prefix + self._move.old, "new": prefix + self._move.new}
        return self._lab("subscription", ("destination", "origin"), labs)

    def _lab(self, table: str, apart: tuple[str, ...], labs: Mapping[str, str] | None = None) -> int:
        """Rename the lab in a table; return how many rows were renamed."""
        same = " AND ".join(f"other.{column} = {table}.{column}" for column in apart)
        if apart:
            self._run(
                f"""
                DELETE FROM {table} WHERE lab = :old AND EXISTS (
                    SELECT 1 FROM {table} AS other WHERE other.lab = :new AND {same})
                """,
                labs or self._ids,
            )
        return self._run(f"UPDATE {table} SET lab = :new WHERE lab = :old", labs or self._ids)

    def _corrections(self) -> None:
        # What was split off is named by its repository, which may look like a key.
        self._rewrite("correction", "subject", self._move.placed, where="field <> 'split'")
        self._rewrite("correction", "value", self._move.placed, where="field IN ('merge', 'split')")
        self._run("UPDATE correction SET value = :new WHERE field = 'lab' AND value = :old", self._ids)

    def _floods(self) -> None:
        for row in self._database.query("SELECT id, leads FROM held"):
            leads = json.dumps([self._move.placed(key) for key in json.loads(row["leads"])])
            self._run("UPDATE held SET leads = :leads WHERE id = :id", {"id": row["id"], "leads": leads})

    def _hints(self) -> None:
        self._run(
            """
            DELETE FROM hint WHERE lab = :old AND EXISTS (
                SELECT 1 FROM hint AS other WHERE other.key = :new || substr(hint.key, length(:old) + 1))
            """,
            self._ids,
        )
        self._names("hint", self._move.renamed, "key")
        self._rewrite("hint", "key", self._move.renamed)
        self._rewrite("hint", "brought", self._move.placed, where="brought IS NOT NULL")
        self._rewrite("held", "hint", self._move.renamed, where="hint IS NOT NULL")
        self._run("UPDATE hint SET lab = :new WHERE lab = :old", self._ids)

    def _imports(self) -> None:
        """Rename the identities of the lines that people brought, which begin with their lab."""
        self._run(
            """
            DELETE FROM seen WHERE source_id LIKE 'import:%'
              AND substr(identity, 1, length(:old) + 1) = :old || '/' AND EXISTS (
                SELECT 1 FROM seen AS other WHERE other.source_id = seen.source_id
                          AND other.identity = :new || substr(seen.identity, length(:old) + 1))
            """,
            self._ids,
        )
        self._rewrite("seen", "identity", self._move.renamed, where="source_id LIKE 'import:%'")
        self._rewrite("observation", "external_id", self._move.renamed, where="source = 'import'")

    # --- parts of the above

    def _rewrite(
        self, table: str, column: str, rule: Callable[[str], str], setting: str = "", where: str = "true"
    ) -> None:
        """Rewrite the texts of a column that the rule changes; in two steps, for two may change places."""
        rows = self._database.query(f"SELECT DISTINCT {column} AS text FROM {table} WHERE {where}")
        pairs = [(rule(row["text"]), row["text"]) for row in rows if rule(row["text"]) != row["text"]]
        connection = self._database.connection.conn
        connection.executemany(
            f"UPDATE {table} SET {column} = '|' || ?{setting} WHERE {column} = ? AND {where}", pairs
        )
        connection.executemany(
            f"UPDATE {table} SET {column} = ? WHERE {column} = '|' || ?", [(new, new) for new, _ in pairs]
        )

    def _run(self, statement: str, values: Mapping[str, object]) -> int:
        return self._database.connection.execute(statement, dict(values)).rowcount
