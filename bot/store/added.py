"""The labs that people added beside feeds.yaml."""

import json

from bot.records import AddedLab
from bot.store.database import Tables
from bot.store.rows import moment


class AddedLabs(Tables):
    """What was added, as feeds.yaml would say it."""

    def all(self) -> list[AddedLab]:
        """Return all of them, in the order in which they came."""
        rows = self._query("SELECT * FROM added_lab ORDER BY added_at, lab")
        return [
            AddedLab(row["lab"], json.loads(row["written"]), row["added_by"], moment(row["added_at"]))
            for row in rows
        ]

    def set(self, lab: AddedLab) -> None:
        """Add a lab, or change what is written of the one with this id."""
        self._run(
            """
            INSERT INTO added_lab (lab, written, added_by, added_at) VALUES (:lab, :written, :by, :at)
            ON CONFLICT (lab) DO UPDATE SET written = excluded.written
            """,
            {
                "lab": lab.id,
                "written": json.dumps(lab.written, ensure_ascii=False),
                "by": lab.added_by,
                "at": lab.added_at,
            },
        )

    def remove(self, lab: str) -> bool:
        """Forget that a lab was added; return whether it was. What is known of it stays."""
        return self._run("DELETE FROM added_lab WHERE lab = :lab", {"lab": lab}) == 1
