"""What the bot counts of itself, for Prometheus; a registry of its own, so that two bots are two."""

from collections.abc import Callable, Iterator, Mapping, Sized
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot import __version__
from bot.ops.health import Vitals, health
from bot.records import FAILED, OPEN, Delivery

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)  # seconds


class PollReport(Protocol):
    """What polling one source came to: releases announced and held back, the class of the failure or ""."""

    @property
    def source_id(self) -> str: ...
    @property
    def announced(self) -> Sized: ...
    @property
    def held(self) -> int: ...
    @property
    def failure(self) -> str: ...


class Metrics:
    """Counters of what happens; what merely is (ages, states) is read from `vitals` when it is asked for.

    Every method may be called from any thread.
    """

    def __init__(self, vitals: Callable[[], Vitals], now: Callable[[], datetime]) -> None:
        self._registry = registry = CollectorRegistry()
        count = partial(Counter, registry=registry)
        self._polls = count("cadencebot_polls", "Polls that ended.", ["source"])
        self._failures = count("cadencebot_poll_failures", "Polls that failed.", ["source", "failure"])
        self._announced = count("cadencebot_releases_announced", "Releases found new and announced.")
        self._held = count("cadencebot_releases_held", "Releases held back, as too many at once.", ["source"])
        self._settled = count(
            "cadencebot_deliveries_settled",
            "Steps that a delivery took, by the state it took it to.",
            ["kind", "state"],
        )
        self._latency = Histogram(
            "cadencebot_detection_to_post_seconds",
            "Time from finding a release to its alert standing in a channel.",
            buckets=_BUCKETS,
            registry=registry,
        )
        self._tick = Gauge(
            "cadencebot_last_tick_timestamp_seconds", "When the main loop last ticked.", registry=registry
        )
        Info("cadencebot_build", "What runs.", registry=registry).info({"version": __version__})
        ProcessCollector(registry=registry)
        registry.register(_Standing(vitals, now))

    def polled(self, report: PollReport) -> None:
        """Count a poll, or the end of waiting for a confirmation, which reports itself as one."""
        self._polls.labels(report.source_id).inc()
        if report.failure:
            self._failures.labels(report.source_id, str(report.failure)).inc()
        if report.held:
            self._held.labels(report.source_id).inc(report.held)
        self._announced.inc(len(report.announced))

    def delivered(self, delivery: Delivery, state: str, now: datetime) -> None:
        """Count that a delivery was settled as `state`; an alert that was sent tells how fast the bot is."""
        self._settled.labels(delivery.kind, state).inc()
        if delivery.kind == "alert" and state == "sent":
            waited = max(now - delivery.created_at, timedelta())  # the clock may have been set back
            self._latency.observe(waited.total_seconds())

    def ticked(self, now: datetime) -> None:
        """Note a tick of the main loop."""
        self._tick.set(now.timestamp())

    def page(self) -> bytes:
        """Return everything in Prometheus's text format, whose type is CONTENT_TYPE."""
        return generate_latest(self._registry)


class _Standing(Collector):
    """How things stand at the moment of asking: ages, states and health."""

    def __init__(self, vitals: Callable[[], Vitals], now: Callable[[], datetime]) -> None:
        self._vitals = vitals
        self._now = now

    def describe(self) -> list[Metric]:
        return []  # the registry would else collect before there is anything to read

    def collect(self) -> Iterator[Metric]:
        vitals, now = self._vitals(), self._now()
        report = health(vitals, now)
        blind = {one.source_id for one in report.blind}
        good = {source_id: vitals.state(source_id).succeeded_at for source_id in vitals.every}
        yield GaugeMetricFamily("cadencebot_healthy", "1 where /healthz says ok.", value=float(report.ok))
        yield _by_source(
            "age_seconds",
            "Time since the last good poll; absent before the first.",
            {source_id: (now - at).total_seconds() for source_id, at in good.items() if at},
        )
        yield _by_source(
            "blind",
            "1 where nothing was seen for three intervals.",
            {source_id: source_id in blind for source_id in vitals.every},
        )
        yield _by_source(
            "expected",
            "Releases of a year that a source should have shown.",
            {source_id: record.expected for source_id, record in vitals.coverage.items()},
        )
        yield _by_source(
            "showed",
            "Those of them that it showed within three days.",
            {source_id: record.showed for source_id, record in vitals.coverage.items()},
        )
        yield _by_source(
            "perhaps_blind",
            "1 where a source missed the last releases that others brought.",
            {source_id: record.is_perhaps_blind for source_id, record in vitals.coverage.items()},
        )
        yield _gauges(
            "cadencebot_deliveries",
            "Deliveries that are not settled, or ended badly.",
            "state",
            {state: vitals.deliveries.get(state, 0) for state in (*OPEN, *FAILED)},
        )


def _by_source(name: str, text: str, values: Mapping[str, float]) -> Metric:
    return _gauges(f"cadencebot_source_{name}", text, "source", values)


def _gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family
