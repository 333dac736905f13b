"""Put together what watches the bot itself, and tell its admins what it sees."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from bot.desk.covering import coverage, watched
from bot.ops.health import Vitals
from bot.ops.pulse import Pulse
from bot.ops.watchdog import Pinger, Systemd
from bot.ops.web import serving
from bot.records import Content
from bot.run.engines import Engines, fetcher_of
from bot.run.wiring import App
from bot.views.blocks import section
from bot.views.escape import literal

_LONGEST_LINE = 1_000  # characters
_BEAT = timedelta(minutes=1)  # between two heartbeats in the database, and two counts of what was shown


@contextmanager
def watching(app: App, engines: Engines) -> Iterator[Pulse]:
    """Yield the pulse of the bot, served at CADENCEBOT_HEALTH; systemd hears of the end."""
    environment, store, sources = app.environment, app.store, watched(app.config)

    def look(vitals: Vitals) -> Vitals:
        now, last = app.clock.now(), store.watch.last_beat()
        records = vitals.coverage
        if last is None or not last <= now < last + _BEAT or not records:
            with store.transaction():
                store.watch.beat(now)
            records = coverage(store, sources, now)
        return replace(
            vitals,
            states=store.sources.states(),
            deliveries=store.deliveries.counts(),
            coverage=records,
            known=store.watch.blind(),
            known_to_miss=store.watch.perhaps_blind(),
        )

    with fetcher_of(app) as fetcher, ThreadPoolExecutor(1, thread_name_prefix="ping") as threads:
        pulse = Pulse(
            app.clock,
            {source.id: source.every for source in engines.poller.sources},
            look,
            Systemd(environment.notify_socket, environment.watchdog_usec),
            Pinger(environment.cadencebot_ping_url.get_secret_value(), fetcher, threads),
        )
        engines.courier.settled = pulse.metrics.delivered
        with serving(environment.health_address, pulse.pages):
            yield pulse
        pulse.systemd.stopping()


def tell_admins(app: App, pulse: Pulse) -> None:
    """Owe the admins a line for what went blind, or perhaps did, or came back, once. Raises StoreError."""
    news, turned = pulse.news(), pulse.turned()
    if not news and not turned:
        return
    store, now = app.store, app.clock.now()
    with store.transaction():
        for line in (*news.lines(), *turned.lines()):
            text = literal(line.text, _LONGEST_LINE)
            for admin in app.config.admins:
                content = Content(text, (section(text),))
                store.deliveries.owe_line(line.identity, admin, content, now, known_until=line.since)
        store.watch.set_blind(news.after(pulse.vitals.known))
        store.watch.set_perhaps_blind(turned.after(pulse.vitals.known_to_miss))
    pulse.told(news, turned)
