"""What people type, looked for in names and titles: the one place where the SQL of searching stands.

Other engines search otherwise: what is SQLite's own here is REGEXP (see bot.store.database), LIKE, which
ignores the case of ASCII, and the index of bot.store.titles.
"""

import json
from collections.abc import Mapping, Sequence

from bot.model import Release, Wave
from bot.records import Remembered
from bot.releases.facts.text import mention_pattern, parts_of
from bot.store import titles
from bot.store.rows import record, records
from bot.store.waves import Waves

_SHOWN = 20  # of what a text was found in
# A name as it reads with hyphens for blanks: sources write both.
_HYPHENED = "replace(lower(display), ' ', '-')"
_CONTAINS = f"instr({_HYPHENED}, replace(lower(:text), ' ', '-')) > 0"


def mentioning(words: Sequence[str]) -> tuple[Sequence[str], Mapping[str, str]]:
    """Return the conditions that `model.display` mentions one of these words, and their values; () of none.

    It is the pattern of releases.facts.text. What lacks the longest part of every word is passed over before:
    only where words and names are ASCII, beyond which letters have more than one other case.
    """
    if not words:
        return (), {}
    parts = [max(parts_of(word), key=len, default="") for word in words]
    values = {f"part{number}": f"%{part}%" for number, part in enumerate(parts)}
    likely = [f"model.display LIKE :{name}" for name in values] if "".join(parts).isascii() else ["true"]
    is_more_than_ascii = "length(CAST(model.display AS BLOB)) > length(model.display)"
    conditions = f"({' OR '.join([*likely, is_more_than_ascii])})", "model.display REGEXP :mention"
    return conditions, {**values, "mention": mention_pattern(words)}


class Search(Waves):
    """What a name, an address or a part of one leads to. Nothing here writes."""

    def find(self, text: str) -> list[Wave]:
        """Return the waves whose name, key, repository or address is, or else contains, the text.

        What a person withdrew is not among them; what was merged is found by either name.
        """
        exact = self._leads(
            """
            release.id IN (SELECT id FROM release WHERE lower(display) = lower(:text)
                UNION SELECT id FROM release WHERE key = lower(:text)
                UNION SELECT release_id FROM artifact WHERE lower(repository) = lower(:text)
                UNION SELECT release_id FROM observation WHERE lower(title) = lower(:text) OR url = :text)
            """,
            text,
        )
        contained = f"release.id IN (SELECT id FROM release WHERE {_CONTAINS})"
        return self._waves_of(exact or self._leads(contained, text))

    def named(self, text: str) -> list[Release]:
        """Return the releases whose name, key or repository is the text, withdrawn ones at the end."""
        exact = """id IN (SELECT id FROM release WHERE lower(display) = lower(:text)
            UNION SELECT id FROM release WHERE key = lower(:text)
            UNION SELECT release_id FROM artifact WHERE lower(repository) = lower(:text))"""
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
        exact = "lower(o.title) = lower(:text) OR o.url = :text OR o.external_id = :text"
        return (
            self._observed(exact, text) or self._observed(*self._titled(text)) or self._observed(_NAMED, text)
        )

    def _titled(self, text: str) -> tuple[str, str]:
        """Return the condition that a title contains the text, whatever the case, and what it asks for."""
        is_indexed = self._database.indexes_titles and titles.is_whole(self._query)
        if not is_indexed or len(text) < titles.SHORTEST or "\0" in text:
            return "instr(lower(o.title), lower(:text)) > 0", text
        phrase = '"{}"'.format(text.replace('"', '""'))
        return _INDEXED, phrase

    def _observed(self, condition: str, text: str) -> list[Remembered]:
        rows = self._query(
            f"""
            SELECT o.*, r.key AS release_key FROM observation o LEFT JOIN release r ON r.id = o.release_id
            WHERE {condition} ORDER BY o.id DESC LIMIT {_SHOWN}
            """,
            {"text": text},
        )
        return records(Remembered, rows)

    def names(self) -> list[str]:
        """Return the names of all leads, each once, for "did you mean"."""
        # As one text: a hundred thousand rows would take ten times as long.
        [row] = self._query(
            "SELECT json_group_array(display) AS names FROM release WHERE id = lead_id AND NOT withdrawn"
        )
        return list(dict.fromkeys(json.loads(row["names"])))

    def _leads(self, condition: str, text: str) -> list[int]:
        rows = self._query(
            f"""
            SELECT lead.id FROM release JOIN release lead ON lead.id = release.lead_id
            WHERE {condition} AND NOT lead.withdrawn
            GROUP BY lead.id ORDER BY max(release.published_at) DESC LIMIT {_SHOWN}
            """,
            {"text": text},
        )
        return [row["id"] for row in rows]


_INDEXED = f"""
    o.id IN (SELECT rowid FROM title_index WHERE title_index MATCH :text ORDER BY rowid DESC LIMIT {_SHOWN})
"""
# What was shown last belongs to the releases of which something was shown last.
_NAMED = f"""
    o.release_id IN (
        SELECT id FROM release WHERE {_CONTAINS}
        ORDER BY coalesce((SELECT max(id) FROM observation WHERE release_id = release.id), 0) DESC
        LIMIT {_SHOWN})
"""
