"""What the bot counts of itself, for Prometheus; a registry of its own, so that two bots are two."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
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
    """What polling one source came to, as far as it is counted here."""

    @property
    def source_id(self) -> str:
        """Return the source's id."""
        ...

    @property
    def announced(self) -> tuple[str, ...]:
        """Return the keys of the releases that were announced."""
        ...

    @property
    def held(self) -> int:
        """Return how many releases were held back as too many at once."""
        ...

    @property
    def failure(self) -> str:
        """Return the class of the failure, or ""."""
        ...


class Metrics:
    """Count what happens; what merely is (ages, states) is read from `vitals` when it is asked for.

    Every method may be called from any thread.
    """

    def __init__(
        self, vitals: Callable[[], Vitals], now: Callable[[], datetime], version: str = __version__
    ) -> None:
        self._registry = registry = CollectorRegistry()
        self._polls = Counter("cadencebot_polls", "Polls that ended.", ["source"], registry=registry)
        self._failures = Counter(
            "cadencebot_poll_failures", "Polls that failed.", ["source", "failure"], registry=registry
        )
        self._announced = Counter(
            "cadencebot_releases_announced", "Releases found new and announced.", registry=registry
        )
        self._held = Counter(
            "cadencebot_releases_held",
            "Releases held back, as too many at once.",
            ["source"],
            registry=registry,
        )
        self._settled = Counter(
            "cadencebot_deliveries_settled",
            "Steps that a delivery took, by the state it took it to.",
            ["kind", "state"],
            registry=registry,
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
        Info("cadencebot_build", "What runs.", registry=registry).info({"version": version})
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
    """Tell how things stand at the moment of asking."""

    def __init__(self, vitals: Callable[[], Vitals], now: Callable[[], datetime]) -> None:
        self._vitals = vitals
        self._now = now

    def describe(self) -> list[Metric]:
        """Return nothing: the registry would else collect before there is anything to read."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield ages, states and health."""
        vitals, now = self._vitals(), self._now()
        report = health(vitals, now)
        yield GaugeMetricFamily("cadencebot_healthy", "1 where /healthz says ok.", value=float(report.ok))
        yield _ages(vitals, now)
        blind = {one.source_id for one in report.blind}
        yield _by(
            "cadencebot_source_blind",
            "1 where nothing was seen for three intervals.",
            "source",
            {source_id: float(source_id in blind) for source_id in vitals.every},
        )
        yield from _coverage(vitals)
        yield _by(
            "cadencebot_deliveries",
            "Deliveries that are not settled, or ended badly.",
            "state",
            {state: float(vitals.deliveries.get(state, 0)) for state in (*OPEN, *FAILED)},
        )


def _coverage(vitals: Vitals) -> Iterator[Metric]:
    records = vitals.coverage
    yield _by(
        "cadencebot_source_expected",
        "Releases of a year that a source should have shown.",
        "source",
        {source_id: float(record.expected) for source_id, record in records.items()},
    )
    yield _by(
        "cadencebot_source_showed",
        "Those of them that it showed within three days.",
        "source",
        {source_id: float(record.showed) for source_id, record in records.items()},
    )
    yield _by(
        "cadencebot_source_perhaps_blind",
        "1 where a source missed the last releases that others brought.",
        "source",
        {source_id: float(record.is_perhaps_blind) for source_id, record in records.items()},
    )


def _ages(vitals: Vitals, now: datetime) -> Metric:
    good = {source_id: vitals.state(source_id).succeeded_at for source_id in vitals.every}
    ages = {source_id: (now - at).total_seconds() for source_id, at in good.items() if at}
    name, text = "cadencebot_source_age_seconds", "Time since the last good poll; absent before the first."
    return _by(name, text, "source", ages)


def _by(name: str, text: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
