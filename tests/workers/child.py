"""The processes of the workers' tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from rich.console import Console

from bot.clock import AgreedClock
from bot.outbox.webhooks import Outlets
from bot.run.serving import Role, serving
from bot.run.wiring import open_app
from bot.run.workers import delivering
from bot.slack.notifier import SlackNotifier
from tests.crash.child import write_errors_to
from tests.crash.clocks import Fast


@dataclass(frozen=True)
class ServersTime:
    """The time that a server tells, so many times as fast as it is, from `start` on."""

    url: str
    began: datetime  # by the server's own clock
    start: datetime
    speed: float

    def __call__(self) -> datetime:
        return self.start + (servers_clock(self.url) - self.began) * self.speed


def servers_clock(url: str) -> datetime:
    with psycopg.connect(url, autocommit=True) as connection:
        [time] = connection.execute("SELECT clock_timestamp()").fetchone() or ()
        assert isinstance(time, datetime)
        return time


def work_for_ever(
    variables: Mapping[str, str], own: Fast, time: ServersTime, skew: timedelta, log: Path, patience: float
) -> None:
    """Be a worker until killed, on a machine whose clock is wrong; Slack has `patience` seconds."""
    write_errors_to(log)
    for seconds in ("_TURN_LASTS", "_TURN_LASTS_AT_MOST", "_CLAIMS_LAST"):  # procrastinate has another clock
        setattr(delivering, seconds, getattr(delivering, seconds) * own.speed)
    wrong = Fast(own.start + skew, own.speed, own.began)
    with (
        open_app(variables, AgreedClock(time, wrong)) as app,
        serving(app, Console(quiet=True), Role.WORKER) as running,
    ):
        notifier = running.engines.courier.notifier
        assert isinstance(notifier, Outlets)
        assert isinstance(notifier.default, SlackNotifier)
        notifier.default._client.timeout = patience  # type: ignore[assignment]  # parts of a second
        running.service.run()
