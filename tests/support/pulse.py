"""A pulse that beats for nobody: no web server, no systemd, no ping."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.clock import Clock
from bot.ops.pulse import Pulse
from bot.ops.watchdog import Pinger, Systemd
from tests.support.house import NoFetcher


def quiet_pulse(clock: Clock) -> Pulse:
    """Return a pulse that looks at nothing."""
    pinger = Pinger("", NoFetcher(), ThreadPoolExecutor(1))
    return Pulse(clock, {"hub:org": timedelta(minutes=2)}, lambda vitals: vitals, Systemd(), pinger)
