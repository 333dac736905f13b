"""Names that no item carried: each stands here once for ever, so that nobody is asked twice."""

from datetime import datetime

from bot.model import Name, SourceKind
from bot.records import Hint
from bot.store.database import Database
from bot.store.rows import Row, moment, name_of, name_text, time_text


class Hints:
    """The hints there ever were. Every method that writes belongs inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, hint: Hint) -> None:
        """Store a name that stood in a text."""
        self._database.connection.execute(
            """
            INSERT INTO hint (key, lab, name, source_id, source, words, url, seen_at, wait_until)
            VALUES (:key, :lab, :name, :source_id, :source, :words, :url, :seen_at, :wait_until)
            """,
            {
                "key": hint.key,
                "lab": hint.name.lab,
                "name": name_text(hint.name),
                "source_id": hint.source_id,
                "source": hint.source,
                "words": hint.words,
                "url": hint.url,
                "seen_at": time_text(hint.seen_at),
                "wait_until": time_text(hint.wait_until),
            },
        )

    def names(self, lab: str) -> list[Name]:
        """Return the names of all hints of a lab, whatever became of them."""
        rows = self._database.query("SELECT name FROM hint WHERE lab = :lab", {"lab": lab})
        return [name_of(row["name"]) for row in rows]

    def waiting(self) -> list[Hint]:
        """Return those that wait for a source to bring the release, the oldest first."""
        return self._select("WHERE state = 'waiting' ORDER BY seen_at, key")

    def due(self, now: datetime) -> list[Hint]:
        """Return those that waited in vain; one that was seen in the future was seen by a wrong clock."""
        return self._select(
            "WHERE state = 'waiting' AND (wait_until <= :now OR seen_at > :now) ORDER BY seen_at, key",
            now=now,
        )

    def open(self) -> list[Hint]:
        """Return those that no source has brought, asked about or not, the oldest first."""
        return self._select("WHERE state <> 'brought' ORDER BY seen_at, key")

    def by_key(self, key: str) -> Hint | None:
        """Return the hint of this release key, or None."""
        return next(iter(self._select("WHERE key = :key", key=key)), None)

    def asked(self, key: str) -> None:
        """Note that a person was asked."""
        self._database.connection.execute("UPDATE hint SET state = 'asked' WHERE key = :key", {"key": key})

    def brought(self, key: str, release_key: str, now: datetime) -> None:
        """Note which release another source has brought; the question, if there is one, is settled."""
        given = {"key": key, "release": release_key, "now": time_text(now)}
        self._database.connection.execute(
            "UPDATE hint SET state = 'brought', brought = :release WHERE key = :key", given
        )
        self._database.connection.execute(
            "UPDATE held SET state = 'brought', settled_at = :now WHERE hint = :key AND state = 'waiting'",
            given,
        )

    def _select(self, which: str, *, now: datetime | None = None, key: str = "") -> list[Hint]:
        given = {"now": time_text(now)} if now else {"key": key} if key else {}
        return [_hint_of(row) for row in self._database.query(f"SELECT * FROM hint {which}", given)]


def _hint_of(row: Row) -> Hint:
    return Hint(
        name=name_of(row["name"]),
        source_id=row["source_id"],
        source=SourceKind(row["source"]),
        words=row["words"],
        url=row["url"],
        seen_at=moment(row["seen_at"]),
        wait_until=moment(row["wait_until"]),
    )
