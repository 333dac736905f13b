"""An empty first answer is no baseline: what comes next is remembered in silence."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.fetch import Response
from bot.sources.base import Source
from bot.sources.feed import FeedSource
from bot.sources.hub import HubSource
from bot.sources.specs import FeedSpec, HubSpec
from tests.support.house import House

TEN_MINUTES = timedelta(minutes=10)
ORGANISATION = HubSource(
    HubSpec(hub="moonshotai"),
    "moonshot",
    endpoint="https://hub.example",
    every=TEN_MINUTES,
    hold=timedelta(hours=6),
)
FEED = FeedSource(FeedSpec(feed="https://lab.example/rss"), "moonshot", TEN_MINUTES)


@dataclass
class Lab:
    """The Hub and the site of a lab, with so many models."""

    models: int = 0

    def get(self, url: str, **_: object) -> Response:
        rows = [row(number) for number in range(1, self.models + 1)]
        if "?author=" in url:
            return Response(url, 200, {}, json.dumps(rows).encode())
        if url.startswith("https://hub.example/api/models/"):
            name = url.removeprefix("https://hub.example/api/models/").partition("?")[0]
            return Response(url, 200, {}, json.dumps(next(one for one in rows if one["id"] == name)).encode())
        items = "".join(f"<item><title>Introducing {one['id']}</title></item>" for one in rows)
        return Response(url, 200, {}, f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())


def row(number: int) -> dict[str, object]:
    return {
        "_id": f"{number:024x}",
        "id": f"moonshotai/Kimi-K{number}",
        "createdAt": "2024-01-01T00:00:00.000Z",
        "siblings": [{"rfilename": "model.safetensors", "size": 4_000_000_000}],
        "tags": ["safetensors"],
        "pipeline_tag": "text-generation",
    }


@pytest.fixture
def lab() -> Lab:
    return Lab()


@pytest.fixture
def house(tmp_path: Path, lab: Lab) -> House:
    house = House(tmp_path, baselined=False)
    house.poller.fetch = lab
    return house


def polled(house: House, source: Source) -> None:
    house.later(minutes=12)
    house.poller.poll([source])
    house.courier.deliver_all()


@pytest.mark.logs("source_failed")  # an organisation that lists nothing may be misspelt
@pytest.mark.parametrize("source", [ORGANISATION, FEED], ids=["an organisation", "a feed"])
def test_what_comes_after_nothing_is_the_baseline_and_what_comes_after_that_is_news(
    house: House, lab: Lab, source: Source
) -> None:
    for models in (0, 0, 9):
        lab.models = models
        polled(house, source)
    assert house.channel.messages == []
    assert house.store.held.waiting() == []
    lab.models = 10
    polled(house, source)
    assert len(house.channel.alerts) == 1


def test_until_then_a_feed_has_shown_nothing(house: House, lab: Lab) -> None:
    assert not house.store.sources.state(FEED.id).has_shown_nothing, "it was not asked yet"
    for models, nothing in [(0, True), (0, True), (1, False)]:
        lab.models = models
        polled(house, FEED)
        assert house.store.sources.state(FEED.id).has_shown_nothing is nothing


@pytest.mark.logs("source_failed")
def test_an_organisation_without_models_is_a_failure_that_says_what_to_do(house: House) -> None:
    polled(house, ORGANISATION)
    state = house.store.sources.state(ORGANISATION.id)
    assert (state.failure, state.baseline_at) == ("empty", None)
    assert "does not exist or has none yet; correct its name in feeds.yaml" in state.complaint


def test_a_round_calls_it_a_first_sight_only_when_there_was_something_to_see(house: House, lab: Lab) -> None:
    sights = []
    for models in (0, 3, 3):
        lab.models = models
        [report] = house.poller.poll([FEED]).reports
        sights.append(report.baseline)
    assert sights == [False, True, False]
