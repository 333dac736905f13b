"""An older backup is put back: what was sent meanwhile is found where it stands, and not sent twice."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from bot.desk.corrections import Corrector, FaultReports
from bot.desk.questions import Asker
from bot.model import DateOrigin, Destination, Follow, Published
from bot.outbox.console import ConsoleNotifier
from bot.outbox.digests import next_digest, owe_due_digests
from bot.outbox.floods import HeldFloods
from bot.outbox.message import Message, Notifier, Outcome, Refused, Search, Unclear
from bot.outbox.owe import owe_cadence_news
from bot.records import DigestPlan, Preferences, Subscription
from bot.releases.facts.filters import Filters
from bot.store.backup import back_up
from bot.store.restore import restore
from bot.store.store import FILE_NAME
from tests.support.house import Found, House, amended, licensed
from tests.support.places import C1, UADMIN

KIMI = "moonshotai/Kimi-K2.6"
FAMILIES = ("Aster", "Briar", "Cedar", "Dahlia", "Elder")

pytestmark = pytest.mark.logs("delivery_not_sent", "claims_doubted")


@dataclass
class Through:
    """A notifier that hands all on to another one."""

    inner: Notifier
    name: str = "console"
    interactive: bool = False

    def send(self, message: Message) -> Outcome:
        return self.inner.send(message)

    def find(self, message: Message, search: Search) -> Found:
        return self.inner.find(message, search)

    def time_at(self, destination: Destination) -> datetime | None:
        return self.inner.time_at(destination)

    def permalink(self, channel: str, ts: str) -> str:
        return self.inner.permalink(Destination(channel), ts)


class Blind(Through):
    """A channel that cannot be read, as without Slack's history scopes."""

    def find(self, message: Message, search: Search) -> Found:
        return Unclear("missing_scope")


@dataclass
class Refusing(Through):
    """A channel where `refused` destinations take nothing."""

    refused: list[str] = field(default_factory=list)

    def send(self, message: Message) -> Outcome:
        if message.destination in self.refused:
            return Refused("Slack says is_archived")
        return super().send(message)


