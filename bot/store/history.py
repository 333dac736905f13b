"""What came out: lately and as somebody asks for it, or within a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.model import Wave
from bot.records import OPEN_TRIAGE, TriagedAs
from bot.releases.facts.filters import Filters
from bot.releases.tables import mapping
from bot.store.held import KEPT_BACK
from bot.store.rows import columns
from bot.store.search import Search

_MOST = 1_000  # waves in one answer
# Of a wave, whose lead is most often its only model: that one is looked at where it stands.
_A_MODEL = """
    (({of_lead}) OR EXISTS (
        SELECT 1 FROM release model WHERE model.lead_id = lead.id
        AND model.id <> model.lead_id AND model.withdrawn = FALSE AND {of_model}))
"""
# What a filter asks of a model, as releases.facts.filters has it, in the columns of two indexes: leads are in
# release_shown, the others in release_asked.
_ASKED: Mapping[str, str] = {
    "license": ":license IN (model.license_verdict, model.license_id, model.spdx)",
    "min": "model.parameters >= :min",
    "max": "model.parameters <= :max",
    "fits": "model.memory <= :fits",
    "type": "(model.task = :type OR model.task IN (SELECT value FROM json_each(:tasks)))",
    "weights": """model.weights <> 'none'
        AND EXISTS (SELECT 1 FROM artifact WHERE release_id = model.id)""",
}
_TRIAGED = """
    coalesce((
        SELECT t.state FROM triage t JOIN release member ON member.id = t.release_id
        WHERE member.lead_id = lead.id AND t.destination = :there ORDER BY t.id DESC LIMIT 1), :open) = :state
"""
_TOLD = """
    EXISTS (SELECT 1 FROM delivery d WHERE d.release_id = lead.id AND d.kind = 'alert' AND d.state = 'sent'
            AND d.destination = :there)
"""


class History(Search):
    """What questions about releases are answered from. Nothing here writes."""

    def recent(
        self,
        labs: Sequence[str] = (),
        since: datetime | None = None,
        filters: Filters | None = None,
        limit: int = _MOST,
        offset: int = 0,
        triaged: TriagedAs | None = None,
    ) -> tuple[int, list[Wave]]:
        """Return how many waves of these labs (all when empty) were news since then, and a page of them.

        News is the announcement, and the opening of weights after it; the newest come first. A wave counts
        when one of its models is as the filters say, and when it was `triaged` so.
        """
        chosen, values = self._chosen(labs, since, filters or Filters(), triaged)
        page = self._column(
            f"SELECT lead.id {chosen} ORDER BY lead.news_at DESC, lead.id DESC LIMIT :limit OFFSET :offset",
            {**values, "limit": limit, "offset": offset},
        )
        count = offset + len(page)
        if len(page) == limit or (offset and not page):
            [count] = self._column(f"SELECT count(*) {chosen}", values)
        return count, self._waves_of(page)

    def between(self, start: datetime, end: datetime) -> list[Wave]:
        """Return the waves that became known from start to end, the newest first.

        One that was known from the start of its source counts by its own date instead; one that was held
        back as part of a flood does not count. One of a single model comes without who speaks of it.
        """
        leads = self._column(
            f"""
            SELECT id, published_at FROM release
            WHERE id = lead_id AND silent = FALSE AND withdrawn = FALSE
              AND opened_at >= :start AND opened_at < :end
            UNION ALL
            SELECT id, published_at FROM release
            WHERE id = lead_id AND silent = TRUE AND withdrawn = FALSE
              AND published_at >= :start AND published_at < :end AND key NOT IN ({KEPT_BACK})
            ORDER BY published_at DESC, id DESC
            """,
            {"start": start, "end": end},
        )
        return self._waves_of(leads, with_mentions_of_one=False)

    def _chosen(
        self, labs: Sequence[str], since: datetime | None, filters: Filters, triaged: TriagedAs | None
    ) -> tuple[str, Mapping[str, object]]:
        """Return what chooses the leads of waves that are as somebody asks, and its values."""
        # As the index release_shown has it.
        conditions = ["lead.id = lead.lead_id AND lead.withdrawn = FALSE", "lead.news_at >= :since"]
        asked = [_ASKED[key] for key in filters.words if key in _ASKED]
        mention, words = self._database.mentioning(filters.match)
        if labs:
            conditions.append("lead.lab IN (SELECT value FROM json_each(:labs))")
        if asked or mention:
            of_model = " AND ".join([*asked, *mention])
            of_lead = of_model.replace("model.", "lead.")
            conditions.append(_A_MODEL.format(of_lead=of_lead, of_model=of_model))
        if triaged:
            conditions.append(_TRIAGED)
        if triaged and triaged.state == OPEN_TRIAGE:
            conditions.append(_TOLD)
        values = {
            **columns(filters),
            **words,
            "since": since or "",
            "labs": labs,
            "tasks": _tasks_of(filters.type),
            "there": triaged and triaged.destination,
            "state": triaged and triaged.state,
            "open": OPEN_TRIAGE,
        }
        return f"FROM release lead WHERE {' AND '.join(conditions)}", values


def _tasks_of(group: str) -> list[str]:
    """Return the pipeline tags of a task group."""
    tags = mapping("task_groups.tsv", "task", "groups")
    return [tag for tag, groups in tags.items() if group in groups.split()]
