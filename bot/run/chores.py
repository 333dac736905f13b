"""What is done now and then beside polling and delivering; each keeps its due time in the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from bot.errors import CadenceError
from bot.fetch import Fetcher
from bot.outbox.digests import owe_due_digests
from bot.outbox.holding import expire
from bot.outbox.rhythms import owe_cadence_news
from bot.run.publishing import publish
from bot.run.wiring import App

log = structlog.get_logger()

_REPORT = "report"
_PUBLISHED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Chores:
    """Do what is due. A chore that fails is logged and keeps no other from being done."""

    app: App
    fetch: Fetcher

    def owe(self) -> None:
        """Owe what no poll brings about: digests and the news of rhythms; let old floods go."""
        store, now = self.app.store, self.app.clock.now()
        self._each(
            lambda: owe_due_digests(store, now),
            lambda: owe_cadence_news(store, now),
            lambda: expire(store, now),
        )

    def do(self) -> None:
        """Do everything that is due: owe, measure one step of the week, write the report."""
        self.owe()
        self._each(lambda: self.app.measuring.measure_due(self.fetch, self.app.clock.now()), self._publish)

    def _publish(self) -> None:
        store, now = self.app.store, self.app.clock.now()
        if self.report and store.chores.is_due(_REPORT, now):
            with store.transaction():
                store.chores.done(_REPORT, now + _PUBLISHED)
            publish(self.app, self.report)

    @property
    def report(self) -> Path | None:
        """Return where the report is kept fresh, None where nobody asked for it."""
        return self.app.environment.cadencebot_report

    def _each(self, *chores: Callable[[], object]) -> None:
        for chore in chores:
            try:
                chore()
            except CadenceError as error:
                log.warning("chore_failed", error=str(error))
            except Exception:  # a bug in one chore, however loud, must leave the others
                log.exception("chore_crashed")
