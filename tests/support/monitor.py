"""A monitor that beats for nobody: no web server, no systemd, no ping."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.clock import Clock
from bot.ops.monitor import Monitor, Pinger, Systemd
from tests.support.house import NoFetcher


def quiet_monitor(clock: Clock) -> Monitor:
    """Return a monitor that looks at nothing."""
    pinger = Pinger("", NoFetcher(), ThreadPoolExecutor(1))
    return Monitor(clock, {"hub:org": timedelta(minutes=2)}, lambda vitals: vitals, Systemd(), pinger)
