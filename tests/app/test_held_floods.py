"""Far more than usual is held, asked about, and settled once: announced, ignored, or ignored by nobody."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.changes import Changes
from bot.desk.corrections import Corrector, FaultReports
from bot.desk.desk import Desk
from bot.desk.questions import Questions
from bot.errors import UsageError
from bot.model import DateOrigin, Published, Sighting
from bot.outbox.digests import owe_due_digests
from bot.outbox.floods import HeldFloods, expire
from bot.records import Content, DigestPlan, Preferences
from bot.releases.facts.filters import Filters
from bot.releases.naming.labs import Labs
from tests.support.house import LABS, House, amended
from tests.support.office import ADMIN, ANA, Channels
from tests.support.places import C1, UADMIN
from tests.support.slack import pressed

COUNT = 20


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.poller.admins = (UADMIN,)
    return house


def family(number: int) -> str:
    return f"Family{chr(ord('a') + number)}-{number + 1}"


def flood(house: House, count: int = COUNT) -> list[Sighting]:
    """Show many repositories at once; the last was made first."""
    many = [house.repository(f"google/{family(number)}-7B") for number in range(count)]
    start = house.clock.now() - timedelta(days=40)
    dated = [
        replace(one, published=Published(start - timedelta(hours=number), DateOrigin.CREATED))
        for number, one in enumerate(many)
    ]
    house.show(house.hub, *dated)
    return dated


def alerts(house: House) -> list[str]:
    return [m.content.text for m in house.channel.messages if m.destination == "C1" and not m.thread_ts]


def asked(house: House) -> list[Content]:
    return [m.content for m in house.channel.messages if m.destination == "UADMIN"]


def holding(house: House) -> HeldFloods:
    return HeldFloods(house.store, house.clock)


def announce(house: House, number: int = 1) -> None:
    holding(house).announce(number, "ana")
    house.courier.deliver_all()


class TestHolding:
    def test_nobody_is_told_but_the_admins_in_one_line_with_two_buttons(self, house: House) -> None:
        flood(house)
        [line] = asked(house)
        assert alerts(house) == []
        assert "hub:org* suddenly showed 20 releases" in line.text
        assert pressed(line) == {
            "Announce": ("replace:0", "held announce 1"),
            "Ignore": ("replace:1", "held ignore 1"),
        }

    def test_without_admins_it_is_held_all_the_same(self, house: House) -> None:
        house.poller.admins = ()
        flood(house)
        assert house.channel.messages == []
        assert len(house.store.held.waiting()) == 1

    def test_it_is_remembered_whole_in_the_order_of_publication(self, house: House) -> None:
        flood(house)
        [held] = house.store.held.waiting()
        assert (held.source_id, len(held.leads)) == ("hub:org", COUNT)
        assert held.names[0] == f"{family(COUNT - 1)}-7B"
        assert held.names[-1] == f"{family(0)}-7B"

    def test_a_second_poll_of_the_same_things_holds_nothing_more(self, house: House) -> None:
        flood(house)
        house.show(house.hub)
        assert len(house.store.held.waiting()) == 1
        assert len(asked(house)) == 1

    def test_rows_that_nobody_confirmed_are_held_too(self, house: House) -> None:
        rows = [house.row(family(number), "google") for number in range(COUNT)]
        house.show(house.listing, *rows)
        house.later(days=2)
        house.show(house.listing)
        assert alerts(house) == []
        [held] = house.store.held.waiting()
        assert (held.source_id, len(held.leads)) == ("llm_stats", COUNT)
        announce(house)
        assert _named(house) == set(range(COUNT))

    def test_posts_of_a_redesigned_blog_are_held(self, house: House) -> None:
        posts = [
            house.post(f"Introducing {family(number)}", "google", days_ago=number) for number in range(COUNT)
        ]
        house.show(house.blog, *posts)
        assert alerts(house) == []
        assert len(house.store.held.waiting()[0].leads) == COUNT

    def test_a_digest_does_not_tell_what_is_held(self, house: House) -> None:
        plan = DigestPlan("daily", hour=9)
        with house.store.transaction():
            house.store.preferences.set(C1, Preferences(digest=plan), house.clock.now())
        house.show(house.blog, *(house.post(f"Introducing {family(n)}", "google") for n in range(COUNT)))
        house.later(days=1, hours=10)
        owe_due_digests(house.store, house.clock.now())
        house.courier.deliver_all()
        assert alerts(house) == []


def _named(house: House) -> set[int]:
    return {number for number in range(COUNT) if any(f"{family(number)}" in text for text in alerts(house))}


class TestAnnouncing:
    def test_all_are_announced_as_if_they_were_news(self, house: House) -> None:
        flood(house)
        announce(house)
        assert _named(house) == set(range(COUNT))
        assert house.store.held.waiting() == []

    def test_the_alerts_are_owed_in_the_order_of_publication(self, house: House) -> None:
        flood(house)
        announce(house)
        owed = [one for one in house.store.deliveries.recent(99)[::-1] if one.kind == "alert"]
        assert [one.release for one in owed] == [f"{family(number)}-7B" for number in reversed(range(COUNT))]

    def test_a_second_time_announces_nothing(self, house: House) -> None:
        flood(house)
        announce(house)
        told = len(house.channel.messages)
        with pytest.raises(UsageError, match="was announced on 2026-04-01 by ana already"):
            announce(house)
        with pytest.raises(UsageError, match="already"):
            holding(house).ignore(1, "ben")
        house.show(house.hub)
        assert len(house.channel.messages) == told

    def test_who_subscribed_meanwhile_hears_of_it_too(self, house: House) -> None:
        flood(house)
        house.later(hours=1)
        house.subscribe("C2", "google")
        announce(house)
        assert any(m.destination == "C2" for m in house.channel.messages)

    def test_afterwards_variants_go_into_the_threads(self, house: House) -> None:
        flood(house, 13)
        announce(house)
        house.show(house.hub, house.repository(f"google/{family(3)}-7B-FP8"))
        assert len(house.channel.replies) == 1

    def test_what_a_person_withdrew_meanwhile_is_not_announced(self, house: House) -> None:
        flood(house)
        corrector = Corrector(house.store, Labs(LABS), house.clock)
        corrector.correct(corrector.find(f"{family(2)}-7B"), {"kind": "other"}, "ana")
        announce(house)
        assert _named(house) == set(range(COUNT)) - {2}

    def test_an_unknown_number_is_said(self, house: House) -> None:
        with pytest.raises(UsageError, match="nothing was held under the number 7"):
            announce(house, 7)


class TestIgnoring:
    @pytest.fixture(params=["waiting", "ignored", "expired"])
    def silent(self, request: pytest.FixtureRequest, house: House) -> House:
        """Return a house with a flood that nobody announced."""
        flood(house)
        if request.param == "ignored":
            holding(house).ignore(1, "ana")
        if request.param == "expired":
            for _ in range(8):
                house.later(days=1)
                house.show(house.hub)
                expire(house.store, house.clock.now())
            assert house.store.held.waiting() == []
        return house

    def test_nothing_is_ever_told(self, silent: House) -> None:
        silent.later(days=40)
        silent.show(silent.hub)
        assert alerts(silent) == []

    def test_the_labs_own_post_announces_none_of_it(self, silent: House) -> None:
        silent.later(hours=2)
        silent.show(silent.blog, silent.post(f"Introducing {family(4)}-7B", "google"))
        assert alerts(silent) == []

    def test_a_variant_is_not_told_even_to_those_who_want_only_variants(self, silent: House) -> None:
        silent.subscribe("C2", "google", Filters(kinds="variants"))
        silent.later(hours=2)
        silent.show(silent.hub, silent.repository(f"google/{family(4)}-7B-FP8"))
        assert [m.destination for m in silent.channel.messages] == ["UADMIN"]

    def test_what_else_the_lab_releases_is_told(self, silent: House) -> None:
        silent.show(silent.hub, silent.repository("google/gemma-4-31B-it"))
        assert len(alerts(silent)) == 1


@pytest.mark.parametrize("ignored", [False, True])
def test_weights_that_come_later_are_no_back_door(house: House, ignored: bool) -> None:
    posts = [house.post(f"Introducing {family(number)}", "google") for number in range(COUNT)]
    house.show(house.blog, *posts)
    if ignored:
        holding(house).ignore(1, "ana")
    house.later(hours=3)
    house.show(house.hub, house.repository(f"google/{family(1)}"))
    sized = house.repository(f"google/{family(2)}-31B-it")
    house.show(house.hub, sized)
    house.show(house.hub, amended(sized, title=f"google/{family(2)}-31B-it-renamed"))
    assert alerts(house) == []
    if not ignored:
        announce(house)
        assert _named(house) == set(range(COUNT))
        assert len(house.channel.alerts) - len(asked(house)) <= COUNT


class TestExpiring:
    def test_after_seven_days_nobody_having_spoken_is_an_answer(self, house: House) -> None:
        flood(house)
        for _ in range(7 * 4):
            assert len(house.store.held.waiting()) == 1
            house.later(hours=6)
            expire(house.store, house.clock.now())
        assert house.store.held.waiting() == []
        with pytest.raises(UsageError, match="was expired on 2026-04-08 already"):
            announce(house)


@pytest.mark.parametrize("subscribed_later", [False, True])
def test_the_first_run_on_an_empty_database_posts_nothing_at_all(
    tmp_path: Path, subscribed_later: bool
) -> None:
    """However much there is, and whether it looks old, new, or like a flood."""
    house = House(tmp_path, baselined=False)
    house.poller.admins = (UADMIN,)
    house.hub.shown += [house.repository(f"google/{family(number)}-7B") for number in range(COUNT)]
    house.blog.shown += [house.post(f"Introducing {family(n)}", "google", days_ago=n) for n in range(COUNT)]
    house.listing.shown += [house.row(family(number), "google") for number in range(COUNT)]
    if subscribed_later:
        house.subscribe("C2")
    for _ in range(3):
        house.poller.poll(house.sources)
        owe_due_digests(house.store, house.clock.now())
        house.courier.deliver_all()
        house.later(days=1)
    assert house.channel.messages == []
    assert house.store.held.waiting() == []
    assert len(house.store.history.recent()[1]) >= COUNT


class TestInSlack:
    @pytest.fixture
    def desk(self, house: House) -> Desk:
        labs = Labs(LABS)
        questions = Questions(house.store, labs, house.clock, ["hub:org"])
        reporting = FaultReports(house.store, Corrector(house.store, labs, house.clock), (UADMIN,))
        return Desk(questions, Changes(house.store, house.clock), reporting, Channels())

    def test_admins_see_what_is_held_and_what_to_do(self, house: House, desk: Desk) -> None:
        assert "Nothing is held back" in desk.answer(ADMIN, "held").text
        flood(house)
        answer = desk.answer(ADMIN, "held")
        assert "#1 hub:org showed 20 releases" in answer.text
        assert pressed(answer)["Ignore"] == ("replace:1", "held ignore 1")

    def test_everybody_sees_in_the_status_that_something_is_held(self, house: House, desk: Desk) -> None:
        flood(house)
        assert "showed 20 releases at once" in desk.answer(ANA, "status").text

    @pytest.mark.parametrize("text", ["held", "held announce 1", "held ignore 1"])
    def test_nobody_else_may_settle_it(self, house: House, desk: Desk, text: str) -> None:
        flood(house)
        assert "`admins`" in desk.answer(ANA, text).text
        assert len(house.store.held.waiting()) == 1

    def test_a_button_pressed_twice_announces_once(self, house: House, desk: Desk) -> None:
        flood(house)
        assert "Announced: 20 releases" in desk.answer(ADMIN, "held announce 1").text
        house.courier.deliver_all()
        told = len(house.channel.messages)
        assert "was announced" in desk.answer(ADMIN, "held announce 1").text
        house.courier.deliver_all()
        assert len(house.channel.messages) == told

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            pytest.param("held announce", "needs one number", id="without a number"),
            pytest.param("held ignore all", "needs one number", id="with a word for a number"),
            pytest.param("held anounce 1", "announce", id="misspelt"),
            pytest.param("held ignore 7", "othing was held under the number 7", id="another number"),
        ],
    )
    def test_what_makes_no_sense_changes_nothing(
        self, house: House, desk: Desk, text: str, said: str
    ) -> None:
        flood(house)
        assert said in desk.answer(ADMIN, text).text
        assert len(house.store.held.waiting()) == 1
