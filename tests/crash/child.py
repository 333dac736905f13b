"""What a child does: poll and deliver, and die on the way.

A death is os._exit: nothing is flushed, closed or rolled back, as with kill -9.
"""

import functools
import itertools
import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlite_utils import Database as Connection

from bot.desk import labs
from bot.desk.trial import Trier
from bot.fetch.client import HttpFetcher
from bot.ops import logs
from bot.outbox import settle
from bot.outbox.courier import Courier
from bot.outbox.digests import Due
from bot.outbox.webhooks import Outlets
from bot.run.engines import Engines, at_work, fetcher_of
from bot.run.poller import Poller
from bot.run.quiet_polls import QuietPolls
from bot.run.wiring import open_app
from bot.slack.notifier import SlackNotifier
from bot.store.deliveries import Deliveries
from bot.store.preferences import Settings
from bot.store.releases import Releases
from bot.store.sources import Sources
from bot.store.sqlite import SqliteDatabase
from tests.crash.clocks import Fast, Jumping
from tests.crash.points import DIED

PLACES: Mapping[str, tuple[Any, str]] = {
    "fetch": (HttpFetcher, "get"),
    "keep": (Poller, "_keep"),
    "apply": (Releases, "apply"),
    "owe_alerts": (Deliveries, "owe_alerts"),
    "succeeded": (Sources, "succeeded"),
    "quiet": (QuietPolls, "write"),
    "showed_nothing": (Sources, "showed_nothing"),
    "owe_digest": (Due, "owe"),
    "advance": (Settings, "advance"),
    "claim": (Deliveries, "claim"),
    "send": (SlackNotifier, "send"),
    "settle": (Courier, "_settle"),
    "settle_unsent": (settle, "_store_unsent"),
    "mark_sent": (Deliveries, "settle_sent"),
    "mark_digest": (Deliveries, "note_content"),
    "doubt": (Courier, "_doubt_claims"),
    "mark_doubtful": (Deliveries, "doubt_claims"),
    "find": (SlackNotifier, "find"),
}
STATEMENT = "statement"  # any one that writes: the child dies before SQLite sees it
WRITING = {"BEGIN", "INSERT", "UPDATE", "DELETE", "COMMIT"}


def once(variables: Mapping[str, str], start: datetime, log: Path, point: str = "", hit: int = 0) -> None:
    """Poll and deliver once; at a point such as "before send", the process dies at the given hit."""
    write_errors_to(log)
    if point == STATEMENT:
        die_at_statement(hit)
    elif point:
        die_at_step(point, hit)
    with open_app(variables, Jumping(start)) as app, at_work(app, Console(quiet=True)) as engines:
        engines.poller.poll(engines.poller.rested())
        engines.chores.owe()
        engines.courier.deliver_all()


def added(variables: Mapping[str, str], start: datetime, log: Path, point: str = "", hit: int = 0) -> None:
    """Add the organisation zai-org beside feeds.yaml, unless it was; the process may die on the way."""
    write_errors_to(log)
    if point:
        die_at_statement(hit)
    with open_app(variables, Jumping(start)) as app, fetcher_of(app) as fetcher:
        if app.labs.find("zai-org"):
            return
        trier = Trier(app.environment, app.config, app.labs, app.clock, fetcher)
        proposal = labs.propose(trier, app.store, app.config, "zai-org")
        with app.store.transaction():
            labs.add(app.store, proposal, "ana", app.clock.now())


def for_ever(variables: Mapping[str, str], clock: Fast, log: Path, patience: float) -> None:
    """Poll and deliver side by side, as the service does, until killed; Slack has `patience` seconds."""
    write_errors_to(log)
    with (
        open_app(variables, clock) as app,
        at_work(app, Console(quiet=True)) as engines,
        ThreadPoolExecutor(1) as courier,
    ):
        assert isinstance(engines.courier.notifier, Outlets)
        slack = engines.courier.notifier.default
        assert isinstance(slack, SlackNotifier)
        slack._client.timeout = patience  # type: ignore[assignment]  # parts of a second
        delivering = courier.submit(deliver_for_ever, engines)
        while not delivering.done():
            engines.poller.poll(engines.poller.due())
            clock.sleep(1)
        delivering.result()


def deliver_for_ever(engines: Engines) -> None:
    while True:
        engines.chores.owe()
        engines.courier.deliver_due()
        engines.courier.clock.sleep(0.5)


def write_errors_to(log: Path) -> None:
    logs.configure("error")
    with log.open("a") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())


def die_at_step(point: str, hit: int) -> None:
    when, name = point.split()
    owner, attribute = PLACES[name]
    setattr(owner, attribute, deadly(getattr(owner, attribute), when, hit))


def deadly(function: Callable[..., Any], when: str, hit: int) -> Callable[..., Any]:
    hits = itertools.count(1)

    @functools.wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        number = next(hits)
        if when == "before" and number == hit:
            os._exit(DIED)
        result = function(*arguments, **named)
        if when == "after" and number == hit:
            os._exit(DIED)
        return result

    return wrapped


def die_at_statement(hit: int) -> None:
    connect, hits = SqliteDatabase._connect, itertools.count(1)

    def count(sql: str) -> None:
        if sql.split(maxsplit=1)[0] in WRITING and next(hits) == hit:
            os._exit(DIED)

    def traced(self: SqliteDatabase) -> Connection:
        connection = connect(self)
        connection.conn.set_trace_callback(count)
        return connection

    SqliteDatabase._connect = traced  # type: ignore[method-assign]  # the process ends with it
