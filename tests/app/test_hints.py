"""A name that no item carried waits, is asked about once, and is announced, ignored, or brought by others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from bot.desk.changes import Changes
from bot.desk.corrections import Corrector, FaultReports
from bot.desk.desk import Desk
from bot.desk.questions import Asker, Questions, coverage
from bot.errors import UsageError
from bot.fetch import Response
from bot.outbox.floods import HeldFloods, expire
from bot.records import Content
from bot.releases.naming.labs import Labs
from bot.releases.news.coverage import Watched
from bot.sources.feed import FeedSource
from bot.sources.page import PageSource
from bot.sources.specs import FeedSpec, PageSpec
from tests.support.fetching import FakeFetcher
from tests.support.house import LABS, House
from tests.support.office import Channels
from tests.support.places import UADMIN
from tests.support.slack import pressed
from tests.support.sqlite import sqlite_of

FEED, PAGE = "https://z.example/rss", "https://z.example/blog"
EVERY = timedelta(minutes=10)
BUILDING = ("Building with GLM", "How teams use GLM-5.1 every day.")


@dataclass
class Site:
    """A lab's feed and page, which say what a test lets them say."""

    house: House

    def __post_init__(self) -> None:
        self.fetch = FakeFetcher()
        self.house.poller.fetch = self.fetch
        self.feed = FeedSource(FeedSpec(feed=FEED), "zai", EVERY)
        self.page = PageSource(PageSpec(page=PAGE, item="article", title="h2"), "zai", EVERY)

    def says(self, *posts: tuple[str, str]) -> None:
        """Let the feed consist of these posts (title, body), and poll it."""
        items = "".join(
            f"<item><title>{title}</title><link>https://z.example/{title.replace(' ', '-')}</link>"
            f"<description><![CDATA[{body}]]></description></item>"
            for title, body in posts
        )
        self.fetch.answers[FEED] = Response(
            FEED, 200, {}, f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        )
        self.house.poller.poll([self.feed])
        self.house.courier.deliver_all()

    def shows(self, titles: Sequence[str], aside: str = "") -> None:
        """Let the page list these posts, with some text beside them, and poll it."""
        posts = "".join(f"<article><h2>{title}</h2></article>" for title in titles)
        body = f"<html><body><p>{aside}</p>{posts}</body></html>"
        self.fetch.answers[PAGE] = Response(PAGE, 200, {}, body.encode())
        self.house.poller.poll([self.page])
        self.house.courier.deliver_all()


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.poller.admins = (UADMIN,)
    house.show(house.hub, house.repository("zai-org/GLM-5.1"))
    house.later(days=3)
    return house


@pytest.fixture
def site(house: House) -> Site:
    site = Site(house)
    site.says(BUILDING)
    site.shows(["Building with GLM"])
    return site


def asked(house: House) -> list[Content]:
    return [message.content for message in house.channel.messages if message.destination == "UADMIN"]


def alerts(house: House) -> list[str]:
    told = [m.content.text for m in house.channel.messages if m.destination == "C1" and not m.thread_ts]
    return [text for text in told if "GLM-5.1" not in text]


def wait(house: House, **span: float) -> None:
    house.later(**span)
    house.poller.poll([])
    house.courier.deliver_all()


def named(house: House) -> list[tuple[str, str]]:
    return [(hint.name.display, hint.source_id) for hint in house.store.hints.waiting()]


NEWS = ("Agents at work", "Our teams now build on <a href='/m/glm-6'>GLM-6</a>. It is fast.")


