"""feeds.yaml read again when it changes, while `run` works: proven whole first, and taken up in one place."""

import hashlib
from dataclasses import replace
from pathlib import Path

import structlog

from bot.errors import ConfigError, StoreError, UsageError
from bot.records import AddedLab
from bot.run.engines import Engines
from bot.run.renames import note_addresses, refuse_renamed_labs
from bot.run.webhooks import webhooks_of
from bot.run.wiring import App, labs_of, with_added
from bot.settings.added import Combined
from bot.settings.differences import differences
from bot.sources.build import build_sources, load_config
from bot.views.notes import render_wrong_settings

log = structlog.get_logger()

_Mark = tuple[int, int, int] | None  # what changes with a file's content, None where there is none
_Read = tuple[_Mark, list[AddedLab]]


class Rereading:
    """Has the bot go on with what feeds.yaml says now, and with the labs that were added beside it.

    The main loop calls `tick`.
    """

    def __init__(self, app: App, engines: Engines) -> None:
        self._app = app
        self._engines = engines
        self._file = app.environment.cadencebot_config
        self._seen: _Mark = None
        self._read: _Read | None = None  # as it was when it was taken up

    def tick(self) -> None:
        """Read both if one was changed and the file has rested for a tick: some editors write it in steps.

        One that is wrong changes nothing; log, `status` and the admins are told. Raises StoreError; then the
        next tick tries again.
        """
        mark, added = _mark(self._file), self._app.store.added.all()
        rests, self._seen = mark == self._seen, mark
        if not rests or (mark, added) == self._read:
            return
        try:
            settings = with_added(load_config(self._file), self._app.store)
            if settings != self._app.settled:
                self._take_up(settings)
        except (ConfigError, UsageError) as error:
            self._complain(str(error))
        else:
            self._app.wrong = ""
        self._read = mark, added

    def _take_up(self, settings: Combined) -> None:
        """Go on with other settings, unless a start would refuse them. Raises ConfigError and UsageError."""
        app, poller, config = self._app, self._engines.poller, settings.config
        coming = replace(app, config=config, labs=labs_of(config))
        sources = build_sources(config, app.environment)
        coming.refuse_unreachable_places()
        refuse_renamed_labs(coming)
        webhooks_of(coming)
        former = poller.sources, poller.labs, poller.settings, poller.admins
        # Before the rest: what a former source is reading must not be stored once its organisation is
        # respelt, or given to another lab.
        poller.go_on_with(sources, coming.labs, coming.settings, config.admins)
        try:
            note_addresses(coming)
            coming.sync_subscriptions()
        except StoreError:
            poller.go_on_with(*former)
            raise
        log.info("settings_changed", changes=differences(app.config, config), aside=dict(settings.aside))
        app.go_on_with(settings)

    def _complain(self, complaint: str) -> None:
        """Tell the log and the admins what is wrong with the file, once as long as it stays wrong so."""
        app = self._app
        if complaint == app.wrong:
            return
        content, now = render_wrong_settings(complaint), app.clock.now()
        # Several processes may read the same file, each on a machine of its own.
        identity = f"feeds.yaml|{now:%Y-%m-%dT%H}|{hashlib.sha256(complaint.encode()).hexdigest()[:16]}"
        with app.store.transaction():
            app.store.deliveries.owe_lines(identity, app.config.admins, content, now, known_until=None)
        log.warning("feeds_yaml_wrong", complaint=complaint)
        app.wrong = complaint


def _mark(file: Path) -> _Mark:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
