"""A history that somebody brings is remembered, joined to what is known, and told to nobody."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk.questions import Questions
from bot.importing.history import Imported, import_lines, read_history
from bot.model import DateOrigin, Kind, Release
from bot.releases.naming.labs import Labs
from tests.support.house import LABS, House
from tests.support.shared import DATA, needs_shared
from tests.support.sqlite import sqlite_of

KIMI = "Kimi K2.6,https://kimi.example/k2.6,a wiki"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def bring(house: House, *lines: str, name: str = "years.csv") -> Imported:
    """Import lines of lab, date, name, url, source, kind."""
    path = sqlite_of(house.store).path.parent / name
    path.write_text("\n".join(("lab,date,name,url,source,kind", *lines)), encoding="utf-8")
    labs = Labs(LABS)
    found = read_history(path, labs, house.clock.now())
    assert found.complaints == ()
    imported = import_lines(house.store, labs, house.clock.now(), path, found.lines)
    house.courier.deliver_all()
    return imported


def day(house: House, days_ago: float) -> str:
    return f"{house.clock.now() - timedelta(days=days_ago):%Y-%m-%d}"


def only(house: House) -> Release:
    (wave,) = house.store.history.recent()[1]
    return wave.lead


def test_an_imported_release_is_known_and_told_to_nobody(house: House) -> None:
    assert bring(house, f"kimi,2025-07-11,{KIMI}") == Imported(opened=1)
    release = only(house)
    assert (release.name.release_key, release.silent) == ("moonshot/kimi-k2.6", True)
    assert (release.published.origin, release.published.precision) == (DateOrigin.IMPORTED, "day")
    assert house.channel.messages == []


def test_why_can_tell_where_it_is_from(house: House) -> None:
    bring(house, f"kimi,2025-07-11,{KIMI}")
    (story,) = Questions(house.store, Labs(LABS), house.clock).stories("Kimi K2.6")
    assert story.item.source_id == "import:years.csv"
    assert story.item.reason == "imported from line 2, which cites a wiki"


def test_twice_is_once(house: House) -> None:
    lines = [f"kimi,2025-07-11,{KIMI}", "glm,2025-06,GLM-4.9", "glm,2025-06,GLM-4.9"]
    assert bring(house, *lines) == Imported(opened=2)
    assert bring(house, *lines) == Imported(known=2)
    assert len(house.store.history.observations("GLM-4.9")) == 1


def test_what_says_the_same_in_another_file_is_one_release(house: House) -> None:
    bring(house, f"kimi,2025-07-11,{KIMI}")
    assert bring(house, f"kimi,2025-07,{KIMI}", name="other.csv") == Imported(joined=1)
    assert only(house).published.precision == "day"


def test_a_mended_line_counts_as_it_is_now(house: House) -> None:
    bring(house, f"kimi,2024-07-11,{KIMI}")
    assert bring(house, f"kimi,2025-07-11,{KIMI}") == Imported(joined=1)
    assert only(house).published.at.year == 2025


@pytest.mark.parametrize("kind", ["alias", "product", "other"])
def test_what_the_file_itself_calls_no_release_opens_none(house: House, kind: str) -> None:
    (passed_over,) = bring(house, f"kimi,2025-07-11,Kimi Latest,,,{kind}").passed_over
    assert passed_over == f"Kimi Latest, imported from line 2: the file says that it is {kind}"
    assert house.store.history.recent()[1] == []
    (remembered,) = house.store.history.observations("Kimi Latest")
    assert remembered.kind == Kind.OTHER
    assert f"the file says that it is {kind}" in remembered.reason


class TestDates:
    """An import moves no date that the lab itself gave."""

    def test_the_labs_own_post_keeps_its_date(self, house: House) -> None:
        house.show(house.blog, house.post("Introducing Kimi K2.6", "moonshot", days_ago=3))
        posted = only(house).published
        bring(house, f"kimi,{day(house, 30)},{KIMI}")
        assert only(house).published == posted

    def test_our_own_sight_keeps_its_date(self, house: House) -> None:
        house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
        bring(house, f"kimi,{day(house, 30)},{KIMI}")
        assert only(house).published.origin is DateOrigin.SEEN

    @pytest.mark.parametrize(
        ("date", "origin"),
        [
            pytest.param("2026-03-30", DateOrigin.IMPORTED, id="a day is better than the repository's"),
            pytest.param("2026-03", DateOrigin.CREATED, id="a month is not"),
        ],
    )
    def test_a_baseline_knows_only_when_the_repository_was_made(
        self, tmp_path: Path, date: str, origin: DateOrigin
    ) -> None:
        house = House(tmp_path, baselined=False)
        house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
        bring(house, f"kimi,{date},{KIMI}")
        assert only(house).published.origin is origin

    def test_a_post_that_comes_later_gives_its_date(self, house: House) -> None:
        bring(house, f"kimi,{day(house, 90)},{KIMI}")
        house.show(house.blog, house.post("Introducing Kimi K2.6", "moonshot", days_ago=88))
        assert only(house).published.origin is DateOrigin.POSTED
        assert house.channel.messages == []


class TestLaterSightings:
    """What is seen later of an imported release is news only while it is recent."""

    def test_an_import_of_something_announced_says_nothing(self, house: House) -> None:
        house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
        assert bring(house, f"kimi,{day(house, 0)},{KIMI}") == Imported(joined=1)
        assert len(house.channel.messages) == 1

    @pytest.mark.parametrize(
        ("days", "alerts"),
        [
            pytest.param(10, 1, id="weights ten days later are news"),
            pytest.param(44, 1, id="so they are within 45 days"),
            pytest.param(46, 0, id="after that they never are"),
            pytest.param(700, 0, id="nor after years"),
        ],
    )
    def test_weights_of_an_imported_release(self, house: House, days: int, alerts: int) -> None:
        bring(house, f"kimi,{day(house, days)},{KIMI}")
        house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
        assert len(house.channel.alerts) == alerts
        assert house.channel.replies == []
        assert [artifact.repository for artifact in only(house).artifacts] == ["moonshotai/Kimi-K2.6"]

    @pytest.mark.parametrize(
        ("days", "alerts"),
        [
            pytest.param(10, 1, id="the lab's first word of late is news"),
            pytest.param(90, 0, id="its word on the past is not"),
        ],
    )
    def test_a_post_on_an_imported_release(self, house: House, days: int, alerts: int) -> None:
        bring(house, f"kimi,{day(house, days)},{KIMI}")
        house.show(house.blog, house.post("Introducing Kimi K2.6", "moonshot"))
        assert len(house.channel.alerts) == alerts

    def test_a_listing_of_an_imported_release_is_no_news(self, house: House) -> None:
        bring(house, f"kimi,{day(house, 5)},{KIMI}")
        house.show(house.listing, house.row("kimi-k2.6", "moonshot", days_ago=5))
        house.later(days=2)
        house.show(house.listing)
        assert house.channel.messages == []

    def test_another_version_of_an_imported_family_is_news(self, house: House) -> None:
        bring(house, f"kimi,{day(house, 200)},{KIMI}")
        house.show(house.hub, house.repository("moonshotai/Kimi-K2.7"))
        assert len(house.channel.alerts) == 1

    def test_the_lab_spells_the_name(self, house: House) -> None:
        bring(house, "kimi,2025-07-11,kimi-k2.6")
        house.show(house.hub, house.repository("moonshotai/Kimi-K2.6"))
        assert only(house).name.display == "Kimi-K2.6"


def test_sizes_of_about_the_same_day_are_one_wave(house: House) -> None:
    bring(
        house,
        "google,2025-03-12,gemma-3-27b",
        "google,2025-03-12,gemma-3-4b",
        "google,2025-06-26,gemma-3n-4b",
    )
    waves = house.store.history.recent()[1]
    assert sorted(len(wave.members) for wave in waves) == [1, 2]


@needs_shared
def test_three_years_of_releases_come_in_silently_and_once(house: House) -> None:
    path, labs = DATA / "releases.tsv", Labs(LABS)
    found = read_history(path, labs, house.clock.now() + timedelta(days=365))
    assert found.complaints == ()
    now = house.clock.now()
    first, second = (import_lines(house.store, labs, now, path, found.lines) for _ in range(2))
    assert first.opened > 200
    assert (second.known, second.opened, second.joined) == (first.lines, 0, 0)
    house.courier.deliver_all()
    assert house.channel.messages == []
