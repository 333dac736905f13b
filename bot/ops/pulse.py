"""The bot's pulse: one tick looks at everything and gives every watcher its sign of life."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import StoreError
from bot.ops.health import Health, News, Vitals, Watch, health, news
from bot.ops.metrics import Metrics
from bot.ops.missing import Turned, turned
from bot.ops.watchdog import Pinger, Systemd, is_due
from bot.ops.web import Pages

_LOOK = timedelta(seconds=10)


class Pulse:
    """Watch the bot from its main loop, which calls `tick`; any thread may call anything.

    `every` maps the ids of all sources to their intervals. `look` returns the vitals with what the database
    says now: `states`, `deliveries`, `coverage` and what the admins know. Only a tick looks, so that no
    monitor ever waits for the database or holds it up.
    """

    def __init__(
        self,
        clock: Clock,
        every: Mapping[str, timedelta],
        look: Callable[[Vitals], Vitals],
        systemd: Systemd,
        pinger: Pinger,
    ) -> None:
        now = clock.now()
        self.metrics = Metrics(lambda: self.vitals, clock.now)
        self.systemd = systemd
        self._clock = clock
        self._look = look
        self._pinger = pinger
        self._looked_at: datetime | None = None
        self._vitals = Vitals(Watch(now, now), every)
        self._closed = ""
        self._changing = threading.Lock()

    @property
    def vitals(self) -> Vitals:
        """Return what the bot knows of itself."""
        return replace(self._vitals, closed=self._closed)

    @property
    def pages(self) -> Pages:
        """Return what the web server serves."""
        return Pages(self.health, self.metrics.page)

    def health(self) -> Health:
        """Return how the bot fares this moment."""
        return health(self.vitals, self._clock.now())

    def news(self) -> News:
        """Return what the admins are to be told; `told` ends it."""
        return news(self.vitals, self._clock.now())

    def turned(self) -> Turned:
        """Return which sources the admins are to be told see nothing, or see again; `told` ends it."""
        return turned(self.vitals, self._clock.now())

    def told(self, what: News, turned: Turned) -> None:
        """Note that the admins were told, once that is in the database."""
        with self._changing:
            self._vitals = replace(
                self._vitals,
                known=what.after(self._vitals.known),
                known_to_miss=turned.after(self._vitals.known_to_miss),
            )

    def delivered(self, sent: int, closed: str) -> None:
        """Note what a round of deliveries came to: it stays closed until something is sent."""
        if closed or sent:
            self._closed = closed

    def tick(self) -> None:
        """Note that the main loop runs, look from time to time, and tell those who watch from outside."""
        with self._changing:
            self._tick(self._clock.now())

    def _tick(self, now: datetime) -> None:
        self._vitals = replace(self._vitals, watch=self._vitals.watch.at(now))
        self.metrics.ticked(now)
        self.systemd.alive(now)
        if is_due(self._looked_at, now, _LOOK):
            self._looked_at = now
            self._read()
            report = self.health()
            self.systemd.status(" ".join(report.sentences) or f"Sources watched: {len(self.vitals.every)}.")
            self._pinger.ticked(now, ok=report.ok)

    def _read(self) -> None:
        try:
            self._vitals = replace(self._look(self._vitals), unreadable="")
        except StoreError as error:
            self._vitals = replace(self._vitals, unreadable=str(error))
