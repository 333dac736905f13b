"""A house with a desk in it, as Slack's side has one."""

from dataclasses import dataclass, field
from pathlib import Path

from bot.desk.changes import Changes
from bot.desk.channels import Presence
from bot.desk.corrections import Corrector, FaultReports
from bot.desk.desk import Desk
from bot.desk.questions import Asker, Questions
from bot.model import Destination
from bot.outbox.message import Outcome, Sent
from bot.records import Content
from bot.releases.naming.labs import Labs
from bot.store.store import Store
from tests.support.house import LABS, House
from tests.support.places import C1, UADMIN

ANA = Asker("UANA", "C1", request="1.ana")
ADMIN = Asker("UADMIN", "C9", request="1.admin")


@dataclass
class Channels:
    """Where the bot stands as a test says; everywhere else nobody knows."""

    standing: dict[str, Presence] = field(default_factory=dict)
    known: list[Destination] | None = field(default_factory=lambda: [C1])
    zone: str | None = None
    outcomes: list[Outcome] = field(default_factory=list)  # of the next messages; without, they are sent
    posts: list[tuple[str, str]] = field(default_factory=list)

    def presence(self, destination: Destination, *, anew: bool = False) -> Presence | None:
        return self.standing.get(destination)

    def channels_of(self, person: Destination) -> list[Destination] | None:
        return self.known

    def zone_of(self, person: Destination) -> str | None:
        return self.zone

    def post(self, destination: Destination, content: Content) -> Outcome:
        self.posts.append((destination, content.text))
        return self.outcomes.pop(0) if self.outcomes else Sent(destination, "1.000100")


@dataclass
class Office:
    """A house with a desk in it."""

    house: House
    desk: Desk
    channels: Channels

    @classmethod
    def open(cls, directory: Path) -> "Office":
        house = House(directory, subscribed=False)
        labs, channels = Labs(LABS), Channels()
        questions = Questions(Store(directory, LABS, readonly=True), labs, house.clock, ["hub:org"])
        corrector = Corrector(house.store, labs, house.clock)
        reporting = FaultReports(house.store, corrector, (UADMIN,))
        return cls(house, Desk(questions, Changes(house.store, house.clock), reporting, channels), channels)

    def say(self, text: str, asker: Asker) -> str:
        return self.desk.answer(asker, text).text

    def follows(self, destination: Destination = C1) -> list[str]:
        return [str(one.follow) for one in self.house.store.subscriptions.of_destination(destination)]

    def deliver(self) -> list[tuple[str, str]]:
        self.house.courier.deliver_all()
        return [(it.destination, it.content.text) for it in self.house.channel.messages]
