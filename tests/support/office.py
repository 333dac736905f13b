"""A house with a desk in it, as Slack's side has one."""

from dataclasses import dataclass, field
from pathlib import Path

from bot.desk.asker import Asker
from bot.desk.changes import Changes
from bot.desk.correcting import Corrector
from bot.desk.desk import Desk
from bot.desk.questions import Questions
from bot.desk.reporting import Reporting
from bot.releases.naming.labs import Directory
from bot.store.store import Store
from tests.support.house import LABS, House


@dataclass
class Places:
    """Know where the bot may post as a test says; everywhere else nobody knows."""

    closed: set[str] = field(default_factory=set)

    def may_post(self, destination: str) -> bool | None:
        return False if destination in self.closed else None

    def channels_of(self, person: str) -> list[str] | None:
        return ["C1"]


@dataclass
class Office:
    """Hold a house with a desk in it."""

    house: House
    desk: Desk
    places: Places

    @classmethod
    def open(cls, directory: Path) -> "Office":
        house = House(directory, subscribed=False)
        labs, places = Directory(LABS), Places()
        questions = Questions(Store(directory, LABS, readonly=True), labs, house.clock, ["hub:org"])
        corrector = Corrector(house.store, labs, house.clock)
        reporting = Reporting(house.store, corrector, ("UADMIN",))
        return cls(house, Desk(questions, Changes(house.store, questions), reporting, places), places)

    def say(self, text: str, asker: Asker) -> str:
        return self.desk.answer(asker, text).text

    def follows(self, destination: str = "C1") -> list[str]:
        return [one.lab for one in self.house.store.subscriptions.of_destination(destination)]

    def deliver(self) -> list[tuple[str, str]]:
        self.house.courier.deliver_all()
        return [(it.destination, it.content.text) for it in self.house.channel.messages]
