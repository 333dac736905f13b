"""A post that comes to name another model shows it, once; one that is only mended shows nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.fetch import Response
from bot.sources.base import Source
from bot.sources.feed import FeedSource
from bot.sources.page import PageSource
from bot.sources.specs import FeedSpec, PageSpec
from tests.support.fetching import FakeFetcher
from tests.support.house import House
from tests.support.sqlite import sqlite_of

FEED, CHANGELOG = "https://z.example/rss", "https://z.example/changelog.md"
EVERY = timedelta(minutes=10)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.poller.fetch = FakeFetcher()
    house.show(house.hub, house.repository("zai-org/GLM-5.1"))
    house.later(days=60)
    return house


def read(house: House, source: Source, body: str) -> None:
    assert isinstance(house.poller.fetch, FakeFetcher)
    house.poller.fetch.answers[source.url] = Response(source.url, 200, {}, body.encode())
    house.poller.poll([source])
    house.courier.deliver_all()


def changelog(house: House, *bodies: str) -> None:
    source = PageSource(PageSpec(page=CHANGELOG, format="markdown"), "zai", EVERY)
    for body in bodies:
        read(house, source, body)


def feed(house: House, *descriptions: str, title: str = "2026-04", include: tuple[str, ...] = ()) -> None:
    source = FeedSource(FeedSpec(feed=FEED, include=include), "zai", EVERY)
    for text in descriptions:
        item = (
            f"<item><title>{title}</title><guid>1</guid><description><![CDATA[{text}]]></description></item>"
        )
        read(house, source, f"<rss version='2.0'><channel>{item}</channel></rss>")


def told(house: House) -> list[str]:
    return [text for text in house.channel.alerts if "GLM-5.1" not in text]


UPDATE = """<Update label="2026-04-01" description="Models">
* **GLM-5.1**: our newest
{more}
</Update>
"""


class TestGrown:
    def test_an_update_that_is_amended_is_announced_once(self, house: House) -> None:
        grown = UPDATE.format(more="* Introducing **GLM-5.2**: better at code ([post](/blog/glm-5.2))")
        changelog(house, UPDATE.format(more=""), grown, grown + "\n", grown + "\nThanks.")
        [alert] = told(house)
        assert "GLM-5.2" in alert
        assert "https://z.example/blog/glm-5.2" in str(house.channel.messages[-1].content.blocks)

    def test_a_month_that_gets_a_line_is_announced_once(self, house: House) -> None:
        month = "# Changes\n\n## April 2026\n\n### Models\n\nGLM-5.1 is here.\n"
        changelog(
            house, month, month + "\n- GLM-5.2 is now available\n", month + "\n- GLM-5.2 is now available!\n"
        )
        assert len(told(house)) == 1

    def test_so_is_one_that_has_the_heading_of_every_month(self, house: House) -> None:
        months = "## May 2026\n\n### Models\n\nGLM-5.1.\n{}\n## April 2026\n\n### Models\n\nGLM-5.\n"
        changelog(house, months.format(""), months.format("\n- Introducing GLM-5.2\n"))
        assert len(told(house)) == 1

    def test_an_entry_of_a_feed_that_gets_a_second_model_is_announced_once(self, house: House) -> None:
        feed(house, "<p>GLM-5.1 is here</p>", "<p>GLM-5.1 is here</p><p>Introducing GLM-5.2</p>")
        feed(house, "<p>GLM-5.1 is here</p><p>Introducing the GLM-5.2</p>")
        assert len(told(house)) == 1

    def test_two_models_in_one_sentence_are_one_sighting(self, house: House) -> None:
        feed(house, "<p>GLM-5.1</p>", "<p>GLM-5.1</p><p>Introducing GLM-5.2 and GLM-5.2-Air</p>")
        seen = house.store.history.observations("GLM-5.2")
        assert {one.title for one in seen} == {"Introducing GLM-5.2 and GLM-5.2-Air"}
        assert len({one.external_id for one in seen}) == 1

    def test_its_own_old_date_does_not_make_it_old(self, house: House) -> None:
        old = UPDATE.replace("2026-04-01", "2025-09-01")
        changelog(house, old.format(more=""), old.format(more="* Introducing GLM-5.2"))
        assert len(told(house)) == 1

    def test_a_release_of_these_days_is_confirmed_by_it(self, house: House) -> None:
        house.show(house.hub, house.repository("zai-org/GLM-5.2"))
        feed(house, "<p>GLM-5.1</p>", "<p>GLM-5.1</p><p>GLM-5.2 is here</p>")
        assert len(told(house)) == 1
        [wave] = house.store.history.find("GLM-5.2")
        assert "GLM-5.2 is here" in [mention.title for mention in wave.lead.mentions]

    def test_in_a_feed_with_include_it_needs_one_of_the_words(self, house: House) -> None:
        bodies = ("<p>Old</p>", "<p>Introducing GLM-5.2</p>", "<p>Introducing CogView-5</p>")
        feed(house, *bodies, title="CogView and friends", include=("CogView",))
        [alert] = told(house)
        assert "CogView-5" in alert

    def test_where_the_words_announce_nothing_the_name_is_a_hint(self, house: House) -> None:
        feed(house, "<p>GLM-5.1</p>", "<p>GLM-5.1</p><p>Errors of GLM-5.2 are told in English</p>")
        assert told(house) == []
        [hint] = house.store.hints.waiting()
        assert (hint.name.display, hint.words) == ("GLM-5.2", "Errors of GLM-5.2 are told in English")


class TestMended:
    @pytest.mark.parametrize(
        "after",
        [
            pytest.param("<p>GLM-5.1 is here, at last.</p>", id="other words"),
            pytest.param("<p>GLM 5.1 is here</p>", id="another spelling"),
            pytest.param("<p>GLM-5.1 is here</p><p>Introducing GLM-4.5</p>", id="an older model"),
            pytest.param("<p>GLM-5.1 is here, and beats Kimi K3 and Qwen4</p>", id="other labs' models"),
            pytest.param(
                "<p>GLM-5.1 is here</p><p>GLM-5.1-FP8 too</p>", id="what a release of weeks ago covers"
            ),
        ],
    )
    def test_it_shows_nothing(self, house: House, after: str) -> None:
        feed(house, "<p>GLM-5.1 is here</p>", after)
        assert told(house) == []
        assert house.store.hints.waiting() == []
        assert house.store.history.observations("GLM-4.5") == []

    def test_a_typo_that_is_mended_opens_nothing(self, house: House) -> None:
        feed(house, "<p>GLM-5.1 is heer</p>", "<p>GLM-5.1 is here</p>", "<p>GLM-5.1 is heer</p>")
        assert told(house) == []

    def test_what_it_named_before_the_upgrade_is_remembered_in_silence(self, house: House) -> None:
        feed(house, "<p>GLM-5.1</p><p>Introducing GLM-5.2</p>")
        _forget_names(house)
        feed(house, "<p>GLM-5.1</p><p>Introducing GLM-5.2!</p>")
        assert told(house) == []
        feed(house, "<p>GLM-5.1</p><p>Introducing GLM-5.2!</p><p>Introducing GLM-5.3</p>")
        assert len(told(house)) == 1


def _forget_names(house: House) -> None:
    """Leave the database as an older version wrote it, which remembered no names."""
    with sqlite_of(house.store).transaction() as connection:
        connection.execute("DELETE FROM seen WHERE identity GLOB 'family:*' OR identity GLOB 'name*:*'")
