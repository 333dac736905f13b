"""What Prometheus is told: counts of what happened, and how things stand when it asks."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import __version__
from bot.errors import Failure
from bot.ops.health import Vitals, Watch
from bot.ops.metrics import Metrics
from bot.records import Delivery, SourceState
from tests.support.clock import START, FakeClock
from tests.support.places import C1

HUB, FEED = "hub:zai", 'feed:z.ai/"rss"\n'


@dataclass(frozen=True)
class Report:
    source_id: str = HUB
    announced: tuple[str, ...] = ()
    held: int = 0
    failure: str = ""


@dataclass
class Bot:
    """A bot that is scraped: `vitals` may be replaced between two scrapes."""

    clock: FakeClock
    vitals: Vitals
    metrics: Metrics = field(init=False)

    def __post_init__(self) -> None:
        self.metrics = Metrics(lambda: self.vitals, self.clock.now)

    def scraped(self, name: str, **labels: str) -> float | None:
        families = text_string_to_metric_families(self.metrics.page().decode())
        samples = {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }
        return samples.get((name, *sorted(labels.items())))


@pytest.fixture
def bot() -> Bot:
    clock = FakeClock()
    every = {HUB: timedelta(minutes=2), FEED: timedelta(hours=1)}
    return Bot(clock, Vitals(Watch(START, START), every))


def alert(kind: str = "alert") -> Delivery:
    return Delivery(1, "id", 1, "GLM-5.1", C1, kind, "claimed", 1, START, START)


def test_polls_are_counted_by_source_and_failures_by_class(bot: Bot) -> None:
    bot.metrics.polled(Report())
    bot.metrics.polled(Report(failure=Failure.RATE_LIMITED))
    bot.metrics.polled(Report(source_id=FEED))
    assert bot.scraped("cadencebot_polls_total", source=HUB) == 2
    assert bot.scraped("cadencebot_polls_total", source=FEED) == 1
    assert bot.scraped("cadencebot_poll_failures_total", source=HUB, failure="rate limited") == 1


def test_announced_and_held_releases_are_counted(bot: Bot) -> None:
    bot.metrics.polled(Report(announced=("glm|5.1", "glm|5.2")))
    bot.metrics.polled(Report(held=40))
    assert bot.scraped("cadencebot_releases_announced_total") == 2
    assert bot.scraped("cadencebot_releases_held_total", source=HUB) == 40


@pytest.mark.parametrize(
    ("seconds", "bucket", "outside"),
    [
        pytest.param(0.4, "1.0", None, id="at once"),
        pytest.param(45, "60.0", "30.0", id="within a minute"),
        pytest.param(3_600, "3600.0", "1800.0", id="an hour"),
        pytest.param(9_000, "+Inf", "3600.0", id="longer than any bucket"),
        pytest.param(-5, "1.0", None, id="a clock that was set back in between"),
    ],
)
def test_an_alert_tells_how_long_it_took_from_detection(
    bot: Bot, seconds: float, bucket: str, outside: str | None
) -> None:
    name = "cadencebot_detection_to_post_seconds"
    bot.metrics.delivered(alert(), "sent", START + timedelta(seconds=seconds))
    assert bot.scraped(f"{name}_bucket", le=bucket) == 1
    assert outside is None or bot.scraped(f"{name}_bucket", le=outside) == 0
    assert bot.scraped(f"{name}_sum") == max(seconds, 0)


@pytest.mark.parametrize(("kind", "state"), [("note", "sent"), ("alert", "doubtful"), ("edit", "skipped")])
def test_nothing_but_a_sent_alert_counts_as_posted(bot: Bot, kind: str, state: str) -> None:
    bot.metrics.delivered(alert(kind), state, START)
    assert bot.scraped("cadencebot_detection_to_post_seconds_count") == 0
    assert bot.scraped("cadencebot_deliveries_settled_total", kind=kind, state=state) == 1


def test_ages_and_blindness_are_read_when_asked(bot: Bot) -> None:
    bot.vitals = replace(bot.vitals, states={HUB: SourceState(HUB, succeeded_at=START)})
    bot.clock.advance(timedelta(minutes=31))
    bot.vitals = replace(bot.vitals, watch=Watch(START, bot.clock.now()))
    assert bot.scraped("cadencebot_source_age_seconds", source=HUB) == 31 * 60
    assert bot.scraped("cadencebot_source_blind", source=HUB) == 1
    assert bot.scraped("cadencebot_healthy") == 1
    assert bot.scraped("cadencebot_source_age_seconds", source=FEED) is None  # it was never read
    assert bot.scraped("cadencebot_source_blind", source=FEED) == 0


def test_open_and_failed_deliveries_are_told_even_when_there_are_none(bot: Bot) -> None:
    bot.vitals = replace(bot.vitals, deliveries={"sent": 900, "owed": 3, "unclear": 1})
    told = {
        state: bot.scraped("cadencebot_deliveries", state=state)
        for state in ("owed", "claimed", "doubtful", "unclear", "impossible", "sent")
    }
    assert told == {"owed": 3, "claimed": 0, "doubtful": 0, "unclear": 1, "impossible": 0, "sent": None}


def test_a_loop_that_stands_still_is_not_healthy(bot: Bot) -> None:
    bot.metrics.ticked(START)
    bot.clock.advance(timedelta(minutes=3))
    assert bot.scraped("cadencebot_last_tick_timestamp_seconds") == START.timestamp()
    assert bot.scraped("cadencebot_healthy") == 0


def test_the_version_and_the_process_are_told(bot: Bot) -> None:
    assert bot.scraped("cadencebot_build_info", version=__version__) == 1
    assert bot.scraped("process_open_fds")


def test_two_bots_in_one_process_count_apart(bot: Bot) -> None:
    other = Metrics(lambda: bot.vitals, bot.clock.now)
    other.polled(Report())
    assert bot.scraped("cadencebot_polls_total", source=HUB) is None
