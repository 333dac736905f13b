"""What watches the bot itself: put together, served over HTTP, and told to the admins."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from bot.desk.questions import coverage, watched
from bot.errors import ConfigError
from bot.ops.health import Vitals
from bot.ops.monitor import Monitor, Pinger, Systemd, is_due
from bot.ops.web import PROBES, Routes, parse_address, serving
from bot.records import Content
from bot.run.engines import Engines, fetcher_for
from bot.run.gaps import note_alive
from bot.run.report_pages import report_pages
from bot.run.wiring import App
from bot.views.answers.common import prose
from bot.views.blocks import section

log = structlog.get_logger()

_LONGEST_LINE = 1_000  # characters
_BEAT = timedelta(minutes=1)  # between two heartbeats in the database, and two counts of what was shown


@contextmanager
def monitoring(
    app: App, engines: Engines, listen: str = "", routes: Routes | None = None
) -> Iterator[Monitor]:
    """Yield the bot's monitor, with its pages served at CADENCEBOT_HEALTH; systemd hears of the end.

    The routes of Slack and of pushes are served at `listen` (":3000"). Raises ConfigError and UsageError
    where that cannot be listened on.
    """
    environment = app.environment
    pings = fetcher_for(environment, app.clock)  # that this bot lives, no other may delay
    with pings as fetcher, ThreadPoolExecutor(1, thread_name_prefix="ping") as threads:
        monitor = Monitor(
            app.clock,
            _intervals(engines),
            partial(_look, app, engines),
            Systemd(environment.notify_socket, environment.watchdog_usec),
            Pinger(environment.cadencebot_ping_url.get_secret_value(), fetcher, threads),
        )
        engines.courier.settled = monitor.metrics.delivered
        with (
            report_pages(app) as report,
            web(
                environment.health_address,
                {**report, **monitor.pages},
                listen,
                routes or {},
                asked_for=environment.asks_for_health,
            ),
        ):
            yield monitor
        monitor.systemd.stopping()


def _look(app: App, engines: Engines, vitals: Vitals) -> Vitals:
    """Return the vitals with what settings and database say now; once a minute it hears that the bot runs.

    All sources are read once a minute, in each process, and in between those that were polled since.
    """
    now, store = app.clock.now(), app.store
    if is_due(store.watch.last_beat(), now, _BEAT):  # by any of the processes
        note_alive(store, store.watch.last_beat, now)
    if vitals.read_at is None or is_due(vitals.read_at, now, _BEAT):
        records, states = coverage(store, watched(app.config), now), store.sources.states()
        vitals = replace(vitals, read_at=now, coverage=records, states=states)
    else:
        polled = store.sources.polled_since(vitals.read_at)
        vitals = replace(vitals, states={**vitals.states, **polled})
    return replace(
        vitals,
        every=_intervals(engines),
        deliveries=store.deliveries.counts(),
        known=store.watch.blind(),
        known_to_miss=store.watch.blind(perhaps=True),
    )


def _intervals(engines: Engines) -> Mapping[str, timedelta]:
    return {source.id: source.every for source in engines.poller.sources}


@contextmanager
def web(
    health: str, pages: Routes, listen: str, routes: Routes, *, asked_for: bool = False
) -> Iterator[None]:
    """Serve the bot's pages at `health` and the routes at `listen`; where both are one, one server does.

    "" is nowhere. The second address answers /healthz, /readyz and /livez as well, and the bot cannot do
    without it: ConfigError and UsageError say why it cannot be had. Without the first one it works, with a
    logged warning, unless somebody asked for it.
    """
    watched_at = parse_address(health) if health else None
    heard_at = parse_address(listen) if listen else None
    with ExitStack() as stack:
        if heard_at:
            shown = pages if heard_at == watched_at else {route: pages[route] for route in PROBES}
            stack.enter_context(serving(heard_at, {**shown, **routes}))
        if watched_at and watched_at != heard_at:
            try:
                stack.enter_context(serving(watched_at, pages))
            except ConfigError as error:
                if asked_for:
                    raise ConfigError(f"environment variable CADENCEBOT_HEALTH: {error}") from error
                log.warning("health_server_off", reason=str(error))
        yield


def tell_admins(app: App, monitor: Monitor) -> None:
    """Owe the admins a line for what went blind, or perhaps did, or came back, once. Raises StoreError."""
    news = monitor.news()
    if news is None:
        return
    store, now = app.store, app.clock.now()
    with store.transaction():
        for line in news.lines:
            text = prose(line.text, _LONGEST_LINE)
            content, admins = Content(text, (section(text),)), app.config.admins
            store.deliveries.owe_lines(line.identity, admins, content, now, known_until=line.since)
        store.watch.set_blind(news.known)
        store.watch.set_blind(news.known_to_miss, perhaps=True)
    monitor.told(news)
