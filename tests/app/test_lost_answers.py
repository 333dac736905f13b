"""A message whose answer was lost, in a Slack that is busy, or slow to read, or whose clock is not ours."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.server import Answer, Request, dropped
from bot.demo.slack import Posted, Slack
from bot.records import Content
from bot.slack.notifier import SlackNotifier
from tests.machine.bot import Bot
from tests.support.clock import FakeClock
from tests.support.faults import rate_limited
from tests.support.house import House
from tests.support.places import C1

KIMI, GLM = "moonshotai/Kimi-K2.6", "zai-org/GLM-5.1"
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.logs("delivery_not_sent", "claims_doubted", "clock_set_back")


@dataclass
class World:
    """A bot, its Slack, whose clock is right, and our own clock, which may be wrong."""

    house: House
    slack: Slack
    there: FakeClock
    reads_a_minute: int = 50
    _reads: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._truth = self.slack.handle
        self.slack.handle = self._answer

    def _answer(self, request: Request) -> Answer:
        if "conversations.history" in request.path:
            lately = [at for at in self._reads if at > self.there.now() - MINUTE]
            if len(lately) >= self.reads_a_minute:
                return rate_limited(60)
            self._reads = [*lately, self.there.now()]
        return self._truth(request)

    def later(self, **span: float) -> None:
        self.there.advance(timedelta(**span))
        self.house.later(**span)

    def set_our_clock(self, ahead: timedelta) -> None:
        self.house.clock.advance(self.there.now() + ahead - self.house.clock.now())

    def lose_an_answer(self, *, posted: bool) -> None:
        self.slack.fail("chat.postMessage", dropped(), posted=posted)

    def people_write(self, messages: int) -> None:
        """Let people write so many messages, each a second after the one before."""
        for _ in range(messages):
            self.later(seconds=1)
            ts = f"{self.there.now().timestamp():.6f}"
            self.slack._posted["C1"].append(Posted("C1", ts, "hello"))

    def run_for(self, minutes: int) -> None:
        for _ in range(minutes):
            self.later(minutes=1)
            self.house.courier.deliver_due()

    def tell(self, *names: str) -> None:
        """Owe an alert of each, and take one step."""
        self.house.hub.shown += [self.house.repository(name) for name in names]
        self.house.poller.poll([self.house.hub])
        self.house.courier.deliver_due()

    @property
    def alerts(self) -> list[str]:
        return [posted.text for posted in self.slack.posts("C1") if posted.metadata]

    def reasons(self) -> dict[str, str]:
        return {one.release.replace("-", " "): one.reason for one in self.house.store.deliveries.recent(9)}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    house, there = House(tmp_path), FakeClock()
    with Slack(there.now, {"C1": "one", "C2": "two"}) as slack:
        house.courier.notifier = SlackNotifier(slack.token, slack.api_url, ticks=there.ticks)
        yield World(house, slack, there)


def restart(world: World) -> None:
    notifier = world.house.courier.notifier
    world.house.restart()
    world.house.courier.notifier = notifier


@pytest.mark.parametrize("posted", [True, False], ids=["it was posted", "it was not posted"])
@pytest.mark.parametrize("messages", [0, 10, 149, 200, 700])
@pytest.mark.parametrize("reads", [50, 1], ids=["history is free", "one look at history a minute"])
def test_killed_while_sending_and_then_many_messages_of_people(
    world: World, monkeypatch: pytest.MonkeyPatch, posted: bool, messages: int, reads: int
) -> None:
    class Dead(BaseException):
        pass

    well = world.house.courier.notifier.send
    world.reads_a_minute = reads

    def die(message: object) -> None:
        if posted:
            well(message)  # type: ignore[arg-type]
        raise Dead

    with monkeypatch.context() as dying:
        dying.setattr(world.house.courier.notifier, "send", die)
        with pytest.raises(Dead):
            world.tell(KIMI)
    world.people_write(messages)
    restart(world)
    world.run_for(minutes=30)
    assert len(world.alerts) == 1
    assert world.house.store.deliveries.counts() == {"sent": 1}


@pytest.mark.parametrize("posted", [True, False], ids=["it was posted", "it was not posted"])
@pytest.mark.parametrize("reads", [50, 1], ids=["history is free", "one look at history a minute"])
def test_an_answer_is_lost_in_the_middle_of_a_conversation(world: World, posted: bool, reads: int) -> None:
    world.reads_a_minute = reads
    world.lose_an_answer(posted=posted)
    world.tell(KIMI)
    world.people_write(74)
    world.run_for(minutes=30)
    assert len(world.alerts) == 1


@pytest.mark.parametrize("posted", [True, False], ids=["it was posted", "it was not posted"])
@pytest.mark.parametrize(
    "ahead", [timedelta(minutes=7), timedelta(hours=1), timedelta(days=3), -timedelta(days=3)]
)
@pytest.mark.parametrize("corrected", [True, False], ids=["set right while it was down", "never set right"])
def test_a_clock_that_is_wrong_doubles_nothing_and_loses_nothing(
    world: World, ahead: timedelta, corrected: bool, posted: bool
) -> None:
    world.set_our_clock(ahead)
    world.lose_an_answer(posted=posted)
    world.tell(KIMI)
    if corrected:
        world.set_our_clock(timedelta())
        restart(world)
    world.run_for(minutes=10)
    assert len(world.alerts) == 1


def test_a_post_that_lands_long_after_its_answer_was_lost_is_not_sent_again(tmp_path: Path) -> None:
    bot = Bot(tmp_path)
    bot.subscribe("C1")
    for source in bot.sources:
        source.others = 1
    bot.poller.poll(bot.sources)
    bot.hub.show(bot.repository(KIMI))
    bot.poller.poll([bot.hub])
    bot.wall.sends.append("lost, lands late")
    bot.courier.deliver_all()
    assert len(bot.wall.posts) == 1
    bot.end()


class TestBehindIt:
    """What is owed behind a message in doubt."""

    def test_goes_ahead_within_minutes_where_history_cannot_be_read_for_long(self, world: World) -> None:
        world.reads_a_minute = 0
        world.lose_an_answer(posted=False)
        world.tell(KIMI, GLM)
        world.run_for(minutes=12)
        assert ["GLM" in text for text in world.alerts] == [True]
        assert "ahead" in world.reasons()["GLM 5.1"]
        assert "what is behind it goes ahead" in world.reasons()["Kimi K2.6"]
        world.reads_a_minute = 50
        world.run_for(minutes=15)
        assert ["GLM" in text for text in world.alerts] == [True, False]
        assert "went ahead" in world.reasons()["Kimi K2.6"]

    def test_waits_for_it_where_it_answers_to_it(self, world: World) -> None:
        world.reads_a_minute = 0
        world.lose_an_answer(posted=True)
        world.tell(KIMI, GLM)
        world.run_for(minutes=2)
        world.tell(f"{KIMI}-NVFP4")
        world.run_for(minutes=10)
        states = {(one.kind, one.state) for one in world.house.store.deliveries.recent(9)}
        assert states >= {("alert", "doubtful"), ("alert", "sent"), ("note", "owed")}
        world.reads_a_minute = 50
        world.run_for(minutes=15)
        assert set(world.house.store.deliveries.counts()) == {"sent"}
        assert len(world.alerts) == 3

    def test_never_waits_for_a_line_that_cannot_be_looked_up_now(self, world: World) -> None:
        house = world.house
        with house.store.transaction():
            house.store.deliveries.owe_line(
                "r1", C1, Content("a notice"), house.clock.now(), known_until=None
            )
        world.reads_a_minute = 0
        world.lose_an_answer(posted=False)
        world.tell(KIMI)
        world.run_for(minutes=3)
        assert ["Kimi" in text for text in world.alerts] == [True]