class Life:
    """Lead a bot through a time that it then forgets; the transcript is the channel and forgets nothing."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.house = House(directory)
        self.blind = False
        self._equip()

    def _equip(self) -> None:
        transcript = self.directory / "console.jsonl"
        console = ConsoleNotifier(transcript, Console(quiet=True), self.house.clock)
        self.house.courier.notifier = Blind(console) if self.blind else console

    def back_up(self, *, replacing: bool = False) -> None:
        back_up(self.directory / FILE_NAME, self.directory / "backup.db", replacing=replacing)

    def put_back(self) -> None:
        """Stop, put the backup back, and start again."""
        before = self.house
        before.later(minutes=10)
        before.store.close()
        database, kept = self.directory / FILE_NAME, self.directory / "replaced.db"
        restore(self.directory / "backup.db", database, kept, before.clock.now())
        before.later(minutes=1)
        self.house = House(self.directory, baselined=False, subscribed=False)
        self.house.clock.advance(before.clock.now() - self.house.clock.now())
        for mine, theirs in zip(self.house.sources, before.sources, strict=True):
            mine.shown = theirs.shown
        self._equip()

    def poll(self, *order: str) -> None:
        """Poll every source, in this order where it matters, and deliver all."""
        sources = [getattr(self.house, name) for name in order or ("hub", "blog", "listing")]
        self.house.poller.poll(sources)
        owe_due_digests(self.house.store, self.house.clock.now())
        self.house.courier.deliver_all()

    @property
    def posted(self) -> list[str]:
        """Return the texts that stand in the channel, edits aside."""
        lines = map(json.loads, (self.directory / "console.jsonl").read_text().splitlines())
        return [line["text"] for line in lines if "edits" not in line]

    @property
    def states(self) -> dict[str, int]:
        return self.house.store.deliveries.counts()


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path)


def one_release(house: House) -> None:
    house.show(house.hub, house.repository(KIMI, license=licensed("mit")))


def a_release_and_its_thread(house: House) -> None:
    one_release(house)
    house.show(house.hub, house.repository(f"{KIMI}-FP8"))
    house.show(house.blog, house.post("Kimi K2.6: open agentic intelligence", "moonshot"))
    changed = house.repository(KIMI, license=licensed("apache-2.0"))
    house.show(house.hub, amended(house.hub.shown[0], facts=changed.facts))


def four_in_one_message(house: House) -> None:
    house.show(house.hub, *(house.repository(f"moonshotai/{name}-3") for name in FAMILIES[:4]))


def four_one_after_the_other(house: House) -> None:
    for name in FAMILIES[:4]:
        house.show(house.hub, house.repository(f"moonshotai/{name}-3"))
        house.later(minutes=20)


def weights_and_then_a_post_on_the_family(house: House) -> None:
    house.show(house.hub, house.repository("Qwen/Qwen3.6-35B-A3B"))
    house.show(house.blog, house.post("Qwen3.6: towards better agents", "qwen"))


def one_that_nobody_confirmed(house: House) -> None:
    house.show(house.listing, house.row("Qwen9-Max", "qwen"))
    house.later(days=2)
    house.show(house.listing)


def a_line_to_the_admins(house: House) -> None:
    house.poller.admins = (UADMIN,)
    house.show(house.hub, *(house.repository(f"google/Family{chr(97 + n)}-{n + 1}-7B") for n in range(20)))


def a_flood_that_was_announced(house: House) -> None:
    a_line_to_the_admins(house)
    HeldFloods(house.store, house.clock).announce(1, "ana")
    house.courier.deliver_all()


FORGOTTEN = [
    one_release,
    a_release_and_its_thread,
    four_in_one_message,
    four_one_after_the_other,
    weights_and_then_a_post_on_the_family,
    one_that_nobody_confirmed,
    a_line_to_the_admins,
]
ORDERS = [("hub", "blog", "listing"), ("blog", "listing", "hub")]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
@pytest.mark.parametrize("happening", FORGOTTEN, ids=lambda happening: happening.__name__)
def test_nothing_of_the_forgotten_time_is_posted_twice(
    life: Life, happening: Callable[[House], None], order: tuple[str, ...]
) -> None:
    life.back_up()
    life.house.later(hours=1)
    happening(life.house)
    posted = life.posted
    admins = life.house.poller.admins
    life.put_back()
    life.house.poller.admins = admins
    life.poll(*order)
    assert life.posted == posted
    assert not {"owed", "doubtful", "claimed", "unclear"} & set(life.states)


def test_what_was_not_sent_in_the_forgotten_time_is_sent_now(life: Life) -> None:
    life.back_up()
    one_release(life.house)
    life.house.hub.shown.append(life.house.repository("zai-org/GLM-5.1"))
    life.put_back()
    life.poll()
    assert len(life.posted) == 2
    assert "GLM-5.1" in life.posted[1]


def test_what_a_backup_of_yesterday_owed_is_looked_up_as_well(life: Life) -> None:
    """It was owed when the backup was made, and sent a moment later."""
    house = life.house
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll(house.sources)
    life.back_up()
    house.courier.deliver_all()
    life.put_back()
    life.house.courier.deliver_all()
    assert len(life.posted) == 1
    assert life.states == {"sent": 1}


def test_what_was_looked_up_after_one_copy_waits_no_longer_after_the_next(life: Life) -> None:
    """Only answers that are lost again and again make a message wait ever longer."""
    house = life.house
    house.hub.shown.append(house.repository(KIMI))
    house.poller.poll(house.sources)
    life.back_up()
    life.put_back()
    life.house.courier.notifier = Refusing(life.house.courier.notifier, refused=[C1])
    life.house.courier.deliver_due()
    life.back_up(replacing=True)
    life.house.later(hours=3)
    life.put_back()
    life.house.courier.deliver_all()
    assert life.states == {"sent": 1}


def test_four_that_were_owed_and_sent_in_one_message_are_found_in_it(life: Life) -> None:
    house = life.house
    house.hub.shown += [house.repository(f"moonshotai/{name}-3") for name in FAMILIES[:4]]
    house.poller.poll(house.sources)
    life.back_up()
    house.courier.deliver_all()
    life.put_back()
    life.house.courier.deliver_all()
    assert len(life.posted) == 1
    assert life.states == {"sent": 4}
    life.house.show(life.house.hub, life.house.repository(f"moonshotai/{FAMILIES[2]}-3-FP8"))
    assert len(life.posted) == 2


def test_what_a_backup_had_sent_is_neither_looked_up_nor_sent(life: Life) -> None:
    one_release(life.house)
    life.back_up()
    life.put_back()
    life.poll()
    assert len(life.posted) == 1


def test_what_is_younger_than_it_by_its_date_is_like_any_other(life: Life) -> None:
    life.back_up()
    life.put_back()
    life.poll()
    life.blind = True
    life._equip()
    life.house.later(days=2)
    young = Published(life.house.clock.now(), DateOrigin.CREATED)
    life.house.show(life.house.hub, replace(life.house.repository(KIMI), published=young))
    assert len(life.posted) == 1
    assert life.states == {"sent": 1}


@pytest.mark.parametrize(
    ("age", "posted"),
    [
        pytest.param(None, 1, id="without a date it may be older"),
        pytest.param(timedelta(days=9), 1, id="by its date it is older"),
        pytest.param(timedelta(minutes=30), 1, id="a date may be a day off"),
    ],
)
def test_what_its_source_hid_just_then_is_looked_up_when_it_shows_again(
    life: Life, age: timedelta | None, posted: int
) -> None:
    house = life.house
    published = Published(house.clock.now() - age, DateOrigin.CREATED) if age else None
    hidden = replace(house.repository(KIMI), published=published)
    life.back_up()
    house.show(house.hub, hidden)
    house.hub.shown.remove(hidden)
    life.put_back()
    life.poll()
    life.house.later(hours=1)
    life.house.show(life.house.hub, hidden)
    assert len(life.posted) == posted
    assert life.states == {"sent": 1}


def test_where_the_channel_cannot_be_read_it_is_at_most_once_and_said(life: Life) -> None:
    life.back_up()
    one_release(life.house)
    life.blind = True
    life.put_back()
    life.poll()
    assert len(life.posted) == 1
    assert life.states == {"unclear": 1}


def test_a_release_of_the_family_long_before_the_backup_is_another_one(life: Life) -> None:
    house = life.house
    house.show(house.hub, house.repository("Qwen/Qwen3.6-35B-A3B"))
    house.later(days=9)
    house.poller.poll(house.sources)
    life.back_up()
    house.hub.shown.append(house.repository("Qwen/Qwen3.6-27B"))
    life.put_back()
    life.poll()
    assert len(life.posted) == 2


def test_a_flood_announced_in_the_forgotten_time_is_announced_again_to_nobody(life: Life) -> None:
    a_line_to_the_admins(life.house)
    life.back_up()
    HeldFloods(life.house.store, life.house.clock).announce(1, "ana")
    life.house.courier.deliver_all()
    posted = life.posted
    life.put_back()
    life.poll()
    HeldFloods(life.house.store, life.house.clock).announce(1, "ana")
    life.house.courier.deliver_all()
    assert life.posted == posted


def test_a_digest_is_not_sent_twice(life: Life) -> None:
    house, plan = life.house, DigestPlan("daily", hour=9)
    with house.store.transaction():
        due = next_digest(plan, house.clock.now())
        house.store.preferences.set(C1, Preferences(digest=plan), due)
    house.later(hours=12)
    one_release(house)
    life.back_up()
    house.later(days=1)
    life.poll()
    posted = life.posted
    assert posted[-1].startswith("Model releases")
    life.put_back()
    life.poll()
    assert life.posted == posted


def a_cadence_that_became_quiet(house: House) -> None:
    with house.store.transaction():
        house.store.subscriptions.add(
            Subscription(
                C1, Follow("qwen", cadence=True), Filters(), "test", house.clock.now() - timedelta(days=400)
            )
        )
    for number in range(8):
        house.show(house.hub, house.repository(f"Qwen/Qwen{number + 3}-8B"))
        house.later(days=7)


def tell_cadence_news(house: House) -> None:
    owe_cadence_news(house.store, house.clock.now())
    house.courier.deliver_all()


def test_news_of_a_cadence_is_not_told_twice(life: Life) -> None:
    a_cadence_that_became_quiet(life.house)
    life.back_up()
    while not any("quiet" in text for text in life.posted):
        life.house.later(days=1)
        tell_cadence_news(life.house)
    posted = life.posted
    life.put_back()
    tell_cadence_news(life.house)
    assert life.posted == posted


def test_a_pause_is_not_told_twice(life: Life) -> None:
    with life.house.store.transaction():
        life.house.store.subscriptions.add(
            Subscription(C1, Follow("moonshot"), Filters(), "Slack", life.house.clock.now(), "U0ANA")
        )
    life.back_up()
    life.house.later(hours=1)
    refusals(life).append("C1")
    one_release(life.house)
    posted = life.posted
    assert [text for text in posted if "C1" in text]
    life.put_back()
    refusals(life).append("C1")
    life.poll()
    assert life.posted == posted


def refusals(life: Life) -> list[str]:
    """Return the destinations that take nothing from now on; the list may grow."""
    notifier = life.house.courier.notifier = Refusing(life.house.courier.notifier)
    return notifier.refused


def test_what_became_of_a_report_is_not_told_twice(life: Life) -> None:
    one_release(life.house)
    with life.house.store.transaction():
        number = life.house.store.reports.add(
            1, C1, Destination("U0ANA"), "it is not MIT", life.house.clock.now()
        )
    life.back_up()
    close_report(life.house, number)
    posted = life.posted
    assert "Thank you" in posted[-1]
    life.put_back()
    close_report(life.house, number)
    assert life.posted == posted


def close_report(house: House, number: int) -> None:
    reporting = FaultReports(house.store, Corrector(house.store, house.labs, house.clock), (UADMIN,))
    report = next(one for one in house.store.reports.open() if one.id == number)
    reporting.correct(Asker("UADMIN", "D1"), report, house.store.history.wave(report.release_id), {})
    house.courier.deliver_all()


def test_what_is_told_in_a_thread_instead_of_an_edit_is_not_told_twice(life: Life) -> None:
    house = life.house
    with house.store.transaction():
        house.store.preferences.set(C1, Preferences(updates="thread"), None)
    one_release(house)
    life.back_up()
    house.later(hours=1)
    changed = house.repository(KIMI, license=licensed("mit"), parameters=10**12)
    house.show(house.hub, amended(house.hub.shown[0], facts=changed.facts))
    posted = life.posted
    assert len(posted) == 2
    life.put_back()
    life.poll()
    assert life.posted == posted


def test_variants_as_messages_of_their_own_are_not_sent_twice(life: Life) -> None:
    life.house.subscribe("C2", "moonshot", Filters(kinds="variants"))
    one_release(life.house)
    life.back_up()
    life.house.show(life.house.hub, life.house.repository(f"{KIMI}-FP8"))
    posted = life.posted
    life.put_back()
    life.poll()
    assert life.posted == posted


def test_two_backups_put_back_one_after_the_other_remember_the_older_gap(life: Life) -> None:
    life.back_up()
    life.house.later(hours=1)
    one_release(life.house)
    posted = life.posted
    life.put_back()
    back_up(life.directory / FILE_NAME, life.directory / "second.db")
    (life.directory / "second.db").replace(life.directory / "backup.db")
    (life.directory / "replaced.db").unlink()
    life.put_back()
    life.poll()
    assert life.posted == posted
