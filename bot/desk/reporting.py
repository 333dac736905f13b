"""Take what people found wrong to those who can correct it, and do what these say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.desk.asker import Asker
from bot.desk.correcting import FIELDS, Corrector
from bot.errors import UsageError
from bot.model import Wave
from bot.records import Content, ErrorReport
from bot.store.store import Store
from bot.views import answers, blocks
from bot.views.answers.pieces import subject_of
from bot.views.escape import literal

_TEXT_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Reporting:
    """Keep reports and corrections; `admins` are the people of feeds.yaml who may correct."""

    store: Store
    corrector: Corrector
    admins: Sequence[str] = ()

    def may_correct(self, asker: Asker) -> bool:
        """Whether somebody is among the admins."""
        return asker.person in self.admins

    def report(self, asker: Asker, wave: Wave, text: str) -> Content:
        """Keep a report and tell the admins. Raises UsageError for an empty one."""
        if not text.strip():
            raise UsageError("say what is wrong, and what would be right")
        now = self.corrector.clock.now()
        with self.store.transaction():
            number = self.store.reports.add(
                wave.lead.id, asker.destination, asker.person, text[:_TEXT_LIMIT], now
            )
            for admin in self.admins:
                notice = _notice(number, asker, wave, text)
                # Not the number: a backup that is put back gives it to another report.
                self.store.deliveries.owe_line(
                    f"report|{asker.request}", admin, notice, now, known_until=None
                )
        whom = "those who can correct it were told" if self.admins else "it stands in `status`"
        return answers.said(f"Thank you: your report is kept, and {whom}.")

    def correct(self, asker: Asker, report: ErrorReport, wave: Wave, fields: Mapping[str, str]) -> Content:
        """Correct what a form says, nothing when the report needs none, and close the report.

        Raises UsageError for a value that makes no sense.
        """
        wanted = {field: fields[field] for field in FIELDS if fields.get(field)}
        chosen = [one for one in wave.members if str(one.id) == fields.get("model")]
        if wanted:
            self.corrector.correct((chosen or [wave.lead])[0], wanted, asker.person)
        deed = "corrected" if wanted else "looked at; it stays as it is"
        self._close(report, wave, deed)
        return answers.said(f"The report on {wave.lead.name.display} is closed: {deed}.")

    def _close(self, report: ErrorReport, wave: Wave, deed: str) -> None:
        now = self.corrector.clock.now()
        with self.store.transaction():
            if self.store.reports.close(report.id, now):
                thanks = Content(f"What you reported on {subject_of(wave)} was {deed}. Thank you.")
                identity = f"report closed|{report.id}|{report.created_at.isoformat()}"
                self.store.deliveries.owe_line(
                    identity, report.reporter, thanks, now, known_until=report.created_at
                )


def _notice(number: int, asker: Asker, wave: Wave, text: str) -> Content:
    said = f"<@{asker.user}> reports on *{subject_of(wave)}*: “{literal(text, _TEXT_LIMIT)}”"
    row = blocks.actions([blocks.button("Correct", f"correct:{number}", str(number))])
    return Content(said, (blocks.section(said), *row))
