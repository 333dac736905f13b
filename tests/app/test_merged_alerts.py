"""However far the alerts of two releases are, no correction of them makes a channel read of one twice."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from bot.desk.corrections import Corrector
from bot.model import Release
from bot.outbox.case import Case, Composed
from bot.outbox.compose import compose
from bot.outbox.known import Known
from bot.records import Delivery
from bot.releases.naming.labs import Labs
from tests.machine.bot import Bot
from tests.support.house import LABS
from tests.support.places import C1
from tests.torture.long import long_form

ONE, OTHER = "moonshotai/Kimi-K7", "moonshotai/Kimi-Turbo-K7"
UNDER_WAY = ("claimed", "doubtful", "unclear")
WHERE = ("posted", "not posted")
STATES = ["owed", "sent", *(f"{state}, {where}" for state in UNDER_WAY for where in WHERE)]
FEWER = ["owed", "sent", "doubtful, posted", "doubtful, not posted", "unclear, not posted"]
# What comes out when nothing that was said is taken back: one alert in all, or one of each.
MERGING = ["merge the one into the other", "merge the other into the one"]
DAY = timedelta(days=1)

pytestmark = pytest.mark.logs("delivery_not_sent", "claims_doubted")


@dataclass
class Scene:
    """A bot with an alert of either release, in some state, and who corrects."""

    bot: Bot
    corrector: Corrector
    corrected: list[Release] = field(default_factory=list)

    def bring(self, repository: str, state: str) -> None:
        """Bring the alert of a release into a state, such as "doubtful, posted"."""
        deliveries, now = self.bot.store.deliveries, self.bot.clock.now()
        alert, [state, *posted] = self.alert(repository), state.split(", ")
        known = Known(self.bot.store, now)
        composed = compose(Case(self.bot.store, self.bot.wall, known, now, alert))
        assert isinstance(composed, Composed)
        if state == "owed":
            return
        with self.bot.store.transaction():
            deliveries.claim(alert.sequence, now, self.bot.clock.true.now())
        sent = self.bot.wall._post(composed.message) if posted in ([], ["posted"]) else None
        with self.bot.store.transaction():
            if state == "sent" and sent:
                deliveries.settle_sent(alert.sequence, sent.channel, sent.ts, composed.digest, now)
            elif state != "claimed":
                deliveries.settle(alert.sequence, state, "no answer", now, now)

    def alert(self, repository: str) -> Delivery:
        found = self.bot.store.deliveries.alert_of(self.release(repository).id, C1)
        assert found
        return found

    def release(self, repository: str) -> Release:
        return self.corrector.find(repository)

    def do(self, action: str) -> None:
        first, second = (OTHER, ONE) if action == MERGING[1] else (ONE, OTHER)
        self.corrected.append(self.release(first))
        wanted = {"withdraw the one": {"kind": "other"}, "split the one": {"split": f"{ONE}-FP8"}}
        merge = {"merge": self.release(second).name.release_key}
        self.corrector.correct(self.corrected[0], wanted.get(action, merge), "ana")

    def take_back(self) -> None:
        self.corrector.undo(self.corrected[0])

    def come_to_rest(self) -> None:
        for _ in range(2):
            self.bot.later(minutes=10)
            self.bot.poller.poll(self.bot.sources)
            self.bot.courier.deliver_all()

    def told(self) -> Counter[str]:
        """Return how many alerts stand of each of the two, by the id that they were sent under."""
        return Counter(post.message.delivery_id for post in self.bot.wall.posts if not post.message.thread_ts)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    bot = Bot(tmp_path)
    for source in bot.sources:
        source.others = 1
    bot.subscribe("C1")
    bot.hub.show(bot.repository("moonshotai/Kimi-K1"))
    bot.poller.poll(bot.sources)
    for repository in (ONE, OTHER):
        bot.later(minutes=20)
        bot.hub.show(bot.repository(repository))
        bot.poller.poll([bot.hub])
    return Scene(bot, Corrector(bot.store, Labs(LABS), bot.clock))


def stands(state: str) -> bool:
    return state == "sent" or state.endswith(", posted")


def is_lost(state: str) -> bool:
    """Whether nobody can say that it is not there, so that it is never sent."""
    return state == "unclear, not posted"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(one, other, marks=() if {one, other} <= {*FEWER} else long_form)
        for one, other in product(STATES, repeat=2)
    ],
)
@pytest.mark.parametrize("action", [*MERGING, "withdraw the one", "split the one"])
def test_no_channel_reads_of_a_release_twice(scene: Scene, action: str, one: str, other: str) -> None:
    if action == "split the one":
        scene.bot.hub.show(scene.bot.repository(f"{ONE}-FP8"))
        scene.bot.poller.poll([scene.bot.hub])
    for repository, state in ((ONE, one), (OTHER, other)):
        scene.bring(repository, state)
    ids = [scene.alert(repository).id for repository in (ONE, OTHER)]
    stood = sum(map(stands, (one, other)))
    scene.do(action)
    scene.bot.restart()  # whatever was claimed is in doubt from here on
    scene.come_to_rest()
    told = scene.told()
    assert max(told.values(), default=0) <= 1
    if action in MERGING:
        lost = any(map(is_lost, (one, other)))
        assert sum(told.values()) == (stood or int(not lost))
    elif action == "withdraw the one":
        assert [told[key] for key in ids] == [int(stands(one)), int(not is_lost(other))]
    else:
        assert [told[key] for key in ids] == [int(not is_lost(state)) for state in (one, other)]


@pytest.mark.parametrize("other", FEWER)
@pytest.mark.parametrize("one", FEWER)
@pytest.mark.parametrize("action", [*MERGING, "withdraw the one"])
@pytest.mark.parametrize("after", [DAY, 200 * DAY], ids=["a day later", "200 days later"])
def test_taken_back_soon_it_is_news_and_later_it_is_none(
    scene: Scene, action: str, one: str, other: str, after: timedelta
) -> None:
    for repository, state in ((ONE, one), (OTHER, other)):
        scene.bring(repository, state)
    ids = [scene.alert(repository).id for repository in (ONE, OTHER)]
    scene.do(action)
    scene.bot.restart()
    scene.come_to_rest()
    before = scene.told()
    scene.bot.clock.advance(after)
    scene.take_back()
    scene.come_to_rest()
    if after == DAY:
        assert [scene.told()[key] for key in ids] == [int(not is_lost(state)) for state in (one, other)]
    else:
        assert scene.told() == before
