"""What is done now and then beside polling and delivering; each keeps its due time in the database."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog

from bot.adoption.measure import Measuring
from bot.errors import CadenceError, UsageError
from bot.fetch import Web
from bot.outbox.digests import owe_due_digests
from bot.outbox.doubts import tell_admins
from bot.outbox.floods import expire
from bot.outbox.owe import owe_cadence_news
from bot.releases.news.merge import merged
from bot.report.exports import report_files
from bot.run.push.subscribing import is_reachable, subscriber_of
from bot.run.rights import CHORE, look_at_rights
from bot.run.upkeep import copy_daily, due_again, tidy
from bot.run.wiring import App
from bot.store.store import Store

log = structlog.get_logger()

_REPORT, _HABITS = "report", "habits"
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Chores:
    """What is due now and then. A chore that fails is logged and keeps no other from being done."""

    app: App
    web: Web

    def owe(self) -> None:
        """Owe what no poll brings about: digests, the news of cadences, what the admins must hear."""
        store, now = self.app.store, self.app.clock.now()
        self._each(
            lambda: owe_due_digests(store, now),
            lambda: owe_cadence_news(store, now),
            lambda: expire(store, now),
            lambda: tell_admins(store, self.app.config.admins, now),
            self._look_at_rights,
        )

    def do(self) -> None:
        """Do all that is due: owe, measure, write the report, renew a lease, copy the database, tidy up."""
        self.owe()
        self._each(
            lambda: measuring_of(self.app).measure_due(self.web, self.app.clock.now()),
            self._publish,
            self._renew,
            lambda: copy_daily(self.app),
            self._keep_habits,
            lambda: tidy(self.app.store, self.app.clock.now()),
        )

    def _look_at_rights(self) -> None:
        if self.app.store.chores.is_due(CHORE, self.app.clock.now()):
            look_at_rights(self.app)

    def _renew(self) -> None:
        if is_reachable(self.app):
            subscriber_of(self.app, self.web).renew_due()

    def _publish(self) -> None:
        store, now, report = self.app.store, self.app.clock.now(), self.app.environment.cadencebot_report
        if report and store.chores.is_due(_REPORT, now):
            due_again(store, _REPORT, now + _HOUR)
            publish(self.app, report)

    def _keep_habits(self) -> None:
        """Make the habits of the labs that shipped something since, each in a transaction of its own."""
        store, now = self.app.store, self.app.clock.now()
        if store.chores.is_due(_HABITS, now):
            keep_habits(store)
            due_again(store, _HABITS, now + _HOUR)

    def _each(self, *chores: Callable[[], object]) -> None:
        for chore in chores:
            try:
                chore()
            except CadenceError as error:
                log.warning("chore_failed", error=str(error))
            except Exception:  # a bug in one chore, however loud, must leave the others
                log.exception("chore_crashed")


def measuring_of(app: App) -> Measuring:
    """Return what measures how much the labs' models are used."""
    return Measuring(app.store, app.config, app.labs, app.clock, app.environment.hf_endpoint)


def keep_habits(store: Store) -> None:
    """Make the habits that are not kept, for what asks for all labs."""
    for lab in store.shipments.unmade():
        with store.transaction():
            store.shipments.keep_habit(lab)


def publish(app: App, directory: Path) -> dict[str, int]:
    """Write the page and the exports into the directory; return their sizes in bytes, by name.

    Whoever reads meanwhile gets each file whole, the old one or the new one. Raises StoreError, and
    UsageError where nothing can be written.
    """
    with app.reading() as store:
        shipments = store.shipments.all(merged)
    written = report_files(shipments, app.clock.now())
    try:
        _replace_all(directory, written)
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot be written ({error.strerror}); choose another place"
        ) from error
    return {name: len(data) for name, data in written.items()}


def _replace_all(directory: Path, written: Mapping[str, bytes]) -> None:
    """Put all files under other names first, so that a full disk leaves the old ones."""
    if not directory.exists():
        directory.mkdir(parents=True)
        directory.chmod(0o755)  # whatever the umask: a web server reads it
    aside = {name: directory / f".{name}.{os.getpid()}" for name in written}
    try:
        for name, data in written.items():
            aside[name].write_bytes(data)
            aside[name].chmod(0o644)
        for name, new in aside.items():
            new.replace(directory / name)
    finally:
        for new in aside.values():
            new.unlink(missing_ok=True)
