"""One definition of when: a release is news when it is announced, and again when its weights open."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.releases.news.merge import merged
from bot.report.overview import overview
from bot.views.answers.recent import recent_answer
from bot.views.commands import Command, Verb
from tests.support.house import House

WEEK = timedelta(days=7)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return a bot that knows a model of a month ago, whose weights opened just now."""
    house = House(tmp_path)
    house.show(house.blog, house.post("Introducing Kimi K3", "moonshot"))
    house.later(days=30)
    house.show(house.hub, house.repository("moonshotai/Kimi-K3"))
    house.show(house.hub, house.repository("zai-org/GLM-6"))
    return house


def recent(house: House) -> list[str]:
    _, waves = house.store.history.recent(since=house.clock.now() - WEEK)
    return [wave.lead.name.display for wave in waves]


def test_weights_that_open_today_are_recent_whenever_the_model_was_announced(house: House) -> None:
    assert sorted(recent(house)) == ["GLM-6", "Kimi K3"]


def test_the_answer_says_both_days(house: House) -> None:
    count, waves = house.store.history.recent(since=house.clock.now() - WEEK)
    command = Command(Verb.RECENT, "recent since:7d", since=WEEK)
    text = recent_answer(command, count, waves, house.clock.now(), None).text
    assert "2026-04-01, weights 2026-05-01" in text


def test_the_report_counts_the_same_as_recent(house: House) -> None:
    page = overview(house.store.shipments.all(merged), house.clock.now())
    assert len(page.week.items) == len(recent(house))


def test_the_packaging_of_an_old_model_is_no_news(house: House) -> None:
    house.later(days=20)
    house.show(house.hub, house.repository("moonshotai/Kimi-K3-FP8"))
    assert recent(house) == []


def test_a_model_that_only_a_first_poll_found_is_as_old_as_it_says(tmp_path: Path) -> None:
    house = House(tmp_path, baselined=False)
    house.show(house.blog, house.post("Introducing Kimi K3", "moonshot", days_ago=40))
    house.show(house.hub, house.repository("moonshotai/Kimi-K3"))
    assert recent(house) == []