class TestWhatIsAHint:
    def test_a_name_in_the_body_of_a_post_is_kept_with_its_words_and_its_link(
        self, house: House, site: Site
    ) -> None:
        site.says(NEWS, BUILDING)
        [hint] = house.store.hints.waiting()
        assert (hint.name.display, hint.source_id) == ("GLM-6", site.feed.id)
        assert hint.words == "Our teams now build on GLM-6"
        assert hint.url == "https://z.example/m/glm-6"
        assert alerts(house) == []
        assert asked(house) == []

    def test_a_name_beside_the_items_of_a_page_is_one(self, house: House, site: Site) -> None:
        site.shows(["Building with GLM"], "New: <b>GLM-5.2</b> is here")
        assert named(house) == [("GLM-5.2", site.page.id)]

    def test_a_family_that_no_table_knows_is_known_by_its_releases(self, house: House, site: Site) -> None:
        house.show(house.hub, house.repository("zai-org/Kestrel-2-9B"))
        site.shows(["Building with GLM"], "Kestrel 1 was slow, Kestrel 3 is not")
        assert named(house) == [("Kestrel 3", site.page.id)]

    def test_two_sources_that_name_it_are_one_hint(self, house: House, site: Site) -> None:
        site.says(NEWS, BUILDING)
        site.shows(["Building with GLM"], "GLM-6")
        assert named(house) == [("GLM-6", site.feed.id)]

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param(
                "Better than Qwen4, Claude 6 and Kimi K3.", id="other labs' models are not the lab's"
            ),
            pytest.param("GLM-5.1 does it.", id="a known release is no news"),
            pytest.param(
                "Ask zai-org/GLM-5.1-FP8 or GLM-5.1 9B.", id="what a known release covers is no news"
            ),
            pytest.param("It began with GLM-4.6 and GLM 4.", id="an older version is no news"),
            pytest.param("GLM 10 and GLM 20 users.", id="a number far ahead counts something"),
            pytest.param("GLM 6 million times.", id="a number that counts is no version"),
            pytest.param("Scored by GLM-6-RM.", id="a reward model is none"),
            pytest.param("On 2026-12-01 GLM costs $6 per 6 tokens.", id="dates and prices are no versions"),
            pytest.param("SDK v6.1, API 6.2 and GPQA 6.", id="interfaces and benchmarks are no models"),
            pytest.param("Get GLM-SDK-6.1 or GLM-6.1-CLI.", id="nor are they under the family's name"),
        ],
    )
    def test_it_is_no_hint(self, house: House, site: Site, words: str) -> None:
        site.says(("Agents at work", words), BUILDING)
        assert named(house) == []

    def test_what_stands_in_the_title_of_an_item_is_judged_there(self, house: House, site: Site) -> None:
        site.says(("How we evaluate GLM-6", "The GLM-6 way."), BUILDING)
        assert named(house) == []

    def test_what_an_item_of_another_source_is_titled_with_is_no_hint(self, house: House, site: Site) -> None:
        house.show(house.blog, house.post("How we evaluate GLM-6", "zai"))
        site.shows(["Building with GLM"], "GLM-6")
        assert named(house) == []

    def test_a_release_of_the_same_poll_is_none(self, house: House, site: Site) -> None:
        site.says(("Introducing GLM-6", "GLM-6 is here."), BUILDING)
        assert named(house) == []
        assert len(alerts(house)) == 1


@pytest.mark.logs("too_many_hints")
def test_a_page_that_shows_what_it_hid_before_asks_nothing(house: House, site: Site) -> None:
    models = " and ".join(f"CogView-4-Line{letter}" for letter in "ABCDEFGHIJKLM")
    site.shows(["Building with GLM"], models)
    assert named(house) == []


class TestFirstReadings:
    def test_what_stands_there_at_first_is_only_remembered(self, house: House) -> None:
        site = Site(house)
        site.shows(["Building with GLM"], "GLM-6")
        site.shows(["Building with GLM", "More"], "GLM-6")
        assert named(house) == []

    def test_so_it_is_with_the_first_reading_after_an_upgrade(self, house: House, site: Site) -> None:
        with house.store.transaction():
            sqlite_of(house.store).connection.execute(
                "DELETE FROM seen WHERE identity LIKE 'family:%' OR identity LIKE 'name%:%'"
            )
        site.says(NEWS, ("Building with GLM", "Now with GLM-6.5 as well."))
        assert named(house) == []
        site.says(NEWS, ("Building with GLM", "Now with GLM-6.5 as well."), ("More", "And GLM-7."))
        assert [name for name, _ in named(house)] == ["GLM-7"]

    def test_a_name_that_vanishes_and_returns_is_not_asked_about_again(
        self, house: House, site: Site
    ) -> None:
        site.shows(["Building with GLM"], "GLM-6")
        wait(house, days=2)
        HeldFloods(house.store, house.clock).ignore(1, "ana")
        site.shows(["Building with GLM"], "")
        site.shows(["Building with GLM"], "GLM-6 again")
        site.says(NEWS, BUILDING)
        wait(house, days=2)
        assert len(asked(house)) == 1


