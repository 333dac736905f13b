"""The service's loop around a house, with nothing else to do."""

from bot.run.chores import Chores
from bot.run.engines import Engines
from bot.run.service import Service
from tests.support.house import House
from tests.support.monitor import quiet_monitor


class NoChores(Chores):
    """Chores of which there are none."""

    def __init__(self) -> None:
        pass

    def do(self) -> None:
        pass


def service_of(house: House) -> Service:
    engines = Engines(house.poller, house.courier, NoChores())
    return Service(engines, quiet_monitor(house.clock), lambda: None, lambda: None)
