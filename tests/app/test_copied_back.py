"""An older state is put back by hand, or with the whole machine; and the bot is simply off for a night."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model import DateOrigin, Published, Sighting
from bot.outbox.message import Absent, Message, Refused, Search, Sent, Unclear
from bot.run.gaps import is_gap, note_alive
from bot.store.store import FILE_NAME, Store
from tests.support.clock import START
from tests.support.house import LABS, Channel, Found, House

KIMI, LATER_KIMI = "moonshotai/Kimi-K2.6", "moonshotai/Kimi-K7"

pytestmark = pytest.mark.logs("delivery_not_sent", "claims_doubted")


@dataclass
class Wall(Channel):
    """A channel where what was posted stays, whatever the bot forgets; a blind bot cannot read it."""

    blind: bool = False
    looked: int = 0

    def find(self, message: Message, search: Search) -> Found:
        self.looked += 1
        if self.blind:
            return Unclear("missing_scope", unreadable=True)
        stands = any(message.names & one.names for one in self.messages)
        return Sent(message.destination, "1.000100") if stands else Absent()


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path / "state")
    house.channel = house.courier.notifier = Wall()
    house.show(house.hub, house.repository(KIMI))
    return house


def wall(house: House) -> Wall:
    assert isinstance(house.channel, Wall)
    return house.channel


def stop(house: House) -> Path:
    house.store.close()
    return house.directory


def start(house: House) -> None:
    """Begin as `run` does."""
    house.store = house.poller.store = Store(house.directory, LABS)
    house.restart()
    note_alive(house.store, house.store.newest, house.clock.now())


def only_the_database(saved: Path, state: Path) -> None:
    for file in state.glob(f"{FILE_NAME}*"):
        file.unlink()
    for file in saved.glob(f"{FILE_NAME}*"):
        shutil.copy(file, state)


def the_whole_machine(saved: Path, state: Path) -> None:
    shutil.rmtree(state)
    shutil.copytree(saved, state)


def young(house: House, name: str) -> Sighting:
    """Return a repository that was created just now, and so was hidden from nobody before."""
    return replace(house.repository(name), published=Published(house.clock.now(), DateOrigin.CREATED))


BACK = [
    pytest.param(only_the_database, id="the database alone"),
    pytest.param(the_whole_machine, id="the whole machine"),
]


def forget(house: House, back: Callable[[Path, Path], None], hours: float = 2) -> None:
    """Announce something, and then put back what was there before."""
    saved = Path(shutil.copytree(stop(house), house.directory.with_name("saved")))
    start(house)
    house.later(hours=hours)
    house.show(house.hub, house.repository(LATER_KIMI))
    house.later(hours=hours)
    back(saved, stop(house))
    start(house)


def times_told(house: House) -> int:
    return sum("Kimi-K7" in text for text in house.channel.alerts)


@pytest.mark.parametrize("back", BACK)
def test_what_was_told_in_the_forgotten_time_is_told_once(
    house: House, back: Callable[[Path, Path], None]
) -> None:
    forget(house, back)
    house.show(house.hub)
    assert times_told(house) == 1
    assert house.store.deliveries.recent(1)[0].state == "sent"


@pytest.mark.parametrize("back", BACK)
def test_what_comes_later_is_told_as_always(house: House, back: Callable[[Path, Path], None]) -> None:
    forget(house, back)
    house.show(house.hub)
    looked = wall(house).looked
    house.later(days=2)
    house.show(house.hub, young(house, "moonshotai/Kimi-K9"))
    assert "Kimi-K9" in house.channel.alerts[-1]
    assert wall(house).looked == looked


def test_within_moments_the_file_beside_the_database_tells(house: House) -> None:
    forget(house, only_the_database, hours=0.005)
    house.show(house.hub)
    assert times_told(house) == 1


def test_what_was_put_back_by_hand_and_cannot_be_looked_up_is_told_at_most_once(house: House) -> None:
    wall(house).blind = True
    forget(house, only_the_database)
    house.show(house.hub)
    assert times_told(house) == 1
    assert house.store.deliveries.recent(1)[0].state == "unclear"


@pytest.mark.parametrize("blind", [False, True])
def test_a_night_off_silences_nothing_and_costs_a_look(house: House, blind: bool) -> None:
    wall(house).blind = blind
    stop(house)
    house.later(hours=9)
    start(house)
    house.show(house.hub, house.repository(LATER_KIMI))
    assert times_told(house) == 1
    assert house.store.deliveries.recent(1)[0].state == "sent"
    assert wall(house).looked == 1


@pytest.mark.parametrize("blind", [False, True])
def test_what_a_night_brings_still_goes_together(house: House, blind: bool) -> None:
    wall(house).blind = blind
    stop(house)
    house.later(hours=9)
    start(house)
    house.show(
        house.hub,
        *(house.repository(f"moonshotai/{name}-3") for name in ("Aster", "Briar", "Cedar", "Dahlia")),
    )
    assert len(house.channel.alerts) == 2, "the one of before, and one for all of these"


@pytest.mark.parametrize("blind", [False, True])
def test_what_was_owed_before_a_night_off_is_sent_after_it(house: House, blind: bool) -> None:
    wall(house).blind = blind
    house.channel.outcomes.append(Refused("Slack says is_archived"))
    house.show(house.hub, house.repository(LATER_KIMI))
    assert times_told(house) == 0
    stop(house)
    house.later(hours=9)
    start(house)
    house.courier.deliver_all()
    assert times_told(house) == 1


def test_what_was_sent_after_a_gap_and_got_no_answer_is_not_sent_again_unseen(house: House) -> None:
    wall(house).blind = True
    stop(house)
    house.later(hours=9)
    start(house)
    house.channel.outcomes.append(Unclear("timeout"))
    house.show(house.hub, house.repository(LATER_KIMI))
    assert times_told(house) == 0
    assert house.store.deliveries.recent(1)[0].state == "unclear"


def test_a_restart_is_no_gap(house: House) -> None:
    stop(house)
    house.later(minutes=1)
    start(house)
    house.show(house.hub, house.repository(LATER_KIMI))
    assert (times_told(house), wall(house).looked) == (1, 0)


@pytest.mark.parametrize(
    ("minutes", "gap"),
    [
        pytest.param(None, False, id="a first start"),
        pytest.param(1, False, id="from one heartbeat to the next"),
        pytest.param(11, False, id="from one poll of cron to the next"),
        pytest.param(30, True, id="a machine that slept, or was set back"),
        pytest.param(-60, False, id="a clock that was set back"),
    ],
)
def test_what_a_gap_is(minutes: float | None, gap: bool) -> None:
    last = None if minutes is None else START - timedelta(minutes=minutes)
    assert is_gap(last, START) is gap


def one_step(house: House) -> None:
    """Do as much as a bot does that lives for a moment."""
    house.courier.deliver_due()
    house.later(seconds=2)


def off_and_on(house: House, steps: int) -> None:
    stop(house)
    house.later(hours=3)
    start(house)
    for _ in range(steps):
        one_step(house)


def owe(house: House, names: Sequence[str]) -> None:
    """Owe alerts of as many labs' releases, so that each is a message of its own."""
    house.hub.shown += [house.repository(name) for name in names]
    house.later(seconds=1)
    house.poller.poll([house.hub])
    assert house.store.deliveries.counts()["owed"] == len(names)


BACKLOG = ["moonshotai/Kimi-K7", "zai-org/GLM-9", "google/gemma-9", "Qwen/Qwen9", "deepseek-ai/DeepSeek-V9"]


def test_where_nothing_can_be_looked_up_one_look_after_a_gap_is_for_all_that_is_owed(house: House) -> None:
    wall(house).blind = True
    owe(house, BACKLOG)
    off_and_on(house, steps=len(BACKLOG) + 1)
    assert len(house.channel.alerts) == 1 + len(BACKLOG)
    assert wall(house).looked == 1


def test_a_bot_that_lives_for_moments_between_gaps_comes_to_the_end_of_what_it_owes(house: House) -> None:
    wall(house).blind = True
    owe(house, BACKLOG)
    for _ in range(len(BACKLOG) + 1):
        off_and_on(house, steps=2)
    assert len(house.channel.alerts) == 1 + len(BACKLOG)


def test_however_many_gaps_went_by_one_poll_sends_all_that_is_owed(house: House) -> None:
    wall(house).blind = True
    owe(house, BACKLOG)
    for _ in range(12):
        off_and_on(house, steps=1)
    house.courier.deliver_all()
    assert len(house.channel.alerts) == 1 + len(BACKLOG)