class TestAsking:
    def test_nobody_is_asked_before_the_time_to_confirm_is_over(self, house: House, site: Site) -> None:
        site.says(NEWS, BUILDING)
        wait(house, hours=23)
        assert asked(house) == []
        wait(house, hours=2)
        [line] = asked(house)
        assert f"{site.feed.id}* names <https://z.example/m/glm-6|GLM-6>" in str(line.blocks)
        assert "Our teams now build on GLM-6" in str(line.blocks)
        assert pressed(line) == {
            "Announce": ("replace:0", "held announce 1"),
            "Ignore": ("replace:1", "held ignore 1"),
        }
        wait(house, hours=2)
        assert len(asked(house)) == 1

    def test_announced_it_is_posted_once(self, house: House, site: Site) -> None:
        site.says(NEWS, BUILDING)
        wait(house, days=2)
        assert HeldFloods(house.store, house.clock).announce(1, "ana") == ["zai/glm-6"]
        house.courier.deliver_all()
        [alert] = alerts(house)
        assert "GLM-6" in alert
        with pytest.raises(UsageError, match="was announced"):
            HeldFloods(house.store, house.clock).announce(1, "ben")
        house.show(house.blog, house.post("Introducing GLM-6", "zai"))
        assert len(alerts(house)) == 1

    def test_ignored_it_stays_silent_until_a_source_brings_it(self, house: House, site: Site) -> None:
        site.says(NEWS, BUILDING)
        wait(house, days=2)
        HeldFloods(house.store, house.clock).ignore(1, "ana")
        wait(house, days=30)
        assert alerts(house) == []
        house.show(house.hub, house.repository("zai-org/GLM-6"))
        assert len(alerts(house)) == 1

    def test_nobody_answering_ignores_it(self, house: House, site: Site) -> None:
        site.says(NEWS, BUILDING)
        for _ in range(12):
            wait(house, days=1)
            expire(house.store, house.clock.now())
        assert house.store.held.waiting() == []
        with pytest.raises(UsageError, match="was expired"):
            HeldFloods(house.store, house.clock).announce(1, "ana")

    def test_a_source_that_brings_it_settles_it(self, house: House, site: Site) -> None:
        site.says(NEWS, BUILDING)
        house.show(house.hub, house.repository("zai-org/GLM-6"))
        wait(house, days=2)
        assert asked(house) == []
        assert len(alerts(house)) == 1

    def test_it_is_then_a_miss_of_the_source_that_only_named_it(self, house: House, site: Site) -> None:
        site.says(NEWS, BUILDING)
        house.show(house.hub, house.repository("zai-org/GLM-6"))
        wait(house, days=4)
        watched = Watched(site.feed.id, frozenset({"zai"}), include=("CogView",))
        [missed] = coverage(house.store, [watched], house.clock.now())[site.feed.id].outcomes
        assert (missed.release.name, missed.showed) == ("GLM-6", False)

    def test_brought_after_the_question_there_is_nothing_to_answer(self, house: House, site: Site) -> None:
        site.says(NEWS, BUILDING)
        wait(house, days=2)
        house.show(house.hub, house.repository("zai-org/GLM-6"))
        assert house.store.held.waiting() == []
        with pytest.raises(UsageError, match="a source has brought the release"):
            HeldFloods(house.store, house.clock).announce(1, "ana")


class TestTheDesk:
    def desk(self, house: House) -> Desk:
        questions = Questions(house.store, Labs(LABS), house.clock)
        corrector = Corrector(house.store, Labs(LABS), house.clock)
        return Desk(
            questions,
            Changes(house.store, house.clock),
            FaultReports(house.store, corrector, (UADMIN,)),
            Channels(),
        )

    def test_held_lists_it_and_a_click_announces_it(self, house: House, site: Site) -> None:
        site.says(NEWS, BUILDING)
        wait(house, days=2)
        desk, admin = self.desk(house), Asker("UADMIN", "C9", request="1.admin")
        listed = desk.answer(admin, "held")
        assert "names <https://z.example/m/glm-6|GLM-6>, which no source has shown" in listed.text
        assert pressed(listed)["Ignore"] == ("replace:1", "held ignore 1")
        assert "1 release" in desk.answer(admin, "held announce 1").text
        house.courier.deliver_all()
        assert len(alerts(house)) == 1

    def test_why_tells_of_it_while_it_waits(self, house: House, site: Site) -> None:
        site.says(NEWS, BUILDING)
        told = self.desk(house).answer(Asker("UANA", "C1", request="1.ana"), "why GLM-6")
        assert "is named by feed:z.example/rss" in told.text


class TestTheCommandLine:
    @pytest.fixture
    def variables(self, tmp_path: Path) -> dict[str, str]:
        sources = [{"hub": "zai-org"}, {"feed": FEED}]
        config = {"labs": [{"id": "zai", "name": "Z.ai", "sources": sources}]}
        (tmp_path / "feeds.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        return {
            "CADENCEBOT_CONFIG": str(tmp_path / "feeds.yaml"),
            "CADENCEBOT_STATE": str(tmp_path),
            "COLUMNS": "300",
        }

    def test_it_lists_and_settles_as_the_buttons_do(
        self, house: House, site: Site, variables: dict[str, str]
    ) -> None:
        def said(*words: str) -> str:
            result = CliRunner().invoke(main, words, env=variables)
            return " ".join(result.output.split())

        site.says(NEWS, BUILDING)
        assert f"{site.feed.id} names GLM-6, which no item carries" in said("status")
        wait(house, days=2)
        assert "names GLM-6 <https://z.example/m/glm-6>, which no source has shown" in said("held")
        assert "“Our teams now build on GLM-6”" in said("held")
        assert "Ignored: GLM-6" in said("held", "ignore", "1")
        assert "Nothing is held back" in said("held")
