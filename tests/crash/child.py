"""Poll and deliver once, and die on the way: `child.py START POINT HIT`, POINT "" to survive.

A death is os._exit: nothing is flushed, closed or rolled back, as with kill -9.
"""

import functools
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console

from bot.app.courier import Courier
from bot.app.poller import Poller
from bot.app.root import open_app
from bot.app.works import at_work
from bot.delivery.slack import SlackNotifier
from bot.ops import logs
from bot.store.deliveries import Deliveries
from bot.store.releases import Releases
from bot.store.sources import Sources
from tests.crash.points import DIED

PLACES = {
    "keep": (Poller, "_keep"),
    "apply": (Releases, "apply"),
    "remember": (Sources, "remember"),
    "succeeded": (Sources, "succeeded"),
    "owe_alerts": (Deliveries, "owe_alerts"),
    "owe_note": (Deliveries, "owe_note"),
    "claim": (Courier, "_claim"),
    "send": (SlackNotifier, "send"),
    "settle": (Courier, "_store"),
}


class Clock:
    """Start when told, and jump instead of sleeping."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


def arm(point: str, hit: int) -> None:
    """Make the process die at the given hit of a point such as "before send" or "after claim"."""
    when, name = point.split()
    owner, attribute = PLACES[name]
    setattr(owner, attribute, deadly(getattr(owner, attribute), when, hit))


def deadly(function: Callable[..., Any], when: str, hit: int) -> Callable[..., Any]:
    hits = iter(range(1, 1000))

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


def main(start: str, point: str, hit: str) -> None:
    logs.configure("critical")
    if point:
        arm(point, int(hit))
    with (
        open_app(clock=Clock(datetime.fromisoformat(start))) as app,
        at_work(app, Console(quiet=True)) as works,
    ):
        works.poller.poll(works.poller.rested())
        works.courier.deliver_all()


if __name__ == "__main__":
    main(*sys.argv[1:])
