"""What people type, looked for in names and titles.

What is each database's own of that is in its `titled` and `mentioning` (see bot.store.database).
"""

import json

from bot.model import Release, Wave
from bot.records import Remembered
from bot.store.rows import record
from bot.store.titles import SHOWN
from bot.store.waves import Waves

# A name as it reads with hyphens for blanks: sources write both.
_HYPHENED = "replace(lower(display), ' ', '-')"
_CONTAINS = f"instr({_HYPHENED}, replace(lower(:text), ' ', '-')) > 0"
# The releases whose name, key or repository is the text.
_CALLED = """
    SELECT id FROM release WHERE lower(display) = lower(:text)
    UNION SELECT id FROM release WHERE key = lower(:text)
    UNION SELECT release_id FROM artifact WHERE lower(repository) = lower(:text)
"""


class Search(Waves):
    """What a name, an address or a part of one leads to. Nothing here writes."""

    def find(self, text: str) -> list[Wave]:
        """Return the waves whose name, key, repository or address is, or else contains, the text.

        What a person withdrew is not among them; what was merged is found by either name.
        """
        exact = self._leads(
            f"""
            release.id IN ({_CALLED}
                UNION SELECT release_id FROM observation WHERE lower(title) = lower(:text) OR url = :text)
            """,
            text,
        )
        contained = f"release.id IN (SELECT id FROM release WHERE {_CONTAINS})"
        return self._waves_of(exact or self._leads(contained, text))

    def named(self, text: str) -> list[Release]:
        """Return the releases whose name, key or repository is the text, withdrawn ones at the end."""
        alike = f"{_HYPHENED} = replace(lower(:text), ' ', '-')"
        chosen = "SELECT * FROM release WHERE {} ORDER BY withdrawn, published_at DESC, id"
        rows = self._query(chosen.format(f"id IN ({_CALLED})"), {"text": text}) or self._query(
            chosen.format(alike), {"text": text}
        )
        artifacts = self._artifacts([row["id"] for row in rows])
        return [record(Release, row, artifacts=tuple(artifacts[row["id"]])) for row in rows]

    def observations(self, text: str) -> list[Remembered]:
        """Return the newest of what sources showed whose title, address or id is, or contains, the text.

        Where there is none, it is all that belongs to the releases whose name contains it, as `find` has it.
        """
        exact = "lower(o.title) = lower(:text) OR o.url = :text OR o.external_id = :text"
        return (
            self._observed(exact, text)
            or self._observed(*self._database.titled(text))
            or self._observed(_NAMED, text)
        )

    def _observed(self, condition: str, text: str) -> list[Remembered]:
        return self._records(
            Remembered,
            f"""
            SELECT o.*, r.key AS release_key FROM observation o LEFT JOIN release r ON r.id = o.release_id
            WHERE {condition} ORDER BY o.id DESC LIMIT {SHOWN}
            """,
            {"text": text},
        )

    def names(self) -> list[str]:
        """Return the names of all leads, each once, for "did you mean"."""
        # As one text: a hundred thousand rows would take ten times as long.
        [names] = self._column(
            "SELECT json_group_array(display) FROM release WHERE id = lead_id AND NOT withdrawn"
        )
        return list(dict.fromkeys(json.loads(names)))

    def _leads(self, condition: str, text: str) -> list[int]:
        return self._column(
            f"""
            SELECT lead.id FROM release JOIN release lead ON lead.id = release.lead_id
            WHERE {condition} AND NOT lead.withdrawn
            GROUP BY lead.id ORDER BY max(release.published_at) DESC, lead.id LIMIT {SHOWN}
            """,
            {"text": text},
        )


# What was shown last belongs to the releases of which something was shown last.
_NAMED = f"""
    o.release_id IN (
        SELECT id FROM release WHERE {_CONTAINS}
        ORDER BY coalesce((SELECT max(id) FROM observation WHERE release_id = release.id), 0) DESC, id DESC
        LIMIT {SHOWN})
"""
